"""Text of a report: references and attributes decoded, bounded in size, every line with the input line it stands on."""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from error_classification.extraction.junit.markup import WELL_FORMED_ATTRIBUTES
from error_classification.extraction.terminal import clean

_REFERENCE = re.compile(rb"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,7})|(lt|gt|amp|quot|apos));")
_AMPERSAND = re.compile(rb"&(?:#(\d{1,8});|#[xX]([0-9a-fA-F]{1,7});|(lt|gt|amp|quot|apos);|([A-Za-z_][\w.-]{0,80};))?")
UNKNOWN_ENTITY = "unknown entity"
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"', b"apos": "'"}
_ATTRIBUTE = re.compile(rb"([A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_LOOSE_ATTRIBUTE = re.compile(
    rb"([A-Za-z_:][\w:.-]*+)\s*+=\s*+(?:\"((?:[^\"]++|\"(?!\s*+(?:\Z|[A-Za-z_:][\w:.-]*+\s*+(?:=\s*+[\"']|\Z))))*+)(?:\"|\Z)"
    rb"|'((?:[^']++|'(?!\s*+(?:\Z|[A-Za-z_:][\w:.-]*+\s*+(?:=\s*+[\"']|\Z))))*+)(?:'|\Z)|([^\s\"'<>/]++))"
)
_SPELLED_ESCAPE = re.compile(r"(?:#x1[Bb]|&#27;|&#x1[Bb];)(?=\[)")
_LINE_LIMIT = 4000
"""Characters of one line that are kept: beyond them there is data, not a message."""


class Lines(NamedTuple):
    """Lines of text, and for each the input line (1-based) that it comes from."""

    texts: list[str]
    numbers: list[int]

    def add(self, text: str, number: int) -> None:
        self.texts.append(text)
        self.numbers.append(number)

    def extend(self, other: Lines) -> None:
        self.texts.extend(other.texts)
        self.numbers.extend(other.numbers)

    def part(self, start: int, end: int) -> Lines:
        return Lines(self.texts[start:end], self.numbers[start:end])

    def stripped(self) -> Lines:
        """Without the blank lines at both ends."""
        filled = [index for index, text in enumerate(self.texts) if text.strip()]
        return self.part(filled[0], filled[-1] + 1) if filled else Lines([], [])


def unescape(raw: bytes) -> str:
    """Character references and the five predefined entities decoded; any other reference stays as it is written."""
    if b"&" in raw:
        raw = _REFERENCE.sub(_character, raw)
    return raw.decode("utf-8", "replace")


def _character(match: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name].encode()
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd".encode()
    return chr(code).encode("utf-8")


def reference_defect(raw: bytes) -> str:
    """What is wrong with the references in ``raw``: empty if nothing is."""
    if b"&" not in raw:
        return ""
    for match in _AMPERSAND.finditer(raw):
        decimal, hexadecimal, predefined, other = match.groups()
        if decimal or hexadecimal:
            if not _is_xml_character(int(decimal) if decimal else int(hexadecimal, 16)):
                return "reference to a character that XML forbids"
        elif not predefined:
            return UNKNOWN_ENTITY if other else "stray '&'"
    return ""


