"""From annotations to errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from error_classification.extraction.annotations.annotation import Annotation
from error_classification.extraction.annotations.commands import from_lines
from error_classification.extraction.annotations.json_reader import JsonReader
from error_classification.extraction.annotations.messages import from_messages, looks_like_messages
from error_classification.extraction.annotations.selection import Selected, selected
from error_classification.extraction.numbered import cleaned_lines
from error_classification.extraction.terminal import strip_escapes
from error_classification.models import ErrorContext, Extraction, Outcome, Report, SourceType

_MOST_BYTES = 8 << 20
"""Objects take up to fifty times the memory of the JSON that they are read from."""
_NO_FILE = frozenset({"", "/", ".github"})
_TELLING = re.compile(r"Error\b|Exception\b|\b(?:assert|panicked|Traceback|[Ee]xpected|failed)\b")
_PYTEST_ERROR = re.compile(r"E {3,}\S")
_EXIT_CODE = re.compile(r"exit(?:ed with)? (?:code|status):? '?(\d{1,10})", re.IGNORECASE)


def extract(source: str, chunks: Iterable[bytes]) -> Extraction:
    """The failures in annotations, given as chunks of UTF-8 in any of their forms.

    Reads at most 8 MB. A break in JSON is a warning of the report that names its line and column.
    """
    warnings: list[str] = []
    data = _read(chunks, warnings)
    text = data.decode("utf-8", "replace").replace("\0", "")
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("[", "{") and not looks_like_messages(text):
        reader = JsonReader(text)
        annotations = list(reader)
        warnings += reader.warnings
    else:
        annotations = list(from_text(text, data))
    yield from contexts(annotations, source)
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return Report(source, SourceType.GITHUB_ANNOTATION, tuple(warnings), damaged=bool(warnings), lines=lines)


def from_text(text: str, data: bytes) -> Iterator[Annotation]:
    """The annotations in text that is not JSON; ``data`` is the same text, encoded."""
    if looks_like_messages(text):
        return from_messages(text, 1)
    return from_lines(cleaned_lines([data]))


def contexts(annotations: Iterable[Annotation], source: str = "") -> list[ErrorContext]:
    """The failures among annotations, ranked."""
    return [_context(failure, rank, source) for rank, failure in enumerate(selected(annotations), start=1)]


def _read(chunks: Iterable[bytes], warnings: list[str]) -> bytes:
    taken: list[bytes] = []
    room = _MOST_BYTES
    for chunk in chunks:
        taken.append(chunk[:room])
        room -= len(taken[-1])
        if len(chunk) > len(taken[-1]):
            warnings.append(f"only the first {_MOST_BYTES >> 20} MB were read")
            break
    return b"".join(taken)


def _context(failure: Selected, rank: int, source: str) -> ErrorContext:
    annotation, test = failure.annotation, failure.test
    lines = _lines(failure)
    file = "" if annotation.file in _NO_FILE else annotation.file.removeprefix("file://")
    exit_code = _EXIT_CODE.search(annotation.message)
    return ErrorContext(
        source_type=SourceType.GITHUB_ANNOTATION,
        source=source,
        text="\n".join(lines),
        line_start=annotation.number,
        line_end=annotation.number,
        line_numbers=(annotation.number,) * len(lines),
        headline=_headline(failure),
        rank=rank,
        outcome=test.outcome if test else Outcome.FAILED,
        count=failure.count,
        test_name=test.name if test else "",
        file=file,
        line=annotation.line if file else None,
        framework=test.framework if test else "",
        job_name=annotation.job,
        exit_code=int(exit_code[1]) if exit_code else None,
    )


def _lines(failure: Selected) -> list[str]:
    """Title, message, details and the test's output, without what one of them says again."""
    annotation = failure.annotation
    parts: list[str] = []
    for part in (annotation.title, annotation.message, annotation.details, *failure.logs):
        clean = "\n".join(strip_escapes(line) for line in part.split("\n")).strip("\r\n")
        if clean and not any(clean in known for known in parts):
            parts = [known for known in parts if known not in clean or "\n" in known]
            parts.append(clean)
    return "\n".join(parts).split("\n")


def _headline(failure: Selected) -> str:
    """The first line of the message, behind the test's name; none where the details or the output tell more."""
    annotation = failure.annotation
    if failure.logs or _TELLING.search(annotation.details):
        return ""
    said = _said(annotation.message.split("\n"), failure)
    return strip_escapes(said)


def _said(lines: Sequence[str], failure: Selected) -> str:
    if marked := next((line for line in lines if _PYTEST_ERROR.match(line)), ""):
        return marked
    name = failure.test.name if failure.test else ""
    return next((line for line in lines if line.strip() and line.strip() != name), "")
