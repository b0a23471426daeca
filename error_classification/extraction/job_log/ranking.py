"""Which of the things found in a job is its cause: what stays, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from error_classification.extraction.job_log.retries import Retry
from error_classification.extraction.job_log.sections import Place
from error_classification.extraction.job_log.table import Role, Signal
from error_classification.models import ErrorContext

LIMIT = 20
"""At most so many errors of one job are returned: the likeliest ones."""

_IN_FAILED_STEP = 12
_IN_FIRST_FAILED_STEP = 8
_IN_OTHER_STEP = -40
_IN_QUIET_STEP = -15
_IN_PASSED_STEP = -45
_IN_POST = -50
_SURVIVED = -35
_REPEATED = -8
_OFTEN = 25
_ALIKE = 6
"""Scores within one such step are taken for equal: then the earlier error is the cause, and the later one its consequence."""
_CLOSE_ENOUGH = 24
"""Errors that score this much less than the best one are not returned: they are noise more often than a second failure."""
_LEAST = 38
_DETAILED = 80
_TELLING = 8
"""Characters of an annotation that are enough to know it again."""
_PROOF = 84
"""An error of this weight proves a failure where nobody says how the log ended."""
_LAST_WORDS = 4
_LAST_WORDS_WEIGHT = 60
"""An error of this weight among so many last lines is what ended a log in which nobody says how it ended."""


@dataclass(slots=True)
class Entry:
    """One error as it is found: its block, and how often it came."""

    signal: Signal
    weight: int
    place: Place
    first_line: int
    last_line: int
    headline: str
    lines: tuple[tuple[int, str], ...]
    count: int = 1
    end: int = 0
    """The last line that belongs to the error, where not all are kept, or that says the same again."""
    survived: bool = False
    """The script went on as if nothing had happened."""
    tried_again: bool = False
    """Somebody said that what failed will be done once more: no proof that the job failed."""
    marked: bool = False
    """A workflow command or the runner made an annotation of it."""
    retried: str = ""
    """The name of the test that was tried again, where the entry is the runner's word on it."""
    details: ErrorContext | None = None
    """The error as the reader of its own format sees it, where there is one (image builds, workflow commands)."""

    def came_again(self, number: int) -> None:
        """Counts the same error at another line."""
        self.count, self.end = self.count + 1, number


@dataclass(slots=True)
class Step:
    """What is known of one step."""

    failed_at: int = 0
    """The line where the CI system says that the step failed; 0 where it does not say so."""
    tool_failed_at: int = 0
    passed: bool = False
    retries: dict[str, Retry] = field(default_factory=dict)
    """Tests that were tried again, by name."""
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)


@dataclass(slots=True)
class Job:
    """What is known of one job at the end of its log."""

    failed_at: int = 0
    passed_at: int = 0
    complete: bool = False
    """The log reaches the point where the CI system says that the job failed, if it did."""
    tool_passed_at: int = 0
    last_line: int = 0
    exit_code: int | None = None
    steps: dict[int, Step] = field(default_factory=dict)
    wrapper: Entry | None = None

    @property
    def outcome_is_told(self) -> bool:
        """True if a tool or the CI system says how it ended."""
        return bool(
            self.failed_at
            or self.passed_at
            or self.tool_passed_at
            or any(step.tool_failed_at or step.retries for step in self.steps.values())
        )


def ranked(job: Job) -> list[Entry]:
    """The errors of a job, the likeliest cause first; none where the job has passed or nothing proves that it failed."""
    if not _failed(job):
        return []
    steps = [(step, entry) for step in job.steps.values() for entry in _without_repetitions(step.entries.values())]
    first_failed = min((step.failed_at for step in job.steps.values() if step.failed_at), default=0)
    some_tool_failed = any(step.tool_failed_at for step in job.steps.values())
    scored = [(_score(entry, step, first_failed, some_tool_failed), entry) for step, entry in steps]
    scored = [(score, entry) for score, entry in scored if score >= _LEAST]
    if not scored:
        return [job.wrapper] if job.wrapper else []
    scored.sort(key=lambda item: (-(item[0] // _ALIKE), item[1].first_line))
    best = max(score for score, _ in scored)
    return [entry for score, entry in scored if score >= best - _CLOSE_ENOUGH][:LIMIT]


def _failed(job: Job) -> bool:
    """The CI system's word where there is one; else the last word of the tools; else an error as the log's last words."""
    if job.failed_at or job.passed_at or job.complete:
        return job.failed_at > job.passed_at
    entries = [entry for step in job.steps.values() for entry in step.entries.values()]
    if any(entry.signal.lasting for entry in entries):
        return True
    wrapped = [step.tool_failed_at for step in job.steps.values()]
    proving = (entry for entry in entries if entry.signal.verdict or (entry.weight >= _PROOF and not _is_excused(entry)))
    proof = max([*wrapped, *(entry.last_line for entry in proving)], default=0)
    if proof:
        return proof >= job.tool_passed_at
    end = max(job.last_line - _LAST_WORDS, job.tool_passed_at)
    last = (entry for entry in entries if max(entry.last_line, entry.end) > end)
    return any(entry.weight >= _LAST_WORDS_WEIGHT and not _is_excused(entry) for entry in last)


def _is_excused(entry: Entry) -> bool:
    return entry.survived or entry.tried_again


def _without_repetitions(entries: Iterable[Entry]) -> list[Entry]:
    """Summaries go where the failures are told in full, and annotations where the tool's own output has the same words."""
    entries = list(_without_echoes(list(entries)))
    told = any(entry.signal.role is Role.CAUSE and entry.signal.verdict and entry.weight >= _DETAILED for entry in entries)
    return [entry for entry in entries if not (told and entry.signal.role is Role.SUMMARY)]


def _without_echoes(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Without what a reporter's block says as well: annotations, which give it their weight, and single lines outside of it."""
    blocks = [
        (entry, "\n".join(text for _, text in entry.lines)) for entry in entries if not entry.marked and len(entry.lines) > 1
    ]
    for entry in entries:
        said = entry.headline.strip().removeprefix("Error: ")
        is_echo = entry.marked or (len(entry.lines) == 1 and not entry.signal.verdict and entry.signal.role is Role.CAUSE)
        block = next((block for block, text in blocks if is_echo and len(said) >= _TELLING and said in text), None)
        if block is None:
            yield entry
        else:
            block.weight = max(block.weight, entry.weight)


def _score(entry: Entry, step: Step, first_failed: int, some_tool_failed: bool) -> int:
    score = entry.weight
    if first_failed:
        score += _IN_FAILED_STEP if step.failed_at else _IN_OTHER_STEP
        score += _IN_FIRST_FAILED_STEP if step.failed_at == first_failed else 0
    elif some_tool_failed and not step.tool_failed_at:
        score += _IN_QUIET_STEP
    if entry.place.post:
        score += _IN_POST
    if step.passed and not step.failed_at:
        score += _IN_PASSED_STEP
    if entry.survived:
        score += _SURVIVED
    if entry.count > _OFTEN and not entry.signal.verdict:
        score += _REPEATED
    return score
