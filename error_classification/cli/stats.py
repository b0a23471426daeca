"""``stats``: what the store holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from error_classification import wiring
from error_classification.cli import archive, options, times
from error_classification.cli.app import Command
from error_classification.cli.terminal import Session, product, session, width
from error_classification.models import HUMAN, UNCLASSIFIED, Group, Verdict
from error_classification.ports import Stats, Tally
from error_classification.reporting import json, markdown
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.groups import SHORT_HASH
from error_classification.reporting.summary import counted


@click.command("stats", cls=Command)
@click.option("--since", metavar="TIME", callback=times.moment, help="Only what occurred at or after this time (UTC).")
@click.option("--until", metavar="TIME", callback=times.moment, help="Only what occurred before this time (UTC).")
@click.option("--hours", type=click.IntRange(1, 9_999_999), help="Only the last N hours (before --until, if given).")
@options.setting("repo", metavar="OWNER/NAME")
@click.option("--top", type=click.IntRange(min=0), default=10, show_default=True, help="Most frequent errors shown.")
@options.output_format()
@options.setting("store", metavar="FILE")
def command(since: datetime | None, until: datetime | None, hours: int | None, top: int, format_: str) -> int:
    """Count what the store holds: by category, and the most frequent errors.

    \b
    Examples:
      error-classification stats
      error-classification stats --hours 24 --repo me/project
      error-classification stats --since 2026-01-01 --format json
    """
    here = session()
    since, until = times.period(since, until, hours, wiring.SystemClock().now())
    repo = here.resolve().config.repo or None
    opened = archive.opened(here)
    with opened.archive:
        stats = opened.archive.stats(since, until, repo, top)
    if format_ == "json":
        product(json.line(json.stats(stats)))
    elif format_ == "ndjson":
        for item in stats.top:
            product(json.line(json.group(item.group) | {"occurrences": item.occurrences}))
    elif format_ == "markdown":
        product(markdown.tables(_headline(stats), [(_CATEGORIES, _categories(stats)), (_TOP, _top(stats))]))
    else:
        _print(stats, here)
    here.say(_headline(stats) + (f" · {opened.location}" if opened.location else ""))
    return 0


_CATEGORIES = (
    Column("Category"),
    Column("Occurrences", Kind.NUMBER),
    Column("Errors", Kind.NUMBER),
    Column("Share", Kind.NUMBER),
)
_TOP = (
    Column("Hash"),
    Column("Occurrences", Kind.NUMBER),
    Column("Last seen"),
    Column("Category", breaks="/"),
    Column("Root cause", Kind.PROSE),
)


def _print(stats: Stats, here: Session) -> None:
    if not stats.occurrences:
        return
    from error_classification.cli.listing import listing

    columns, color = width(), here.has_color()
    product(listing(_CATEGORIES, _categories(stats), columns, color))
    if stats.top:
        product("\n" + listing(_TOP, _top(stats), columns, color))


def _headline(stats: Stats) -> str:
    known = stats.occurrences - stats.unclassified
    share = f", {known / stats.occurrences:.0%} classified" if stats.occurrences else ""
    return f"{counted(stats.occurrences, 'occurrence')} of {counted(stats.groups, 'error')}{share}"


def _categories(stats: Stats) -> list[Sequence[str]]:
    ordered = sorted(stats.categories, key=lambda tally: tally.name == UNCLASSIFIED)
    return [_category(tally, stats.occurrences) for tally in ordered]


def _category(tally: Tally, total: int) -> Sequence[str]:
    return tally.name, f"{tally.occurrences:,}", f"{tally.groups:,}", f"{tally.occurrences / total:.0%}"


def _top(stats: Stats) -> list[Sequence[str]]:
    return [
        (
            item.group.error_hash[:SHORT_HASH],
            f"{item.occurrences:,}",
            f"{item.group.last_seen:%Y-%m-%d}",
            label_of(item.group),
            cause_of(item.group),
        )
        for item in stats.top
    ]


def label_of(group: Group) -> str:
    """``category/subcategory`` of the answer in force."""
    answer = group.answer
    if not isinstance(answer, Verdict):
        return UNCLASSIFIED
    return f"{answer.category}/{answer.subcategory}" if answer.subcategory else answer.category


def cause_of(group: Group) -> str:
    """The summary in one line; where a person or nobody gave the answer, the error itself too."""
    answer = group.answer
    known = answer.root_cause if isinstance(answer, Verdict) else ""
    evidence = answer.evidence if isinstance(answer, Verdict) else ()
    quoted = evidence[0].text if evidence else group.normalized_text.split("\n", 1)[0]
    return ": ".join(part for part in (known, quoted if not known or answer.judge == HUMAN else "") if part)[:200]
