"""Labelled errors: what the pipeline finds in labelled inputs, with the label of those errors that state the labelled cause."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from errno import EINVAL
from hashlib import sha256
from pathlib import Path

from error_classification.errors import InputError
from error_classification.extraction.decoding import Decoder
from error_classification.extraction.excerpt import shortened
from error_classification.learning.label_rows import Range, Row, read_rows
from error_classification.models import Artefact, ErrorContext, FingerprintedError, Report, SourceType
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.normalisation.normalise import strip_ansi
from error_classification.pipeline import Policy, Redacts, Skipped, find
from error_classification.taxonomy import BY_NAME

_BLOCK_LINES = 12
_BLOCKS = 4
"""Blocks that are taken from an input in which nothing failed: its end, and others evenly before it."""
DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class LabelledError:
    """An error and what it is. ``label`` is ``category/subcategory``, ``category`` or ``unclassified``."""

    error: FingerprintedError
    label: str
    accepted: frozenset[str]
    """Names of the categories that count as right; that of ``label`` is one of them."""
    family: str = ""
    """What was provoked, across tools; errors of one family are near-copies of one another."""
    tool: str = ""
    how: str = ""
    """``recorded`` from a tool, or ``template``: written after what a tool is known to print; empty where nobody says."""
    ambiguous: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    input: str = ""
    """Name of the labelled input; errors of one input are not independent."""

    @property
    def category(self) -> str:
        return self.label.partition("/")[0]

    @property
    def subcategory(self) -> str:
        return self.label.partition("/")[2]


@dataclass(frozen=True, slots=True)
class LabelledInput:
    """One labelled input as it was read: all its ``errors`` in their order, and those that the label is about."""

    row: Row
    errors: tuple[FingerprintedError, ...]
    about: tuple[FingerprintedError, ...]
    """Those that hold a cause line or text; without such marks the first. Where nothing failed: all, each a false alarm.

    Empty where the cause is marked and no error holds it."""
    report: Report
    text: str
    """The decoded input; not redacted."""

    @property
    def first(self) -> FingerprintedError | None:
        """The error that the program puts first; see ``first_of``."""
        return first_of(self.errors, self.report.source_type)

    def labelled(self, error: FingerprintedError) -> LabelledError:
        """``error`` with this input's label."""
        row = self.row
        accepted = row.accepted if error is self.first else row.accepted | row.others
        return LabelledError(error, row.label, accepted, row.family, row.tool, row.how, row.ambiguous, row.parameters, row.name)


def read_inputs(
    paths: Iterable[Path], redactor: Redacts, policy: Policy = DEFAULT, categories: Collection[str] = BY_NAME
) -> Iterator[LabelledInput | InputError]:
    """Every input that the labelled files (or folders of them) describe, one at a time.

    What cannot be read, a row or its file, is an ``InputError`` in its place; the rest goes on.
    """
    for path in paths:
        for row in read_rows(path, categories):
            yield row if isinstance(row, InputError) else _read(row, redactor, policy)


def first_of(errors: Sequence[FingerprintedError], source_type: SourceType) -> FingerprintedError | None:
    """Of a log the likeliest cause, else the first of the document; None where there is no error."""
    if source_type is SourceType.JOB_LOG:
        return errors[0] if errors else None
    return min(errors, key=lambda error: error.context.line_start, default=None)


def labelled_errors(inputs: Iterable[LabelledInput | InputError]) -> Iterator[LabelledError]:
    """The errors that the labels are about. Errors of reading are passed over: their reader reports them."""
    for one in inputs:
        if not isinstance(one, InputError):
            yield from map(one.labelled, one.about)


