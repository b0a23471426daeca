"""From an artefact to its redacted, fingerprinted errors."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from error_classification.errors import Error, InputError
from error_classification.extraction import extract
from error_classification.extraction.excerpt import shortened
from error_classification.extraction.neighbourhood import lines_between
from error_classification.models import (
    Artefact,
    ErrorContext,
    Excerpt,
    Extraction,
    FingerprintedError,
    Report,
    RunContext,
    SourceType,
)
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.normalisation.merging import merged
from error_classification.pipeline.values import Found, Policy, Redacts, Skipped

_BEFORE, _AFTER = 60, 20
"""Lines of a log that are shown around an error to who wants to see more."""
_MOST_AROUND = 4_000
"""Characters of them: the dearest model reads them too, and no cache helps."""
_UNSEEN = 120
"""Lines before those that are redacted with them: the longest private keys begin so far before their end."""
_WITH_LINES_AROUND = frozenset((SourceType.JOB_LOG, SourceType.BUILDKIT))


def find_in(artefact: Artefact, redactor: Redacts, policy: Policy) -> Iterator[Found]:
    """The errors of one artefact, then its report; or ``Skipped`` where it could not be read to its end."""
    try:
        extraction = extract(artefact.name, artefact.open(), policy.source_type)
        report = yield from _fingerprinted(extraction, artefact, redactor, policy.max_error_length)
        yield replace(report, source=redactor.redact(report.source), warnings=tuple(map(redactor.redact, report.warnings)))
    except OSError as error:
        reason = error.strerror or str(error)
        yield Skipped(artefact.name, InputError(f"{artefact.name}: {reason}", "check that the file exists and may be read"))
    except Error as error:
        yield Skipped(artefact.name, error)


def _fingerprinted(
    extraction: Extraction, artefact: Artefact, redactor: Redacts, limit: int
) -> Generator[FingerprintedError, None, Report]:
    """Test cases one by one; what logs and annotations hold, with those merged that say the same thing again."""
    found: list[FingerprintedError] = []
    while True:
        try:
            context = next(extraction)
        except StopIteration as end:
            yield from merged(found)
            report: Report = end.value
            return report
        error = _identified(shortened(redactor.redact_context(context), limit), artefact)
        if context.source_type is SourceType.JUNIT:
            yield error
        else:
            found.append(error)


def _identified(context: ErrorContext, artefact: Artefact) -> FingerprintedError:
    """The error with its hash; one that names no cause is told apart by where it was found."""
    error = fingerprint(context)
    if not error.generic:
        return error
    return fingerprint(context, place=f"{artefact.context.repo} {ci_run(artefact.context) or artefact.digest()}")


def ci_run(run_context: RunContext) -> str:
    """What identifies the CI run; empty outside CI."""
    known = run_context.repo and (run_context.workflow_id or run_context.job_id)
    return f"{run_context.workflow_id} {run_context.job_id} {run_context.attempt}" if known else ""


def more_of(artefact: Artefact, error: FingerprintedError, redactor: Redacts, limit: int) -> Excerpt:
    """At most ``limit`` redacted characters of the log around ``error``; nothing where its format has no lines around it."""
    context = error.context
    if context.source_type not in _WITH_LINES_AROUND or not context.line_start:
        return Excerpt()
    first = max(1, context.line_start - _BEFORE)
    try:
        seen = lines_between(artefact.open(), first - _UNSEEN, max(context.line_start, context.line_end) + _AFTER)
    except (OSError, Error):  # it was there a moment ago; the judge does without
        return Excerpt()
    lines = redactor.redact(seen.text).split("\n")[first - seen.first_line :]
    return _nearest(Excerpt(first, "\n".join(lines)), context.line_start, min(limit, _MOST_AROUND))


def _nearest(excerpt: Excerpt, line: int, limit: int) -> Excerpt:
    """The lines around ``line``, nearest first, as far as ``limit`` characters reach."""
    lines = excerpt.text.split("\n")
    anchor = min(line - excerpt.first_line, len(lines) - 1)
    first, last, room = anchor, anchor, limit - len(lines[anchor])
    while (first > 0 or last < len(lines) - 1) and room > 0:
        if first > 0 and (room := room - len(lines[first - 1]) - 1) >= 0:
            first -= 1
        if last < len(lines) - 1 and (room := room - len(lines[last + 1]) - 1) >= 0:
            last += 1
    return Excerpt(excerpt.first_line + first, "\n".join(lines[first : last + 1])[:limit])
