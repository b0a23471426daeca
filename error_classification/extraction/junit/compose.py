"""From a test case that failed to the error that people and judges see: its text, headline, place and framework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from error_classification.extraction.junit import frameworks
from error_classification.extraction.junit.causes import has_cause, headline, is_noise, tail, trouble
from error_classification.extraction.junit.records import RERUN, Case, Problem, Suite
from error_classification.extraction.junit.text import Lines, attributes, lines_of, reference_defect, tidy
from error_classification.extraction.places import best_place
from error_classification.extraction.terminal import strip_escapes
from error_classification.models import ErrorContext, Outcome, SourceType

_KINDS_THAT_SAY_NOTHING = frozenset(
    ("", "failure", "error", "failed", "fail", "none", "nonetype", "null", "undefined", "warning", "test failure", "testfailed")
)
_BASE_WEIGHT, _LINE_WEIGHT = 2000, 40
_NOTHING_SAID = "(no message)"
_BREAKS_TO_SPACES = str.maketrans("\t\n\r", "   ")
_FILE_ATTRIBUTES = ("file", "filepath", "filename", "file_name")
_LINE_ATTRIBUTES = ("line", "lineno", "line_number")


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, what identifies its test within the suite, and whether its text names a cause."""

    error: ErrorContext
    identity: tuple[str, str]
    has_cause: bool

    @property
    def weight(self) -> int:
        """Bytes of memory held, roughly."""
        return _BASE_WEIGHT + len(self.error.text) + _LINE_WEIGHT * len(self.error.line_numbers)


def finding(case: Case, source: str) -> Finding:
    """The error of one failing (or flaky) test case, from what the case itself holds."""
    case_attributes = attributes(case.attributes)
    problems = case.problems
    lines, message = _text(problems, case.omitted)
    if not has_cause(lines.texts):
        lines, message = _first_telling(case, lines, message)
    classname, name = identity(case_attributes)
    text = "\n".join(lines.texts)
    file, line = _place(lines.texts, case_attributes, problems[0], classname)
    error = ErrorContext(
        source_type=SourceType.JUNIT,
        source=source,
        text=text,
        line_start=problems[0].line,
        line_end=max(problem.end_line for problem in problems),
        line_numbers=tuple(lines.numbers),
        headline=headline(lines.texts, message),
        outcome=Outcome.ERRORED if case.errored else Outcome.FAILED if case.failed else Outcome.FLAKY,
        test_name=f"{classname}::{name}" if classname and name else name or classname or _suite_name(case),
        file=file,
        line=line,
        framework=_framework(case, text),
    )
    return Finding(error, (classname, name), has_cause(lines.texts))


class SuiteOutput:
    """What a suite printed, read once for all of its errors that name no cause themselves."""

    def __init__(self, suite: Suite) -> None:
        self._streams = list(suite.outputs.streams()) if suite.outputs else []
        self._any = next((lines for output in self._streams if (lines := trouble(output))), None)
        if self._any is None and suite.cases == 1 and self._streams:
            self._any = tail(self._streams[0])

    def told_of(self, name: str) -> Lines | None:
        """The lines that tell of the test ``name``, else those of any error; None where there are none."""
        mentions = (_from_mention(output, name) for output in self._streams)
        return next((lines for mention in mentions if (lines := trouble(mention))), self._any)


def with_suite_output(found: Finding, output: SuiteOutput) -> Finding:
    """The same error with what the suite's own output says of it, which a report gives after its test cases."""
    told = output.told_of(found.identity[1])
    return replace(found, error=_extended(found.error, told), has_cause=True) if told else found


def with_cause_of(parent: Finding, child: Finding) -> Finding:
    """A test that failed only because a test inside it did: the same cause, hence the same text."""
    cause = child.error
    error = replace(
        parent.error, text=cause.text, headline=cause.headline, line_numbers=cause.line_numbers, file=cause.file, line=cause.line
    )
    return replace(parent, error=error, has_cause=child.has_cause)


def defects(case: Case) -> Iterator[tuple[str, int]]:
    """What is not well-formed in the text and attributes of a failing case, with the line of each."""
    for problem in case.problems:
        for what in (reference_defect(problem.attributes), problem.body.defect()):
            if what:
                yield what, problem.line
    if what := reference_defect(case.attributes):
        yield what, case.line


def identity(case_attributes: dict[str, str]) -> tuple[str, str]:
    """Class and name of a test; line breaks in them are spaces, as XML has it."""
    classname = case_attributes.get("classname") or case_attributes.get("class") or ""
    return _on_one_line(classname), _on_one_line(case_attributes.get("name", ""))


def _on_one_line(value: str) -> str:
    return strip_escapes(value.translate(_BREAKS_TO_SPACES))


def _suite_name(case: Case) -> str:
    return case.suite.name if case.suite else ""


