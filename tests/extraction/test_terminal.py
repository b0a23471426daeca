"""Taking off what terminals and CI systems add to a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.extraction.terminal import clean, strip_prefix


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("plain", "plain"),
        ("\x1b[31merror\x1b[0m: bad", "error: bad"),
        ("\x1b[1m\x1b[38;5;9merror\x1b[0m", "error"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2K\x1b[1Gdone", "done"),
        ("^[[31mred^[[0m", "red"),
        ("[31mred[39m text[0m", "red text"),
        ("10%\r50%\r100% done", "100% done"),
        ("kept\r", "kept"),
        ("tab\tstays", "tab\tstays"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("\ufeffmarked", "marked"),
    ],
)
def test_clean_shows_what_a_person_would_see(line: str, seen: str) -> None:
    assert clean(line) == seen


@pytest.mark.parametrize("line", ["array[0] = items[12]", "[INFO] BUILD", "total [5m] left", "x = m[1]", "[100%] Built target"])
def test_clean_leaves_brackets_alone(line: str) -> None:
    assert clean(line) == line


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-01-02T03:04:05.1234567Z ",
        "\ufeff2026-01-02T03:04:05.1234567Z ",
        "build\tRun tests\t2026-01-02T03:04:05.1234567Z ",
        "build\tRun tests\t\ufeff2026-01-02T03:04:05.1234567Z ",
        "[taskcluster 2026-01-02T03:04:05.123Z] ",
        "[task 2026-01-02T03:04:05.123Z] 03:04:05     ",
        "2026-01-02T03:04:05.123456Z 01O ",
        "2026-01-02 03:04:05,123 ",
        "[2026-01-02T03:04:05.123Z] ",
        "[12:34:56] ",
        "12:34:56 ",
        "[    7.113510] ",
        "[  143s] ",
        "4:05:06 PM: ",
        "11:05:06 AM: ",
        " 2026-01-02T03:04:05.1234567Z ",
        "I0102 03:04:05.678] ",
        'Step #3 - "unit": ',
        "[CI/build]   | ",
        "[CI/build]   ❌  ",
    ],
)
def test_prefixes_of_ci_systems_come_off(prefix: str) -> None:
    assert strip_prefix(f"{prefix}error: it broke") == "error: it broke"


@pytest.mark.parametrize(
    "line",
    [
        "error: 12:34:56 later",
        "2026 errors",
        "a\tb",
        "[1/3] Building",
        "[1/2] | done",
        "Step 3/7 : RUN make",
        "12:34 is early",
        "v2026-01-02",
    ],
)
def test_what_only_looks_like_a_prefix_stays(line: str) -> None:
    assert strip_prefix(line) == line


@given(st.text(max_size=300))
def test_clean_is_idempotent_and_leaves_no_control_characters(line: str) -> None:
    once = clean(line)
    assert "\x1b" not in once
    assert "\r" not in once
    assert strip_prefix(once) in once
