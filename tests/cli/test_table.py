from __future__ import annotations

import re

import pytest
from front_builders import HOSTILE, UNKNOWN, classified, error
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from error_classification.cli import table
from error_classification.models import Evidence, Outcome, Verdict
from error_classification.reporting.groups import rows_of

LINES = (Evidence(7, "evidence " * 80), Evidence(123456, "x" * 900))
LONG = Verdict("rules", "network_error", "dns", 0.9, "a cause " * 60, "", LINES)
ITEMS = [
    classified(test_name="tests.test_app::test_import", file="tests/test_app.py", line=12, count=3),
    classified(LONG, error_hash="b" * 16, source="/a/very/long/path" * 12 + "/build.log"),
    classified(UNKNOWN, text="something broke", error_hash="c" * 16, step_name="Run tests"),
]


@pytest.mark.parametrize("columns", [20, 40, 80, 129, 130, 200, 400])
@pytest.mark.parametrize("items", [ITEMS, [item.error for item in ITEMS]], ids=["classified", "extracted"])
def test_no_line_is_wider_than_the_terminal(columns: int, items: list[object]) -> None:
    text = table.groups(rows_of(items), columns, False)  # type: ignore[arg-type]
    assert max(map(cell_len, text.split("\n"))) <= columns


@pytest.mark.parametrize("columns", [80, 200])
def test_everything_an_engineer_needs_is_there(columns: int) -> None:
    text = table.groups(rows_of(ITEMS), columns, False)
    for part in ("dependency_error", "missing_module", "97%", "3", "2026-01-31", "tests.test_app::test_import"):
        assert part in text
    for part in ("tests/test_app.py:12", "build.log:120", "The module numpy is not installed", "No module named 'numpy'"):
        assert part in text
    for part in ("unclassified", "something broke", "(no rule matches)", "Run tests", "0123456789"):
        assert part in text


def test_the_unclassified_come_last() -> None:
    text = table.groups(rows_of(ITEMS), 80, False)
    assert text.index("something broke") > text.index("network_error") > text.index("dependency_error")


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in table.groups(rows_of(ITEMS), 80, True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in table.groups(rows_of(ITEMS), 80, False)


@pytest.mark.parametrize("columns", [80, 200])
def test_hostile_text_is_shown_as_text(columns: int) -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, HOSTILE, "", (Evidence(1, HOSTILE),))
    item = classified(answer, HOSTILE, test_name=HOSTILE, file=HOSTILE, source=HOSTILE)
    text = table.groups(rows_of([item]), columns, False)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066-\u2069\ud800]", text)
    joined = re.sub(r"\s+", "", text)
    assert "[bold]rich[/bold]" in joined
    assert ":smile:" in joined


@settings(max_examples=40)
@given(st.text(st.characters(), max_size=300), st.integers(10, 220))
def test_any_text_at_any_width(text: str, columns: int) -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, text, "", (Evidence(1, text),))
    rows = rows_of([classified(answer, text, source=text or "x"), error(text, "d" * 16)])
    drawn = table.groups(rows, columns, False)
    assert max(map(cell_len, drawn.split("\n"))) <= columns


def test_flaky_and_counts() -> None:
    text = table.groups(rows_of([classified(outcome=Outcome.FLAKY, count=1200)]), 80, False)
    assert "passed on retry" in text
    assert "×1,200" in text


def test_many_places_are_counted() -> None:
    text = table.groups(rows_of(classified(line_start=number) for number in range(1, 8)), 80, False)
    assert "and 6 more places" in text


def test_evidence_that_repeats_the_summary_is_left_out() -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, "it hung", "", (Evidence(4, "it hung"),))
    assert table.groups(rows_of([classified(answer)]), 80, False).count("it hung") == 1


def test_evidence_is_in_the_order_of_the_input_and_its_values_are_whole() -> None:
    lines = (
        Evidence(12, "AssertionFailedError: the queue is not empty yet ==> expected: <true> but was: <false>"),
        Evidence(7, "first"),
    )
    text = table.groups(rows_of([classified(Verdict("rules", "timeout", "step", 0.9, "it hung", "", lines))]), 80, False)
    assert text.index("7 first") < text.index("12 AssertionFailedError") < text.index("<false>")


@pytest.mark.parametrize("columns", [80, 200])
def test_names_of_subcategories_are_in_one_piece(columns: int) -> None:
    answer = Verdict("rules", "dependency_error", "missing_system_library", 0.9, "zlib is missing")
    assert "  missing_system_library" in table.groups(rows_of([classified(answer)]), columns, False)
