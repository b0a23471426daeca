"""Whole job logs: finds every error of a failed job and ranks cause before symptom.

The way of a line: ``windowing`` (bounded memory) -> ``scanning`` (candidates and their signals) -> ``sections`` (job and step) ->
``blocks`` (how far the error reaches) -> ``reader`` (what is kept) -> ``ranking`` (what is returned, and in which order).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from error_classification.extraction.job_log.flakiness import without_flaky
from error_classification.extraction.job_log.naming import test_name
from error_classification.extraction.job_log.ranking import Entry, Job, ranked
from error_classification.extraction.job_log.reader import Reader
from error_classification.extraction.job_log.scanning import candidates
from error_classification.extraction.job_log.windowing import windows
from error_classification.extraction.places import best_place
from error_classification.models import ErrorContext, Extraction, Outcome, Report, SourceType


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """The errors of a job log, the likeliest cause first; of several jobs in one log, job by job."""
    jobs = read(chunks)
    for name, job in jobs.items():
        rest, flaky = without_flaky(job)
        failed = ranked(rest)
        for rank, entry in enumerate((*failed, *flaky), 1):
            context = _context(source, name, job, entry, rank)
            yield context if rank <= len(failed) else replace(context, outcome=Outcome.FLAKY)
    return Report(source, SourceType.JOB_LOG, lines=max((job.last_line for job in jobs.values()), default=0))


def read(chunks: Iterable[bytes]) -> dict[str, Job]:
    """What is known of each job of a log (the one job of most logs has no name)."""
    reader = Reader()
    found = candidates(windows(chunks))
    while True:
        try:
            window, candidate = next(found)
        except StopIteration as end:
            lines = end.value
            break
        reader.take(window, candidate)
    for job in reader.jobs.values():
        job.last_line = lines
    return reader.jobs


def _context(source: str, name: str, job: Job, entry: Entry, rank: int) -> ErrorContext:
    if entry.details:
        return replace(entry.details, source_type=SourceType.JOB_LOG, source=source, rank=rank, count=entry.count, job_name=name)
    numbers, texts = tuple(number for number, _ in entry.lines), [text for _, text in entry.lines]
    place = best_place(texts)
    return ErrorContext(
        SourceType.JOB_LOG,
        source,
        text="\n".join(texts),
        line_start=entry.first_line,
        line_end=entry.last_line,
        line_numbers=() if _are_consecutive(numbers) else numbers,
        headline=entry.headline,
        rank=rank,
        count=entry.count,
        test_name=entry.retried or test_name(texts),
        file=place.file if place else "",
        line=place.line if place else None,
        job_name=name,
        step_name=entry.place.step,
        exit_code=job.exit_code,
    )


def _are_consecutive(numbers: Sequence[int]) -> bool:
    return all(number == numbers[0] + index for index, number in enumerate(numbers))