def _text(problems: list[Problem], omitted: int) -> tuple[Lines, str]:
    """The text of all problems, and the first line of the first one's message."""
    lines, message = _problem_text(problems[0])
    seen = {tuple(lines.texts)}
    for problem in problems[1:]:
        more = _problem_text(problem)[0]
        if tuple(more.texts) in seen or not has_cause(more.texts):
            continue
        seen.add(tuple(more.texts))
        lines.add("", problem.line)
        lines.extend(more)
    if omitted:
        lines.add(f"... {omitted} more failures of this test case left out ...", lines.numbers[-1])
    return lines, message


def _problem_text(problem: Problem) -> tuple[Lines, str]:
    """``type: message`` where the body does not say so itself, then the body; and the first line of the message."""
    given = attributes(problem.attributes)
    body = problem.body.lines().stripped()
    message = lines_of(given.get("message", ""), problem.line).stripped()
    kind = tidy(" ".join(given.get("type", "").split()))
    first = message.texts[0].strip() if message.texts else ""
    opening = _opening(kind, first, body.texts)
    lines = Lines([], [])
    if opening:
        lines.add(opening, problem.line)
        if not _says(body.texts, first):
            lines.extend(message.part(1, len(message.texts)))
    lines.extend(body)
    if not lines.texts:
        lines.add(_NOTHING_SAID, problem.line)
    return lines, first


def _opening(kind: str, first: str, body: list[str]) -> str:
    """The line to put before the body, empty where the body has it all."""
    simple = kind.replace("\\", ".").replace("::", ".").rpartition(".")[2]
    is_telling = kind.lower() not in _KINDS_THAT_SAY_NOTHING
    is_typed = not is_telling or simple in first or any(simple in line for line in body)
    if not first or (is_noise(first) and has_cause(body)):
        return kind if kind and (not body or not is_typed) else ""
    if is_typed and _says(body, first):
        return ""
    return f"{kind}: {first}" if is_telling and simple not in first else first


def _says(body: list[str], first: str) -> bool:
    """Whether a line of ``body`` carries the message: whole, at its end, or anywhere if it is too long for chance."""
    return any(first in line and (len(first) >= 8 or line.strip() == first or line.endswith(" " + first)) for line in body)


def _first_telling(case: Case, lines: Lines, message: str) -> tuple[Lines, str]:
    """Where the problem itself names no cause: a rerun's text, or what the test printed."""
    for rerun in case.of(RERUN):
        told, its_message = _problem_text(rerun)
        if has_cause(told.texts):
            return told, its_message
    streams = list(case.outputs.streams()) if case.outputs else []
    if streams and lines.texts == [_NOTHING_SAID]:
        lines = Lines([], [])
    told_by_output = next((part for output in streams if (part := trouble(output))), None)
    if told_by_output:
        lines.extend(told_by_output)
    elif streams:
        lines.extend(tail(streams[0]))
    return lines, message


def _from_mention(output: Lines, name: str) -> Lines:
    """From the last line that names the test on; nothing if none does."""
    if len(name) < 4:
        return Lines([], [])
    last = next((at for at in range(len(output.texts) - 1, -1, -1) if name in output.texts[at]), None)
    return Lines([], []) if last is None else output.part(last, len(output.texts))


def _extended(error: ErrorContext, told: Lines) -> ErrorContext:
    own = [line for line in error.text.split("\n") if line not in ("", _NOTHING_SAID)]
    texts = own + told.texts
    place = best_place(told.texts)
    return replace(
        error,
        text="\n".join(texts),
        line_numbers=(error.line_start,) * len(own) + tuple(told.numbers),
        headline=headline(told.texts, ""),
        file=error.file or (place.file if place else ""),
        line=error.line or (place.line if place and not error.file else None),
    )


def _place(texts: list[str], case: dict[str, str], problem: Problem, classname: str) -> tuple[str, int | None]:
    """The file that an attribute names with the line of the failing frame in it; without one, what the text says."""
    own = attributes(problem.attributes)
    file = next((value for given in (own, case) for key in _FILE_ATTRIBUTES if (value := given.get(key, "").strip())), "")
    place = best_place(texts, file=file, classname=classname)
    if not file:
        return (place.file, place.line) if place else ("", None)
    if place:
        return file, place.line
    number = next((value for given in (own, case) for key in _LINE_ATTRIBUTES if (value := given.get(key, "").strip())), "")
    return file, int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else None


def suite_framework(suite: Suite | None) -> str:
    """The framework that a suite gives away, guessed once; empty if none."""
    if suite is None:
        return ""
    if suite.framework is None:
        suite.framework = frameworks.of_suite(suite.hints)
    return suite.framework


def _framework(case: Case, text: str) -> str:
    known = suite_framework(case.suite)
    if known in ("", "java"):
        return frameworks.of_case(case.attributes, text) or known
    return known
