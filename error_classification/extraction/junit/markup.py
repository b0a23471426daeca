"""A streaming reader of XML that also reads what is not quite XML.

About one JUnit report in ten is not well-formed: cut off, with raw control characters, with a stray ``<`` or ``&``, with log
lines around it. A conforming parser has to stop there, so this one does what the HTML parsers do: one scanner for good and
bad input alike, which says what was wrong and goes on. On well-formed input it yields what a conforming parser would
(XML 1.0, fifth edition), with two differences that are meant: entities declared by the document are never expanded, and
external ones never read, so neither can do harm.

Time is linear in the input and memory bounded by ``TOKEN_LIMIT``, whatever the chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple

TOKEN_LIMIT = 4 << 20
"""Bytes of a single tag beyond which it is taken as it stands: far above any message, far below the memory there is."""
_INSTRUCTION_LIMIT = 1 << 16
_NAME_LIMIT = 200
_SLICE = 1 << 18
_UNENDED_LIMIT = 64
"""So many instructions and document types without an end are looked for; any further one is text: keeps the time linear."""

VOCABULARY = (
    rb"testsuites|testsuite|testcase|failure|error|skipped|properties|property|system-out|system-err|"
    rb"flakyFailure|flakyError|rerunFailure|rerunError|stackTrace"
)
"""Elements of a JUnit report: only these are looked for where the markup is broken; anything else there is text."""

_NAME = rb"[A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*+"
_KNOWN_AHEAD = rb"(?=</?(?:[\w.-]{1,20}:)?(?:" + VOCABULARY + rb")[\s/>])"
_VALUE = rb"""(?:"[^"<]*+"|'[^'<]*+')"""
_ATTRIBUTES = rb"(?:\s++" + _NAME + rb"\s*+=\s*+" + _VALUE + rb")*+"
WELL_FORMED_ATTRIBUTES = re.compile(_ATTRIBUTES + rb"\s*+")
"""Matches the whole ``data`` of a tag token if nothing is wrong with it."""
_TAG = re.compile(rb"<(/?)(" + _NAME + rb")(" + _ATTRIBUTES + rb")\s*+(/?)>")
_TAG_BEGINNING = re.compile(
    rb"</?(?:" + _NAME + _ATTRIBUTES + rb"(?:\s*+/|\s++(?:" + _NAME + rb"(?:\s*+(?:=\s*+(?:\"[^\"<]*+|'[^'<]*+)?)?)?)?)?)?\Z"
)

