"""From a provocation to its recording, and whether that is what it should be."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from recording import buildkit, jobs, sandbox, servers
from recording.provocation import Provocation

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@contextlib.contextmanager
def surroundings(provocations: Iterable[Provocation]) -> Iterator[None]:
    """The servers that ``provocations`` need, as long as the block runs. Raises PermissionError without root."""
    sandbox.require_root()
    with contextlib.ExitStack() as stack:
        stack.callback(sandbox.tidy)
        stack.enter_context(servers.running())
        if any(provocation.needs_buildkit for provocation in provocations):
            stack.enter_context(buildkit.running())
        yield


def produce(provocation: Provocation) -> tuple[str, int]:
    """The recorded text and the exit code. Raises OSError where a command hangs or does not write what it should."""
    sandbox.prepare(provocation.files)
    if provocation.steps:
        return jobs.record(provocation)
    done = sandbox.run(provocation.command, provocation.machine)
    if not provocation.collect:
        return done.text, done.exit_code
    return sandbox.collected(provocation.collect), done.exit_code


def check(provocation: Provocation, exit_code: int) -> None:
    """Raises ValueError where the run ended otherwise than it should."""
    wanted = 0 if provocation.label == "none" else provocation.exit_code
    if wanted is not None and exit_code != wanted:
        raise ValueError(f"exit code {exit_code} instead of {wanted}")
    if wanted is None and exit_code == 0:
        raise ValueError("it passed")


def cause_lines(text: str, causes: tuple[str, ...]) -> list[list[int]]:
    """The ranges (1-based, lines split at ``"\\n"``) of the lines that hold a text of ``causes``, colours aside.

    Raises LookupError where a text is absent.
    """
    lines = [ANSI.sub("", line) for line in text.split("\n")]
    missing = [cause for cause in causes if not any(cause in line for line in lines)]
    if missing:
        raise LookupError(f"cause not in the output: {missing}")
    ranges: list[list[int]] = []
    for number, line in enumerate(lines, start=1):
        if any(cause in line for cause in causes):
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
    return ranges
