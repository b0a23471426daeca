"""Job logs: is the cause among what is returned, is it first, and how much has to be read? And of a keyword search?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keywords import KEYWORDS

from measures.arithmetic import Fraction, Range, Share, covered, hits, mean, share
from measures.cases import Kind, decoded_lines
from measures.running import Result
from measures.tables import Cell, Table

COLUMNS = ("", "inputs", "cause returned", "cause in the first block", "lines returned", "mean over inputs")

SEARCH = re.compile(KEYWORDS, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One log: the blocks that were returned for it, the first of them, where the cause is, and how long it is."""

    blocks: tuple[Range, ...]
    first: Range | None
    causes: tuple[Range, ...]
    lines: int

    @property
    def is_returned(self) -> bool:
        return hits(self.blocks, self.causes)

    @property
    def is_first(self) -> bool:
        return self.first is not None and hits((self.first,), self.causes)

    @property
    def share_of_lines(self) -> float:
        return min(covered(self.blocks), self.lines) / self.lines


def table(results: Iterable[Result]) -> Table | None:
    """Job logs, and other inputs whose cause has known lines, with and without the doubtful ones."""
    known = [(result, by_program(result), by_keywords(result)) for result in results if result.case.causes]
    if not known:
        return None
    rows: list[tuple[Cell, ...]] = []
    logs = [item for item in known if item[0].case.kind is Kind.JOB_LOG]
    for title, items in (
        ("job logs", logs),
        ("  without doubtful", [item for item in logs if not item[0].case.is_doubtful]),
        ("other kinds", [item for item in known if item[0].case.kind is not Kind.JOB_LOG]),
    ):
        if items:
            rows.append((title, *measured([ours for _, ours, _ in items])))
            rows.append(("    keyword grep, last match first", *measured([rival for _, _, rival in items])))
    details = tuple(_detail(result, ours) for result, ours, _ in known if not ours.is_first)
    return Table("Where the cause is", COLUMNS, tuple(rows), details)


def measured(found: Sequence[Found]) -> tuple[int, Share, Share, Fraction, Fraction]:
    """Number of logs, hits, hits of the first block, share of lines over all logs, and its mean over the logs."""
    returned = sum(min(covered(one.blocks), one.lines) for one in found)
    return (
        len(found),
        share(one.is_returned for one in found),
        share(one.is_first for one in found),
        Fraction(returned / sum(one.lines for one in found)),
        Fraction(mean([one.share_of_lines for one in found])),
    )


def by_program(result: Result) -> Found:
    """The line ranges of the returned errors, in the order they were returned."""
    blocks = tuple(
        (context.line_start, max(context.line_start, context.line_end))
        for context in (error.error.context for error in result.errors)
    )
    return Found(blocks, blocks[0] if blocks else None, result.case.causes, len(decoded_lines(result.case.path)))


def by_keywords(result: Result) -> Found:
    """Every line with a keyword; the last one is taken for the cause, as people do who scroll up from the end."""
    lines = decoded_lines(result.case.path)
    matches = tuple((number, number) for number, line in enumerate(lines, 1) if SEARCH.search(line))
    return Found(matches, matches[-1] if matches else None, result.case.causes, len(lines))


def _detail(result: Result, found: Found) -> str:
    state = "not first" if found.is_returned else "not returned"
    blocks = ", ".join(f"{first}-{last}" for first, last in found.blocks[:5]) or "nothing"
    headline = result.errors[0].error.context.headline.strip()[:80] if result.errors else ""
    return f"{result.case.name}: cause at {list(found.causes)} {state}; {len(found.blocks)} blocks: {blocks}; first: {headline}"
