from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.learning.similarity import MOST_WORDS, Alike, similarity, words

WORDS = st.lists(st.sampled_from("abcd"), max_size=8).map(tuple)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Quota exceeded: 12 of 12 runs", ("quota", "exceeded", "of", "runs")),
        ("<path>: E0308 mismatched", ("<path>", "e0308", "mismatched")),
        ("snake_case_name, _private", ("snake_case_name", "private")),
        ("42 -- !", ()),
        ("", ()),
        ("Übung fehlgeschlagen", ("übung", "fehlgeschlagen")),
        ("w " * 100, ("w",) * MOST_WORDS),
    ],
)
def test_words(line: str, found: tuple[str, ...]) -> None:
    assert words(line) == found


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("quota of tenant blue exceeded", "quota of tenant green exceeded", 0.8),
        ("one two", "two one", 0.5),
        ("one two", "three four", 0.0),
        ("same words", "same words", 1.0),
        ("", "", 1.0),
        ("", "word", 0.0),
    ],
)
def test_similarity(one: str, other: str, wanted: float) -> None:
    assert similarity(words(one), words(other)) == pytest.approx(wanted)


@given(WORDS, WORDS)
def test_similarity_is_symmetric(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    measured = similarity(one, other)
    assert 0 <= measured == similarity(other, one) <= 1
    assert (measured == 1) == (one == other)


@given(st.lists(WORDS, max_size=6), WORDS, st.floats(0.01, 1))
def test_the_first_line_alike_is_the_first_one_that_is_similar_enough(
    lines: list[tuple[str, ...]], wanted: tuple[str, ...], least: float
) -> None:
    known = Alike(least)
    for line in lines:
        known.add(line)
    similar = [number for number, line in enumerate(lines) if similarity(line, wanted) >= least]
    assert known.first(wanted) == (similar[0] if similar else None)
