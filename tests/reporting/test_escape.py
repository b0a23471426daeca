from __future__ import annotations

import re

import pytest
from front_builders import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from error_classification.reporting import escape

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"),
        ("\x1b]never closed", "\\x1b]never closed"),
        ("bell\x07", "bell\\x07"),
        ("a\rb", "a\\x0db"),
        ("a\u202eb\u2069", "a\\u202eb\\u2069"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("a\tb", "a    b"),
        ("two\nlines", "two\nlines"),
        ("naïve 日本語 👩‍💻", "naïve 日本語 👩‍💻"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert escape.visible(text) == shown


@given(st.text(st.characters()))
def test_visible_leaves_nothing_that_steers_a_terminal_and_is_stable(text: str) -> None:
    shown = escape.visible(text)
    assert not UNSAFE.search(shown)
    assert escape.visible(shown) == shown
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize("text", ["  a \n\n b\t c\r\n", "a b c"])
def test_one_line_collapses_white_space(text: str) -> None:
    assert escape.one_line(text) == "a b c"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("a | b", r"a \| b"),
        ("[x](http://y)", r"\[x\]\(http\://y\)"),
        ("<img src=x> & co", r"&lt;img src\=x&gt; &amp; co"),
        ("@someone fixes #12", "@\u200bsomeone fixes \\#\u200b12"),
        ("a@b", "a@\u200bb"),
        ("# no heading\n- no list", r"\# no heading \- no list"),
    ],
)
def test_markdown_prose_is_only_prose(text: str, escaped: str) -> None:
    assert escape.markdown(text) == escaped


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("x", "`x`"),
        ("", ""),
        ("a `b` c", "``a `b` c``"),
        ("`b", "`` `b ``"),
        ("a ``` b", "````a ``` b````"),
        ("two\nlines", "`two lines`"),
        ("a | b", "`a | b`"),
    ],
)
def test_code_span(text: str, span: str) -> None:
    assert escape.code_span(text) == span


def test_code_span_in_a_table_escapes_pipes() -> None:
    assert escape.code_span("a | b", in_table=True) == r"`a \| b`"


@given(st.text())
def test_a_code_block_cannot_be_closed_from_inside(text: str) -> None:
    opening, *_, closing = escape.code_block(text).split("\n")
    fence = opening.removesuffix("text")
    assert closing == fence
    assert fence not in escape.visible(text)


def test_html() -> None:
    assert escape.html('<b a="c">\x1b[0m') == "&lt;b a=&quot;c&quot;&gt;"


@pytest.mark.parametrize(("line", "limit", "cut"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, "")])
def test_shortened(line: str, limit: int, cut: str) -> None:
    assert escape.shortened(line, limit) == cut


def test_hostile_text_has_no_markup_left_in_markdown() -> None:
    shown = escape.markdown(HOSTILE)
    assert "<script" not in shown
    assert "@someone" not in shown
    assert not re.search(r"(?<!\\)[`|*\[\]]", shown)
