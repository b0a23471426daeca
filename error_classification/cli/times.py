"""Times and ages as people type them: callbacks for options."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

_AGE = re.compile(r"(\d{1,5})\s*(h|d|w)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

Period = tuple[datetime | None, datetime | None]


def moment(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """An ISO 8601 date or time; without a zone it is UTC."""
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        text = f"{value!r} is not a date or time such as 2026-01-31 or 2026-01-31T08:00Z"
        raise click.BadParameter(text, ctx, parameter) from error


def age(ctx: click.Context, parameter: click.Parameter, value: str) -> timedelta:
    """A length of time in hours, days or weeks."""
    match = _AGE.fullmatch(value.strip().lower())
    if not match:
        raise click.BadParameter(f"{value!r} is not an age such as 36h, 90d or 12w", ctx, parameter)
    return int(match[1]) * _UNITS[match[2]]


def period(since: datetime | None, until: datetime | None, hours: int | None, now: datetime) -> Period:
    """The period that the options name, ``since <= t < until``. Raises a usage error where they contradict each other."""
    if hours is not None and since is not None:
        raise click.UsageError("--hours and --since contradict each other.")
    if hours is not None:
        since = before(until or now, timedelta(hours=hours))
    if since and until and since >= until:
        raise click.UsageError("--since must be before --until.")
    return since, until


def before(now: datetime, length: timedelta) -> datetime:
    """``length`` before ``now``, or the beginning of time."""
    try:
        return now - length
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
