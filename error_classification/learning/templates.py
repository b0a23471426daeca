"""What several lines of a log have in common: literal parts, and gaps between them with what stood there.

The literal parts are the heaviest common subsequence of the lines' tokens, folded over the lines (Du and Li, "Spell", ICDM 2016;
the weights are ours: a word says more than a blank). What normalisation would mask in a line varies from run to run, whether the
lines show it or not: such tokens never stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from error_classification.normalisation.normalise import normalise

MOST_CHARACTERS = 400
"""Of a line: what lies behind is not looked at."""
MOST_TOKENS = 120

_TOKEN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?)?|\d\d:\d\d:\d\d(?:[.,]\d+)?)"
    r"|(?P<space>[ \t]+)|(?P<url>[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>()\[\]{}]+)"
    r"|(?P<path>(?:[A-Za-z]:|[\w.@+~-]*)(?:[/\\][\w.@+~-]+)+[/\\]?)|(?P<version>v?\d+(?:\.\d+)+(?:[-+]\w[\w.]*)?)"
    r"|(?P<hex>0x[0-9a-fA-F]+|\b(?=[a-f]*\d)[0-9a-f]{7,64}\b)|(?P<number>\d+)|(?P<word>[^\W\d]\w*)|(?P<other>.)",
    re.DOTALL,
)
_JOINS = frozenset(".-_/:@+\\")
"""Between two gaps these hold one name together, rather than keep two apart."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line. ``kind`` is a group of ``_TOKEN``; a ``volatile`` one stands for all of its kind."""

    kind: str
    text: str
    volatile: bool = False

    @property
    def key(self) -> str:
        """Equal for tokens that may stand for each other in a template."""
        return f"\0{self.kind}" if self.volatile else self.text


@dataclass(frozen=True, slots=True)
class Gap:
    """What stood between two literal parts, each text once; an empty one where there was nothing."""

    variants: tuple[str, ...]


Part: TypeAlias = str | Gap
"""Literal text, or a gap."""
Template: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands at one place of every line."""

    texts: tuple[str, ...]
    fixed: bool = False
    volatile: bool = False

    def __add__(self, other: _Column) -> _Column:
        joined = tuple(one + two for one, two in zip(self.texts, other.texts, strict=True))
        return _Column(joined, self.fixed and other.fixed, self.volatile and other.volatile)


def tokens(line: str) -> list[Token]:
    """The pieces of ``line``, which is cut."""
    line = line[:MOST_CHARACTERS]
    found = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(line)][:MOST_TOKENS]
    masked = [original for _, original in normalise(line).masks]
    return [Token(kind, text, kind not in ("word", "space", "other") and _is_in(text, masked)) for kind, text in found]


def _is_in(text: str, masked: Iterable[str]) -> bool:
    return any(text in original for original in masked)


def template(lines: Sequence[str]) -> Template:
    """The parts of ``lines``, of which there is at least one; every line is made of them, with one variant of each gap.

    No two literal parts and no two gaps of one kind stand side by side.
    """
    cut = [tokens(line) for line in lines]
    common = reduce(_common, ([token.key for token in line] for line in cut))
    columns: list[_Column] = []
    for column in _columns(common, cut):
        _append(columns, column)
    return tuple(column.texts[0] if column.fixed else Gap(tuple(dict.fromkeys(column.texts))) for column in columns)


def _weight(key: str) -> int:
    if key[:1].isalpha() or key[:1] == "_":
        return 2 + min(len(key), 10)
    return 3 if key.startswith("\0") else 1


def _common(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The heaviest common subsequence of keys."""
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        for j in reversed(range(len(other))):
            skipped = max(best[i + 1][j], best[i][j + 1])
            same = one[i] == other[j]
            best[i][j] = max(skipped, best[i + 1][j + 1] + _weight(one[i])) if same else skipped
    found: list[str] = []
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j] and best[i][j] == best[i + 1][j + 1] + _weight(one[i]):
            found.append(one[i])
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _columns(common: Sequence[str], lines: Sequence[Sequence[Token]]) -> list[_Column]:
    """A gap, perhaps empty, before each common key and behind the last one."""
    places = [0] * len(lines)
    columns: list[_Column] = []
    for key in common:
        ends = [_next(line, place, key) for line, place in zip(lines, places, strict=True)]
        columns.append(_Column(tuple(_text(line[place:end]) for line, place, end in zip(lines, places, ends, strict=True))))
        found = tuple(line[end].text for line, end in zip(lines, ends, strict=True))
        columns.append(_Column(found, fixed=not key.startswith("\0"), volatile=key.startswith("\0")))
        places = [end + 1 for end in ends]
    return [*columns, _Column(tuple(_text(line[place:]) for line, place in zip(lines, places, strict=True)))]


def _next(line: Sequence[Token], place: int, key: str) -> int:
    return next(index for index in range(place, len(line)) if line[index].key == key)


def _text(part: Sequence[Token]) -> str:
    return "".join(token.text for token in part)


def _append(columns: list[_Column], column: _Column) -> None:
    """Adds a column, merged with those before it where they are one literal, or one name."""
    if not column.fixed and not any(column.texts):
        return
    if columns and columns[-1].fixed == column.fixed:
        columns[-1] += column
    elif len(columns) > 1 and not column.fixed and _joins(columns[-2], columns[-1], column):
        columns[-2:] = [columns[-2] + columns[-1] + column]
    else:
        columns.append(column)


def _joins(before: _Column, between: _Column, after: _Column) -> bool:
    """Whether what is literal between two gaps is no more than a part of one name, or of one run of words."""
    text = between.texts[0]
    return set(text) <= _JOINS or (text.isspace() and not before.volatile and not after.volatile)
