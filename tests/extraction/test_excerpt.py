"""Cutting long texts so that cause and ends stay and every line keeps its number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from error_classification.extraction.excerpt import cut_line, shortened
from error_classification.models import ErrorContext, SourceType


def context(text: str, headline: str = "") -> ErrorContext:
    return ErrorContext(SourceType.JOB_LOG, "a.log", text, 10, 10 + text.count("\n"), headline=headline)


def test_a_short_text_stays_as_it_is() -> None:
    error = context("one\ntwo")
    assert shortened(error, 100) is error


def test_the_cause_and_both_ends_stay() -> None:
    lines = [f"noise {index} " + "." * 40 for index in range(400)]
    lines[200] = "ValueError: the cause"
    cut = shortened(context("\n".join(lines), "ValueError: the cause"), 2000)
    assert len(cut.text) < 2500
    assert "ValueError: the cause" in cut.text
    assert cut.text.startswith("noise 0 ")
    assert cut.text.rstrip(".").endswith("noise 399 ")
    assert "lines left out" in cut.text


def test_every_line_keeps_its_number() -> None:
    cut = shortened(context("\n".join(f"line {number}" for number in range(10, 2000)), "line 900"), 1000)
    for index, line in enumerate(cut.text.split("\n")):
        if line.startswith("line "):
            assert cut.line_of(index) == int(line.split()[1])


def test_a_long_line_keeps_its_beginning_and_its_end() -> None:
    cut = cut_line("a" * 5000 + "b" * 5000, 400)
    assert cut.startswith("aaa")
    assert cut.endswith("bbb")
    assert len(cut) < 500


@given(st.text(alphabet="ab\n", max_size=3000), st.integers(100, 2000))
def test_the_cut_text_is_never_much_longer_than_the_limit(text: str, limit: int) -> None:
    assert len(shortened(context(text), limit).text) <= limit + 40 * (limit // 40 + 3)
