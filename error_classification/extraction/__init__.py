"""From the bytes that CI left behind to errors. One pure module a format; ``_MODULES`` is the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib import import_module

from error_classification.extraction.decoding import Decoder, peek
from error_classification.extraction.detect import HEAD, source_type
from error_classification.extraction.framework import framework_of
from error_classification.models import Extraction, Report, SourceType

_EMPTY = "the input is empty"
_STEP_DONE = re.compile(rb"^#\d+ (?:DONE|CACHED)\b", re.MULTILINE)
_STEP_OUTPUT = re.compile(rb"^#\d+ \d+\.\d+ ", re.MULTILINE)
_MODULES = {
    SourceType.JUNIT: "junit",
    SourceType.BUILDKIT: "buildkit",
    SourceType.GITHUB_ANNOTATION: "annotations",
    SourceType.JOB_LOG: "job_log",
    SourceType.TEXT: "text",
}


def extract(source: str, raw: Iterable[bytes], kind: SourceType | None = None) -> Extraction:
    """The errors of one input, ranked, and its report.

    ``source`` names the input for people; ``raw`` are its bytes as they were found (gzip and any encoding are read);
    ``kind`` overrides what its content says about its format.
    """
    decoder = Decoder(raw)
    head, chunks = peek(iter(decoder), HEAD)
    if kind is None:
        kind, chunks = _seen(head, chunks)
    report = yield from _with_framework(extractor(kind)(source, chunks))
    empty = () if head.strip() or report.warnings else (_EMPTY,)
    return replace(
        report, warnings=(*report.warnings, *empty, *decoder.warnings), damaged=report.damaged or bool(decoder.warnings)
    )


def _seen(head: bytes, chunks: Iterator[bytes]) -> tuple[SourceType, Iterator[bytes]]:
    """The format of what begins with ``head``, and what is to be read as such.

    What was cut out of an image build may lack the end by which that format's reader sees a failure: it is read as a log.
    """
    kind = source_type(head[:HEAD])
    if kind is not SourceType.BUILDKIT or len(head) >= HEAD or _STEP_DONE.search(head) or any(extractor(kind)("", (head,))):
        return kind, chunks
    output = _STEP_OUTPUT.sub(b"", head)
    return (SourceType.JOB_LOG, iter((output,))) if any(extractor(SourceType.JOB_LOG)("", (output,))) else (kind, chunks)


def _with_framework(extraction: Extraction) -> Extraction:
    """The same errors; one whose format does not name its framework gets it from its words."""
    while True:
        try:
            error = next(extraction)
        except StopIteration as end:
            report: Report = end.value
            return report
        yield error if error.framework else replace(error, framework=framework_of(error.text, error.command, error.step_name))


def extractor(kind: SourceType) -> Callable[[str, Iterable[bytes]], Extraction]:
    """The extractor of one format, imported when it is first needed."""
    module = import_module(f"{__name__}.{_MODULES[kind]}")
    found: Callable[[str, Iterable[bytes]], Extraction] = module.extract
    return found


__all__ = ["Report", "extract", "extractor"]
