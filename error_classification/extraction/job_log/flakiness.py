"""Which errors of a job are tests that passed when they were tried again: not why it failed, and worth telling all the same."""

from __future__ import annotations

from dataclasses import replace

from error_classification.extraction.job_log.ranking import Entry, Job, Step
from error_classification.extraction.job_log.retries import Retry
from error_classification.extraction.job_log.sections import Place
from error_classification.extraction.job_log.table import Role, Signal

_FLAKY = Signal("flaky", (), role=Role.FLAKY)
_MOST = 20
_HEADING = 2
"""Lines at the beginning of a block that may name its test."""


def without_flaky(job: Job) -> tuple[Job, list[Entry]]:
    """The job without the failures of tests that passed in the end, and these."""
    if not any(step.retries for step in job.steps.values()):
        return job, []
    steps: dict[int, Step] = {}
    flaky: list[Entry] = []
    passed_at = job.tool_passed_at
    for index, step in job.steps.items():
        passed = {key: entry for key, entry in step.entries.items() if _passed(entry, step)}
        rest = {key: entry for key, entry in step.entries.items() if key not in passed}
        flaky += [*passed.values(), *(_told(retry) for retry in step.retries.values() if _is_untold(retry, step))]
        if passed and not any(entry.signal.verdict and entry.signal.role is Role.CAUSE for entry in rest.values()):
            passed_at = max([passed_at, *(retry.lines[0][0] for retry in step.retries.values() if retry.runs)])
        steps[index] = replace(step, entries=rest)
    return replace(job, steps=steps, tool_passed_at=passed_at), flaky[:_MOST]


def _passed(entry: Entry, step: Step) -> bool:
    """True if the runner's verdict on a retried test is about this failure."""
    return any(
        _names(retry, entry) or (entry.signal.name == "go.test" and entry.count < retry.runs)
        for retry in step.retries.values()
        if retry.proven
    )


def _is_untold(retry: Retry, step: Step) -> bool:
    """True for a test that was tried again, where no failure of it is told: it passed in the end."""
    return not retry.runs and not any(_names(retry, entry) for entry in step.entries.values())


def _names(retry: Retry, entry: Entry) -> bool:
    return bool(retry.name) and any(
        retry.name in text for text in (entry.headline, *(text for _, text in entry.lines[:_HEADING]))
    )


def _told(retry: Retry) -> Entry:
    number, text = retry.lines[0]
    return Entry(_FLAKY, 0, Place(), number, retry.lines[-1][0], text, retry.lines, retried=retry.name)
