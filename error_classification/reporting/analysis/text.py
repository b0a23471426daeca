"""An analysis as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from error_classification.reporting.analysis import Analysis, Entry, Line
from error_classification.reporting.analysis.advice import advice
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.escape import code_block, code_span, markdown, shortened
from error_classification.reporting.markdown import tables
from error_classification.reporting.summary import counted

_TOP = 15
_SAMPLES = 10
MOST_LINES = 12
_LINE_LIMIT = 240
_TIME = "%Y-%m-%d %H:%M"

_LINES = (
    Column("", Kind.NAME),
    Column("Occurrences", Kind.NUMBER),
    Column("Share", Kind.NUMBER),
    Column("Errors", Kind.NUMBER),
    Column("Period before", Kind.NUMBER),
    Column("Trend", Kind.NUMBER),
    Column("Mean confidence", Kind.NUMBER),
)
_ENTRIES = (
    Column("Hash", Kind.NAME),
    Column("Occurrences", Kind.NUMBER),
    Column("Category", Kind.NAME),
    Column("First seen", Kind.NAME),
    Column("Last seen", Kind.NAME),
    Column("Root cause", Kind.PROSE),
)


def document(analysis: Analysis) -> str:
    """The report: in short, what to do, by category and other sides, the most frequent errors, what nobody could name."""
    parts = [f"# {markdown(title(analysis))}", in_short(analysis), _advice(analysis)]
    for name, lines in sides(analysis):
        parts.append(tables(name, [(_LINES, [line_cells(line, analysis.occurrences) for line in lines[:MOST_LINES]])]).rstrip())
    if analysis.entries:
        parts.append(
            tables("Most frequent errors", [(_ENTRIES, [entry_cells(entry) for entry in analysis.entries[:_TOP]])]).rstrip()
        )
        parts.append(_examples(analysis))
    parts.append(_unclassified(analysis))
    return "\n\n".join(part for part in parts if part) + "\n"


def title(analysis: Analysis) -> str:
    """Such as ``Failures of me/project, 2026-01-01 00:00 to 2026-01-03 00:00 (UTC)``."""
    of = f" of {analysis.repo}" if analysis.repo else ""
    return f"Failures{of}, {analysis.period.since:{_TIME}} to {analysis.period.until:{_TIME}} (UTC)"


def in_short(analysis: Analysis) -> str:
    """The numbers in a few sentences."""
    if not analysis.occurrences:
        return f"Nothing failed in this period; {counted(analysis.before, 'occurrence')} in the one before."
    new = sum(entry.is_new for entry in analysis.entries)
    cost = f" The answers cost ${analysis.usage.cost_usd:.4f}." if analysis.usage.cost_usd else ""
    change = f"{counted(analysis.before, 'occurrence')} in the period before ({trend(analysis.occurrences, analysis.before)})"
    known = f"{analysis.coverage:.0%} of the occurrences have a category"
    total = f"{counted(analysis.occurrences, 'occurrence')} of {counted(len(analysis.entries), 'error')}, {new:,} of them new"
    return f"{total}; {change}. {known}.{cost}"


def sides(analysis: Analysis) -> list[tuple[str, Sequence[Line]]]:
    """What the occurrences are counted by, where there is something to count."""
    named = (
        ("By category", analysis.categories),
        ("By workflow or job", analysis.workflows),
        ("By framework", analysis.frameworks),
        ("By judge", analysis.judges),
    )
    return [(name, lines) for name, lines in named if lines]


def trend(now: int, before: int) -> str:
    """The change against the period before, in per cent; ``new`` where there was nothing."""
    if not before:
        return "new" if now else "="
    change = round(100 * (now - before) / before)
    return f"{change:+d} %" if change else "="


def line_cells(line: Line, total: int) -> list[str]:
    """The texts of one line of a table."""
    share = f"{line.occurrences / total:.0%}" if total else "–"
    sure = f"{line.confidence:.0%}" if line.confidence else "–"
    return [
        line.name,
        f"{line.occurrences:,}",
        share,
        f"{line.errors:,}",
        f"{line.before:,}",
        trend(line.occurrences, line.before),
        sure,
    ]


def entry_cells(entry: Entry) -> list[str]:
    """The texts of one error in a table."""
    first = f"{entry.first_seen:%Y-%m-%d}{' (new)' if entry.is_new else ''}"
    return [entry.error_hash, f"{entry.occurrences:,}", entry.label, first, f"{entry.last_seen:{_TIME}}", entry.root_cause]


def _advice(analysis: Analysis) -> str:
    found = advice(analysis)
    return (
        "### What to do\n\n" + "\n".join(f"{number}. {markdown(text)}" for number, text in enumerate(found, 1)) if found else ""
    )


def _examples(analysis: Analysis) -> str:
    """One example of each category that occurs."""
    seen: dict[str, Entry] = {}
    for entry in analysis.entries:
        if entry.evidence:
            seen.setdefault(entry.label.partition("/")[0], entry)
    blocks = [_example(category, entry) for category, entry in seen.items()]
    return "\n\n".join(["### An example of each", *blocks]) if blocks else ""


def _example(category: str, entry: Entry) -> str:
    where = ", ".join(code_span(shortened(name, _LINE_LIMIT)) for name in entry.places)
    lines = "\n".join(shortened(line, _LINE_LIMIT) for line in entry.evidence)
    return f"**{markdown(category)}**: {markdown(entry.root_cause)} {where}\n\n{code_block(lines)}"


def _unclassified(analysis: Analysis) -> str:
    if not analysis.unclassified:
        return ""
    count = len(analysis.unclassified)
    lines = [
        f"- {code_span(entry.error_hash[:10])} {counted(entry.occurrences, 'time')}: "
        + code_span(shortened(entry.root_cause, _LINE_LIMIT))
        for entry in analysis.unclassified[:_SAMPLES]
    ]
    more = [f"- and {count - _SAMPLES:,} more"] if count > _SAMPLES else []
    return "\n".join([f"### Unclassified ({counted(count, 'error')})", "", *lines, *more])
