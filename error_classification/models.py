"""The values that pass between the stages: frozen, typed, and free of behaviour that would need a library.

Positions: ``line_start``, ``line_end`` and every evidence line are 1-based in the decoded input, split at ``"\\n"`` alone.
Times are timezone-aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

UNCLASSIFIED = "unclassified"
HUMAN, RULES, MODEL, LLM = "human", "rules", "model", "llm"
"""The judges by name."""


class SourceType(StrEnum):
    """The format in which an error was found."""

    JUNIT = "junit"
    BUILDKIT = "buildkit"
    GITHUB_ANNOTATION = "github_annotation"
    JOB_LOG = "job_log"
    TEXT = "text"


class Outcome(StrEnum):
    """How the failing thing ended: ``flaky`` failed and then passed on a retry."""

    FAILED = "failed"
    ERRORED = "errored"
    FLAKY = "flaky"


@dataclass(frozen=True, slots=True)
class RunContext:
    """Where in CI an artefact comes from; every field may be unknown (empty)."""

    repo: str = ""
    workflow_id: str = ""
    workflow_name: str = ""
    job_id: str = ""
    job_name: str = ""
    step_id: str = ""
    attempt: int = 1
    branch: str = ""
    pr_id: str = ""
    commit_sha: str = ""
    user_alias: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Artefact:
    """One input: a name for people, and a way to read its bytes, as often as needed."""

    name: str
    open: Callable[[], Iterator[bytes]]
    digest: Callable[[], str]
    """Hex digest of the raw content: it identifies the input where no CI run does."""
    context: RunContext = RunContext()


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """One error as it was found, before redaction."""

    source_type: SourceType
    source: str
    text: str
    line_start: int = 0
    line_end: int = 0
    line_numbers: tuple[int, ...] = ()
    """The input line of each line of ``text``; empty where they are consecutive from ``line_start``."""
    headline: str = ""
    """The line of ``text`` that the extractor takes for the cause, where it knows better than a reader of the text alone."""
    rank: int = 1
    outcome: Outcome = Outcome.FAILED
    count: int = 1
    test_name: str = ""
    """``classname::name``, or the name alone."""
    file: str = ""
    line: int | None = None
    framework: str = ""
    job_name: str = ""
    step_name: str = ""
    stage: str = ""
    target: str = ""
    command: str = ""
    exit_code: int | None = None

    def line_of(self, index: int) -> int:
        """The input line (1-based) of line ``index`` (0-based) of ``text``."""
        if index < len(self.line_numbers):
            return self.line_numbers[index]
        return min(self.line_start + index, self.line_end) if self.line_end else self.line_start + index


@dataclass(frozen=True, slots=True)
class TestCounts:
    """Test cases of a report by outcome, counted one by one (declared totals are not trusted)."""

    __test__ = False

    testcases: int = 0
    failed: int = 0
    errored: int = 0
    skipped: int = 0
    flaky: int = 0
    notrun: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one artefact was, once it is read to its end."""

    source: str
    source_type: SourceType
    warnings: tuple[str, ...] = ()
    counts: TestCounts | None = None
    damaged: bool = False
    lines: int = 0


Extraction: TypeAlias = Generator[ErrorContext, None, Report]
"""Yields the errors of one artefact, ranked, and returns its report."""


@dataclass(frozen=True, slots=True)
class FingerprintedError:
    """A redacted error with its identity."""

    context: ErrorContext
    normalized_text: str
    error_hash: str
    hash_version: int
    generic: bool = False
    """True where the text names no cause ("exit code 1"): such errors never join a group of other inputs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a verdict cost: tokens and US dollars."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.cost_usd + other.cost_usd,
        )


@dataclass(frozen=True, slots=True)
class Spending:
    """What so many calls of a paid service took."""

    calls: int = 0
    usage: Usage = Usage()

    def __add__(self, other: Spending) -> Spending:
        return Spending(self.calls + other.calls, self.usage + other.usage)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line, verbatim after redaction, that supports a verdict."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another category that the judge considered."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's answer. ``confidence`` is the probability, 0..1, that ``category`` is right."""

    judge: str
    category: str
    subcategory: str
    confidence: float
    root_cause: str
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    model_version: str = ""
    usage: Usage = Usage()
    consulted: str = ""
    """Version of the consultant that had its say in this answer, whatever it was; empty where none had."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """A judge's "I don't know", with its reason."""

    judge: str
    reason: str
    model_version: str = ""
    usage: Usage = Usage()
    consulted: str = ""
    """See ``Verdict.consulted``."""
    certainty: float = 0.0
    """The probability, 0..1, that there is nothing to know: the text names no cause. 0 where the judge does not say; for
    reconciliation alone, and not stored."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive lines of an input, redacted; ``first_line`` is the 1-based number of the first one."""

    first_line: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a consultant is asked about: the error, what the other judges said, and a way to see more of its log."""

    error: FingerprintedError
    opinions: tuple[Verdict, ...] = ()
    more: Callable[[], Excerpt] = Excerpt


@dataclass(frozen=True, slots=True)
class ErrorClassification:
    """An error, its run and the answer in force: one stored occurrence."""

    error_id: str
    error: FingerprintedError
    run: RunContext
    answer: Verdict | Abstention
    classified_at: datetime
    occurred_at: datetime
    method: str = "batch"
    """``realtime`` (in the CI step) or ``batch``."""
    is_duplicate: bool = False
    """True where an earlier answer for the same hash was reused."""
    occurrence_count: int = 1
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    @property
    def category(self) -> str:
        return self.answer.category if isinstance(self.answer, Verdict) else UNCLASSIFIED

    @property
    def subcategory(self) -> str:
        return self.answer.subcategory if isinstance(self.answer, Verdict) else ""

    @property
    def confidence(self) -> float:
        return self.answer.confidence if isinstance(self.answer, Verdict) else 0.0

    @property
    def root_cause(self) -> str:
        return self.answer.root_cause if isinstance(self.answer, Verdict) else ""


@dataclass(frozen=True, slots=True)
class Group:
    """All occurrences of one hash, and the answer in force for it."""

    error_hash: str
    answer: Verdict | Abstention
    occurrence_count: int
    first_seen: datetime
    last_seen: datetime
    answered_at: datetime
    """When ``answer`` was first given: reuse ends when its time to live does."""
    normalized_text: str = ""
    repo: str = ""
    example_source: str = ""
