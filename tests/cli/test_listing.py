from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from error_classification.cli.listing import listing
from error_classification.reporting.columns import Column, Kind
from error_classification.taxonomy import SUBCATEGORIES

COLUMNS = (
    Column("Hash"),
    Column("Occurrences", Kind.NUMBER),
    Column("Category", breaks="/"),
    Column("Root cause", Kind.PROSE),
)
ROWS = [
    (f"{number:010x}", f"{number * 7919:,}", f"{category}/{sub}", "The compiler refuses /usr/include/c++/12/predefined_ops.h")
    for number, (category, sub) in enumerate(SUBCATEGORIES, 1)
]
WIDTHS = [40, 60, 80, 120, 200]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(cell_len, listing(COLUMNS, ROWS, width, False).split("\n"))) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_hashes_numbers_and_names_are_never_broken(width: int) -> None:
    words = set(re.findall(r"[\w,]+", listing(COLUMNS, ROWS, width, False)))
    for error_hash, number, category, _ in ROWS:
        assert {error_hash, number, *category.split("/")} <= words


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_wide_terminal_has_a_table(width: int) -> None:
    heading, rule, *_ = listing(COLUMNS, ROWS, width, False).split("\n")
    assert heading.split() == ["Hash", "Occurrences", "Category", "Root", "cause"]
    assert set(rule) <= {"─", " "}


def test_a_name_is_in_one_piece_where_there_is_room() -> None:
    assert all(category in listing(COLUMNS, ROWS, 120, False) for _, _, category, _ in ROWS)


def test_a_narrow_terminal_has_one_fact_a_line() -> None:
    row = ("0123456789", "12", "infrastructure_error/container_runtime", "The Docker daemon is not reachable")
    assert listing(COLUMNS, [row, row], 40, False).split("\n\n")[0].split("\n") == [
        "Hash         0123456789",
        "Occurrences  12",
        "Category     infrastructure_error/",
        "             container_runtime",
        "Root cause   The Docker daemon is not",
        "             reachable",
    ]


def test_numbers_are_at_the_right_and_text_is_no_markup() -> None:
    columns = (Column("Name", Kind.PROSE), Column("Count", Kind.NUMBER))
    text = listing(columns, [("a [b]x[/b]", "12"), ("\x1b[31mc", "3")], 40, False)
    assert text.split("\n")[2:4] == ["a [b]x[/b]     12", "c               3"]


def test_without_rows_there_is_the_heading() -> None:
    assert listing((Column("Name"),), [], 40, False).startswith("Name\n")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=90), st.text(max_size=90), st.text(max_size=90)), max_size=5), st.integers(30, 200))
def test_any_text_at_any_width(rows: list[tuple[str, str, str]], width: int) -> None:
    columns = (Column("Name", breaks="/"), Column("Count", Kind.NUMBER), Column("Text", Kind.PROSE))
    assert max(map(cell_len, listing(columns, rows, width, False).split("\n"))) <= width


def test_an_ascii_terminal_gets_ascii_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ascii:
        encoding = "ascii"

    monkeypatch.setattr("sys.stdout", Ascii())
    assert listing((Column("Name"),), [("a",)], 40, False).isascii()
