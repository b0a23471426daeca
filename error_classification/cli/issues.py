"""``issues``: errors that come again and again, where people plan their work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from error_classification import wiring
from error_classification.cli import options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, NOT_DONE
from error_classification.cli.run import gave_way
from error_classification.cli.terminal import Session, product, session, warn
from error_classification.reporting import json

if TYPE_CHECKING:
    from error_classification.config import Config
    from error_classification.ports import Archive
    from error_classification.wiring.issues import Wanted


@click.command("issues", cls=Command)
@click.option("--threshold", type=click.IntRange(1, 1_000_000), default=10, show_default=True, help="Occurrences it takes.")
@click.option("--hours", type=click.IntRange(1, 87_600), default=168, show_default=True, help="In how many hours.")
@click.option(
    "--quiet-days", type=click.IntRange(1, 3_650), default=14, show_default=True, help="Days without it that close an issue."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@options.setting("repo", metavar="OWNER/NAME")
@options.setting("store", metavar="FILE")
def command(threshold: int, hours: int, quiet_days: int, dry_run: bool) -> int:
    """Keep one GitHub issue for each recurring error of a repository.

    An error that occurred often enough in REPO gets an issue (with GITHUB_TOKEN, permission "issues: write"). It is found again
    by its label "error-classification" and a hidden mark, and follows the error: renewed at most once a day, closed when the
    error is quiet, opened again when it comes back. What people write around our text stays, and so does the title; an issue
    that is closed as not planned is left alone. Errors that nobody could classify get none, and one run makes at most 20. A
    line of JSON on standard output says what was done. Exit code 3: part of it was not; the next run goes on.

    \b
    Examples:
      error-classification issues --repo me/project --dry-run
      error-classification issues --repo me/project --threshold 25 --hours 72 --quiet-days 30
    """
    here = session()
    config = here.resolve().config
    from error_classification.wiring.issues import Wanted, check
    from error_classification.wiring.opensearch import open_for_jobs

    check(config)
    opened = open_for_jobs(config)
    for notice in opened.notices:
        warn(f"note: {notice}")
    with opened.archive:
        code, record = kept(here, config, opened.archive, Wanted(threshold, hours, quiet_days, dry_run))
    product(json.line(record))
    return code


def kept(here: Session, config: Config, archive: Archive, wanted: Wanted) -> tuple[int, json.Record]:
    """Does the work; returns the exit code, and the numbers for machines."""
    from error_classification.reporting.issue_life import Action
    from error_classification.wiring.collecting import alone
    from error_classification.wiring.issues import LOCK, keep

    with alone(LOCK) as taken:
        if not taken:
            return DONE, gave_way(here, "issues")
        done = keep(config, archive, wanted, wiring.SystemClock().now(), here.say)
    for _, reason in done.skipped:
        warn(f"not done: {reason}")
    return (NOT_DONE if done.skipped else DONE), {
        "repo": config.repo,
        "recurring": done.groups,
        "created": done.actions[Action.CREATE],
        "updated": done.actions[Action.UPDATE],
        "reopened": done.actions[Action.REOPEN],
        "closed": done.actions[Action.CLOSE] + done.doubles,
        "unchanged": done.actions[Action.LEAVE],
        "waiting": done.waiting,
        "dry_run": wanted.dry_run,
        "skipped": [{"source": source, "error": reason} for source, reason in done.skipped],
    }
