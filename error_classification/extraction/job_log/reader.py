"""Takes candidate lines in order and keeps, for every job and step, what may matter at the end; bounded, however long the log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice, takewhile

from error_classification.extraction import buildkit
from error_classification.extraction.excerpt import cut_line
from error_classification.extraction.job_log.blocks import REACH, extent, indented_below
from error_classification.extraction.job_log.commands import annotated, without_command
from error_classification.extraction.job_log.keeping import begins_another, end_before, has_room, identity, size_of, take_in
from error_classification.extraction.job_log.ranking import Entry, Job, Step
from error_classification.extraction.job_log.retries import MOST_NAMES, retries
from error_classification.extraction.job_log.scanning import Candidate, decoded, reading, tells_end, text_of
from error_classification.extraction.job_log.sections import Tracker
from error_classification.extraction.job_log.table import Role, Shape, Signal
from error_classification.extraction.job_log.windowing import Window
from error_classification.models import ErrorContext

STEPS_LIMIT = 400
"""So many steps with errors are kept; of a longer job the first and the last ones."""
JOBS_LIMIT = 1_000
"""So many jobs of one log are told apart; what comes then is taken for the last one's."""
MOST_RETRIES = 500
"""So many tests of one step that were tried again are kept."""
KEPT_LIMIT = 24 << 20
"""Bytes, roughly, of all errors that are kept; the oldest make room."""
_LINE_LIMIT = 1_000
_WORDY = 40
"""Characters of a line that says more than that there is an error: "Traceback (most recent call last):" does not."""
_ALIKE = 100
_TOLD_AROUND = (Shape.TRACEBACK, Shape.TITLED, Shape.TEST)
_SHORT = (Shape.LINE, Shape.DIAGNOSTIC, Shape.PARAGRAPH)
_FEW = 6
"""So many lines behind its anchor are enough to see how far most errors of a short shape reach."""
_BUILD_LINES = 1_000
"""An image build is read again from so many lines before its failure."""
_BUILDS_LIMIT = 64
"""So many image builds of one log are read again; a failure of any further one is a line like others."""

_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+")
_GOES_ON = re.compile(r"\++ (?:true|:|echo|exit 0)\b|\.\.\.ignoring$")
_TRIES_AGAIN = re.compile(r"(?i)\bretrying(?: in\b|[.…]|$)|\bwill retry\b|\btrying again\b")
_SOON = 3
_LAST_OUTPUT = 8
_POINTS = re.compile(r"\s*(?:-->|┌─|╭─) ")
_POINTING = 90
"""What a compiler points into the source for weighs this much, however it is worded."""
_WRAPS = re.compile(r"(?:subprocess\.)?CalledProcessError: Command ")
_WRAPPING = 66
"""An exception that only says that another program failed, which has told why, weighs no more than this."""
_BOUNDARIES = ("##[", "::error", "Post job cleanup.", "[Pipeline] ")
_BUILD_OUTPUT = re.compile(r"^#\d+ ")
_BUILD_END = re.compile(r"failed to (?:solve|build)")
_EXIT_CODE = re.compile(r"(?:exit(?:ed)?(?: with)?(?: code| status)?:?|returned|Error) '?\(?(\d{1,3})\b")
_COMPLETE = ("##[section]Finishing: ", "Cleaning up orphan processes", "Finished: ", "Done. Your build exited", "Job succeeded")
_TRAVIS_PASSED = re.compile(r'^The command ".*" exited with 0\.')


