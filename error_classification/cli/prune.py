"""``prune``: retention."""

from __future__ import annotations

from datetime import timedelta

import click

from error_classification import wiring
from error_classification.cli import archive, options, times
from error_classification.cli.app import Command
from error_classification.cli.terminal import product, session
from error_classification.reporting.summary import counted


@click.command("prune", cls=Command)
@click.option("--older-than", callback=times.age, required=True, metavar="AGE", help="Such as 36h, 90d or 12w.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@options.setting("store", metavar="FILE")
def command(older_than: timedelta, dry_run: bool) -> int:
    """Forget occurrences that are older than an age.

    An error keeps the time when it was first seen, its full count, its classification and its labels.

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
    what = f"{counted(removed.occurrences, 'occurrence')} of {counted(removed.groups, 'error')}"
    product(f"{verb} {what} from before {before:%Y-%m-%d %H:%M} UTC")
    return 0
