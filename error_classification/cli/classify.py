"""``classify``: the main job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import click

from error_classification import pipeline, wiring
from error_classification.cli import claude, gate, lines, options, run
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE
from error_classification.cli.printers import printer
from error_classification.cli.terminal import Session, session, warn
from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.models import Artefact, SourceType
from error_classification.ports import Judge

NDJSON = "ndjson"


@click.command("classify", cls=Command)
@options.paths
@options.output_format()
@click.option(
    "--input-format",
    type=click.Choice(["artefacts", NDJSON]),
    default="artefacts",
    show_default=True,
    help='ndjson: lines such as {"id": 1, "text": "..."}, each answered by one line with the same id.',
)
@options.source_type
@click.option("--fail-on", metavar="any|CATEGORY,...|domain=code|platform", default="", help="Exit with 1 on such an error.")
@options.limit
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
@click.option("--no-store", is_flag=True, help="Forget everything at the end.")
@click.option("--time-limit", type=click.FloatRange(min=0), metavar="SECONDS", help="Ask Claude for no longer than this.")
@click.option(
    "--message-batches",
    is_flag=True,
    help="Ask Claude in message batches: half the price, answers within 24 hours. Run it again to collect them.",
)
@options.settings("max_cost", "max_cost_month", "max_rpm", "concurrency", "anthropic_model", "escalation_model")
@options.settings("classification_cache_ttl_hours", "min_confidence_for_reuse", "batch_size", "max_error_length", "redact_emails")
@options.run_context
def command(paths: tuple[str, ...], fail_on: str, source_type: SourceType | None, no_store: bool, **values: Any) -> int:
    """Find, classify and store the errors of CI artefacts.

    PATHs are files, folders, patterns such as 'logs/**/*.txt', or - for standard input, which is read where there are none.
    The format of each is seen from its content: JUnit XML, image builds, GitHub annotations, job logs, or a bare message.

    With --message-batches what waits for Claude is handed in at the end of the run, and what it has answered by then is collected
    at the beginning of the next one; PATHs may be left out there.

    Exit codes: 0 done; 1 the --fail-on gate says fail; 2 usage or configuration; 3 part of the work is not done.

    \b
    Examples:
      error-classification classify build.log test-results/
      gh run view 123 --log | error-classification classify --repo me/project --run 123
      error-classification classify --fail-on domain=code --no-store junit.xml
      error-classification classify --input-format ndjson < errors.ndjson
      error-classification classify --judges rules,llm --max-cost 0.50 build.log
      error-classification classify --message-batches --max-cost 5 logs/
    """
    here = session()
    config = here.resolve().config
    judges = wiring.judges(config)
    closed_by = gate.parse(fail_on, _own_categories(config)) if fail_on else gate.Gate()
    context = options.context_of(values, config.repo)
    is_lines = values["input_format"] == NDJSON
    if is_lines:
        source_type = source_type or SourceType.TEXT
    in_batches = values["message_batches"]
    named = run.named(paths, needed=not in_batches)
    opened = _opened(config, here, no_store)
    with opened.archive, claude.asked(config, here, opened, in_batches, values["time_limit"]) as asked:
        if not named:
            return asked.concluded(DONE)
        events = _classification(config, judges, asked, source_type)
        if is_lines:
            return asked.concluded(lines.answer(named, context, events, here, closed_by))
        table = printer(values["format_"], here, 0 if values["show_all"] else values["top"])
        return asked.concluded(run.process(named, context, events, table, here, closed_by, opened.location))


def _classification(
    config: Config, judges: Sequence[Judge], asked: claude.Asked, source_type: SourceType | None
) -> Callable[[Iterable[Artefact]], Iterator[pipeline.Event]]:
    """From artefacts to what the pipeline yields for them."""
    return partial(
        pipeline.run,
        redactor=wiring.redactor(config),
        judges=judges,
        store=asked.store,
        clock=wiring.SystemClock(),
        policy=wiring.policy(config, source_type=source_type),
        consultant=asked.consultant,
    )


def _own_categories(config: Config) -> set[str]:
    return {category for category, _ in wiring.known_labels(config)} if config.rules else set()


def _opened(config: Config, here: Session, no_store: bool) -> wiring.Opened:
    if no_store and "store" in here.options:
        raise UsageError("--store and --no-store contradict each other")
    opened = wiring.memory() if no_store else wiring.open_store(config)
    for notice in opened.notices:
        warn(f"note: {notice}")
    return opened
