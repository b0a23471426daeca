"""Answers that follow from what an error is (its outcome, its format, its exit code), and why there is none (pure functions)."""

from __future__ import annotations

from dataclasses import dataclass

import re2

from error_classification.models import ErrorContext, Outcome, SourceType

LOOKED_AT = 4000
"""How many characters of a text are looked at: what follows from structure stands at its start."""


@dataclass(frozen=True, slots=True)
class Structural:
    """A label without a rule: with its confidence, the root cause and the reason."""

    category: str
    subcategory: str
    confidence: float
    root_cause: str
    reason: str


_EXIT_CODES = {
    124: ("timeout", "step", 0.85, "ran into its time limit"),
    134: ("runtime_error", "abort", 0.85, "aborted itself (SIGABRT)"),
    137: ("resource_exhaustion", "memory", 0.75, "was killed (SIGKILL), usually for lack of memory"),
    139: ("runtime_error", "segfault", 0.9, "crashed with a segmentation fault (SIGSEGV)"),
}
"""128 + the signal's number (POSIX shells); 124 is what ``timeout`` of GNU coreutils returns."""

KILLED = "137"
"""The exit code of a process that SIGKILL ended: for lack of memory, or because someone or something stopped it."""

_NO_MESSAGE = frozenset({"", "(no message)", "no message", "failed", "failure", "fail"})
_STOPPED = re2.compile(
    r"(?i)\bcancel(?:l?ed|l?ing|l?ation)\b|\btime[ -]?limit|\btimed[ -]?out\b|\btimeout\b|\binterrupted\b|\baborted by\b"
)
_WRAPPER = re2.compile(
    r"(?i)^\W*(?:error\W+)?(?:[\w.]+(?:error|exception):\s)?(?:"
    r"(?:the )?(?:process|command|script|step|job|task|action|build|program|\S+)?\W*(?:'.*'\W*)?"
    r"(?:has )?(?:completed|exited|failed|terminated|finished|returned|did not complete successfully)?\W*"
    r"(?:with )?(?:a )?(?:non-?zero )?(?:error )?(?:exit |return )?(?:code|status)\W*\d+"
    r"|(?:g?make|ninja)\b.*\b(?:error \d+|stopped.*)|build fail(?:ed|ure)|failed|failure|error"
    r")\W*$"
)
_COUNT = re2.compile(
    r"(?i)^\W*(?:there (?:was|were) )?\d+ (?:\w+ ){0,3}(?:fail\w*|errors?)\b[^:]{0,80}$"
    r"|^\W*(?:tests? )?fail(?:ed|ures?)\W{1,3}\d+\W*$"
)
_CANCELLED = re2.compile(
    r"(?i)^\W*(?:error\W+)?(?:the )?(?:\w+ ){0,4}(?:was |has been |were )?(?:cancel(?:l?ed|l?ing)|terminated)\b.{0,80}$"
    r"|\bexit (?:code|status) (?:130|143)\b"
)


def from_outcome(context: ErrorContext) -> Structural | None:
    """What no text can change: a test that passed on its retry is flaky."""
    if context.outcome is not Outcome.FLAKY:
        return None
    reason = "failed and then passed on a retry"
    return Structural("flaky_test", "passed_on_retry", 0.95, f"{context.test_name or 'A test'} {reason}", reason)


def from_shape(context: ErrorContext) -> Structural | None:
    """What the exit code or the kind of report says where no rule matched."""
    code = context.exit_code
    if code in _EXIT_CODES and not (code == int(KILLED) and stopped(context.text)):
        category, subcategory, confidence, what = _EXIT_CODES[code]
        return Structural(category, subcategory, confidence, f"The command {what}", f"exit code {code}")
    if context.source_type is SourceType.JUNIT and context.outcome is Outcome.FAILED and context.test_name:
        return _failed_test(context)
    return None


def _failed_test(context: ErrorContext) -> Structural | None:
    """A failing test that is named without its message; one with a message that no rule knows gets no answer."""
    text = context.text[:LOOKED_AT].strip()
    if text.lower() not in _NO_MESSAGE and text not in (context.test_name, context.test_name.rpartition("::")[2]):
        return None
    root_cause = f"{context.test_name} failed"
    return Structural("assertion_failure", "test_assertion", 0.55, root_cause, "a failing test without a message")


def stopped(text: str) -> bool:
    """Whether the text speaks of a limit or a cancellation, so that a signal does not mean what it usually means."""
    return _STOPPED.search(_start(text)) is not None


def wrapper(text: str) -> bool:
    """Whether every line only says that something failed."""
    lines = [line.strip() for line in _start(text).split("\n") if line.strip()]
    return bool(lines) and all(_WRAPPER.search(line) or _COUNT.search(line) for line in lines)


def why_unknown(text: str) -> str:
    """Why there is no answer."""
    start = _start(text)
    if not start:
        return "the text is empty"
    if _COUNT.search(start):
        return "the text gives only a number of failures"
    if _CANCELLED.search(start) and "\n" not in start:
        return "the text says only that the run was stopped"
    if wrapper(start):
        return "the text says only that something failed, not why"
    return "no rule matches the text"


def _start(text: str) -> str:
    """The part that is looked at, without halves of surrogate pairs: Python's strings can hold them, RE2 refuses them."""
    return text[:LOOKED_AT].strip().encode("utf-8", "replace").decode()
