"""The tokenizer against a conforming parser on good input, and by table on bad input."""

from __future__ import annotations

import xml.parsers.expat
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junit_support import chunked

from error_classification.extraction.junit.markup import TOKEN_LIMIT, Kind, Tokenizer
from error_classification.extraction.junit.text import attributes, unescape

_NAMES = st.sampled_from(["testsuite", "testcase", "failure", "system-out", "a", "b.c", "ns:error", "_x-1", "élan"])
_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff\r") | st.sampled_from("\n\t<>&\"']"),
    max_size=20,
)


def _attribute(name: str, value: str) -> str:
    return f" {name}={quoteattr(value)}"


@st.composite
def _elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(_NAMES)
    given_attributes = draw(st.dictionaries(st.sampled_from(["name", "message", "x-y", "ü"]), _TEXT, max_size=2))
    opening = name + "".join(_attribute(key, value) for key, value in given_attributes.items())
    if draw(st.booleans()) and depth < 3:
        return f"<{opening}{draw(st.sampled_from(['', ' ', chr(10)]))}/>"
    parts = [draw(_content(depth)) for _ in range(draw(st.integers(0, 3)))]
    return f"<{opening}>{''.join(parts)}</{name}>"


def _content(depth: int) -> st.SearchStrategy[str]:
    leaves = [
        _TEXT.map(escape),
        _TEXT.filter(lambda text: "]]>" not in text and not text.endswith("]")).map(lambda text: f"<![CDATA[{text}]]>"),
        _TEXT.filter(lambda text: "--" not in text and not text.endswith("-")).map(lambda text: f"<!--{text}-->"),
        st.sampled_from(["<?pi some <data> ?>", "&#65;", "&#x1F600;", "&lt;b&gt;", "]]&gt;"]),
    ]
    return st.one_of(*leaves, _elements(depth - 1)) if depth else st.one_of(*leaves)


_DOCUMENTS = st.builds(
    lambda head, body, tail: head + body + tail,
    st.sampled_from(
        ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <a> -->\n', "<!DOCTYPE a [<!-- ' -->]>"]
    ),
    _elements(),
    st.sampled_from(["", "\n", "\n<!-- end -->\n"]),
)


def _expected(document: bytes) -> list[tuple[str, ...]]:
    """What expat sees."""
    events: list[tuple[str, ...]] = []
    parser = xml.parsers.expat.ParserCreate("utf-8")
    parser.ordered_attributes = True

    def start(name: str, given_attributes: list[str]) -> None:
        events.append(("start", name.rpartition(":")[2], *given_attributes))

    def text(data: str) -> None:
        _append_text(events, data)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: events.append(("end", name.rpartition(":")[2]))
    parser.CharacterDataHandler = text
    parser.Parse(document, True)
    return events


def _append_text(events: list[tuple[str, ...]], data: str) -> None:
    if events and events[-1][0] == "text":
        data = events.pop()[1] + data
    if data:
        events.append(("text", data))


def _seen(document: bytes, size: int) -> tuple[list[tuple[str, ...]], Tokenizer]:
    """What the tokenizer sees; text outside of the root is left out, line breaks in attributes are spaces as XML has it."""
    tokens = Tokenizer(chunked(document, size))
    events: list[tuple[str, ...]] = []
    depth = 0
    pending: list[tuple[bool, bytes]] = []
    for kind, name, data in tokens:
        if kind in (Kind.TEXT, Kind.CDATA):
            pending.append((kind is Kind.CDATA, data if depth else b""))
            continue
        for is_cdata, pieces in groupby(pending, key=itemgetter(0)):
            run = b"".join(piece for _, piece in pieces)
            _append_text(events, run.decode() if is_cdata else unescape(run))
        pending = []
        if kind in (Kind.START, Kind.EMPTY):
            flat = [part for item in attributes(data.replace(b"\n", b" ").replace(b"\t", b" ")).items() for part in item]
            events.append(("start", name.decode(), *flat))
        if kind in (Kind.END, Kind.EMPTY):
            events.append(("end", name.decode()))
        depth += (kind is Kind.START) - (kind is Kind.END)
    return events, tokens


@given(_DOCUMENTS, st.integers(1, 40))
def test_well_formed_documents_are_read_as_a_conforming_parser_reads_them(document: str, size: int) -> None:
    data = document.encode()
    events, tokens = _seen(data, size)
    assert events == _expected(data)
    assert tokens.defects == []
    assert not tokens.is_truncated


