"""Which annotations are failures, which only speak of one, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from error_classification.extraction.annotations.annotation import Annotation, Level
from error_classification.extraction.annotations.tests_named import NamedTest, named_test

_SUPERSEDED = re.compile(r"Cancell?ing since a higher priority waiting request|Cancell?ed by a newer run")
_CANCELLED = re.compile(r"The (?:operation|run|job|workflow run) (?:was|has been) cancell?ed\b")
_EXIT_CODE_ALONE = re.compile(
    r"(?:Error: )?(?:(?:The )?(?:process|command|script|bash|Cmd\.exe|PowerShell)\b.{0,200}? )?"
    r"(?:completed|failed|exited|finished|exit)(?: with)?(?: an?)?(?: error| exit)? (?:code|status)[:=]? '?-?\d+'?\.?$",
    re.IGNORECASE,
)
_HOUSEKEEPING = re.compile(
    r"(?:Node\.?js \d+ (?:actions )?(?:is|are) deprecated|`?(?:set-output|save-state|set-env|add-path)`? command is deprecated"
    r"|Unexpected input\(s\)|No files were found with the provided path|Both GOPATH"
    r"|Failed to (?:save|restore)\b.*cache|Cache (?:not found|save failed)|Restore cache failed"
    r"|ubuntu-\S+ (?:pipelines|workflows|will)|macos-\S+ will|windows-\S+ will"
    r"|is deprecated and will be removed|will be deprecated|Runner version .* deprecated)",
    re.IGNORECASE,
)
_LOGGED = re.compile(r"Logging on (?:stdout|stderr) of test suite (.+)$")
_LOGS_KEPT = 8
"""Outputs of a suite that are kept for one failure."""


@dataclass(slots=True)
class Selected:
    """A failure: the annotation that reports it, the test it names, and the test's own output found elsewhere."""

    annotation: Annotation
    test: NamedTest | None = None
    logs: list[str] = field(default_factory=list)
    count: int = 1


def selected(annotations: Iterable[Annotation]) -> list[Selected]:
    """The failures among annotations: causes before wrappers, failures before warnings, else in the order of the input.

    A notice is never a failure. A warning is one where nothing failed outright, where it names a failing test, or
    where it is a finding among those of a checker. A run that a newer one cancelled did not fail.
    """
    given = list(annotations)
    candidates = [Selected(each, named_test(each)) for each in _without_superseded(given) if each.level is not Level.NOTICE]
    candidates = [each for each in candidates if each.annotation.message or each.annotation.title or each.annotation.details]
    failed = [each for each in candidates if each.annotation.level is Level.FAILURE]
    logs = [each for each in given if _LOGGED.match(each.title)]
    warnings = [
        each for each in candidates if each.annotation.level is Level.WARNING and not _LOGGED.match(each.annotation.title)
    ]
    kept = failed + [each for each in warnings if _counts(each, bool(failed))]
    _link_logs(kept, logs)
    return _without_wrappers(_merged(kept))


def is_wrapper(annotation: Annotation) -> bool:
    """True for "Process completed with exit code 1." and its like: it follows from an error, and names none."""
    message = annotation.message
    return not annotation.details and bool(_EXIT_CODE_ALONE.match(message) or _CANCELLED.match(message))


def _without_superseded(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Without what a newer run's cancellation left behind, in the jobs that it cancelled."""
    jobs = {each.job for each in annotations if _SUPERSEDED.search(each.message)}
    return [each for each in annotations if not (each.job in jobs and _is_cancellation(each))]


def _is_cancellation(annotation: Annotation) -> bool:
    message = annotation.message
    return bool(_SUPERSEDED.search(message) or _CANCELLED.match(message) or _EXIT_CODE_ALONE.match(message))


def _counts(warning: Selected, something_failed: bool) -> bool:
    if warning.test or (something_failed and warning.annotation.is_finding):
        return True
    return not something_failed and not _HOUSEKEEPING.search(warning.annotation.message)


def _link_logs(failures: Sequence[Selected], logs: Iterable[Annotation]) -> None:
    """A suite's output, reported apart from its failing test, belongs to that test: it may hold the only cause."""
    first: dict[str, Selected] = {}
    for failure in failures:
        if failure.test:
            first.setdefault(failure.test.name, failure)
            first.setdefault(failure.test.name.partition("::")[0], failure)
    for log in logs:
        suite = _LOGGED.match(log.title)
        if suite and (found := first.get(suite[1])):
            found.count += log.level is Level.WARNING
            if len(found.logs) < _LOGS_KEPT:
                found.logs.append(log.details)


def _merged(failures: Iterable[Selected]) -> list[Selected]:
    """Identical ones once, with their count."""
    merged: dict[Annotation, Selected] = {}
    for failure in failures:
        key = replace(failure.annotation, number=0)
        if key in merged:
            merged[key].count += failure.count
        else:
            merged[key] = failure
    return list(merged.values())


def _without_wrappers(failures: Sequence[Selected]) -> list[Selected]:
    """Mere exit codes and cancellations go where their job has an error; else they stay, behind all errors."""
    wrappers: list[Selected] = []
    real: list[Selected] = []
    for each in failures:
        (wrappers if is_wrapper(each.annotation) else real).append(each)
    jobs = {each.annotation.job for each in real}
    return real + [each for each in wrappers if each.annotation.job not in jobs]
