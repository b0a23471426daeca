"""From the bytes that CI left behind to errors. One pure module a format; ``_MODULES`` is the registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from importlib import import_module

from error_classification.extraction.decoding import Decoder, peek
from error_classification.extraction.detect import HEAD, source_type
from error_classification.extraction.framework import framework_of
from error_classification.models import ErrorContext, Extraction, Report, SourceType

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
    seen = kind or source_type(head[:HEAD])
    report, found = yield from _with_framework(extractor(seen)(source, chunks))
    if not (found or kind) and _is_part_of_build(seen, head):
        log, found = yield from _with_framework(extractor(SourceType.JOB_LOG)(source, (_STEP_OUTPUT.sub(b"", head),)))
        report = log if found else report
    empty = () if head.strip() or report.warnings else (_EMPTY,)
    return replace(
        report, warnings=(*report.warnings, *empty, *decoder.warnings), damaged=report.damaged or bool(decoder.warnings)
    )


def _is_part_of_build(kind: SourceType, head: bytes) -> bool:
    """What was cut out of an image build may lack the end by which its own reader sees a failure; that of logs needs none."""
    return kind is SourceType.BUILDKIT and len(head) < HEAD and not _STEP_DONE.search(head)


def _with_framework(extraction: Extraction) -> Generator[ErrorContext, None, tuple[Report, bool]]:
    """The same errors; one whose format does not name its framework gets it from its words. Says too whether there were any."""
    found = False
    while True:
        try:
            error = next(extraction)
        except StopIteration as end:
            return end.value, found
        found = True
        yield error if error.framework else replace(error, framework=framework_of(error.text, error.command, error.step_name))


def extractor(kind: SourceType) -> Callable[[str, Iterable[bytes]], Extraction]:
    """The extractor of one format, imported when it is first needed."""
    module = import_module(f"{__name__}.{_MODULES[kind]}")
    found: Callable[[str, Iterable[bytes]], Extraction] = module.extract
    return found


__all__ = ["Report", "extract", "extractor"]
