"""The forms in which tools show a cause, from ``shapes.toml``, compiled once.

One automaton over all of them says which occur in a text; only those are then run with their groups.
"""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import re2

from error_classification.normalisation.normalise import regex_options

_MAX_CANDIDATES = 8
_GROUPS = ("message", "kind", "file")


class Details(StrEnum):
    """Which of the lines behind a message are part of the cause."""

    NONE = "none"
    VALUES = "values"
    DIFF = "diff"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Shape:
    """A form of error message; see ``shapes.toml`` for what each field means."""

    name: str
    expression: re2._Regexp
    groups: tuple[int, ...]
    """The numbers of the groups message, kind and file; 0 where the form has none."""
    kind: str = ""
    last: bool = False
    onward: bool = False
    exception: bool = False
    details: Details = Details.NONE


@dataclass(frozen=True, slots=True)
class Find:
    """One place of a text that has a form: byte offsets, and the groups' texts."""

    shape: Shape
    start: int
    end: int
    message_end: int
    message: str
    kind: str
    file: str


@cache
def load_shapes() -> tuple[tuple[Shape, ...], re2.Set]:
    """All forms in order, and the set that says which of them a text has."""
    table = load_table("shapes.toml")
    fragments: dict[str, str] = table["fragments"]
    present = re2.Set.SearchSet(regex_options())
    shapes = []
    for row in table["shape"]:
        pattern = f"(?m){_filled(row.pop('pattern'), fragments)}".encode()
        expression = re2.compile(pattern, regex_options())
        groups = tuple(expression.groupindex.get(name.encode(), 0) for name in _GROUPS)
        shapes.append(Shape(**{**row, "details": Details(row.get("details", "none"))}, expression=expression, groups=groups))
        present.Add(pattern)
    present.Compile()
    return tuple(shapes), present


def load_table(name: str) -> Mapping[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _filled(pattern: str, fragments: Mapping[str, str]) -> str:
    for name, fragment in fragments.items():
        pattern = pattern.replace("{{" + name + "}}", fragment)
    return pattern


def find_shapes(data: bytes) -> Iterator[Find]:
    """Everything in ``data`` that has a form: the most telling form first, in each its most telling place first."""
    shapes, present = load_shapes()
    for index in sorted(present.Match(data) or ()):
        shape = shapes[index]
        matches = shape.expression.finditer(data)
        for match in reversed(deque(matches, _MAX_CANDIDATES)) if shape.last else islice(matches, _MAX_CANDIDATES):
            message, kind, file = ("" if number == 0 else _slice(data, match.span(number)) for number in shape.groups)
            yield Find(shape, match.start(), match.end(), match.end(shape.groups[0]), message, kind or shape.kind, file)


def _slice(data: bytes, span: tuple[int, int]) -> str:
    return data[span[0] : span[1]].decode("utf-8", "replace") if span[0] >= 0 else ""