_SHARDS = [b"<", b">", b'"', b"'", b"testcase", b"failure", b" name=", b"/", b"a", b" ", b"\n", b"\x00", b"<!--", b"-->"]
_SHARDS += [b"<![CDATA[", b"]]>", b"<?", b"?>", b"<!DOCTYPE", b"[", b"]", b"&", b"=", b"\xff"]


@given(st.lists(st.sampled_from(_SHARDS), max_size=30))
def test_what_is_read_does_not_depend_on_the_chunks(parts: list[bytes]) -> None:
    data = b"".join(parts)

    def tokens_in(size: int) -> tuple[list[tuple[Kind, bytes, bytes, int]], list[tuple[str, int]], bool, int]:
        tokenizer = Tokenizer(chunked(data, size))
        found: list[tuple[Kind, bytes, bytes, int]] = []
        for kind, name, piece in tokenizer:
            if found and kind in (Kind.TEXT, Kind.CDATA) and found[-1][0] is kind:
                found[-1] = (kind, b"", found[-1][2] + piece, found[-1][3])
            elif piece or kind not in (Kind.TEXT, Kind.CDATA):
                found.append((kind, name, piece, tokenizer.line))
        return found, sorted(tokenizer.defects), tokenizer.is_truncated, tokenizer.lines

    assert tokens_in(1) == tokens_in(3) == tokens_in(1000)


@pytest.mark.parametrize(
    ("broken", "tags"),
    [
        ('<testcase name="a < b && c">', [("testcase", {"name": "a < b && c"})]),
        ('<failure message="he said "no" to it" type="x">', [("failure", {"message": 'he said "no" to it', "type": "x"})]),
        ('<failure message="lost>text</failure>', [("failure", {"message": "lost>text"}), ("/failure", {})]),
        ('<testcase name="a"classname="b"/>', [("testcase", {"name": "a", "classname": "b"})]),
        ("<testcase name=a time=0.1>", [("testcase", {"name": "a", "time": "0.1"})]),
        ('<testcase name="a" disabled>', [("testcase", {"name": "a"})]),
        ("<x:failure message='it's bad' type='t'/>", [("failure", {"message": "it's bad", "type": "t"})]),
        ('<testcase name="a"<failure message="b">', [("testcase", {"name": "a"}), ("failure", {"message": "b"})]),
        ('<error message="KeyEr', [("error", {"message": "KeyEr"})]),
        ("if (a <b && c> d) <3 <= <", []),
        ("std::vector<int, 3 testcases>", []),
        ("<testca", []),
        ("<testcases name=a>", []),
    ],
)
def test_broken_tags_of_the_vocabulary_are_read_and_all_else_is_text(broken: str, tags: list[tuple[str, dict[str, str]]]) -> None:
    found = []
    for kind, name, data in Tokenizer([broken.encode()]):
        if kind not in (Kind.TEXT, Kind.CDATA):
            found.append(("/" * (kind is Kind.END) + name.decode(), attributes(data)))
    assert found == tags


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ("<a>\n\n<b\n c='1'\n/>\r\n</a>", [(1, 1), (3, 5), (6, 6)]),
        ("<a>\r<b/>\x85\u2028</a>", [(1, 1), (1, 1), (1, 1)]),
    ],
)
def test_lines_are_counted_by_newlines_alone(document: str, lines: list[tuple[int, int]]) -> None:
    tokens = Tokenizer(chunked(document.encode(), 2))
    assert [(tokens.line, tokens.end_line) for token in tokens if token.name] == lines


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2)])
def test_the_number_of_lines_read(data: bytes, lines: int) -> None:
    tokens = Tokenizer([data])
    assert all(not token.name for token in tokens)
    assert tokens.lines == lines


@pytest.mark.parametrize(
    "opening", ['<failure message="', "<failure message='", "<testcase ", "<a b='", "<?pi ", "<!DOCTYPE a [", "<!DOCTYPE 'a"]
)
def test_a_token_without_an_end_is_given_up_after_a_while(opening: str) -> None:
    filler = b"x y\n" * (1 << 14)
    chunks = [opening.encode(), *[filler] * (TOKEN_LIMIT // len(filler) + 3), b'"/>\'<testcase name="last"/>']
    assert any(token.name == b"testcase" and b"last" in token.data for token in Tokenizer(chunks))


def test_the_first_defect_of_each_kind_is_kept_with_its_line() -> None:
    tokens = Tokenizer([b"<a>\n\x00 < \n\x01 < </a>"])
    assert [token.name for token in tokens if token.name] == [b"a", b"a"]
    assert tokens.defects == [("control character", 2), ("stray '<'", 2)]
