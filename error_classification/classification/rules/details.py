"""Lines that say more than the one that a rule matched: what was expected and found, where, and between which requirements.

Shapes that many tools share, not the output of one: assertion libraries name two values, compilers point at a place in a line,
resolvers list who requires what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_DETAILS = 4
"""Lines that are added to those that matched."""
_NEAR = 30
"""Lines after the match that are looked at."""
_LONGEST = 300
"""Characters of a line that are looked at."""

_LEAD = r"(?:\[error\]|npm (?:error|err!)|E)?[ \t|*>]{0,40}"
_COUNTED = r"(?:expected|expecting|actual|received)(?: [\w' ]{1,24})?"
_NAMED = r"(?:got|want|wanted|left|right|found|required|but|but was|symbol|location|which is)"
_SHAPES = (
    rf"(?:{_COUNTED}|{_NAMED})[ \t]*[:=][ \t]*\S",  # Expected length: 3; left: -4; but: was <2>; symbol: class Greeting
    r"\+[ \t]+(?:where|and) ",  # pytest's explanation of a value
    r"--> \S+:\d+:\d+",  # rustc
    r"\^[\^~-]*[ \t]+\S",  # a caret with its label
    r"(?:peer|peerOptional|dev|optional)? ?\S+@\S+ from \S",  # npm
    r"\S+ \S+ (?:depends on|requires) \S",  # pip, conda, apt
    r"(?:\.\.\. )?required by \S",  # cargo
    r"candidate versions found which didn't match: \S",
)
_EXCEPTION = r"E[ \t]{1,20}[\w.]{0,80}(?:Error|Exception)\b"
"""How pytest ends a traceback."""
_TELLING = re.compile(_LEAD + f"(?:{'|'.join(_SHAPES)})|{_EXCEPTION}", re.IGNORECASE)
_CARET = re.compile(r"[ \t|]{0,200}\^[\^~-]*(?:[ \t]|$)")
_DIFF = re.compile(r"[-+]{1,3}[ \t]*(?:expected|received|actual)\b", re.IGNORECASE)
_CHANGED = re.compile(r"([-+])[ \t]*[^-+ \t]")


def details(lines: Sequence[str], start: int) -> list[int]:
    """The numbers (0-based, rising) of at most ``MAX_DETAILS`` telling lines after the line ``start``."""
    found = sorted(index for index in {*_telling(lines, start), *_difference(lines, start)} if index > start)
    return found[:MAX_DETAILS]


def _telling(lines: Sequence[str], start: int) -> Iterator[int]:
    for index in range(start + 1, min(start + 1 + _NEAR, len(lines))):
        line = lines[index][:_LONGEST]
        if "^" in line and _points(line, directly=index == start + 2):
            yield index - 1
        if _TELLING.match(line):
            yield index


def _points(line: str, directly: bool) -> bool:
    """Whether a line with a caret makes the one above it telling; Python points at something in every frame of a traceback."""
    return _CARET.match(line) is not None and (directly or "|" in line[: line.index("^")])


def _difference(lines: Sequence[str], start: int) -> Iterator[int]:
    """The first line that is missing and the first that is too much, where a difference is shown under its legend."""
    legend, seen = False, set[str]()
    for index in range(start, min(start + 1 + _NEAR, len(lines))):
        line = lines[index][:_LONGEST].lstrip(" \t")
        if not line.startswith(("-", "+")):
            continue
        if _DIFF.match(line):
            legend = True
            continue
        changed = _CHANGED.match(line) if legend else None
        if changed and changed[1] not in seen:
            seen.add(changed[1])
            yield index
