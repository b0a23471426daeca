"""The model's file: written, read, refused, added up."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import FINE_ROWS, NAMES, ROWS, file, header, weights

from error_classification.classification.model import Features, packed, unpacked
from error_classification.classification.model.features import MAX_FEATURES
from error_classification.classification.model.weights import MAGIC, MIDDLE, MOST_ROWS
from error_classification.errors import InputError

REFUSED = Features(("refused", "unheard"), ("refused",), ())


def test_what_was_written_is_read() -> None:
    read = weights().header
    assert (read.names, read.fine_names) == (len(NAMES), len(FINE_ROWS))
    assert read.categories == header().categories
    assert read.thresholds == header().thresholds


def test_the_same_model_is_the_same_bytes() -> None:
    assert file() == file()
    assert file() != file(version="ba9876543210")


def test_scores_are_the_weighted_sums_of_the_known_names() -> None:
    model = weights(bias=(0.5, 0.0, 0.0))
    known = model.known(REFUSED)
    in_head, in_text = 2.0 / 2**0.5 * 0.01, 1.0 * 0.01
    assert known.share == 0.5
    expected = [0.5 + 1500 * in_head + 300 * in_text, -700 * in_head - 100 * in_text, -800 * in_head - 200 * in_text]
    assert model.scores(known) == pytest.approx(expected)


def test_the_subcategory_is_the_likeliest_of_its_category() -> None:
    model = weights()
    refused, resolve = model.known(REFUSED), model.known(Features(("resolve",), (), ()))
    assert model.subcategory(refused, "network_error") == "connection"
    assert model.subcategory(resolve, "network_error") == "dns"
    assert model.subcategory(resolve, "timeout") == "test"
    assert model.subcategory(refused, "unclassified") == ""


def test_contributions_add_up_to_the_score() -> None:
    model = weights()
    known = model.known(Features(("refused", "resolve", "chatter"), ("refused",), ()))
    for index, category in enumerate(model.header.categories):
        parts = model.contributions(known, category)
        assert sum(value for _, value in parts) == pytest.approx(model.scores(known)[index])
        assert parts == sorted(parts, key=lambda item: -item[1])


@given(st.lists(st.lists(st.integers(1 - MIDDLE, MIDDLE - 1), min_size=3, max_size=3), min_size=1, max_size=40))
def test_lanes_never_touch_one_another(rows: list[list[int]]) -> None:
    names = [f"head w{index}" for index in range(len(rows))]
    model = unpacked(packed(header(zones={"head": len(rows) ** 0.5, "text": 1.0, "shape": 1.0}), names, rows, ()), "x")
    known = model.known(Features(tuple(name.removeprefix("head ") for name in names), (), ()))
    assert model.scores(known) == pytest.approx([0.01 * sum(column) for column in zip(*rows, strict=True)], abs=1e-9)


def test_no_zone_has_more_names_than_a_lane_can_add() -> None:
    assert max(MAX_FEATURES.values()) <= MOST_ROWS
    assert max(abs(weight) for row in (*ROWS, *FINE_ROWS) for weight in row) < MIDDLE


def signed(body: bytes) -> bytes:
    return MAGIC + sha256(body).digest() + body


def with_header(**changes: object) -> bytes:
    """A file whose header was changed by somebody who knows how to sign it."""
    body = file()[len(MAGIC) + 32 :]
    size = int.from_bytes(body[:4], "little")
    values = json.loads(body[4 : 4 + size]) | changes
    head = json.dumps({name: value for name, value in values.items() if value is not None}).encode()
    return signed(len(head).to_bytes(4, "little") + head + body[4 + size :])


DAMAGED = {
    "empty": b"",
    "another file": b"PK\x03\x04 something else",
    "another version": MAGIC.replace(b"1", b"2") + file()[len(MAGIC) :],
    "cut short": file()[:-1],
    "longer": file() + b"x",
    "one bit": file()[:-9] + bytes([file()[-9] ^ 1]) + file()[-8:],
    "only the magic": MAGIC,
    "no header": signed(b""),
    "header that is no JSON": signed(b"\x02\0\0\0{]"),
    "header that is a list": signed(b"\x02\0\0\0[]"),
    "a key is missing": with_header(step=None),
    "an unknown key": with_header(more=1),
    "more names than there are": with_header(names=6),
    "fewer names than there are": with_header(names=4),
    "vocabulary elsewhere": with_header(vocabulary_bytes=3),
    "sizes that are no numbers": with_header(names="many"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InputError, match=r"^mine\.model: ") as raised:
        unpacked(DAMAGED[name], "mine.model")
    assert raised.value.advice


@given(st.integers(0, len(file()) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    data = bytearray(file())
    data[place] ^= change
    with pytest.raises(InputError):
        unpacked(bytes(data), "x")
