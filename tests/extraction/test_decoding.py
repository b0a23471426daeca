"""Bytes to UTF-8: every encoding and damage that CI leaves behind, in chunks of any size."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.extraction.decoding import Decoder, is_utf8, sniff_encoding


def decode(raw: bytes, size: int = 7) -> tuple[str, list[str]]:
    decoder = Decoder(pieces(raw, size))
    text = b"".join(decoder).decode("utf-8")
    return text, decoder.warnings


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    yield from (raw[start : start + size] for start in range(0, len(raw), size))


TEXT = "Fehler: größer als 5 €\nnächste Zeile 😀\n"


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        gzip.compress(TEXT.encode("utf-8"), mtime=0),
        gzip.compress(TEXT.encode("utf-16"), mtime=0),
        gzip.compress(TEXT[:10].encode(), mtime=0) + gzip.compress(TEXT[10:].encode(), mtime=0),
        gzip.compress(TEXT.encode(), mtime=0) + b"\0" * 512,
    ],
    ids=["utf8", "utf8-bom", "utf16-le", "utf16-be", "utf32", "gzip", "gzip-utf16", "gzip-members", "gzip-padded"],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_encodings_are_read_from_their_marks(raw: bytes, size: int) -> None:
    assert decode(raw, size) == (TEXT, [])


def test_utf16_without_a_mark_is_told_by_its_zero_bytes() -> None:
    assert decode("docker build failed\n".encode("utf-16-le"))[0] == "docker build failed\n"
    assert decode("docker build failed\n".encode("utf-16-be"))[0] == "docker build failed\n"


@pytest.mark.parametrize("size", [1, 3, 100])
def test_bytes_that_are_not_utf8_are_read_as_windows_1252(size: int) -> None:
    raw = "früher: ".encode("cp1252") + "später €".encode()
    text, warnings = decode(raw, size)
    assert text == "früher: später €"
    assert warnings == ["some bytes are not valid UTF-8 and were read as Windows-1252"]


def test_a_declared_encoding_counts_unless_the_bytes_have_a_mark() -> None:
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'
    assert decode(declared.encode("latin-1"))[0] == declared
    assert sniff_encoding(b'<?xml version="1.0" encoding="shift_jis"?>')[0] == "shift_jis"
    assert sniff_encoding(b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?>') == ("utf-8", 3)


@pytest.mark.parametrize("name", ["no-such-codec", "hex", "rot13", "utf-16", "base64", "punycode"])
def test_a_declared_encoding_that_makes_no_sense_is_passed_over(name: str) -> None:
    text, _ = decode(f'<?xml version="1.0" encoding="{name}"?><a>plain</a>'.encode())
    assert "<a>plain</a>" in text


def test_gzip_that_is_cut_off_gives_what_is_there_and_says_so() -> None:
    raw = gzip.compress(bytes(range(256)) * 2000, mtime=0)[:-200]
    decoder = Decoder(pieces(raw, 1000))
    assert b"".join(decoder)
    assert "gzip data truncated" in decoder.warnings


def test_gzip_that_is_damaged_gives_what_came_before_and_says_so() -> None:
    raw = bytearray(gzip.compress(b"line\n" * 100_000, mtime=0))
    raw[len(raw) // 2 : len(raw) // 2 + 8] = b"\xff" * 8
    decoder = Decoder(pieces(bytes(raw), 100))
    assert b"".join(decoder).startswith(b"line\n")
    assert any(warning.startswith("gzip data damaged") for warning in decoder.warnings)


def test_a_gzip_bomb_comes_in_small_pieces() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), mtime=0)
    assert max(len(chunk) for chunk in Decoder([bomb])) <= 2 << 20


@given(st.binary(max_size=400), st.integers(1, 9))
def test_no_bytes_are_too_strange(raw: bytes, size: int) -> None:
    text, _ = decode(raw, size)
    assert isinstance(text, str)


@given(st.text(max_size=200), st.integers(1, 9))
def test_valid_utf8_comes_out_as_it_went_in(text: str, size: int) -> None:
    raw = ("a" * 8 + text).encode("utf-8", "replace")
    assert decode(raw, size) == (raw.decode("utf-8"), [])


@pytest.mark.parametrize("damage", [-1, -5, -8, -30])
def test_what_was_packed_before_the_damage_is_all_there(damage: int) -> None:
    lines = b"".join(b"line %d of a log\n" % number for number in range(2000))
    packed = bytearray(gzip.compress(lines, mtime=0))
    packed[damage] ^= 0x55
    text, warnings = decode(bytes(packed), len(packed))
    assert (text, warnings) == decode(bytes(packed), 1)
    assert lines.startswith(text.encode()[: len(lines) - 200])
    assert len(text) > len(lines) - 200
    assert warnings[0].startswith("gzip data damaged")


@given(st.lists(st.one_of(st.binary(max_size=9), st.text(max_size=9).map(str.encode)), max_size=9), st.integers(0, 9000))
def test_bytes_are_utf8_or_not_wherever_they_stand(parts: list[bytes], before: int) -> None:
    data = b"x" * before + b"".join(parts)
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not is_utf8(data)
    else:
        assert is_utf8(data)
