"""The work of ``ci``: what the files hold, judged in the time there is, and kept for those who publish it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from error_classification import pipeline, wiring
from error_classification.classification.realtime import NONE, may_ask_about
from error_classification.cli.ci_surroundings import Voice
from error_classification.cli.gate import Gate
from error_classification.cli.run import note_skipped
from error_classification.config import Config
from error_classification.errors import Error, StoreError
from error_classification.models import LLM, Artefact, ErrorClassification, Report
from error_classification.ports import Archive
from error_classification.reporting import json
from error_classification.reporting.findings import Findings, Past
from error_classification.reporting.spending import spending_line
from error_classification.reporting.summary import RunTally
from error_classification.wiring.clock import SystemClock
from error_classification.wiring.consulting import Consultation, consultation
from error_classification.wiring.opensearch import open_for_jobs

REALTIME = "realtime"

_GRACE = 3.0
"""Seconds for answers that are on their way when the time is up."""
_LONGEST_CALL = 3
"""Seconds for one request to the store, which is asked again where it does not answer."""
_OCCURRENCES = 1_000
"""So many of an error are counted."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Ends at ``end`` of the clock's ``seconds``."""

    clock: SystemClock
    end: float

    @property
    def left(self) -> float:
        return max(0.0, self.end - self.clock.seconds())

    def later(self, seconds: float) -> TimeLimit:
        """The same, and so many seconds more."""
        return replace(self, end=self.end + seconds)


@dataclass(slots=True)
class Judged:
    """What was found. ``records`` is filled only where it is wanted: one line of JSON for each error, or input."""

    findings: Findings = field(default_factory=Findings)
    tally: RunTally = field(default_factory=RunTally)
    errors: list[str] = field(default_factory=list)
    reports: list[json.Record] = field(default_factory=list)
    closed: bool = False
    """Whether an error closes the gate."""
    lost: bool = False
    """Whether the store refused something."""


def opened(config: Config, no_store: bool, voice: Voice) -> wiring.Opened:
    """The store; one that cannot be opened is no reason to say nothing."""
    try:
        patient = min(config.opensearch_timeout, _LONGEST_CALL)
        found = wiring.memory() if no_store else open_for_jobs(replace(config, opensearch_timeout=patient))
    except Error as error:
        voice.fault(f"{error}: what is found is forgotten at the end")
        found = wiring.memory()
    for notice in found.notices:
        voice.note(f"note: {notice}")
    return found


def judge(
    artefacts: Iterable[Artefact], config: Config, archive: Archive, gate: Gate, limit: TimeLimit, voice: Voice, keep: bool
) -> Judged:
    """Reads and judges until the time is up; ``keep``: records too."""
    judged = Judged()
    with ExitStack() as stack:
        asked = _consultation(config, stack, limit, voice)
        events = pipeline.run(
            _in_time(artefacts, limit, voice),
            redactor=wiring.redactor(config),
            judges=wiring.judges(config),
            store=archive,
            clock=limit.clock,
            policy=replace(
                wiring.policy(config, REALTIME), may_consult=partial(may_ask_about, config.classify_realtime_threshold)
            ),
            consultant=asked.judge if asked else None,
        )
        for event in _until(events, limit.later(_GRACE), voice):
            _take(judged, event, gate, voice, keep)
        if asked:
            _tell(asked, voice)
    return judged


def past(archive: Archive, repo: str, limit: TimeLimit, error_hash: str, now: int) -> Past | None:
    """How often ``repo`` has seen an error, ``now`` times of it in this run; None where that is all, or the time is up."""
    try:
        found = archive.occurrences(error_hash, _OCCURRENCES) if repo and limit.left else []
    except StoreError:
        return None
    own = [item for item in found if item.run.repo == repo]
    times = sum(item.error.context.count for item in own)
    return Past(times, min(item.occurred_at for item in own)) if times > now else None


def _consultation(config: Config, stack: ExitStack, limit: TimeLimit, voice: Voice) -> Consultation | None:
    """Claude, where it is among the judges and may be asked; without it the other judges answer."""
    if LLM not in config.judges or config.classify_realtime_threshold == NONE:
        return None
    try:
        return stack.enter_context(consultation(config, limit.left))
    except Error as error:
        voice.fault(f"Claude is not asked: {error}")
        return None


def _tell(asked: Consultation, voice: Voice) -> None:
    if asked.spent.calls:
        voice.note(spending_line(asked.spent))
    for notice in asked.notices:
        voice.note(f"note: {notice}")
    for failure in asked.failures:
        voice.fault(failure)


def _take(judged: Judged, event: pipeline.Event, gate: Gate, voice: Voice, keep: bool) -> None:
    if isinstance(event, ErrorClassification):
        judged.tally.add(event)
        judged.findings.add(event)
        judged.closed = judged.closed or gate.fails_on(event)
        if keep:
            judged.errors.append(json.line(json.classified(event)))
    elif isinstance(event, Report):
        judged.tally.add(event)
        if keep:
            judged.reports.append(json.report(event))
        for warning in event.warnings:
            voice.note(f"warning: {event.source}: {warning}")
    else:
        judged.lost = judged.lost or isinstance(event.error, StoreError)
        note_skipped(event.source, event.error, judged.tally.skipped, voice.fault)


def _in_time(artefacts: Iterable[Artefact], limit: TimeLimit, voice: Voice) -> Iterator[Artefact]:
    """Each is read as far as the time reaches."""
    for artefact in artefacts:
        if not limit.left:
            voice.fault(f"the time is up: {artefact.name} and what follows was not read")
            return
        yield replace(artefact, open=partial(_chunks, artefact, limit, voice))


def _chunks(artefact: Artefact, limit: TimeLimit, voice: Voice) -> Iterator[bytes]:
    for chunk in artefact.open():
        if not limit.left:
            voice.fault(f"the time is up: {artefact.name} was read in part")
            return
        yield chunk


def _until(events: Iterator[pipeline.Event], limit: TimeLimit, voice: Voice) -> Iterator[pipeline.Event]:
    for event in events:
        yield event
        if not limit.left:
            voice.fault("the time is up: not all errors were judged")
            return
