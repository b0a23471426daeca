"""Green inputs: nothing failed in them, so nothing may be returned."""

from __future__ import annotations

from collections.abc import Iterable

from measures.arithmetic import share
from measures.cases import Case, Kind, decoded_lines
from measures.job_logs import SEARCH
from measures.running import Result
from measures.tables import Table

COLUMNS = ("", "inputs", "silent", "keyword grep silent")


def table(results: Iterable[Result]) -> Table | None:
    """The share of inputs for which no error is returned, by kind."""
    green = [(result, _has_no_keyword(result.case)) for result in results if result.case.is_green]
    if not green:
        return None
    groups = {kind.value: [item for item in green if item[0].case.kind is kind] for kind in Kind} | {"all": green}
    rows = tuple(
        (name, len(items), share(not result.errors for result, _ in items), share(silent for _, silent in items))
        for name, items in groups.items()
        if items
    )
    return Table("Green inputs", COLUMNS, rows, tuple(_detail(result) for result, _ in green if result.errors))


def _has_no_keyword(case: Case) -> bool:
    return not any(SEARCH.search(line) for line in decoded_lines(case.path))


def _detail(result: Result) -> str:
    context = result.errors[0].error.context
    line = (context.headline or context.text.split("\n", 1)[0]).strip()
    return f"{result.case.name}: {len(result.errors)} errors, the first at line {context.line_start}: {line[:100]}"
