from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from error_classification.cli import times

CONTEXT = click.Context(click.Command("x"))
PARAMETER = click.Option(["--time"])
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T08:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31 08:00:01Z", datetime(2026, 1, 31, 8, 0, 1, tzinfo=UTC)),
        ("2026-01-31T08:00+02:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
        (None, None),
    ],
)
def test_moment(text: str | None, expected: datetime | None) -> None:
    assert times.moment(CONTEXT, PARAMETER, text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "31.1.2026", "2026-13-01", "0001-01-01T00:00+10:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a date or time"):
        times.moment(CONTEXT, PARAMETER, text)


@pytest.mark.parametrize(("text", "hours"), [("36h", 36), ("90d", 2160), ("12W", 2016), ("0d", 0), (" 1 d ", 24)])
def test_age(text: str, hours: int) -> None:
    assert times.age(CONTEXT, PARAMETER, text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1.5d", "90 days", "1000000d"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not an age"):
        times.age(CONTEXT, PARAMETER, text)


@pytest.mark.parametrize(
    ("since", "until", "hours", "expected"),
    [
        (None, None, None, (None, None)),
        (None, None, 2, (NOW - timedelta(hours=2), None)),
        (None, NOW - timedelta(hours=1), 2, (NOW - timedelta(hours=3), NOW - timedelta(hours=1))),
        (NOW - timedelta(hours=1), NOW, None, (NOW - timedelta(hours=1), NOW)),
    ],
)
def test_period(since: datetime | None, until: datetime | None, hours: int | None, expected: times.Period) -> None:
    assert times.period(since, until, hours, NOW) == expected


@pytest.mark.parametrize(("since", "until", "hours"), [(NOW, None, 1), (NOW, NOW, None), (NOW, NOW - timedelta(1), None)])
def test_contradictions(since: datetime, until: datetime | None, hours: int | None) -> None:
    with pytest.raises(click.UsageError):
        times.period(since, until, hours, NOW)


def test_an_age_beyond_all_times() -> None:
    assert times.before(NOW, timedelta(weeks=99999 * 50)) == datetime.min.replace(tzinfo=UTC)
