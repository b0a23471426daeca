"""Secrets with characters in them that nobody sees: a zero-width space in a token keeps no reader from using it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import TypeAlias

import re2

Hit: TypeAlias = tuple[int, int, str]
"""Start and end (bytes) of a secret, and its kind."""
Find: TypeAlias = Callable[[bytes], Iterable[Hit]]

_CHARACTERS = (
    "\u00ad\u034f\u061c\u180e"  # soft hyphen, grapheme joiner, the marks of Arabic and Mongolian
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero widths, directions, joiners, byte order mark
    "\ufe00-\ufe0f\U000e0000-\U000e01ef"  # variation selectors and tags
)
_INVISIBLE = re2.compile(f"[{_CHARACTERS}]+".encode())


def has_invisible(data: bytes) -> bool:
    """Whether any such character is in ``data``."""
    return not data.isascii() and _INVISIBLE.search(data) is not None


def hits_in(data: bytes, find: Find) -> tuple[Hit, ...]:
    """What ``find`` finds in ``data`` as it is."""
    return tuple(find(data))


def hits_through(data: bytes, find: Find) -> tuple[Hit, ...]:
    """What ``find`` finds in ``data`` as it is seen, by its place in ``data`` as it is; left to right, never overlapping."""
    gaps = [match.span() for match in _INVISIBLE.finditer(data)]
    return tuple(_mapped(find(_INVISIBLE.sub(b"", data)), gaps))


def _mapped(hits: Iterable[Hit], gaps: list[tuple[int, int]]) -> Iterator[Hit]:
    """A gap at the edge of a secret is no part of it."""
    removed = [0, *accumulate(end - start for start, end in gaps)]
    places = [start - before for (start, _), before in zip(gaps, removed, strict=False)]
    for start, end, kind in hits:
        yield start + removed[bisect_right(places, start)], end + removed[bisect_left(places, end)], kind
