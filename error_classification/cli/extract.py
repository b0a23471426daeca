"""``extract``: the errors alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from error_classification import pipeline, wiring
from error_classification.cli import options, run
from error_classification.cli.app import Command
from error_classification.cli.printers import printer
from error_classification.cli.terminal import session
from error_classification.models import SourceType


@click.command("extract", cls=Command)
@options.paths
@options.output_format()
@options.source_type
@options.limit
@options.settings("max_error_length", "redact_emails")
@options.run_context
def command(
    paths: tuple[str, ...], format_: str, source_type: SourceType | None, top: int, show_all: bool, **values: Any
) -> int:
    """Find the errors of CI artefacts, cause before symptom.

    PATHs are files, folders, patterns such as 'logs/**/*.txt', or - for standard input, which is read where there are none.
    Nothing is judged or stored; secrets are taken out.

    \b
    Examples:
      error-classification extract build.log
      error-classification extract --format ndjson test-results/ | jq .error_hash
      gh run view 123 --log-failed | error-classification extract --top 1
    """
    here = session()
    config = here.resolve().config
    find = partial(pipeline.find, redactor=wiring.redactor(config), policy=wiring.policy(config, source_type=source_type))
    context = options.context_of(values, config.repo)
    return run.process(run.named(paths), context, find, printer(format_, here, 0 if show_all else top), here, identified=False)
