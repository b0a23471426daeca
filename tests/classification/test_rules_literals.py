"""The prefilter: the literals that a pattern needs, and finding them where they overlap."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.rules.literals import required_literals
from error_classification.classification.rules.prefilter import Prefilter


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("No module named", {"no module named"}),
        (r"foo\d+barbaz", {"barbaz"}),
        ("(?:alpha|beta) gamma", {"alpha gamma", "beta gamma"}),
        ("alpha(?:beta)?gamma", {"alphagamma", "alphabetagamma"}),
        ("alpha(?:beta)*gamma", {"alpha"}),
        ("colou?red", {"colored", "coloured"}),
        (r"(?P<x>\w+)", set()),
        ("alpha|.", set()),
        (r"\bfatal\b: x", {"fatal: x"}),
        ("(?i)FATAL thing", {"fatal thing"}),
        (r"exit code (?P<code>137)\b", {"exit code 137"}),
        (r"a\.b\.c", {"a.b.c"}),
        (r"[Cc]annot find \S+", {"annot find"}),
        (r"x{0,9}pear", {"pear"}),
        (r"\x1b\[31mpear", {"[31mpear"}),
        ("(?i:Ungültige Option|option invalide)", {"ungültige option", "option invalide"}),
        ("拒绝|отказано", {"拒绝", "отказано"}),
    ],
)
def test_every_match_holds_one_of_them(pattern: str, literals: set[str]) -> None:
    assert required_literals(pattern) == literals


@pytest.mark.parametrize(
    ("literals", "text", "found"),
    [
        (["connection", "ion refused"], "connection refused", {0, 1}),
        (["abcdef", "cde"], "xabcdefx", {0, 1}),
        (["abc", "abcdef"], "abcdef", {0, 1}),
        (["abcabd", "abcabc"], "abcabcabd", {0, 1}),
        (["Pear"], "PEAR", {0}),
        (["Ungültige Option", "拒绝"], "UNGÜLTIGE OPTION: 拒绝连接", {0, 1}),
        (["pear"], "apple", set()),
    ],
)
def test_overlaps_hide_nothing(literals: list[str], text: str, found: set[int]) -> None:
    assert Prefilter(literals).candidates(text.encode()) == found


@given(st.lists(st.text(alphabet="abc", min_size=3, max_size=6), min_size=1, max_size=12), st.text(alphabet="abc", max_size=40))
def test_it_finds_what_a_search_for_each_finds(literals: list[str], text: str) -> None:
    naive = {index for index, literal in enumerate(literals) if literal in text}
    assert Prefilter(literals).candidates(text.encode()) >= naive
    assert Prefilter(literals).candidates(text.encode()) == naive


SAME_LETTERS = ("sSſ", "kK\u212a", "éÉ", "ßẞ", "Σσς", "шШ", "aA")


@given(st.lists(st.sampled_from(SAME_LETTERS).flatmap(lambda same: st.tuples(*[st.sampled_from(same)] * 2)), min_size=3))
def test_it_hides_nothing_that_a_pattern_without_case_matches(letters: list[tuple[str, str]]) -> None:
    written, seen = ("".join(spelling) for spelling in zip(*letters, strict=True))
    assert re2.search(f"(?i){written}", seen)
    assert Prefilter([f"(?i){written}", "pear"]).candidates(seen.encode()) == {0}


def test_a_pattern_without_a_literal_is_always_a_candidate() -> None:
    assert Prefilter([r"\d+", "pear"]).candidates(b"apple") == {0}
    assert Prefilter([]).candidates(b"apple") == set()
