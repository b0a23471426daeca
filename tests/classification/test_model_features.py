"""What the model sees of an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import error, head

from error_classification.classification.model import features
from error_classification.classification.model.features import MAX_FEATURES, MAX_TEXT, readable
from error_classification.models import ErrorContext, FingerprintedError, Outcome, SourceType


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ModuleNotFoundError: No module named 'yaml'", {"modulenotfounderror", "module", "not", "found", "error", "no module"}),
        ("error[E0308]: mismatched types", {"e0308", "mismatched types", "mismat-"}),
        ("app.ts(2,5): error TS2322: Type 'string'", {"ts2322", "error ts2322"}),
        ("HTTP Error 503: Service Unavailable", {"503", "error 503"}),
        ("could not read 20481 bytes", {"0000", "not _ 0000"}),
        ("undefined reference to `parse_order'", {"parse_order", "parse", "order"}),
        ("Konnte die Datei nicht öffnen", {"öffnen", "nicht öffnen"}),
        ("连接被拒绝 by peer", {"连接被拒绝", "by peer"}),
    ],
)
def test_words_their_parts_and_pairs_are_named(text: str, names: set[str]) -> None:
    assert names <= set(head(text))


@pytest.mark.parametrize(
    ("known", "names"),
    [
        ({"exit_code": 137}, {"exit=137"}),
        ({"outcome": Outcome.FLAKY}, {"outcome=flaky"}),
        ({"kind": SourceType.JUNIT, "test_name": "a::b"}, {"source=junit", "test=named"}),
        ({"command": "/usr/bin/npm ci --no-audit"}, {"tool=npm", "command=npm ci"}),
        ({"framework": "pytest"}, {"framework=pytest"}),
    ],
)
def test_what_is_known_beside_the_text_is_named(known: dict[str, object], names: set[str]) -> None:
    assert names <= set(features(error("it broke", **known)).shape)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("connect ECONNREFUSED 127.0.0.1:5432", {"errno=ECONNREFUSED", "form=host and port"}),
        ("java.lang.IllegalStateException: x\n\tat a.B.c(B.java:3)", {"exception=IllegalStateException", "form=frames of java"}),
        ('Traceback:\n  File "a.py", line 1\nKeyError: 1', {"exception=KeyError", "form=frames of python"}),
        ("Expected: 5\n  Actual: 6", {"form=line of what was expected", "form=line of what was found"}),
        ("npm ERR! code E404", {"prefix=npm"}),
        ("Process completed with exit code 2.", {"exit=2", "cause=none"}),
        ("a.c:3:5: error: 'x'\n    3 | x = 1;\n", {"form=place with line and column", "form=source with bar"}),
    ],
)
def test_the_form_of_a_text_is_named(text: str, names: set[str]) -> None:
    assert names <= set(features(error(text)).shape)


def test_the_headline_stands_for_itself_wherever_it_is() -> None:
    text = "\n".join(["compiling part of it"] * 300 + ["ld: cannot find -lpq"] + ["done with another"] * 300)
    found = features(error(text, headline="ld: cannot find -lpq"))
    assert {"cannot find", "lpq"} <= set(found.head)
    assert "compiling" in found.text
    assert "compiling" not in found.head


def test_numbers_and_colours_make_no_difference() -> None:
    plain, other = features(error("took 12345 ms in a7f3")), features(error("\x1b[31mtook\x1b[0m 99871 ms in a7f3"))
    assert plain.text == other.text


def test_what_is_read_is_bounded_and_reading_it_again_changes_nothing() -> None:
    text = "\n".join(f"line{index} of{index * 7} many{index * 3}words" for index in range(20_000))
    context = ErrorContext(SourceType.JOB_LOG, "x", text, 1, headline="line9000 of63000 many27000words")
    part = readable(context)
    assert len(part) <= MAX_TEXT
    assert context.headline in part
    again = ErrorContext(SourceType.JOB_LOG, "x", part, 1, headline=context.headline)
    assert readable(again) == part
    found = features(error(text, headline=context.headline))
    assert all(len(names) <= MAX_FEATURES[zone] for zone, names in found.zones())


HOSTILE = {
    "one long line": "x" * 1_000_000,
    "words": "a b " * 250_000,
    "escapes": "\x1b[" * 300_000,
    "brackets": "[" * 500_000 + "]" * 500_000,
    "carets": " ^" * 300_000,
    "digits and dots": "1.2:3," * 100_000,
    "capitals": "AaB" * 200_000,
    "underscores": "_-'" * 200_000,
    "surrogates": "\ud800" * 100_000,
    "empty lines": "\n" * 500_000,
    "dots of frames": "at " + "a." * 200_000 + "(",
    "nul": "\0" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_read_in_their_stride(name: str) -> None:
    context = ErrorContext(SourceType.TEXT, "x", HOSTILE[name], 1, headline=HOSTILE[name][:50], command=HOSTILE[name])
    found = features(FingerprintedError(context, HOSTILE[name], "0", 1))
    assert all(len(names) <= MAX_FEATURES[zone] for zone, names in found.zones())


@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_has_features_each_once(text: str, headline: str) -> None:
    found = features(error(text, headline=headline))
    assert found == features(error(text, headline=headline))
    for _, names in found.zones():
        assert len(set(names)) == len(names)
        assert all("\n" not in name for name in names)