# A quote ends a broken value only where the tag, or the next attribute, follows it; "<" is text unless a known tag starts.
_QUOTE_ENDS = rb"(?=\s*+(?:/?>|" + _NAME + rb"\s*+(?:=\s*+[\"']|/?>)|/?\Z))"
_BROKEN_VALUE = (
    rb"(?:\"(?:[^\"<]++|(?!" + _KNOWN_AHEAD + rb")<|(?!\"" + _QUOTE_ENDS + rb")\")*+(?:\"|" + _KNOWN_AHEAD + rb"|\Z)"
    rb"|'(?:[^'<]++|(?!" + _KNOWN_AHEAD + rb")<|(?!'" + _QUOTE_ENDS + rb")')*+(?:'|" + _KNOWN_AHEAD + rb"|\Z)"
    rb"|[^\s\"'<>/]++)"
)
_BROKEN_TAG = re.compile(
    rb"<(/?)((?:[\w.-]{1,20}:)?(?:" + VOCABULARY + rb"))(?![\w:.-])"
    rb"((?:" + _NAME + rb"\s*+=\s*+" + _BROKEN_VALUE + rb"|[^\s<>\"'/=]++|\s++|(?!/?>)[/=\"'])*+)(/?)(?:>|(?=<)|\Z)"
)
_DOCTYPE = re.compile(
    rb"<!DOCTYPE(?:[^\"'\[\]<>]++|\"[^\"]*+\"|'[^']*+'"
    rb"|\[(?:[^\"'\]<]++|\"[^\"]*+\"|'[^']*+'|<!--(?s:.*?)-->|<\?(?s:.*?)\?>|<)*+\])*+>",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(rb"<\?(?s:.*?)\?>")
_XML_DECLARATION = re.compile(rb"<\?xml\s")
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")


class Kind(Enum):
    """What a token is."""

    START = auto()
    EMPTY = auto()
    END = auto()
    TEXT = auto()
    CDATA = auto()
    DECLARATION = auto()
    """``<?xml ...``: the beginning of a document."""


class Token(NamedTuple):
    """``name`` is without its prefix. ``data`` is undecoded: attributes, or a piece of text (one of many)."""

    kind: Kind
    name: bytes
    data: bytes


class Defect(NamedTuple):
    """Something that is not well-formed, and the line (1-based) where it was met."""

    what: str
    line: int


class Tokenizer:
    """Iterates once over the tokens of UTF-8 ``chunks``; ``line`` and ``end_line`` are those of the latest token."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.defects: list[Defect] = []
        self.has_doctype = False
        self.is_truncated = False
        """True where the input ended inside a tag, a comment or a CDATA section."""
        self.lines = 0
        """Lines read so far; the last one may lack its newline."""
        self._chunks = chunks
        self._buffer = b""
        self._position = 0  # of the next token
        self._start = 0  # of the latest one
        self._counted = 0  # the newlines before this offset are in _newlines
        self._newlines = 0
        self._is_final = False
        self._is_over = False
        self._enough = 0  # bytes wanted before an unfinished token is looked at again: doubling keeps the time linear
        self._inside = b""  # what ends the comment or CDATA section that is being read
        self._unended = 0  # instructions and document types that had no end

    @property
    def line(self) -> int:
        """Where the latest token begins; the last line at the end of the input."""
        if self._is_over:
            return max(1, self.lines)
        self._count_to(self._start)
        return self._newlines + 1

    @property
    def end_line(self) -> int:
        """Where the latest token ends."""
        return self.line + self._buffer.count(b"\n", self._start, self._position)

    def defect(self, what: str, line: int = 0) -> None:
        """Notes the first occurrence of each kind of defect; ``line`` is that of the latest token if it is not given."""
        if all(known.what != what for known in self.defects):
            self.defects.append(Defect(what, line or self.line))

    def __iter__(self) -> Iterator[Token]:
        pieces: list[bytes] = []
        size = 0
        last = b""
        for piece in _slices(self._chunks):
            self._look_over(piece)
            pieces.append(piece)
            size += len(piece)
            last = piece
            if len(self._buffer) - self._position + size >= self._enough:
                self._append(pieces)
                size = 0
                yield from self._tokens()
        self.lines += bool(last) and not last.endswith(b"\n")
        self._is_final = True
        self._append(pieces)
        yield from self._tokens()
        self._start, self._is_over = self._position, True

    def _look_over(self, piece: bytes) -> None:
        if len(piece.translate(None, _CONTROLS)) != len(piece) and (found := _CONTROL.search(piece)):
            self.defect("control character", self.lines + piece.count(b"\n", 0, found.start()) + 1)
        self.lines += piece.count(b"\n")

    def _append(self, pieces: list[bytes]) -> None:
        self._count_to(self._position)
        self._buffer = b"".join((self._buffer[self._position :], *pieces))
        self._start = self._position = self._counted = self._enough = 0
        pieces.clear()

    def _count_to(self, offset: int) -> None:
        if offset > self._counted:
            self._newlines += self._buffer.count(b"\n", self._counted, offset)
            self._counted = offset

    def _tokens(self) -> Iterator[Token]:
        """Everything that the buffer holds in full; what is left begins at ``_position``."""
        buffer, match_tag = self._buffer, _TAG.match
        while True:
            if self._inside:
                yield from self._to_terminator()
                if self._inside:
                    return
            start = buffer.find(b"<", self._position)
            if start != self._position and self._position < len(buffer):
                yield self._text(start if start >= 0 else len(buffer))
            if start < 0:
                return
            tag = match_tag(buffer, start, start + TOKEN_LIMIT)
            if tag:
                self._start, self._position = start, tag.end()
                yield _tag_token(tag)
                continue
            yield from self._other(start)
            if self._position == start:
                return

    def _text(self, end: int) -> Token:
        self._start, self._position = self._position, end
        return Token(Kind.TEXT, b"", self._buffer[self._start : end])

    def _wait(self, start: int, limit: int = TOKEN_LIMIT) -> bool:
        """Whether more input is wanted for what begins at ``start``."""
        length = len(self._buffer) - start
        if self._is_final or length >= limit:
            return False
        self._enough = min(2 * length, limit)
        return True

    def _other(self, start: int) -> Iterator[Token]:
        """What begins with ``<`` and is no well-formed tag, unless it is incomplete and there is more to come."""
        self._start = start
        head = self._buffer[start : start + 9]
        if head.startswith(b"<!--"):
            self._position, self._inside = start + 4, b"-->"
        elif head == b"<![CDATA[":
            self._position, self._inside = start + 9, b"]]>"
        elif head[1:2] in (b"!", b"?", b""):
            yield from self._declaration(start, head)
        elif not (self._is_beginning(start) and self._wait(start)):
            yield from self._broken(start)

    def _is_beginning(self, start: int) -> bool:
        return _TAG_BEGINNING.match(self._buffer, start, start + TOKEN_LIMIT) is not None

    def _declaration(self, start: int, head: bytes) -> Iterator[Token]:
        """A processing instruction, a document type or a bare ``<``."""
        if len(head) < 9 and self._wait(start):
            return
        pattern, limit = _INSTRUCTION, _INSTRUCTION_LIMIT
        if not head.startswith(b"<?"):
            pattern, limit = _DOCTYPE, TOKEN_LIMIT if head.upper() == b"<!DOCTYPE" else 0
        match = None
        if limit and self._unended < _UNENDED_LIMIT:
            match = pattern.match(self._buffer, start, start + limit)
            if not match and self._wait(start, limit):
                return
            self._unended += not match
        if not match:
            yield self._stray(start)
            return
        self._position = match.end()
        self.has_doctype |= head.startswith(b"<!")
        if _XML_DECLARATION.match(head):
            yield Token(Kind.DECLARATION, b"xml", b"")

    def _to_terminator(self) -> Iterator[Token]:
        """The rest of a comment or CDATA section, or as much as there is of it."""
        end = self._buffer.find(self._inside, self._position)
        is_cdata = self._inside == b"]]>"
        is_complete = end >= 0
        if not is_complete:
            end = len(self._buffer) if self._is_final else max(self._position, len(self._buffer) - 2)
            self.is_truncated |= self._is_final
        self._start, self._position = self._position, end
        if is_cdata and end > self._start:
            yield Token(Kind.CDATA, b"", self._buffer[self._start : end])
        if is_complete:
            self._position, self._inside = end + 3, b""

    def _broken(self, start: int) -> Iterator[Token]:
        """A tag of the vocabulary is read as far as possible; any other ``<`` is text."""
        end = min(len(self._buffer), start + TOKEN_LIMIT)
        tag = _BROKEN_TAG.match(self._buffer, start, end)
        if not tag:
            yield self._stray(start)
            return
        if tag.end() == end:
            if self._wait(start):
                return
            self.is_truncated |= self._is_final and not tag[0].endswith(b">")
        if not self.is_truncated:
            self.defect("overlong tag" if tag.end() - start == TOKEN_LIMIT else "broken tag")
        self._position = tag.end()
        yield _tag_token(tag)

    def _stray(self, start: int) -> Token:
        if self._is_final and self._is_beginning(start):
            self.is_truncated = True
            self._position = len(self._buffer)
            return Token(Kind.TEXT, b"", b"")
        self.defect("stray '<'")
        self._position = start + 1
        return Token(Kind.TEXT, b"", b"<")


def _tag_token(tag: re.Match[bytes]) -> Token:
    slash, name, attributes, empty = tag.groups()
    kind = Kind.END if slash else Kind.EMPTY if empty else Kind.START
    return Token(kind, name[name.rfind(b":") + 1 :][:_NAME_LIMIT], attributes)


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), _SLICE):
            yield chunk[at : at + _SLICE]
