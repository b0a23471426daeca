"""Logs and annotations say the same thing several times: equal errors become one (pure functions)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from error_classification.models import ErrorContext, FingerprintedError


def merged(errors: Iterable[FingerprintedError]) -> Iterator[FingerprintedError]:
    """Equal errors of one job as one: with the rank of the first, the place of the earliest, and their counts added up.

    Two tests that fail alike are two failures; an error that names no test is the same failure told elsewhere.
    """
    distinct: list[FingerprintedError] = []
    places: dict[tuple[str, str], list[int]] = {}
    for error in errors:
        alike = places.setdefault((error.context.job_name, error.error_hash), [])
        at = next((index for index in alike if _same_test(distinct[index].context, error.context)), None)
        if at is None:
            alike.append(len(distinct))
            distinct.append(error)
        else:
            distinct[at] = _together(distinct[at], error)
    yield from _ranked(distinct)


def _same_test(one: ErrorContext, other: ErrorContext) -> bool:
    return not one.test_name or not other.test_name or one.test_name == other.test_name


def _together(one: FingerprintedError, other: FingerprintedError) -> FingerprintedError:
    earliest = min(one, other, key=lambda error: error.context.line_start)
    named = one.context.test_name or other.context.test_name
    count = one.context.count + other.context.count
    return replace(earliest, context=replace(earliest.context, test_name=named, count=count))


def _ranked(errors: Iterable[FingerprintedError]) -> Iterator[FingerprintedError]:
    """The errors with ranks that have no gaps, counted for each job."""
    ranks: dict[str, int] = {}
    for error in errors:
        job = error.context.job_name
        ranks[job] = ranks.get(job, 0) + 1
        yield replace(error, context=replace(error.context, rank=ranks[job]))
