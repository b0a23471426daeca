"""Chunks of UTF-8 to numbered lines, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from error_classification.extraction.terminal import clean, strip_prefix

_LONGEST = 1 << 16
"""Bytes of a line that are looked at; the rest of a longer one is passed over."""


def numbered_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """Every line with its number: 1-based, split at a line feed alone; what cannot be decoded is replaced.

    Empty input has no line; a line feed at the very end begins none.
    """
    number, pending = 0, b""
    for chunk in chunks:
        *complete, rest = chunk.split(b"\n")
        for part in complete:
            number += 1
            yield number, _decoded(pending + part if pending else part)
            pending = b""
        pending = (pending + rest)[:_LONGEST]
    if pending:
        yield number + 1, _decoded(pending)


def cleaned_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """The same as a person would read them: without colours, overwritten text, and the prefixes of CI systems."""
    return ((number, strip_prefix(clean(line))) for number, line in numbered_lines(chunks))


def _decoded(line: bytes) -> str:
    return line[:_LONGEST].decode("utf-8", "replace")
