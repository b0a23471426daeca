"""Cutting long texts: the cause and both ends stay, and what was left out is said in its place."""

from __future__ import annotations

from dataclasses import replace

from error_classification.models import ErrorContext

_LINE_LIMIT = 2_000


def cut_line(line: str, limit: int = _LINE_LIMIT) -> str:
    """A line of at most about ``limit`` characters: its beginning and its end."""
    if len(line) <= limit:
        return line
    tail = limit // 4
    return f"{line[: limit - tail]} ...[{len(line) - limit} characters left out]... {line[-tail:]}"


def shortened(context: ErrorContext, limit: int) -> ErrorContext:
    """The context with its text cut to about ``limit`` characters; every line that stays keeps its number in the input."""
    if len(context.text) <= limit:
        return context
    lines = [cut_line(line, max(80, limit // 4)) for line in context.text.split("\n")]
    kept = _kept_lines(lines, _cause_index(lines, context.headline), limit)
    text: list[str] = []
    numbers: list[int] = []
    previous = -1
    for index in kept:
        if index != previous + 1:
            text.append(f"... [{index - previous - 1} lines left out] ...")
            numbers.append(context.line_of(index - 1))
        text.append(lines[index])
        numbers.append(context.line_of(index))
        previous = index
    return replace(context, text="\n".join(text), line_numbers=tuple(numbers))


def _cause_index(lines: list[str], headline: str) -> int:
    wanted = headline.strip()[:80]
    return next((index for index, line in enumerate(lines) if wanted and wanted in line), 0)


def _kept_lines(lines: list[str], cause: int, limit: int) -> list[int]:
    """Line indices in order: half of the room goes to the cause and what follows it, a quarter to each end."""
    kept: set[int] = set()
    for start, step, room in ((cause, 1, limit // 2), (0, 1, limit // 4), (len(lines) - 1, -1, limit // 4)):
        index = start
        while 0 <= index < len(lines) and (room := room - len(lines[index]) - 1) >= 0:
            kept.add(index)
            index += step
    return sorted(kept or {cause})
