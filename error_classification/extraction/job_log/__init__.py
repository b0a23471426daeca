"""Whole job logs: finds every error of a failed job and ranks cause before symptom.

The way of a line: ``windows`` (bounded memory) -> ``scanning`` (candidates and their signals) -> ``sections`` (job and step) ->
``blocks`` (how far the error reaches) -> ``reader`` (what is kept) -> ``ranking`` (what is returned, and in which order).
"""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.extraction.job_log.ranking import Entry, Job, ranked
from error_classification.extraction.job_log.reader import Reader
from error_classification.extraction.job_log.scanning import candidates
from error_classification.extraction.job_log.windows import windows
from error_classification.models import ErrorContext, Extraction, Report, SourceType


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """The errors of a job log, the likeliest cause first; of several jobs in one log, job by job."""
    reader = Reader()
    lines = 0
    for window in windows(chunks):
        for candidate in candidates(window):
            reader.take(window, candidate)
        lines = window.first_line + window.data.count(b"\n", window.lo, window.hi)
    for name, job in reader.jobs.items():
        job.last_line = lines
        for rank, entry in enumerate(ranked(job), 1):
            yield _context(source, name, job, entry, rank)
    return Report(source, SourceType.JOB_LOG, lines=lines)


def _context(source: str, name: str, job: Job, entry: Entry, rank: int) -> ErrorContext:
    return ErrorContext(
        SourceType.JOB_LOG,
        source,
        text="\n".join(text for _, text in entry.lines),
        line_start=entry.first_line,
        line_end=entry.last_line,
        headline=entry.headline,
        rank=rank,
        count=entry.count,
        job_name=name,
        step_name=entry.place.step,
        exit_code=job.exit_code,
    )