def quiet_blocks(
    one: LabelledInput, redactor: Redacts, policy: Policy = DEFAULT, blocks: int = _BLOCKS
) -> Iterator[LabelledError]:
    """Windows of an input in which nothing failed, as errors of the class ``unclassified``: its last lines, then others.

    What a judge must not be sure about: ordinary output, wherever an extractor may once cut it out by mistake.
    """
    if not one.row.nothing_failed:
        return
    lines = one.text.removesuffix("\n").split("\n")
    last = max(0, len(lines) - _BLOCK_LINES)
    for start in sorted({last * number // max(1, blocks - 1) for number in range(blocks)}, reverse=True):
        text = "\n".join(lines[start : start + _BLOCK_LINES])
        if text.strip():
            end = min(len(lines), start + _BLOCK_LINES)
            context = ErrorContext(SourceType.TEXT, one.row.name, strip_ansi(text), line_start=start + 1, line_end=end)
            yield one.labelled(fingerprint(shortened(redactor.redact_context(context), policy.max_error_length)))


def _read(row: Row, redactor: Redacts, policy: Policy) -> LabelledInput | InputError:
    try:
        data = _bytes_of(row)
    except OSError as error:
        return InputError(f"{row.path}: {error.strerror or error}", "the labelled file names it")
    errors: list[FingerprintedError] = []
    report = Report(row.name, SourceType.TEXT)
    for found in find([_artefact(row.name, data)], redactor, policy):
        if isinstance(found, Skipped):
            return InputError(f"{row.name}: {found.error.message}", found.error.advice)
        if isinstance(found, Report):
            report = found
        else:
            errors.append(found)
    text = b"".join(Decoder([data])).decode("utf-8", "replace")
    about = tuple(_about(row, errors, first_of(errors, report.source_type), text, redactor)) or tuple(
        _as_it_stands(row, data, redactor, policy)
    )
    return LabelledInput(row, tuple(errors), about, report, text)


def _bytes_of(row: Row) -> bytes:
    """Raises OSError for what is no file: nobody may ever write to a pipe."""
    if row.path is None:
        return (row.text or "").encode("utf-8", "replace")
    if row.path.exists() and not row.path.is_file():
        raise OSError(EINVAL, "Not a file")
    return row.path.read_bytes()


def _artefact(name: str, data: bytes) -> Artefact:
    return Artefact(name, lambda: iter([data]), lambda: sha256(data).hexdigest())


def _about(
    row: Row, errors: Sequence[FingerprintedError], first: FingerprintedError | None, text: str, redactor: Redacts
) -> Iterator[FingerprintedError]:
    if row.nothing_failed:
        yield from errors
    elif row.causes or row.cause_lines:
        lines = row.cause_lines or _lines_with(row.causes, text)
        texts = {*row.causes, *map(redactor.redact, row.causes)}
        yield from (error for error in errors if _overlaps(error.context, lines) or _holds(error.context, texts))
    elif first is not None:
        yield first


def _as_it_stands(row: Row, data: bytes, redactor: Redacts, policy: Policy) -> Iterator[FingerprintedError]:
    """A text that somebody labelled is an error, though an extractor may see none in it."""
    if row.text is None or row.nothing_failed or row.causes or row.cause_lines:
        return
    found = find([_artefact(row.name, data)], redactor, replace(policy, source_type=SourceType.TEXT))
    yield from (error for error in found if isinstance(error, FingerprintedError))


def _lines_with(causes: Iterable[str], text: str) -> tuple[Range, ...]:
    """The lines in which the texts stand, colours aside; of a text with several lines the first."""
    wanted = [cause.split("\n", 1)[0] for cause in causes if cause.strip()]
    lines = enumerate(strip_ansi(text).split("\n"), 1)
    return tuple((number, number) for number, line in lines if any(cause in line for cause in wanted))


def _overlaps(context: ErrorContext, ranges: Iterable[Range]) -> bool:
    """Whether a line of the error lies in one of the ranges."""
    first, last = context.line_start, max(context.line_start, context.line_end)
    return any(first <= end and start <= last for start, end in ranges)


def _holds(context: ErrorContext, texts: Collection[str]) -> bool:
    return any(text in context.text for text in texts)
