"""A bare text: an error message that somebody copied, or the few lines that a tool printed."""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.extraction import job_log
from error_classification.extraction.numbered import cleaned_lines
from error_classification.models import ErrorContext, Extraction, Report, SourceType

_FEW_LINES = 5


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """One error: the whole text, without blank lines around it; nothing where it is empty."""
    data = b"".join(chunks)
    lines = [(number, text.rstrip()) for number, text in cleaned_lines([data])]
    filled = [index for index, (_, text) in enumerate(lines) if text]
    if filled:
        lines = lines[filled[0] : filled[-1] + 1]
        text = "\n".join(text for _, text in lines)
        headline = next((error.headline for error in job_log.extract(source, [data])), "")
        yield ErrorContext(SourceType.TEXT, source, text, lines[0][0], lines[-1][0], headline=headline)
    return Report(source, SourceType.TEXT, lines=data.count(b"\n") + 1)


def is_message(data: bytes) -> bool:
    """True if a short text is one error and little else; the output of a tool is read as a log, so that a success stays silent."""
    jobs = job_log.read([data])
    entries = [entry for job in jobs.values() for step in job.steps.values() for entry in step.entries.values()]
    if not entries or any(job.tool_passed_at or job.passed_at for job in jobs.values()) or len(list(job_log.extract("", [data]))) > 1:
        return False
    filled = sum(1 for _, text in cleaned_lines([data]) if text.strip())
    told = {number for entry in entries for number, text in entry.lines if text.strip()}
    return filled <= _FEW_LINES or 2 * len(told) >= filled
