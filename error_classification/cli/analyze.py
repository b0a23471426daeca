"""``analyze``: a report on the recent failures of a repository."""

from __future__ import annotations

from pathlib import Path

import click

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE
from error_classification.cli.terminal import product, session
from error_classification.errors import UsageError
from error_classification.reporting.analysis import Analysis, Period, analysed

MOST = 200_000
"""Occurrences that are read of each period."""
_PAGES = (".html", ".htm")


@click.command("analyze", cls=Command)
@click.option("--hours", type=click.IntRange(1, 9_999_999), help="How far back to look. [HOURS_BACK, default: 24]")
@click.option("--output", "-o", metavar="FILE", default="-", help="Where the report goes: .md, .html, or - for standard output.")
@click.option("--format", "format_", type=click.Choice(["markdown", "html"]), help="By default what the file's name says.")
@options.setting("repo", metavar="OWNER/NAME")
@options.setting("store", metavar="FILE")
def command(hours: int | None, output: str, format_: str | None) -> int:
    """Report on the recent failures in the store: coverage, trends, the most frequent errors, what to do.

    Compared is with the period of the same length before.

    \b
    Examples:
      error-classification analyze --hours 48 --output report.md
      error-classification analyze --hours 168 --repo me/project --output report.html
      error-classification analyze --format html > report.html
    """
    from error_classification.reporting.analysis.page import page
    from error_classification.reporting.analysis.text import document, in_short

    here = session()
    config = here.resolve().config
    opened = archive.opened(here)
    with opened.archive:
        analysis = _analysis(opened, config.repo, hours or config.hours_back)
    wanted = format_ or ("html" if output.lower().endswith(_PAGES) else "markdown")
    report = page(analysis) if wanted == "html" else document(analysis)
    if output == "-":
        product(report.rstrip("\n"))
        return DONE
    try:
        Path(output).write_text(report, "utf-8")
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}", "name a file that can be written") from error
    here.say(f"{in_short(analysis)} · {output}")
    return DONE


def _analysis(opened: wiring.Opened, repo: str, hours: int) -> Analysis:
    from datetime import timedelta

    until = wiring.SystemClock().now()
    period = Period(until - timedelta(hours=hours), until)
    before = period.before
    now = opened.archive.recent(period.since, None, repo or None, MOST)
    return analysed(repo, period, now, opened.archive.recent(before.since, before.until, repo or None, MOST))
