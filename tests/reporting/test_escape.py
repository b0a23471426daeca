from __future__ import annotations

import re

import pytest
from front_builders import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

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
        ("Got 30.5, wanted [31]!", "Got 30.5, wanted [31]!"),
        ("assertion_failure (2 - 3 + 4 = #)", "assertion_failure (2 - 3 + 4 = #)"),
        ("{a: 1} & b > c < d; AT&T", "{a: 1} & b > c < d; AT&T"),
        (r"C:\build\new in ~/.cache for $5", r"C:\build\new in ~/.cache for $5"),
        ("2 * 3 * 4 and _ or _", "2 * 3 * 4 and _ or _"),
        ("*bold* _it_ `code` ~~gone~~", r"\*bold\* \_it\_ \`code\` \~\~gone\~\~"),
        ("__init__ of a__b", r"\_\_init\_\_ of a__b"),
        ("a | b", r"a \| b"),
        (r"a\*b \| c\d", r"a\\*b \\\| c\d"),
        ("$x$", r"\$x\$"),
        ("[x](y) [x][y] [x]: y", r"[x\](y) [x\][y] [x]: y"),
        ("<img src=x> &amp; a <- b", "&lt;img src=x> &amp;amp; a <- b"),
        ("@someone, fixes (#12)", "`@someone`, fixes (`#12`)"),
        ("a@b.c or gh-7", "`a@b.c` or `gh-7`"),
        ("no answer from https://a_b.test/x_y_z.", "no answer from `https://a_b.test/x_y_z`."),
        ("std::string::npos :smile:", "`std::string::npos` `:smile:`"),
        ("# no heading\n- no list ##", r"\# no heading - no list \##"),
    ],
)
def test_markdown_prose_is_only_prose(text: str, escaped: str) -> None:
    assert escape.markdown(text) == escaped


def rendered(source: str) -> tuple[str, str]:
    """What a reader sees of the first inline content, and the part of it that is no code. Anything but text and code fails."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inline = next(token for token in parser.parse(source) if token.type == "inline" and token.content)
    children = inline.children or []
    assert {child.type for child in children} <= {"text", "text_special", "code_inline"}
    prose = "".join("\0" if child.type == "code_inline" else child.content for child in children)
    return "".join(child.content for child in children), prose


MARKUP = st.text(st.sampled_from("\\`*_~$[]()<>!|#@:&;.-+={}/ ax1é\n") | st.characters(), min_size=1)
WORDS = st.lists(
    st.sampled_from(["@me", "#12", "http://x.y", "<b>", "&lt;", "](u)", "![", "**", "_a_", "`", "|", "\\", ":a:", "GH-1"])
)


@settings(max_examples=300)
@given(MARKUP | WORDS.map(" ".join) | WORDS.map("".join))
def test_what_a_reader_sees_of_prose_is_the_text(text: str) -> None:
    line = escape.one_line(text)
    heading, cell = escape.markdown(text), escape.markdown(text, in_table=True)
    if line:
        for shown, prose in (rendered(f"### {heading}\n"), rendered(f"| {cell} | |\n| --- | --- |\n")):
            assert shown == line
            assert not re.search(r"@\w|\w@|#\w|://|www\.|\bgh-\d|:[\w+-]+:", prose, re.IGNORECASE)


@settings(max_examples=200)
@given(MARKUP)
def test_what_a_reader_sees_of_code_is_the_text(text: str) -> None:
    line = escape.one_line(text)
    if line:
        for source in (f"x {escape.code_span(text)}\n", f"| x {escape.code_span(text, in_table=True)} | |\n| - | - |\n"):
            assert rendered(source) == (f"x {line}", "x \0")


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
    shown, prose = rendered(f"### {escape.markdown(HOSTILE)}")
    assert shown == escape.one_line(HOSTILE)
    assert "@someone" not in prose
    assert "<script" not in escape.markdown(HOSTILE)
