"""Which of the errors in a BuildKit log made the build fail, and which lines are about the same one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from error_classification.extraction.buildkit.failure import Failure
from error_classification.extraction.buildkit.grammar import CANCELLATION, CLOSING, EXIT_CODE
from error_classification.extraction.buildkit.naming import failed_command, run_command, step_name
from error_classification.extraction.buildkit.output import Line, Output

_OPTIONAL = re.compile(
    r"(?:\[[\w.-]+\] )?(?:importing cache manifest|exporting (?:cache|to GitHub Actions Cache|to (?:registry|inline) cache)"
    r"|preparing build cache)"
)
"""Steps whose failure BuildKit passes over, unless the final error names it."""


@dataclass(frozen=True, slots=True)
class Final:
    """What the client said at the end of a build: the whole line, and the error without its prefixes."""

    line: Line
    text: str
    target: str
    build: int
    file: str
    number: int | None


def settle(failed: Sequence[Failure], quoted: Sequence[Failure], finals: Sequence[Final], loose_output: Output) -> list[Failure]:
    """Joins failed steps, quoted blocks and final errors; what was only cancelled goes unless nothing else is left.

    ``loose_output``: the end of a quoted block whose beginning is missing.
    """
    failures = _with_blocks(failed, quoted)
    loose = [final for final in finals if not _attach(final, failures)]
    failures = [failure for failure in failures if not failure.mended and not _is_optional(failure)]
    failures += [_alone(final, loose_output) for final in loose if not (failures and _says_nothing_more(final, failures))]
    failures = [failure for failure in failures if failure.closing or failure.output]
    if any(not failure.cancelled for failure in failures):
        failures = [failure for failure in failures if not failure.cancelled]
    elif failures:
        failures = [Failure(failures[-1].closing[-1:])]
    return _without_echoes(sorted(failures, key=lambda failure: failure.position))


def _with_blocks(failed: Sequence[Failure], quoted: Sequence[Failure]) -> list[Failure]:
    """Quoted blocks repeat the end of a step's output: they count only where the step itself was not shown."""
    failures = list(failed)
    for block in quoted:
        known = [failure for failure in failures if failure.step == block.step or _unannounced(failure, block)]
        for failure in known:
            failure.step = failure.step or block.step
            failure.output = failure.output or block.output
        if not known:
            failures.append(block)
    return failures


def _unannounced(failure: Failure, block: Failure) -> bool:
    """True if ``block`` quotes a step whose announcement is missing: the log lost its beginning."""
    command = failed_command(failure.message)
    return not failure.step and bool(command) and command in block.step


def _attach(final: Final, failures: Sequence[Failure]) -> bool:
    """Gives the final error to the failed step that it is about; False if it is about none of them."""
    candidates = [failure for failure in failures if failure.build == final.build and not failure.cancelled]
    about = _named(final, candidates) or _unexplained(final, candidates)
    if about is None:
        return False
    about.closing.append(final.line)
    about.target = about.target or final.target
    if final.file and not about.file:
        about.file, about.line = final.file, final.number
    return True


def _named(final: Final, candidates: Iterable[Failure]) -> Failure | None:
    command = failed_command(final.text)
    for failure in candidates:
        if _repeats(failure, final.text) or (command and command == _command(failure)):
            return failure
    return None


def _command(failure: Failure) -> str:
    return failed_command(failure.message) or run_command(step_name(failure.step).instruction)


def _unexplained(final: Final, candidates: Sequence[Failure]) -> Failure | None:
    """A step that has no final error yet takes one that names no other, if both give the same exit code or none."""
    if CANCELLATION.search(final.text):
        return None
    code = EXIT_CODE.search(final.text)
    for failure in candidates:
        if _is_optional(failure) or (failure.message and len(failure.closing) > 1):
            continue
        if not failure.closing or (str(failure.exit_code) == code[1] if code else failure.exit_code is None):
            return failure
    return None


def _is_optional(failure: Failure) -> bool:
    return bool(_OPTIONAL.match(failure.step)) and len(failure.closing) < 2


def _says_nothing_more(final: Final, failures: Iterable[Failure]) -> bool:
    """True for a final error that repeats an exit code, or an error, of a failed step."""
    code = EXIT_CODE.search(final.text)
    return any(
        (code and failure.exit_code == int(code[1]) and failure.build == final.build) or _repeats(failure, final.text)
        for failure in failures
    )


def _repeats(failure: Failure, text: str) -> bool:
    return bool(failure.message) and failure.message in text


def _alone(final: Final, loose_output: Output) -> Failure:
    output = loose_output if CLOSING.search(final.text) else Output()
    return Failure([final.line], output=output, build=final.build, target=final.target, file=final.file, line=final.number)


def _without_echoes(failures: Iterable[Failure]) -> list[Failure]:
    """One error is printed at several vertices of a build (the image's metadata, then the step that needs it)."""
    kept: list[Failure] = []
    for failure in failures:
        twin = next((known for known in kept if _is_echo(failure, known)), None)
        if twin is None:
            kept.append(failure)
        elif len(failure.closing) > len(twin.closing):
            twin.closing += failure.closing[len(twin.closing) :]
            twin.file, twin.line = twin.file or failure.file, twin.line or failure.line
            twin.target = twin.target or failure.target
    return kept


def _is_echo(failure: Failure, known: Failure) -> bool:
    if failure.output or failure.exit_code is not None or failure.build != known.build:
        return False
    return bool(failure.message) and failure.message == known.message
