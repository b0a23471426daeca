"""A log of any length as overlapping windows, so that every line can be seen with its neighbourhood in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WINDOW = 2 << 20
"""Bytes that are scanned at once."""
MARGIN = 128 << 10
"""Bytes that stay visible before and behind the scanned part."""


@dataclass(frozen=True, slots=True)
class Window:
    """``data[lo:hi]`` is scanned in this window; the rest of ``data`` is its neighbourhood."""

    data: bytes
    lo: int
    hi: int

    def lines_after(self, offset: int) -> Iterator[tuple[int, int]]:
        """(start, end) of the lines that begin at or after ``offset``, which is the start of a line."""
        size = len(self.data)
        while offset < size:
            end = self.data.find(b"\n", offset)
            end = size if end < 0 else end
            yield offset, end
            offset = end + 1

    def lines_before(self, offset: int) -> Iterator[tuple[int, int]]:
        """(start, end) of the lines before the one that starts at ``offset``, the nearest first."""
        while offset > 0:
            end = offset - 1
            start = self.data.rfind(b"\n", 0, end) + 1
            yield start, end
            offset = start


def windows(chunks: Iterable[bytes]) -> Iterator[Window]:
    """The windows of a stream; every byte is in the scanned part of exactly one, cut at line ends where there are any."""
    data, lo = b"", 0
    pending: list[bytes] = []
    size = 0
    for chunk in chunks:
        pending.append(chunk)
        size += len(chunk)
        if len(data) - lo + size < WINDOW + MARGIN:
            continue
        data = b"".join((data, *pending))
        pending, size = [], 0
        hi = _cut(data, lo, len(data) - MARGIN)
        yield Window(data, lo, hi)
        start = _line_start(data, max(0, hi - MARGIN), hi)
        data, lo = data[start:], hi - start
    data = b"".join((data, *pending))
    if lo < len(data):
        yield Window(data, lo, len(data))


def _cut(data: bytes, lo: int, wanted: int) -> int:
    """The last line end before ``wanted``; a line that is longer than a window is cut in its middle."""
    end = data.rfind(b"\n", lo, wanted)
    return end + 1 if end >= 0 else wanted


def _line_start(data: bytes, wanted: int, limit: int) -> int:
    if wanted == 0:
        return 0
    end = data.find(b"\n", wanted, limit)
    return end + 1 if end >= 0 else wanted
