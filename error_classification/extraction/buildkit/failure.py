"""A failed step as the readers find it, and how it becomes an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from error_classification.extraction.buildkit.grammar import CANCELLATION, CLOSING, EXIT_CODE
from error_classification.extraction.buildkit.naming import failed_command, run_command, step_name
from error_classification.extraction.buildkit.output import Line, Output, excerpt
from error_classification.models import ErrorContext, SourceType


@dataclass(slots=True)
class Failure:
    """What is known of one failed step; grows while the log is read.

    ``step`` is the step as it was printed, ``closing`` the builder's own error lines, the first of them next to the step.
    """

    closing: list[Line]
    step: str = ""
    number: int = 0
    """The line of the quoted block, for a step that is known from one."""
    output: Output = field(default_factory=Output)
    build: int = 0
    base: str = ""
    target: str = ""
    stage: str = ""
    command: str = ""
    file: str = ""
    line: int | None = None
    mended: bool = False
    """True where a later build of the same image got the step done."""
    whole: bool = False
    """True where the output is the error, from its first line on."""

    @property
    def message(self) -> str:
        """The builder's error without the word that introduces it."""
        return self.closing[0].text.removeprefix("ERROR:").strip() if self.closing else ""

    @property
    def exit_code(self) -> int | None:
        codes = (EXIT_CODE.search(text) for _, text in self.closing)
        return next((int(match[1]) for match in codes if match), None)

    @property
    def cancelled(self) -> bool:
        return any(CANCELLATION.search(text) for _, text in self.closing)

    @property
    def position(self) -> int:
        return self.number or (self.closing[0].number if self.closing else 0)


def error_of(failure: Failure, source: str, targets: Collection[str]) -> ErrorContext:
    """The failure as an error; ``targets`` are the names of what bake or compose builds."""
    name = step_name(failure.step, targets)
    lines, headline = _text(failure)
    commands = (failed_command(text) for _, text in failure.closing)
    return ErrorContext(
        source_type=SourceType.BUILDKIT,
        source=source,
        text="\n".join(text for _, text in lines),
        line_start=min((number for number, _ in lines), default=0),
        line_end=max((number for number, _ in lines), default=0),
        line_numbers=tuple(number for number, _ in lines),
        headline=headline,
        file=failure.file,
        line=failure.line,
        step_name=failure.step,
        stage=failure.stage or name.stage,
        target=failure.target or name.target,
        command=failure.command or next(filter(None, commands), "") or run_command(name.instruction),
        exit_code=failure.exit_code,
    )


def _text(failure: Failure) -> tuple[list[Line], str]:
    """The lines that show the cause, then the builder's own words; and the line that names the cause."""
    shown, cause = excerpt(failure.output, failure.whole)
    closing = _distinct(failure.closing)
    if cause is not None:
        return [*shown, *closing], shown[cause].text
    own = max(closing, key=lambda line: len(line.text), default=Line(0, ""))
    return [*shown, *closing], "" if shown and CLOSING.search(own.text) else own.text


def _distinct(closing: list[Line]) -> list[Line]:
    """The builder's lines without those that say nothing beyond the first."""
    first = closing[:1]
    if first and CLOSING.search(first[0].text):
        return first
    known = {line.text.removeprefix("ERROR:").strip() for line in first}
    return first + [line for line in closing[1:] if line.text not in known]


def ranked(errors: Iterable[ErrorContext]) -> list[ErrorContext]:
    """Equal failures once, with their count, ranked in the order of the first of each."""
    merged: dict[tuple[object, ...], ErrorContext] = {}
    for error in errors:
        key = (error.step_name, error.target, error.command, error.exit_code, error.headline or error.text)
        known = merged.get(key)
        merged[key] = replace(known, count=known.count + 1) if known else error
    return [replace(error, rank=rank) for rank, error in enumerate(merged.values(), start=1)]
