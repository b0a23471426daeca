from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from error_classification.learning.haystack import Haystack


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("lost", "b"), ("disk", "a"), ("again$", "b"), ("^the", "a"), ("é", "c"), ("gone", ""), ("disk[^\n]{1,9}lost", "")],
)
def test_the_first_text_that_matches_is_named(pattern: str, name: str) -> None:
    haystack = Haystack([("a", "the disk"), ("b", "is lost\nagain"), ("c", "café"), ("c", "")])
    assert haystack.first(re2.compile(f"(?m){pattern}".encode())) == name


def test_without_texts_nothing_is_found() -> None:
    assert Haystack([]).first(re2.compile(b"x?")) == ""


@given(st.lists(st.text("ab\né", max_size=6), max_size=6), st.sampled_from(["a", "ab", "b+a", "é[ab]{1,3}", "^b", "a$"]))
def test_it_finds_what_looking_into_each_finds(texts: list[str], pattern: str) -> None:
    compiled = re2.compile(f"(?m){pattern}".encode())
    one_by_one = next((str(index) for index, text in enumerate(texts) if compiled.search(text.encode())), "")
    assert Haystack((str(index), text) for index, text in enumerate(texts)).first(compiled) == one_by_one
