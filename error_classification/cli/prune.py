"""``prune``: retention."""

from __future__ import annotations

from datetime import timedelta

import click

from error_classification import wiring
from error_classification.cli import archive, options, times
from error_classification.cli.app import Command
from error_classification.cli.terminal import product, session


@click.command("prune", cls=Command)
@click.option("--older-than", callback=times.age, required=True, metavar="AGE", help="Such as 36h, 90d or 12w.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@options.setting("store", metavar="FILE")
def command(older_than: timedelta, dry_run: bool) -> int:
    """Forget occurrences that are older than an age.

    Groups keep their first time, their full count, their classification and their labels.

    \b
    Examples:
      error-classification prune --older-than 90d --dry-run
      error-classification prune --older-than 12w
    """
    here = session()
    before = times.before(wiring.SystemClock().now(), older_than)
    opened = archive.opened(here)
    with opened.archive:
        removed = opened.archive.stats(until=before, top=0) if dry_run else opened.archive.prune(before)
    verb = "would remove" if dry_run else "removed"
    product(f"{verb} {removed.occurrences:,} occurrences of {removed.groups:,} errors from before {before:%Y-%m-%d %H:%M} UTC")
    return 0
