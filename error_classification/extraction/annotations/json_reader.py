"""Annotations in JSON: REST and GraphQL answers, check runs, index documents; lists, lines or fragments of them.

Reads what is readable: where a document is broken, every whole object in the rest of it is still looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from error_classification.extraction.annotations.annotation import Annotation, level_of
from error_classification.extraction.annotations.messages import from_messages

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_MOST_FAILED_ATTEMPTS = 200
"""Broken objects that are tried before the rest of a damaged document is given up: keeps the work linear in its size."""
_MESSAGE_KEY = re.compile(r'"(?:message|s_annotation_messages)"\s*:\s*(?=["\[])')
_LEVEL_KEYS = ("annotation_level", "annotationLevel", "level", "severity")
_BETWEEN = re.compile(r"[\s,\x00-\x1f]*")
_DECODER = json.JSONDecoder(strict=False)


class JsonReader:
    """Iterates over the annotations in ``text``; ``warnings`` is complete once it is exhausted."""

    def __init__(self, text: str) -> None:
        self.warnings: list[str] = []
        self._text = text

    def __iter__(self) -> Iterator[Annotation]:
        locate = _Locator(self._text)
        for value in self._values():
            for annotation in _annotations(value):
                yield replace(annotation, number=locate(annotation))

    def _values(self) -> Iterator[Json]:
        """The top-level values, one after the other; then the whole objects behind the first break."""
        position = _skipped(self._text, 0)
        while position < len(self._text):
            try:
                value, position = _DECODER.raw_decode(self._text, position)
            except (ValueError, RecursionError) as error:
                self.warnings.append(f"JSON damaged: {_place(self._text, position, error)}")
                yield from self._salvaged(position)
                return
            yield value
            position = _skipped(self._text, position)

    def _salvaged(self, position: int) -> Iterator[Json]:
        failed = 0
        while failed < _MOST_FAILED_ATTEMPTS and (position := self._text.find("{", position)) >= 0:
            try:
                value, position = _DECODER.raw_decode(self._text, position)
            except (ValueError, RecursionError):
                failed, position = failed + 1, position + 1
            else:
                yield value


def _skipped(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _place(text: str, position: int, error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    line = text.count("\n", 0, position) + 1
    reason = "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
    return f"{reason}, in the value that begins at line {line} column {position - text.rfind(chr(10), 0, position)}"


class _Locator:
    """Finds the line of each message, asked for in the order of the document."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._keys = _MESSAGE_KEY.finditer(text)
        self._line = 1
        self._counted = 0
        self._value = ""

    def __call__(self, annotation: Annotation) -> int:
        """The line of the key that holds the annotation's message; one of an index may hold several."""
        is_part = annotation.number > 0
        if is_part and annotation.message in self._value:
            return self._line
        for key in self._keys:
            try:
                value, _ = _DECODER.raw_decode(self._text, key.end())
            except (ValueError, RecursionError):
                continue
            self._value = _messages(value)
            if annotation.message == self._value.strip() or (is_part and annotation.message in self._value):
                self._line += self._text.count("\n", self._counted, key.start())
                self._counted = key.start()
                break
        return self._line


def _annotations(root: Json) -> Iterator[Annotation]:
    """The annotations anywhere in a value, in document order; without recursion, since nesting is the input's choice."""
    stack: list[tuple[Json, str]] = [(root, "")]
    while stack:
        value, job = stack.pop()
        if isinstance(value, list):
            stack.extend((item, job) for item in reversed(value))
        elif isinstance(value, dict):
            job = _job(value) or job
            if annotation := _annotation(value, job):
                yield annotation
            elif "s_annotation_messages" in value:
                yield from from_messages(_messages(value["s_annotation_messages"]), 1, job)
            else:
                stack.extend((item, job) for item in reversed(value.values()))


def _messages(value: Json) -> str:
    return " | ".join(_string(part) for part in value) if isinstance(value, list) else _string(value)


def _job(value: Mapping[str, Json]) -> str:
    """The name of a job or check run."""
    if any(key in value for key in ("conclusion", "head_sha", "output", "annotations")):
        return _string(value.get("name"))
    return _string(value.get("s_job_name"))


def _annotation(value: Mapping[str, Json], job: str) -> Annotation | None:
    message = _string(value.get("message"))
    level = next((value[key] for key in _LEVEL_KEYS if key in value), None)
    placed = "path" in value and any(key in value for key in ("start_line", "startLine", "location", "raw_details"))
    if "message" not in value or not (isinstance(level, str) or placed):
        return None
    return Annotation(
        level_of(level or ""),
        message.strip(),
        _string(value.get("title")).strip(),
        _string(value.get("raw_details") or value.get("rawDetails")).strip(),
        _string(value.get("path") or value.get("file")),
        _line(value),
        job=job,
    )


def _line(value: Mapping[str, Json]) -> int | None:
    location = value.get("location")
    start = location.get("start") if isinstance(location, dict) else None
    for holder, key in ((value, "start_line"), (value, "startLine"), (start, "line"), (value, "line")):
        number = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 31:
            return number
    return None


def _string(value: Json) -> str:
    """The value if it is text, without lone surrogates (which JSON can express and UTF-8 cannot); else empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
