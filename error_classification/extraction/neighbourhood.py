"""What stands around an error in its log, for a judge that wants to see more than the error itself."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from error_classification.extraction.decoding import Decoder
from error_classification.extraction.excerpt import cut_line
from error_classification.extraction.terminal import clean
from error_classification.models import Excerpt

_LONGEST = 1 << 16
"""Bytes of a line that are kept while reading."""


def lines_between(raw: Iterable[bytes], first: int, last: int) -> Excerpt:
    """Lines ``first`` to ``last`` (1-based, both included) of an input, as a terminal would show them."""
    first = max(1, first)
    wanted = islice(_lines(raw), first - 1, max(first - 1, last))
    return Excerpt(first, "\n".join(cut_line(clean(line.decode("utf-8", "replace").rstrip("\r"))) for line in wanted))


def _lines(raw: Iterable[bytes]) -> Iterable[bytes]:
    pending = b""
    for chunk in Decoder(raw):
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield (pending + line)[:_LONGEST]
            pending = b""
        pending = (pending + rest)[:_LONGEST]
    if pending:
        yield pending
