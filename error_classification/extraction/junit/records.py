"""What a report says, element by element, as it is read: suites, test cases, and their problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from error_classification.extraction.junit.text import Capture, Lines, attributes

MAIN = frozenset((b"failure", b"error"))
"""The test failed and did not recover."""
FLAKY = frozenset((b"flakyFailure", b"flakyError"))
"""An attempt failed; a later one passed (Maven Surefire, cargo-nextest)."""
RERUN = frozenset((b"rerunFailure", b"rerunError"))
"""A further attempt of a failing test failed as well."""
PROBLEMS = MAIN | FLAKY | RERUN
OUTPUTS = (b"system-err", b"system-out")
"""In the order in which a cause is looked for."""

_PROBLEMS_KEPT = 8
_BODY_HEAD, _BODY_TAIL = 1 << 15, 1 << 15
_OUTPUT_HEAD, _OUTPUT_TAIL = 1 << 12, 1 << 16
_HINT_LIMIT = 4000


@dataclass(slots=True)
class Problem:
    """One failure, error, or attempt that failed."""

    element: bytes
    attributes: bytes
    line: int
    end_line: int = 0
    body: Capture = field(default_factory=lambda: Capture(_BODY_HEAD, _BODY_TAIL))


class Outputs:
    """``system-out`` and ``system-err`` of a test case or suite, bounded; several elements of one name are joined."""

    __slots__ = ("_captures",)

    def __init__(self) -> None:
        self._captures: dict[bytes, Capture] = {}

    def capture(self, element: bytes) -> Capture:
        """Where the text of such an element goes."""
        return self._captures.setdefault(element, Capture(_OUTPUT_HEAD, _OUTPUT_TAIL))

    def streams(self) -> Iterator[Lines]:
        """The lines of each, most telling first; empty ones are left out."""
        for element in OUTPUTS:
            if element in self._captures and (lines := self._captures[element].lines().stripped()).texts:
                yield lines


@dataclass(slots=True, eq=False)
class Suite:
    """A ``testsuite`` or ``testsuites`` element. ``hints``: its raw attributes, its ancestors' and its properties' names."""

    attributes: bytes
    line: int
    hints: bytes
    outputs: Outputs | None = None
    cases: int = 0
    framework: str | None = None
    """None until it was asked for."""

    def hint(self, raw: bytes) -> None:
        if len(self.hints) < _HINT_LIMIT:
            self.hints += b" " + raw[:_HINT_LIMIT]

    @property
    def name(self) -> str:
        return attributes(self.attributes).get("name", "")


@dataclass(slots=True, eq=False)
class Case:
    """A ``testcase`` element, or a suite that has a problem of its own."""

    attributes: bytes
    line: int
    order: int
    """Position among the elements of the report, by where they begin."""
    suite: Suite | None
    is_suite_level: bool = False
    attempts: tuple[Problem, ...] = ()
    """All failures, errors and reruns, as far as they are kept."""
    omitted: int = 0
    """Failures and errors beyond those."""
    failed: bool = False
    errored: bool = False
    skipped: bool = False
    is_missing_program: bool = False
    outputs: Outputs | None = None

    def add(self, problem: Problem) -> None:
        """Keeps the first problems of each kind and counts the others."""
        kind = next(kind for kind in (MAIN, FLAKY, RERUN) if problem.element in kind)
        self.failed |= problem.element == b"failure"
        self.errored |= problem.element == b"error"
        if len(self.of(kind)) < _PROBLEMS_KEPT:
            self.attempts += (problem,)
        else:
            self.omitted += kind is MAIN

    def of(self, kind: frozenset[bytes]) -> list[Problem]:
        """The problems of one kind: ``MAIN``, ``FLAKY`` or ``RERUN``."""
        return [problem for problem in self.attempts if problem.element in kind]

    @property
    def problems(self) -> list[Problem]:
        """What the error is told from: failures and errors or, where there are none, the attempts before it passed."""
        return self.of(MAIN) or self.of(FLAKY)

    @property
    def is_flaky(self) -> bool:
        """True where attempts failed and the test passed in the end."""
        return bool(self.attempts) and not (self.failed or self.errored) and bool(self.of(FLAKY))