def _is_xml_character(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code <= 0x10FFFF


def attributes(raw: bytes) -> dict[str, str]:
    """The attributes of a tag by local name, the first where one is given twice; line breaks are kept."""
    found: dict[str, str] = {}
    pattern = _ATTRIBUTE if WELL_FORMED_ATTRIBUTES.fullmatch(raw) else _LOOSE_ATTRIBUTE
    for match in pattern.finditer(raw):
        name = match[1].rpartition(b":")[2].decode("utf-8", "replace")
        value = next((group for group in match.groups()[1:] if group), b"")
        found.setdefault(name, unescape(bounded(value)))
    return found


def repeats_an_attribute(raw: bytes) -> bool:
    """Whether a name occurs twice, which XML forbids."""
    names = [match[1] for match in _ATTRIBUTE.finditer(raw)]
    return len(set(names)) < len(names)


def tidy(line: str) -> str:
    """A line as people read it: without terminal sequences, however they are spelled, and of bounded length."""
    if len(line) <= _LINE_LIMIT and "[" not in line and line.isprintable():
        return line.rstrip()
    if len(line) > _LINE_LIMIT:
        line = f"{line[: _LINE_LIMIT // 2]} ... {len(line) - _LINE_LIMIT} characters left out ... {line[-_LINE_LIMIT // 2 :]}"
    if "[" in line and ("#x1" in line or "&#" in line):
        line = _SPELLED_ESCAPE.sub("\x1b", line)
    return clean(line).rstrip()


def lines_of(text: str, number: int) -> Lines:
    """The lines of an attribute's value: all of them stand on the line of its tag."""
    texts = [tidy(line) for line in text.split("\n")]
    return Lines(texts, [number] * len(texts))


def bounded(raw: bytes, head: int = 1 << 15, tail: int = 1 << 15) -> bytes:
    """``raw`` itself, or its two ends with a line between them that says how much is missing."""
    if len(raw) <= head + tail:
        return raw
    return raw[:head] + _gap(len(raw) - head - tail) + raw[len(raw) - tail :]


def _cut(data: bytes, at: int) -> tuple[bytes, bytes]:
    return data[:at], data[at:]


def _gap(size: int) -> bytes:
    return b"\n... %d characters left out ...\n" % size


class _Piece(NamedTuple):
    data: bytes
    line: int
    is_cdata: bool


class Capture:
    """Collects the text of one element: its first ``head`` and last ``tail`` bytes, whatever pieces it comes in."""

    __slots__ = ("_head", "_head_room", "_tail", "_tail_limit", "_tail_size", "size")

    def __init__(self, head: int, tail: int) -> None:
        self.size = 0
        """Bytes of text seen."""
        self._head_room = head
        self._tail_limit = tail
        self._head: list[_Piece] = []
        self._tail: deque[_Piece] = deque()
        self._tail_size = 0

    def add(self, data: bytes, line: int, is_cdata: bool) -> None:
        """Takes a piece of text that begins on input line ``line``."""
        self.size += len(data)
        if self._head_room:
            first = data[: self._head_room]
            self._head_room -= len(first)
            self._head.append(_Piece(first, line, is_cdata))
            line += first.count(b"\n")
            data = data[len(first) :]
        if not data:
            return
        self._tail.append(_Piece(data, line, is_cdata))
        self._tail_size += len(data)
        while self._tail_size - len(self._tail[0].data) >= self._tail_limit:
            self._tail_size -= len(self._tail.popleft().data)

    def lines(self) -> Lines:
        """The lines, decoded and tidy; a marker stands where text was left out (whole lines, if lines are short)."""
        head, tail = _merged(list(self._head)), _merged(self._last_pieces())
        left_out = self.size - sum(len(piece.data) for piece in (*head, *tail))
        if left_out and tail:
            kept, torn = _cut(head[-1].data, head[-1].data.rfind(b"\n") + 1) if head else (b"", b"")
            torn_too, rest = _cut(tail[0].data, tail[0].data.find(b"\n") + 1)
            if kept and len(torn) < _LINE_LIMIT:
                head[-1] = head[-1]._replace(data=kept)
                left_out += len(torn)
            if torn_too and len(torn_too) < _LINE_LIMIT:
                tail[0] = _Piece(rest, tail[0].line + 1, tail[0].is_cdata)
                left_out += len(torn_too)
            head.append(_Piece(_gap(left_out).lstrip() if kept else _gap(left_out), tail[0].line - 1, True))
        return _decoded([*head, *tail])

    def _last_pieces(self) -> list[_Piece]:
        tail = list(self._tail)
        surplus = self._tail_size - self._tail_limit
        if surplus > 0:
            dropped, rest = _cut(tail[0].data, surplus)
            tail[0] = _Piece(rest, tail[0].line + dropped.count(b"\n"), tail[0].is_cdata)
        return tail

    def defect(self) -> str:
        """What is wrong with the references in the text that was kept."""
        runs = _merged([*self._head, *self._tail])
        return next((what for run in runs if not run.is_cdata and (what := reference_defect(run.data))), "")


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Neighbours of one kind joined: where the input was cut into chunks must not show."""
    runs: list[tuple[list[bytes], int, bool]] = []
    next_line = 0
    for piece in pieces:
        if runs and runs[-1][2] == piece.is_cdata and next_line == piece.line:
            runs[-1][0].append(piece.data)
        else:
            runs.append(([piece.data], piece.line, piece.is_cdata))
        next_line = piece.line + piece.data.count(b"\n")
    return [_Piece(b"".join(data), line, is_cdata) for data, line, is_cdata in runs]


def _decoded(runs: list[_Piece]) -> Lines:
    texts, numbers = [""], [runs[0].line if runs else 0]
    for run in runs:
        for offset, part in enumerate(run.data.split(b"\n")):
            decoded = part.decode("utf-8", "replace") if run.is_cdata else unescape(part)
            if offset:
                texts.append(decoded)
                numbers.append(run.line + offset)
            else:
                texts[-1] += decoded
            if "\n" in decoded:  # from a character reference: more lines of text on one line of input
                first, *others = texts.pop().split("\n")
                texts += (first, *others)
                numbers += [numbers[-1]] * len(others)
    return Lines([tidy(text) for text in texts], numbers)
