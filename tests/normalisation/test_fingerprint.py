"""Hashes of whole errors: stable, versioned, and never shared by those that say nothing."""

from __future__ import annotations

import pytest

from error_classification.models import ErrorContext, SourceType
from error_classification.normalisation import HASH_VERSION, error_hash, fingerprint

# A change here changes every stored hash: raise HASH_VERSION with it.
SNAPSHOT = {
    "AssertionError: assert 1 == 2": "346035711f0dd9d7",
    "ModuleNotFoundError: No module named 'foo'": "b3c2d44f577c0d60",
    "java.lang.IllegalStateException: no foo\n\tat a.b.C.d(C.java:1)": "87d5d76f4ce60054",
    "thread 'main' panicked at src/main.rs:2:5:\nboom": "cd7062db6e6763d1",
    "OSError: no /home/me/x.txt": "03e67dfb8a16fc83",
    "exit code 1": "9bd075996c5237e8",
}


def error(text: str, **fields: object) -> ErrorContext:
    return ErrorContext(
        **{"source_type": SourceType.JOB_LOG, "source": "a.log", "text": text, "line_start": 3, "line_end": 4, **fields}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("text", SNAPSHOT)
def test_hashes_are_what_they_were(text: str) -> None:
    assert (HASH_VERSION, error_hash(text)) == (1, SNAPSHOT[text])


def test_an_error_with_its_hash() -> None:
    context = error("ValueError: no /home/me/x.txt")
    result = fingerprint(context)
    assert result.context is context
    assert result.normalized_text == "ValueError: no <path>/x.txt"
    assert result.error_hash == error_hash(context.text)
    assert result.hash_version == HASH_VERSION
    assert not result.generic


@pytest.mark.parametrize(
    "other",
    [
        error("ValueError: x", source="b.xml", source_type=SourceType.JUNIT, line_start=9),
        error("ValueError: x", test_name="test_b", job_name="linux", step_name="unit"),
        error("noise\nValueError: x\nmore", headline="ValueError: x", file="x.py", line=3),
    ],
)
def test_where_a_cause_shows_does_not_count(other: ErrorContext) -> None:
    assert fingerprint(other).error_hash == fingerprint(error("ValueError: x"), "elsewhere").error_hash


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"line_start": 4}, "p"),
        ({"job_name": "linux"}, "p"),
        ({"test_name": "t"}, "p"),
        ({}, "q"),
        ({}, ""),
    ],
)
def test_errors_that_say_nothing_never_meet(changed: dict[str, object], place: str) -> None:
    text = "Process completed with exit code 1."
    first, second = fingerprint(error(text), "p"), fingerprint(error(text, **changed), place)
    assert first.generic
    assert second.generic
    assert first.error_hash != second.error_hash
    assert first.error_hash == fingerprint(error(text), "p").error_hash


def test_how_a_path_is_spelled_plays_no_part_where_the_place_is_known() -> None:
    text = "Process completed with exit code 1."
    assert fingerprint(error(text), "p").error_hash == fingerprint(error(text, source="./b.log"), "p").error_hash
    assert fingerprint(error(text)).error_hash != fingerprint(error(text, source="./b.log")).error_hash


def test_a_hash_has_sixteen_digits() -> None:
    assert all(len(error_hash(text)) == 16 and int(error_hash(text), 16) >= 0 for text in ("", "x", "\ud800"))