class Reader:
    """The state of reading: ``jobs`` by name, in the order in which they came."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self._tracker = Tracker()
        self._open: Entry | None = None
        self._open_until = 0
        self._muted_until = 0
        self._builds = 0
        self._worded_alike: Counter[str] = Counter()
        self._size = 0

    def take(self, window: Window, candidate: Candidate) -> None:
        """Takes note of one candidate line of ``window``."""
        speaks = self._tracker.follow(candidate.raw, candidate.text, candidate.number)
        job = self._job()
        job.complete = job.complete or candidate.text.startswith(_COMPLETE)
        if not speaks or candidate.number <= self._muted_until:
            return
        candidate, marked, said = without_command(candidate)
        signal = reading(candidate)
        if marked and (said or signal is None or signal.role is Role.CAUSE):
            signal = annotated(signal if signal and signal.role is Role.CAUSE else None)
        if said and signal:
            self._said(job, candidate, signal, said)
        elif signal is not None:
            self._note(job, window, candidate, signal, marked)
        elif _TRAVIS_PASSED.match(candidate.text):
            self._step(job).passed, job.tool_passed_at = True, candidate.number

    def _said(self, job: Job, candidate: Candidate, signal: Signal, said: ErrorContext) -> None:
        """Adds what a workflow command says, which needs none of the lines around it."""
        step = self._step(job)
        job.failed_at = step.failed_at = candidate.number
        key = (signal.name, _NUMBERS.sub("0", said.test_name + candidate.text[:200]))
        if known := step.entries.get(key):
            known.came_again(candidate.number)
        elif has_room(step, signal):
            place, number = self._tracker.place, candidate.number
            entry = Entry(signal, signal.weight, place, number, number, said.headline, (), marked=True)
            entry.details = replace(said, step_name=place.step)
            self._keep(step, key, entry)

    def _note(self, job: Job, window: Window, candidate: Candidate, signal: Signal, marked: bool) -> None:
        step = self._step(job)
        if marked:
            job.failed_at = step.failed_at = candidate.number
        match signal.role:
            case Role.STEP_FAILED | Role.JOB_FAILED:
                self._job_failed(job, step, candidate, signal)
                self._wrapper(job, window, candidate, signal)
            case Role.JOB_PASSED:
                job.passed_at = candidate.number
            case Role.TOOL_PASSED:
                job.tool_passed_at = candidate.number
            case Role.TOOL_FAILED if not _goes_on(_soon(window, candidate)):
                step.tool_failed_at = candidate.number
                self._wrapper(job, window, candidate, signal)
            case Role.EXPECTED:
                after = _texts(window, window.lines_after(candidate.end + 1), REACH[Shape.TRACEBACK][1])
                self._muted_until = candidate.number + indented_below(candidate.text, after)
            case Role.FLAKY | Role.RETRIED:
                after = _texts(window, window.lines_after(candidate.end + 1), MOST_NAMES)
                found = retries(candidate.number, candidate.text, after, proven=signal.role is Role.FLAKY)
                step.retries |= {retry.name: retry for retry in found[: MOST_RETRIES - len(step.retries)]}
            case Role.CAUSE | Role.SUMMARY:
                self._found(job, step, window, candidate, signal, marked)

    def _job(self) -> Job:
        name = self._tracker.place.job
        if name not in self.jobs:
            if len(self.jobs) >= JOBS_LIMIT:
                return self.jobs[next(reversed(self.jobs))]
            self.jobs[name] = Job()
        return self.jobs[name]

    def _keep(self, step: Step, key: tuple[str, str], entry: Entry) -> Entry:
        """Adds an error to its step, unless it is known; returns the one that is there."""
        if key not in step.entries:
            step.entries[key] = entry
            self._size += size_of(entry)
            if self._size > KEPT_LIMIT:
                self._make_room()
        return step.entries.get(key, entry)

    def _make_room(self) -> None:
        """Counts what is still there, and drops the oldest errors until half of the room is free."""
        steps = [step for job in self.jobs.values() for step in job.steps.values()]
        kept = [(step, key, size_of(entry)) for step in steps for key, entry in step.entries.items()]
        self._size = sum(size for _, _, size in kept)
        for step, key, size in kept:
            if self._size <= KEPT_LIMIT // 2:
                break
            del step.entries[key]
            self._size -= size

    def _step(self, job: Job) -> Step:
        place = self._tracker.place
        if place.index not in job.steps and len(job.steps) >= STEPS_LIMIT:
            del job.steps[list(job.steps)[STEPS_LIMIT // 2]]
        return job.steps.setdefault(place.index, Step())

    def _job_failed(self, job: Job, step: Step, candidate: Candidate, signal: Signal) -> None:
        job.failed_at = candidate.number
        if signal.role is Role.STEP_FAILED and not self._tracker.place.post:
            step.failed_at = candidate.number
        if job.exit_code is None and (code := _EXIT_CODE.search(candidate.text)):
            job.exit_code = int(code[1])

    def _wrapper(self, job: Job, window: Window, candidate: Candidate, signal: Signal) -> None:
        """A tool's first word, or the CI system's last one, stands for the failure where nothing better is found."""
        known = job.wrapper
        if known and signal.role is Role.TOOL_FAILED:
            return
        if known and known.signal.role is Role.TOOL_FAILED and known.place == self._tracker.place:
            return
        job.wrapper = _with_last_output(self._entry(window, candidate, signal), window, candidate)

    def _found(self, job: Job, step: Step, window: Window, candidate: Candidate, signal: Signal, marked: bool) -> None:
        if signal.shape is not Shape.BUILDKIT and self._belongs_to_open(candidate, signal):
            return
        entry = self._worded(window, candidate, signal)
        key = (signal.name, _NUMBERS.sub("0", identity(candidate, entry)))
        if known := step.entries.get(key):
            known.came_again(candidate.number)
            known.tried_again = known.tried_again and _is_tried_again(_soon(window, candidate))
        elif has_room(step, signal):
            if signal.shape is Shape.BUILDKIT:
                if not self._image_build(step, window, candidate, signal):
                    step.tool_failed_at = candidate.number
                    self._wrapper(job, window, candidate, signal)
                return
            entry = entry or self._entry(window, candidate, signal)
            entry.marked = marked
            take_in(step, entry)
            self._open, self._open_until = self._keep(step, key, entry), max(entry.last_line, entry.end)

    def _worded(self, window: Window, candidate: Candidate, signal: Signal) -> Entry | None:
        """The error of a line that is worded alike for all errors of its kind; None for others, and from the hundredth on."""
        if len(candidate.text) > _WORDY or signal.shape not in _TOLD_AROUND or self._worded_alike[candidate.text] >= _ALIKE:
            return None
        self._worded_alike[candidate.text] += 1
        return self._entry(window, candidate, signal)

    def _belongs_to_open(self, candidate: Candidate, signal: Signal) -> bool:
        """True for a line of the block that was found last; a stronger signal there says better what the block is about."""
        if self._open is None or candidate.number > self._open_until or self._open.place != self._tracker.place:
            return False
        if begins_another(signal, self._open):
            end_before(self._open, candidate.number)
            return False
        if signal.weight > self._open.weight and signal.role is Role.CAUSE and not self._open.details:
            self._open.weight, self._open.headline = signal.weight, candidate.text
        return True

    def _image_build(self, step: Step, window: Window, candidate: Candidate, signal: Signal) -> bool:
        """Adds the failed steps of the image build that ``candidate`` belongs to, as the reader of such builds sees them."""
        if self._builds >= _BUILDS_LIMIT:
            return False
        self._builds += 1
        before = _texts(window, window.lines_before(candidate.start), _BUILD_LINES)
        after = _texts(window, window.lines_after(candidate.start), REACH[signal.shape][1])
        errors = buildkit.failures(enumerate([*reversed(before), *after], candidate.number - len(before)))
        errors = [error for error in errors if error.step_name or "\n" in error.text]  # without its step it is a mere symptom
        for key in [key for key, entry in step.entries.items() if _BUILD_OUTPUT.match(entry.headline) and not entry.details]:
            del step.entries[key]
        for error in errors:
            entry = Entry(
                signal, signal.weight, self._tracker.place, error.line_start, error.line_end, error.headline, (), details=error
            )
            self._open = self._keep(step, (signal.name, error.step_name + _NUMBERS.sub("0", error.headline)), entry)
            end = next((index for index, line in enumerate(after) if _BUILD_END.search(line)), 0)
            self._open_until = max(candidate.number + end, error.line_end)
        return bool(errors)

    def _entry(self, window: Window, candidate: Candidate, signal: Signal) -> Entry:
        up, down = REACH[signal.shape]
        before = _texts(window, window.lines_before(candidate.start), up)
        for limit in (_FEW, down) if signal.shape in _SHORT else (down,):
            after = _texts(window, window.lines_after(candidate.end + 1), limit)
            reach = extent(signal.shape, before, candidate.text, after)
            if max(reach.last, reach.end) + 2 <= limit:
                break
        texts = [*reversed(before), candidate.text, *after]
        anchor = len(before)
        lines = tuple(
            (candidate.number + index - anchor, cut_line(texts[index], _LINE_LIMIT))
            for index in range(anchor + reach.first, anchor + reach.last + 1)
        )
        headline = texts[anchor + reach.cause]
        survived, tried_again = _goes_on(after[:_SOON]), _is_tried_again(after[:_SOON])
        weight = max(signal.weight, _POINTING) if after and _POINTS.match(after[0]) else signal.weight
        weight = min(weight, _WRAPPING) if _WRAPS.match(headline) or not reach.whole else weight
        place, end = self._tracker.place, candidate.number + reach.end
        span = lines[0][0], lines[-1][0]
        return Entry(signal, weight, place, *span, headline, lines, end=end, survived=survived, tried_again=tried_again)


def _with_last_output(entry: Entry, window: Window, candidate: Candidate) -> Entry:
    """A word that only says that something failed, with the last lines of output before it: they are all there is to go by."""
    spans = list(islice(window.lines_before(candidate.start), 2 * _LAST_OUTPUT))
    skipped = sum(1 for _ in takewhile(partial(_says_nothing, window), spans))
    before = _texts(window, iter(spans[skipped:]), _LAST_OUTPUT)
    nearest = candidate.number - 1 - skipped
    shown = [(nearest - index, cut_line(text, _LINE_LIMIT)) for index, text in enumerate(before) if text.strip()]
    if not shown:
        return entry
    return replace(entry, first_line=shown[-1][0], lines=(*reversed(shown), *entry.lines))


def _says_nothing(window: Window, span: tuple[int, int]) -> bool:
    """True for a blank line, and where the CI system speaks."""
    text = text_of(decoded(window.data, *span))
    return not text or text.startswith(_BOUNDARIES) or tells_end(text)


def _texts(window: Window, spans: Iterator[tuple[int, int]], limit: int) -> list[str]:
    """The texts of at most ``limit`` lines, up to where the CI system speaks again: no error reaches over that."""
    texts = (text_of(decoded(window.data, *span)) for span in islice(spans, limit))
    return list(takewhile(lambda text: not text.startswith(_BOUNDARIES), texts))


def _soon(window: Window, candidate: Candidate) -> list[str]:
    return _texts(window, window.lines_after(candidate.end + 1), _SOON)


def _goes_on(after: Sequence[str]) -> bool:
    """True if a traced script goes on as one does that tolerates what failed just before: ``command || true``."""
    return any(_GOES_ON.match(line) for line in after)


def _is_tried_again(after: Sequence[str]) -> bool:
    return any(_TRIES_AGAIN.search(line) for line in after)
