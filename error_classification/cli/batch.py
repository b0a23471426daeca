"""``batch``: the hourly job."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

import click

from error_classification import pipeline, wiring
from error_classification.cli import claude, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, NOT_DONE
from error_classification.cli.run import gave_way, note_skipped
from error_classification.cli.terminal import Session, product, session, warn
from error_classification.config import Config
from error_classification.errors import StoreError, UsageError
from error_classification.models import LLM, Artefact, Report
from error_classification.pipeline import Event, Skipped
from error_classification.ports import Archive
from error_classification.reporting import json
from error_classification.reporting.summary import RunTally, summary_line
from error_classification.sources.files import FileSource

_QUESTIONS = 25
"""In so many parts a far store is asked what it knows of the errors that are stored together."""

Classify: TypeAlias = Callable[[Iterable[Artefact]], Iterable[Event]]


@click.command("batch", cls=Command)
@options.paths
@click.option("--hours", type=click.IntRange(1, 9_999_999), help="How far back to look at least. [HOURS_BACK, default: 24]")
@click.option("--message-batches", is_flag=True, help="Ask Claude at half the price; answers come with a later run.")
@click.option("--issues", "keeps_issues", is_flag=True, help="Afterwards do what the command `issues` does.")
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
@options.settings("repo", "max_cost", "max_cost_month", "max_rpm", "concurrency", "anthropic_model", "escalation_model")
@options.settings("classification_cache_ttl_hours", "min_confidence_for_reuse", "batch_size", "max_error_length", "redact_emails")
def command(paths: tuple[str, ...], hours: int | None, message_batches: bool, keeps_issues: bool) -> int:
    """Collect what failed, classify it and store it. This is the job that cron runs every hour.

    Read are the failed GitHub Actions runs of REPO (with GITHUB_TOKEN) from where the last run left them, or the PATHs. Claude is
    asked where a key is configured. It may be killed at any moment and run twice: nothing is lost or counted twice. A line
    of JSON on standard output says what was done. Exit code 3: part of it was not; the next run catches up.

    \b
    Examples:
      error-classification batch --hours 1
      error-classification batch --repo me/project --hours 48 --max-cost 0.50
      error-classification batch --message-batches /var/lib/ci/artefacts
    """
    here = session()
    resolved = here.resolve()
    from error_classification.wiring.collecting import alone, with_services

    config = with_services(resolved)
    if message_batches and LLM not in config.judges:
        raise UsageError("--message-batches needs Claude among the judges", "set ANTHROPIC_API_KEY")
    if keeps_issues:
        from error_classification.wiring.issues import check

        check(config)
    with alone() as taken:
        if not taken:
            product(json.line(gave_way(here, "batch")))
            return DONE
        return _run(_Job(here, wiring.SystemClock(), keeps_issues), config, paths, hours or config.hours_back, message_batches)


@dataclass(slots=True)
class _Job:
    """What the run has done so far."""

    here: Session
    clock: wiring.SystemClock
    keeps_issues: bool = False
    tally: RunTally = field(default_factory=RunTally)
    cost_usd: float = 0.0
    lost: bool = False
    """Whether the store refused something."""

    def note(self, event: Event) -> None:
        """Counts one event; what is not done is said once."""
        if isinstance(event, Skipped):
            self.lost = self.lost or isinstance(event.error, StoreError)
            note_skipped(event.source, event.error, self.tally.skipped)
            return
        self.tally.add(event)
        if isinstance(event, Report):
            for warning in event.warnings:
                self.here.say(f"warning: {event.source}: {warning}")
        else:
            self.cost_usd += event.answer.usage.cost_usd


def _run(job: _Job, config: Config, paths: tuple[str, ...], hours: int, message_batches: bool) -> int:
    began, now = job.clock.seconds(), job.clock.now()
    from error_classification.wiring.opensearch import open_for_jobs

    opened = open_for_jobs(config)
    for notice in opened.notices:
        warn(f"note: {notice}")
    with opened.archive, claude.asked(config, job.here, opened, message_batches, None) as asked:
        classify = partial(
            pipeline.run,
            redactor=wiring.redactor(config),
            judges=wiring.judges(config),
            store=asked.store,
            clock=job.clock,
            policy=_policy(config, opened.together),
            consultant=asked.consultant,
        )
        if paths:
            _follow(job, classify(FileSource(paths).artefacts()))
        else:
            _catch_up(job, config, classify, now, hours)
        code = asked.concluded(NOT_DONE if job.tally.skipped else DONE)
        issues_code, issues = _issues(job, config, opened.archive)
    job.here.say(summary_line(job.tally, "" if job.lost else opened.location))
    product(json.line(_summary(job, now, job.clock.seconds() - began, opened.location) | issues))
    return max(code, issues_code)


def _issues(job: _Job, config: Config, archive: Archive) -> tuple[int, json.Record]:
    """What became of the issues, as part of the summary."""
    if not job.keeps_issues:
        return DONE, {}
    from error_classification.cli.issues import kept
    from error_classification.wiring.issues import Wanted

    code, record = kept(job.here, config, archive, Wanted())
    return code, {"issues": record}


def _policy(config: Config, together: int) -> pipeline.Policy:
    """Nobody waits for single errors here: what is asked of a far store, and written to it, is many at once."""
    policy = wiring.policy(config)
    return replace(policy, together=together, batch_size=max(policy.batch_size, together // _QUESTIONS))


def _follow(job: _Job, events: Iterable[Event]) -> None:
    for event in events:
        job.note(event)


def _catch_up(job: _Job, config: Config, classify: Classify, now: datetime, hours: int) -> None:
    """Each source from its watermark on, which moves only once all before it is stored."""
    from error_classification.wiring.collecting import feeds, watermarks

    marks = watermarks()
    for feed in feeds(config, now, hours, marks):
        job.here.say(f"reading {feed.name} since {feed.since:%Y-%m-%d %H:%M} (UTC)")
        lost_before, job.lost = job.lost, False
        _follow(job, classify(_shown(job, feed.source.artefacts())))
        for warning in feed.source.warnings:
            job.here.say(f"warning: {warning}")
        if not job.lost:
            marks.set(feed.name, feed.source.covered_until)
        job.lost = job.lost or lost_before


def _shown(job: _Job, artefacts: Iterable[Artefact]) -> Iterable[Artefact]:
    """The same artefacts; with --verbose each is named when its turn comes."""
    for artefact in artefacts:
        if job.here.verbose:
            job.here.say(f"reading {artefact.name}")
        yield artefact


def _summary(job: _Job, began: datetime, seconds: float, location: str) -> json.Record:
    """What cron's mail, or a monitoring system, wants to know."""
    return job.tally.record("" if job.lost else location) | {
        "new": job.tally.groups - job.tally.errors_seen_before,
        "cost_usd": round(job.cost_usd, 6),
        "began_at": began.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }
