from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.learning.templates import MOST_CHARACTERS, MOST_TOKENS, Gap, Part, template, tokens


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["the disk is gone"], ["the disk is gone"]),
        (["tenant blue: no quota", "tenant green-2: no quota"], ["tenant ", ("blue", "green-2"), ": no quota"]),
        (["a.b is lost", "c.d is lost"], [("a.b", "c.d"), " is lost"]),
        (["lost", "lost again"], ["lost", ("", " again")]),
        (["zone 7 lost", "zone 12 lost"], ["zone ", ("7", "12"), " lost"]),
        (["exit code 137 here", "exit code 137 here"], ["exit code 137 here"]),
        (["kept /tmp/a1/x.py open"], ["kept ", ("/tmp/a1/x.py",), " open"]),
        (["at 2026-01-02T03:04:05Z it fell"], ["at ", ("2026-01-02T03:04:05Z",), " it fell"]),
        (["seat for 'x' of y", "seat for 'long name' of z"], ["seat for '", ("x", "long name"), "' of ", ("y", "z")]),
        (["x", "y"], [("x", "y")]),
        ([""], []),
    ],
)
def test_what_lines_have_in_common(lines: list[str], parts: list[str | tuple[str, ...]]) -> None:
    assert list(template(lines)) == [part if isinstance(part, str) else Gap(part) for part in parts]


def test_long_lines_are_cut() -> None:
    assert sum(len(token.text) for token in tokens("word " * 1_000)) <= MOST_CHARACTERS
    assert len(tokens("-+" * 1_000)) == MOST_TOKENS


LINES = st.lists(
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(["quota", "of", "12", "/a/b", ".", "'", " "])).map("".join)),
    min_size=1,
    max_size=5,
)


def _made_of(line: str, parts: tuple[Part, ...]) -> bool:
    """Whether ``line`` begins with ``parts`` one after the other, whichever variants are taken."""
    rests = {line}
    for part in parts:
        variants = (part,) if isinstance(part, str) else part.variants
        rests = {rest[len(text) :] for rest in rests for text in variants if rest.startswith(text)}
    return "" in rests


@given(LINES)
def test_every_line_is_made_of_the_parts(lines: list[str]) -> None:
    parts = template(lines)
    assert all(_made_of("".join(token.text for token in tokens(line)), parts) for line in lines)
    kinds = [isinstance(part, str) for part in parts]
    assert all(one != other for one, other in pairwise(kinds))


@given(st.lists(st.text("ab /1", max_size=12), min_size=1, max_size=4))
def test_equal_lines_change_nothing(lines: list[str]) -> None:
    assert template(lines + lines) == template(lines)
