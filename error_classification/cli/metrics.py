"""``metrics``: what ran, how long it took and how it ended, for dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from error_classification import pipeline, wiring
from error_classification.cli import claude, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, NOT_DONE
from error_classification.cli.run import gave_way, note_skipped
from error_classification.cli.terminal import Session, product, session, warn
from error_classification.config import Config
from error_classification.errors import Error, UsageError
from error_classification.reporting import json

if TYPE_CHECKING:
    from error_classification.wiring.metrics import Batch, Classify, Collector, Uploads


@click.command("metrics", cls=Command)
@click.option("--hours", type=click.IntRange(1, 9_999_999), help="How far back to look at least. [HOURS_BACK, default: 24]")
@click.option("--dry-run", is_flag=True, help="Print the documents, a line of JSON each; write nothing, ask no paid service.")
@options.settings("repo", "workflow_index", "job_index", "steps_index")
@options.setting("enable_error_classification", metavar="true|false")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
@options.settings("max_cost", "max_cost_month", "max_rpm", "concurrency", "anthropic_model", "escalation_model")
def command(hours: int | None, dry_run: bool) -> int:
    """Upload metrics of workflows, jobs and steps.

    Read are the completed GitHub Actions runs of REPO (with GITHUB_TOKEN), with all their attempts, from where the last run left
    them. WORKFLOW_INDEX, JOB_INDEX and STEPS_INDEX are names of indices at OPENSEARCH_URL, or addresses like
    https://host:9200/index; what has no index is left out. With ENABLE_ERROR_CLASSIFICATION=true what failed is told with its
    category and root cause. Written again, a document is the same. A line of JSON on standard output says what was done. Exit
    code 3: part of it was not; the next run catches up.

    \b
    Examples:
      error-classification metrics --hours 1
      error-classification metrics --repo me/project --hours 48 --dry-run
    """
    here = session()
    resolved = here.resolve()
    from error_classification.wiring import metrics

    config = metrics.configured(resolved, dry_run)
    targets = metrics.targets(resolved)
    work = _Work(here, config, wiring.SystemClock())
    if dry_run:
        return _print(work, hours or config.hours_back, tuple(targets))
    if not targets:
        raise UsageError("no index is configured", "set WORKFLOW_INDEX, JOB_INDEX or STEPS_INDEX; --dry-run needs none")
    with metrics.alone() as taken, metrics.Uploads(targets, work.skip) as uploads:
        if not taken:
            product(json.line(gave_way(here, "metrics")))
            return DONE
        return _upload(work, hours or config.hours_back, uploads)


@dataclass(slots=True)
class _Work:
    """A run of the command, and what it has done so far."""

    here: Session
    config: Config
    clock: wiring.SystemClock
    runs: int = 0
    warnings: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unanswered: bool = False
    """Whether Claude failed us."""

    def skip(self, source: str, error: Error) -> None:
        """Notes what is not done."""
        note_skipped(source, error, self.skipped)

    def code(self) -> int:
        return NOT_DONE if self.skipped or self.unanswered else DONE


def _print(work: _Work, hours: int, kinds: tuple[str, ...]) -> int:
    """The documents of ``kinds``, or of all kinds where no index is configured."""
    now = work.clock.now()
    with _collector(work, dry_run=True) as collector:
        for batch in _batches(work, collector, None, now, hours):
            for each in batch.metrics:
                if not kinds or each.kind in kinds:
                    product(json.line({"id": each.id, "kind": each.kind, "document": each.document}))
    work.here.say(f"{work.runs} runs; nothing was written")
    return work.code()


def _upload(work: _Work, hours: int, uploads: Uploads) -> int:
    from error_classification.wiring.collecting import watermarks
    from error_classification.wiring.metrics import mark_name

    marks, name = watermarks(), mark_name(work.config)
    began, now = work.clock.seconds(), work.clock.now()
    with _collector(work, dry_run=False) as collector:
        for batch in _batches(work, collector, marks.get(name), now, hours):
            uploads.write(batch.metrics)
            if not uploads.lost:
                marks.set(name, batch.covered_until)
    work.here.say(f"{work.runs} runs, {uploads.written.total()} documents written")
    product(json.line(_summary(work, uploads, collector.classified, now, work.clock.seconds() - began)))
    return work.code()


def _batches(work: _Work, collector: Collector, mark: datetime | None, now: datetime, hours: int) -> Iterator[Batch]:
    from error_classification.wiring.collecting import since_mark

    first = since_mark(mark, now, hours)
    work.here.say(f"reading {work.config.repo} since {first:%Y-%m-%d %H:%M} (UTC)")
    for batch in collector.batches(first, now):
        work.runs += batch.runs
        yield batch
    for warning in work.warnings:
        work.here.say(f"warning: {warning}")


@contextmanager
def _collector(work: _Work, dry_run: bool) -> Iterator[Collector]:
    from error_classification.wiring.metrics import Collector, history

    found = history(work.config, work.warnings)
    with ExitStack() as stack:
        classify = _classifier(work, stack, dry_run) if work.config.enable_error_classification else None
        yield Collector(found, wiring.redactor(work.config).redact, classify, work.skip)


def _classifier(work: _Work, stack: ExitStack, dry_run: bool) -> Classify | None:
    """The pipeline; None where it can't be put together, which costs documents three fields, and no document."""
    from error_classification.wiring.metrics import archive

    config = work.config
    try:
        opened = archive(config, dry_run)
        stack.enter_context(opened.archive)
        asked = stack.enter_context(claude.asked(config, work.here, opened, False, None))
        judges = wiring.judges(config)
    except Error as error:
        work.skip("classification", error)
        return None
    for notice in opened.notices:
        warn(f"note: {notice}")
    stack.callback(_conclude, work, asked)
    return partial(
        pipeline.run,
        redactor=wiring.redactor(config),
        judges=judges,
        store=asked.store,
        clock=work.clock,
        policy=wiring.policy(config),
        consultant=asked.consultant,
    )


def _conclude(work: _Work, asked: claude.Asked) -> None:
    work.unanswered = asked.concluded(DONE) != DONE


def _summary(work: _Work, uploads: Uploads, classified: int, began: datetime, seconds: float) -> json.Record:
    """What cron's mail, or a monitoring system, wants to know."""
    return {
        "runs": work.runs,
        "written": {kind: uploads.written[kind] for kind in uploads.targets},
        "refused": uploads.refused,
        "jobs_classified": classified,
        "warnings": len(work.warnings),
        "skipped": [{"source": source, "error": reason} for source, reason in work.skipped],
        "stored": dict(uploads.locations),
        "began_at": began.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }
