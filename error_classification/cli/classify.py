"""``classify``: the main job."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from error_classification import pipeline, wiring
from error_classification.cli import gate, lines, options, run
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import NOT_DONE
from error_classification.cli.printers import printer
from error_classification.cli.terminal import Session, session, warn
from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.models import LLM, SourceType
from error_classification.reporting.spending import spending_line

if TYPE_CHECKING:
    from error_classification.wiring.consulting import Consultation

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
@options.settings("max_cost", "max_cost_month", "max_rpm", "concurrency", "anthropic_model", "escalation_model")
@options.settings("classification_cache_ttl_hours", "min_confidence_for_reuse", "batch_size", "max_error_length", "redact_emails")
@options.run_context
def command(paths: tuple[str, ...], fail_on: str, source_type: SourceType | None, no_store: bool, **values: Any) -> int:
    """Find, classify and store the errors of CI artefacts.

    PATHs are files, folders, patterns such as 'logs/**/*.txt', or - for standard input, which is read where there are none.
    The format of each is seen from its content: JUnit XML, image builds, GitHub annotations, job logs, or a bare message.

    Exit codes: 0 done; 1 the --fail-on gate says fail; 2 usage or configuration; 3 part of the work is not done.

    \b
    Examples:
      error-classification classify build.log test-results/
      gh run view 123 --log | error-classification classify --repo me/project --run 123
      error-classification classify --fail-on domain=code --no-store junit.xml
      error-classification classify --input-format ndjson < errors.ndjson
      error-classification classify --judges rules,llm --max-cost 0.50 build.log
    """
    here = session()
    config = here.resolve().config
    judges = wiring.judges(config)
    closed_by = gate.parse(fail_on, _own_categories(config)) if fail_on else gate.Gate()
    context = options.context_of(values, config.repo)
    is_lines = values["input_format"] == NDJSON
    if is_lines:
        source_type = source_type or SourceType.TEXT
    named = run.named(paths)
    time_limit = values["time_limit"]
    opened = _opened(config, here, no_store)
    with opened.archive, _consultation(config, time_limit) as claude:
        events = partial(
            pipeline.run,
            redactor=wiring.redactor(config),
            judges=judges,
            store=opened.archive,
            clock=wiring.SystemClock(),
            policy=wiring.policy(config, source_type=source_type),
            consultant=claude.judge if claude else None,
        )
        if is_lines:
            return _concluded(lines.answer(named, context, events, here, closed_by), claude, here)
        table = printer(values["format_"], here, 0 if values["show_all"] else values["top"])
        return _concluded(run.process(named, context, events, table, here, closed_by, opened.location), claude, here)


def _consultation(config: Config, time_limit: float | None) -> AbstractContextManager[Consultation | None]:
    """Claude, where it is among the judges."""
    if LLM not in config.judges:
        return nullcontext()
    from error_classification.wiring.consulting import consultation

    return consultation(config, time_limit)


def _concluded(code: int, found: Consultation | None, here: Session) -> int:
    """The exit code, once it is said what Claude took and what it left undone."""
    if found is None:
        return code
    here.say(spending_line(found.spent))
    for notice in found.notices:
        warn(f"note: {notice}")
    for failure in found.failures:
        warn(f"not done: {failure}")
    return NOT_DONE if found.failures else code


def _own_categories(config: Config) -> set[str]:
    return {category for category, _ in wiring.known_labels(config)} if config.rules else set()


def _opened(config: Config, here: Session, no_store: bool) -> wiring.Opened:
    if no_store and "store" in here.options:
        raise UsageError("--store and --no-store contradict each other")
    opened = wiring.memory() if no_store else wiring.open_store(config)
    for notice in opened.notices:
        warn(f"note: {notice}")
    return opened
