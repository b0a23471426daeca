"""Errors on their way out: in document order, held back until their suite has said all that it has to say.

What a suite printed comes after its test cases; so do the attempts that passed (where each attempt is a test case of its own)
and, depending on the tool, the tests inside a test. The memory for what waits is bounded: beyond it the oldest go as they are.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from error_classification.extraction.junit.compose import (
    Finding,
    SuiteOutput,
    identity,
    suite_framework,
    with_cause_of,
    with_suite_output,
)
from error_classification.extraction.junit.frameworks import RETRYING
from error_classification.extraction.junit.records import Case, Suite
from error_classification.extraction.junit.text import attributes
from error_classification.models import ErrorContext, Outcome

_WEIGHT_LIMIT = 8_000_000
_PASSED_LIMIT = 50_000
_NESTING = 16


@dataclass(slots=True, eq=False)
class _Waiting:
    order: int
    suite: Suite | None
    failed: bool
    errored: bool
    finding: Finding
    is_settled: bool = False
    is_dropped: bool = False
    passes: int = 0
    """Later test cases of the same identity that passed."""


@dataclass(slots=True)
class _Suite:
    waiting: dict[int, _Waiting] = field(default_factory=dict)
    failed: dict[tuple[str, str], list[_Waiting]] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    """Hashes of identities: names may be long."""


@dataclass(slots=True)
class Recovered:
    """Attempts that failed before one that passed, in reports where every attempt is a test case."""

    tests: int = 0
    failed: int = 0
    errored: int = 0


class Findings:
    """Takes findings as their elements end; gives errors in the order in which those began."""

    def __init__(self) -> None:
        self.recovered = Recovered()
        self._queue: list[_Waiting] = []
        self._suites: dict[Suite | None, _Suite] = {}
        self._weight = 0
        self._rank = 0

    def add(self, case: Case, finding: Finding) -> None:
        """Takes the finding of a case (or of a suite itself) that has ended."""
        entry = _Waiting(case.order, case.suite, case.failed, case.errored, finding)
        if self._queue and self._queue[-1].order > entry.order:
            insort(self._queue, entry, key=lambda waiting: waiting.order)
        else:
            self._queue.append(entry)
        self._weight += finding.weight
        state = self._suites.setdefault(case.suite, _Suite())
        state.waiting[entry.order] = entry
        is_attempt = (case.failed or case.errored) and not case.is_suite_level
        if is_attempt and finding.error.framework in RETRYING and hash(finding.identity) not in state.passed:
            state.failed.setdefault(finding.identity, []).append(entry)

    @property
    def is_ready(self) -> bool:
        """Whether ``ready`` has something to give."""
        return bool(self._queue) and (self._queue[0].is_settled or self._weight > _WEIGHT_LIMIT)

    def passed(self, case: Case) -> None:
        """Takes note of a case that passed: it may be a further attempt of one that failed."""
        state = self._suites.get(case.suite)
        is_retrying = suite_framework(case.suite) in RETRYING
        if not is_retrying and not (state and state.failed):
            return
        who = identity(attributes(case.attributes))
        if state is None:
            state = self._suites.setdefault(case.suite, _Suite())
        for entry in state.failed.get(who, ()):
            entry.passes += 1
        if is_retrying and len(state.passed) < _PASSED_LIMIT:
            state.passed.add(hash(who))

    def settle(self, suite: Suite | None) -> None:
        """Ends a suite: what waited for it can go."""
        state = self._suites.pop(suite, None)
        if state is None:
            return
        for attempts in state.failed.values():
            self._merge_attempts(attempts)
        inner = _inner_causes(state.waiting.values())
        output = SuiteOutput(suite) if suite and any(not entry.finding.has_cause for entry in state.waiting.values()) else None
        for entry in state.waiting.values():
            self._weight -= entry.finding.weight
            if not entry.finding.has_cause:
                child = inner.get(entry.finding.identity)
                if child:
                    entry.finding = with_cause_of(entry.finding, child)
                elif output:
                    entry.finding = with_suite_output(entry.finding, output)
            entry.is_settled = True
            self._weight += entry.finding.weight

    def ready(self) -> Iterator[ErrorContext]:
        """The errors that need not wait any longer."""
        count = 0
        for entry in self._queue:
            if not entry.is_settled:
                if self._weight <= _WEIGHT_LIMIT:
                    break
                self._give_up(entry)
            self._weight -= entry.finding.weight
            count += 1
            if not entry.is_dropped:
                self._rank += 1
                yield replace(entry.finding.error, rank=self._rank)
        del self._queue[:count]

    def _give_up(self, entry: _Waiting) -> None:
        """Waits no longer for what the suite may still say of an entry."""
        state = self._suites[entry.suite]
        del state.waiting[entry.order]
        attempts = state.failed.get(entry.finding.identity, [])
        if entry in attempts:
            del state.failed[entry.finding.identity]

    def _merge_attempts(self, attempts: list[_Waiting]) -> None:
        """Failures of one test followed by exactly one pass are attempts; more passes are tests that share a name."""
        first = attempts[0]
        if first.passes != 1 or attempts[-1].passes != 1:
            return
        error = replace(first.finding.error, outcome=Outcome.FLAKY, count=len(attempts))
        first.finding = replace(first.finding, error=error)
        for entry in attempts:
            entry.is_dropped = entry is not first
            self.recovered.failed += entry.failed
            self.recovered.errored += entry.errored
        self.recovered.tests += 1


def _inner_causes(waiting: Iterable[_Waiting]) -> dict[tuple[str, str], Finding]:
    """For each test that has tests inside (named ``outer/inner``): the first of those that failed with a cause."""
    causes: dict[tuple[str, str], Finding] = {}
    for entry in waiting:
        classname, name = entry.finding.identity
        if not entry.finding.has_cause:
            continue
        for _ in range(_NESTING):
            name = name.rpartition("/")[0]
            if not name:
                break
            causes.setdefault((classname, name), entry.finding)
    return causes
