"""What ``classify`` and ``extract`` do alike: from paths to printed events and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from error_classification.cli import progress
from error_classification.cli.exit_codes import DONE, GATE, NOT_DONE
from error_classification.cli.gate import Gate
from error_classification.cli.printers import Ndjson, Printer
from error_classification.cli.terminal import Session, is_device, is_terminal, standard_input, warn
from error_classification.errors import Error, StoreError
from error_classification.models import Artefact, ErrorClassification, FingerprintedError, Report, RunContext
from error_classification.pipeline import Skipped
from error_classification.reporting import json
from error_classification.reporting.summary import RunTally, summary_line
from error_classification.sources.files import STDIN, FileSource

Happening = ErrorClassification | FingerprintedError | Report | Skipped
Find = Callable[[Iterable[Artefact]], Iterator[Happening]]


def named(paths: tuple[str, ...], *, needed: bool = True) -> tuple[str, ...]:
    """The paths to read; without any, standard input. Raises a usage error where a person sits there.

    Not ``needed``: then none, and none either where standard input is the null device, as for timed jobs.
    """
    if paths:
        return paths
    absent = sys.stdin is None or sys.stdin.closed or is_terminal(sys.stdin)
    if not needed and (absent or is_device(sys.stdin)):
        return ()
    if absent:
        raise click.UsageError("no PATH given, and standard input is a terminal or closed.", click.get_current_context())
    return (STDIN,)


def process(
    paths: tuple[str, ...],
    context: RunContext,
    find: Find,
    printer: Printer,
    session: Session,
    gate: Gate = Gate(),  # noqa: B008  # frozen
    stored: str = "",
    identified: bool = True,
) -> int:
    """Prints what is found in ``paths``, then the summary. Returns the exit code. ``identified``: see ``FileSource``."""
    stdin = standard_input() if STDIN in paths else None
    files = FileSource(paths, context, stdin, identified)
    tally, failed, lost = RunTally(), False, False
    with progress.shown(files.artefacts(), _wants_bar(printer, session), session.no_color) as artefacts:
        for event in find(artefacts):
            _count(event, tally, printer, session)
            failed = failed or (isinstance(event, ErrorClassification) and gate.fails_on(event))
            lost = lost or (isinstance(event, Skipped) and isinstance(event.error, StoreError))
    stored = "" if lost else stored
    printer.finish(tally, stored)
    _say_passed_over(files, session)
    session.say(summary_line(tally, shortened_home(stored)))
    return exit_code(tally, failed)


def exit_code(tally: RunTally, failed: bool) -> int:
    """Work that is not done comes before the gate."""
    return NOT_DONE if tally.skipped else GATE if failed else DONE


def shortened_home(path: str) -> str:
    """The path as people write it, with ``~``."""
    try:
        return str(Path("~") / Path(path).relative_to(Path.home())) if path else ""
    except (ValueError, RuntimeError):
        return path


def _wants_bar(printer: Printer, session: Session) -> bool:
    """A bar and lines that appear under it would get in each other's way."""
    return not session.quiet and is_terminal(sys.stderr) and not (isinstance(printer, Ndjson) and is_terminal(sys.stdout))


def _count(event: Happening, tally: RunTally, printer: Printer, session: Session) -> None:
    if isinstance(event, Skipped):
        note_skipped(event.source, event.error, tally.skipped)
        return
    tally.add(event)
    if not isinstance(event, Report):
        printer.error(event)
        return
    printer.report(event)
    for warning in event.warnings:
        session.say(f"warning: {warning}" if event.source in warning else f"warning: {event.source}: {warning}")


def note_skipped(source: str, error: Error, skipped: list[tuple[str, str]], say: Callable[[str], None] = warn) -> None:
    """Adds to ``skipped`` what is not done, and says it, each once."""
    undone = source, str(error)
    if undone not in skipped:
        skipped.append(undone)
        say(f"not done: {error}")


def gave_way(session: Session, job: str) -> json.Record:
    """Says that another run of this ``job`` is at work, which is no failure; returns the same for machines."""
    session.say(f"another {job} run is at work: nothing to do here")
    return {"skipped": "another run is at work"}


def _say_passed_over(files: FileSource, session: Session) -> None:
    for name, kind in files.special:
        session.say(f"passed over: {name}: {kind}")
    if files.binaries and session.verbose:
        session.say(f"passed over: {files.binaries} binary files")
