"""What single lines of a log say: the table of signals, read from ``signals/*.toml``. New lines of knowledge go there.

A signal matches one line, without its CI prefix and its colours, by any of its RE2 expressions; ``{path}`` and ``{exception}``
stand for the two below. ``weight`` says how likely the line is to be the cause where the job has failed (0..100: an order, not a
probability), ``verdict`` that the line is proof by itself (of a failure; of a wrapper or noise, that nothing else in the line
counts), ``lasting`` that a tool's success afterwards does not take it back, ``shape`` how far the error reaches around it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from importlib.resources import files

_PATH = r"(?:[A-Za-z]:)?[^\s:()\[\]\"'<>|=]+"
_EXCEPTION = r"[A-Za-z_][\w$.:\\]*(?:Error|Exception|Failure|Interrupt|Exit|Fault|Panic|Violation|Warning)"


class Role(StrEnum):
    """What a line tells about the job."""

    CAUSE = auto()
    SUMMARY = auto()
    """Names a failure again that is told in full elsewhere: counts only where that is missing."""
    FLAKY = auto()
    """The runner says that a test failed and passed when it was tried again."""
    RETRIED = auto()
    """A test failed and is tried again: how it ended is not said here."""
    EXPECTED = auto()
    """A failure that was expected or put off: neither this line nor what stands indented below it is an error."""
    TOOL_FAILED = auto()
    """A wrapper says that something it ran has failed."""
    TOOL_PASSED = auto()
    """A whole run of a tool ended well."""
    STEP_FAILED = auto()
    """The CI system says so, where the step ends."""
    JOB_FAILED = auto()
    """The CI system says so, where the job ends."""
    JOB_PASSED = auto()
    NOISE = auto()
    """Whatever else the line matches, it is no error."""


class Shape(StrEnum):
    """How an error is laid out around the line that gave the signal."""

    LINE = auto()
    DIAGNOSTIC = auto()
    PARAGRAPH = auto()
    INDENTED = auto()
    """All that stands further to the right below it, over blank lines."""
    TRACEBACK = auto()
    STACK = auto()
    PYTEST = auto()
    GO_TEST = auto()
    TEST = auto()
    LOCATED = auto()
    """A place in the source, the lines that stand there, and what is wrong with them."""
    TITLED = auto()
    """A test whose name stands in the line above."""
    BUILDKIT = auto()


@dataclass(frozen=True, slots=True)
class Signal:
    """One row of the table."""

    name: str
    patterns: tuple[str, ...]
    weight: int = 0
    role: Role = Role.CAUSE
    shape: Shape = Shape.LINE
    verdict: bool = False
    lasting: bool = False


@cache
def signals() -> tuple[Signal, ...]:
    """The whole table; the order of the files has no meaning."""
    folder = files(__package__) / "signals"
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(_signal(row) for table in tables for row in tomllib.loads(table.read_text(encoding="utf-8"))["signal"])


@cache
def words(kind: str) -> str:
    """The expression of the ``candidate`` lines, or of the ``strong`` ones among those at a harmless log level.

    Sorted, since RE2 takes the common beginning of neighbours together, which makes for fewer states.
    """
    table = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))[kind]
    return "|".join([f"(?i:{'|'.join(sorted(table['any_case']))})", *sorted(table["as_written"])])


def _signal(row: dict[str, object]) -> Signal:
    alternatives = row["any"]
    if not isinstance(alternatives, list):
        raise TypeError(f"signal {row['name']}: 'any' is not a list")
    case = "(?i)" if row.get("ignore_case") else ""
    return Signal(
        name=str(row["name"]),
        patterns=tuple(case + pattern.replace("{path}", _PATH).replace("{exception}", _EXCEPTION) for pattern in alternatives),
        weight=int(str(row.get("weight", 0))),
        role=Role(str(row.get("role", Role.CAUSE))),
        shape=Shape(str(row.get("shape", Shape.LINE))),
        verdict=bool(row.get("verdict", False)),
        lasting=bool(row.get("lasting", False)),
    )
