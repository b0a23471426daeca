"""A bare text: an error message that somebody copied, or the few lines that a tool printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from error_classification.extraction import job_log
from error_classification.extraction.job_log.naming import test_name
from error_classification.extraction.numbered import cleaned_lines
from error_classification.extraction.places import best_place
from error_classification.models import ErrorContext, Extraction, Report, SourceType

_FEW_LINES = 5
_LONGEST = 1 << 20
"""Bytes: what is longer is no message that somebody copied."""


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """One error: the whole text, without blank lines around it; nothing where it is empty.

    A text of more than 1 MB is read as a log: the likeliest cause in it is the error, or its beginning where there is none.
    """
    taken: list[bytes] = []
    size = 0
    for chunk in (chunks := iter(chunks)):
        taken.append(chunk)
        size += len(chunk)
        if size > _LONGEST:
            return (yield from _of_log(source, b"".join(taken), chunks))
    data = b"".join(taken)
    yield from _message(source, data)
    return Report(source, SourceType.TEXT, lines=data.count(b"\n") + 1)


def _of_log(source: str, beginning: bytes, chunks: Iterator[bytes]) -> Extraction:
    """The first error of a log."""
    errors = job_log.extract(source, chain((beginning,), chunks))
    found: ErrorContext | None = None
    while True:
        try:
            error = next(errors)
        except StopIteration as end:
            report: Report = end.value
            break
        found = found or error
    yield from [replace(found, source_type=SourceType.TEXT)] if found else _message(source, beginning[:_LONGEST])
    return replace(report, source_type=SourceType.TEXT)


def _message(source: str, data: bytes) -> Iterator[ErrorContext]:
    lines = [(number, text.rstrip()) for number, text in cleaned_lines([data])]
    filled = [index for index, (_, text) in enumerate(lines) if text]
    if not filled:
        return
    lines = lines[filled[0] : filled[-1] + 1]
    texts = [text for _, text in lines]
    headline = next((error.headline for error in job_log.extract(source, [data])), "")
    place = best_place(texts)
    yield ErrorContext(
        SourceType.TEXT,
        source,
        text="\n".join(texts),
        line_start=lines[0][0],
        line_end=lines[-1][0],
        headline=headline,
        test_name=test_name(texts),
        file=place.file if place else "",
        line=place.line if place else None,
    )


def is_message(data: bytes) -> bool:
    """True if a short text is one error and little else. Any other output is read as a log, so that a success stays silent."""
    jobs = job_log.read([data]).values()
    entries = [entry for job in jobs for step in job.steps.values() for entry in step.entries.values()]
    if not entries or any(job.outcome_is_told for job in jobs):
        return False
    if len(list(job_log.extract("", [data]))) > 1:
        return False
    filled = sum(1 for _, text in cleaned_lines([data]) if text.strip())
    told = {number for entry in entries for number, text in entry.lines if text.strip()}
    return filled <= _FEW_LINES or 2 * len(told) >= filled
