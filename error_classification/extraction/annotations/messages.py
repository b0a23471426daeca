"""The text that an index keeps of a job's annotations: ``[job] [FAILURE] message | [job] [WARNING] message``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from error_classification.extraction.annotations.annotation import Annotation, Level, level_of

_PART = re.compile(r"(?:(?<=\|)|\A)\s*(?:\[(?P<job>[^\]|\n]{1,200})\] )?\[(?P<level>FAILURE|ERROR|WARNING|NOTICE)\]\s*")


def looks_like_messages(text: str) -> bool:
    """True for text with a level in front of its first part, and a ``FAILURE`` or several parts to tell it from Maven's."""
    first = _PART.match(text)
    if not first:
        return False
    return first["level"] == "FAILURE" or (" | " in text and "[INFO]" not in text and len(_PART.findall(text)) > 1)


def from_messages(text: str, number: int, job: str = "") -> Iterator[Annotation]:
    """The annotations in such a text, which begins in line ``number``; parts without a level count as failures.

    A bar inside a message separates nothing where levels are given.
    """
    marks = list(_PART.finditer(text))
    if not marks:
        for part in filter(None, (part.strip() for part in text.split("|"))):
            yield Annotation(Level.FAILURE, part, number=number, job=job)
        return
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    line, counted = number, 0
    for mark, end in zip(marks, ends, strict=True):
        line, counted = line + text.count("\n", counted, mark.end()), mark.end()
        message = text[mark.end() : end].strip().removesuffix("|").strip()
        yield Annotation(level_of(mark["level"]), message, number=line, job=mark["job"] or job)
