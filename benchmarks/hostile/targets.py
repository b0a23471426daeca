"""The parts that read text from outside, each as one call on bytes. What must hold whatever they read is checked on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import blake2b

from error_classification import pipeline
from error_classification.classification.rules import RulesJudge
from error_classification.extraction import extract
from error_classification.models import Artefact, ErrorContext, FingerprintedError, Report, SourceType
from error_classification.normalisation import fingerprint, normalise
from error_classification.redaction import Redactor
from error_classification.reporting import escape, json, markdown
from error_classification.reporting.groups import Rows
from error_classification.storage.memory import MemoryStore

Target = Callable[[bytes], object]

MOST_TEXT = 1 << 16
"""Characters given to what only ever sees the text of one error: far above the limit that errors are cut to."""
_CHUNK = 1 << 20
_SECRETS = ("correct-horse-battery-1", "p4ss w0rd/with+signs")
_NOW = datetime(2026, 1, 2, tzinfo=UTC)


class BrokenPromiseError(AssertionError):
    """A promise that an input broke."""


def _require(holds: bool, promise: str) -> None:
    if not holds:
        raise BrokenPromiseError(promise)


def extracted(data: bytes, kind: SourceType | None = None, chunk: int = _CHUNK) -> tuple[list[ErrorContext], Report]:
    """The errors of ``data`` and its report, read in chunks of ``chunk`` bytes."""
    extraction = extract("input", _chunks(data, chunk), kind)
    errors: list[ErrorContext] = []
    while True:
        try:
            errors.append(next(extraction))
        except StopIteration as end:
            report: Report = end.value
            return errors, report


def _chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def read(data: bytes, kind: SourceType | None = None) -> None:
    """Extracts, and checks what holds for every extractor."""
    errors, report = extracted(data, kind)
    _require(kind in (None, report.source_type), "the format is the one that was asked for")
    for error in errors:
        _require(0 <= error.line_start <= error.line_end, "lines are in order")
        _require(error.rank >= 1 and error.count >= 1, "rank and count begin at 1")
        _require(not error.line_numbers or len(error.line_numbers) == error.text.count("\n") + 1, "each line has its number")
        error.text.encode()  # what is stored must be text: no lone surrogates


def in_pieces(data: bytes) -> None:
    """Extracts in every format from chunks of a few bytes and from one: where the input is cut must not show."""
    piece = 1 + len(data) % 97
    for kind in SourceType:
        errors, report = extracted(data, kind, piece)
        whole, its_report = extracted(data, kind)
        _require(errors == whole, f"{kind}: errors are the same")
        _require(set(report.warnings) == set(its_report.warnings), f"{kind}: warnings are the same")
        _require(replace(report, warnings=its_report.warnings) == its_report, f"{kind}: the rest of the report is the same")


def normalised(data: bytes) -> None:
    """Masks, twice: the second time nothing may change; then the hash, which a second look must not change either."""
    text = _text(data)
    once = normalise(text)
    _require(normalise(once.text).text == once.text, "normalising twice changes nothing")
    error = fingerprint(ErrorContext(SourceType.TEXT, "input", text))
    _require(len(error.error_hash) == 16 and fingerprint(error.context).error_hash == error.error_hash, "a hash has 16 digits")


def redacted(data: bytes) -> None:
    """Takes secrets out, twice: the second time nothing may change, and no line may be lost."""
    text = _text(data)
    for redactor, known in zip(_redactors(), ((), _SECRETS), strict=True):
        once = redactor.redact(text)
        _require(redactor.redact(once) == once, "redacting twice changes nothing")
        _require(once.count("\n") == text.count("\n"), "redacting loses no line")
        _require(not any(secret in once for secret in known), "a known secret is gone")


def judged(data: bytes) -> None:
    """A verdict or an abstention; evidence is verbatim."""
    text = _text(data)
    headline, _, _ = text.partition("\n")
    for context in (ErrorContext(SourceType.TEXT, "input", text), ErrorContext(SourceType.JUNIT, "i", text, headline=headline)):
        answer = _judge().judge(FingerprintedError(context, text, "0" * 16, 1))
        _require(bool(answer.reason), "every answer has a reason")
        for item in getattr(answer, "evidence", ()):
            _require(item.text in text, "evidence is verbatim")


def classified(data: bytes) -> None:
    """The whole way of one artefact, from bytes to what is printed; nothing that was printed steers a terminal."""
    artefact = Artefact("input", partial(_chunks, data, _CHUNK), cache(lambda: blake2b(data).hexdigest()))
    rows = Rows()
    for event in pipeline.run(
        [artefact], redactor=_redactors()[1], judges=[_judge()], store=MemoryStore(), clock=_Clock(), policy=pipeline.Policy()
    ):
        _require(not isinstance(event, pipeline.Skipped), "nothing is skipped")
        if isinstance(event, Report):
            json.line(json.report(event)).encode()
        elif not isinstance(event, pipeline.Skipped):
            json.line(json.classified(event)).encode()
            rows.add(event)
    _require("\x1b" not in markdown.document(rows.sorted(), "summary", 0), "no escape sequence is printed")


def escaped(data: bytes) -> None:
    """What is shown of a text in any form."""
    text = _text(data)
    for escape_ in (escape.one_line, escape.markdown, escape.html, escape.code_span):
        shown = escape_(text)
        _require("\n" not in shown and "\x1b" not in shown, "one line, without control characters")
    _require("\x1b" not in escape.code_block(text), "no escape sequence is printed")


class _Clock:
    def now(self) -> datetime:
        return _NOW


@cache
def _redactors() -> tuple[Redactor, Redactor]:
    return Redactor(), Redactor(_SECRETS, emails=True)


@cache
def _judge() -> RulesJudge:
    return RulesJudge()


def _text(data: bytes) -> str:
    return data[: 4 * MOST_TEXT].decode("utf-8", "replace")[:MOST_TEXT]


EXTRACTORS: dict[str, Target] = {
    "junit": partial(read, kind=SourceType.JUNIT),
    "buildkit": partial(read, kind=SourceType.BUILDKIT),
    "annotations": partial(read, kind=SourceType.GITHUB_ANNOTATION),
    "job_log": partial(read, kind=SourceType.JOB_LOG),
    "text": partial(read, kind=SourceType.TEXT),
}
TARGETS: dict[str, Target] = {
    **EXTRACTORS,
    "detect": read,
    "chunks": in_pieces,
    "normalise": normalised,
    "redact": redacted,
    "rules": judged,
    "escape": escaped,
    "pipeline": classified,
}
