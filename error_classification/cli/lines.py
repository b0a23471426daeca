"""``--input-format ndjson``: one question a line, one answer a line, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from math import isfinite

from error_classification.cli.gate import Gate
from error_classification.cli.run import exit_code
from error_classification.cli.terminal import Session, product, standard_input, warn
from error_classification.errors import InputError
from error_classification.models import Artefact, ErrorClassification, Report, RunContext
from error_classification.pipeline import Event, Skipped
from error_classification.reporting import json as records
from error_classification.reporting.summary import RunTally, summary_line
from error_classification.sources.files import STDIN, STDIN_NAME, FileSource

LONGEST_LINE = 64 << 20
"""Bytes of a line that are kept; a longer one is answered by an error."""

_CHUNK = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Classify = Callable[[Iterable[Artefact]], Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Question:
    """A line that was understood."""

    identity: records.Value
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not; ``identity`` holds ``id`` where that could be read, and is empty otherwise."""

    identity: records.Record
    reason: str


def answer(paths: tuple[str, ...], context: RunContext, classify: Classify, session: Session, gate: Gate) -> int:
    """Answers every line of ``paths``; the exit code says whether all could be answered, and what the gate says."""
    tally, failed = RunTally(), False
    for name, chunks in _inputs(paths):
        try:
            for number, line in enumerate(split_lines(chunks()), 1):
                if line.strip():
                    found = _answer_line(line, f"{name}:{number}", context, classify, tally)
                    failed = failed or (found is not None and gate.fails_on(found))
            tally.files += 1
        except InputError as error:
            tally.skip(name, str(error))
            warn(f"not done: {error}")
    session.say(summary_line(tally))
    return exit_code(tally, failed)


def _inputs(paths: tuple[str, ...]) -> Iterator[tuple[str, Callable[[], Iterator[bytes]]]]:
    """Standard input is read as it arrives, so that a program may wait for each answer before it asks again."""
    for path in paths:
        if path == STDIN:
            stream = standard_input()
            yield STDIN_NAME, partial(iter, partial(getattr(stream, "read1", stream.read), _CHUNK), b"")
        else:
            yield from ((artefact.name, artefact.open) for artefact in FileSource((path,)).artefacts())


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends; of one that is too long its beginning, one byte longer than is allowed."""
    pending = bytearray()
    for chunk in chunks:
        head, *rest = chunk.split(b"\n")
        pending += head[: max(0, LONGEST_LINE + 1 - len(pending))]
        for piece in rest:
            yield bytes(pending)
            pending = bytearray(piece)
    yield bytes(pending)


def _answer_line(line: bytes, name: str, context: RunContext, classify: Classify, tally: RunTally) -> ErrorClassification | None:
    question = parse(line)
    if isinstance(question, Refusal):
        _refuse(question, name, tally)
        return None
    artefact = Artefact(name, partial(iter, [question.text.encode("utf-8", "replace")]), partial(_digest, line), context)
    found, problem = _classified(classify([artefact]))
    if found is None:
        _refuse(Refusal({"id": question.identity}, problem or "no error in the text"), name, tally)
        return None
    if problem:  # answered, but not stored
        tally.skip(name, problem)
        warn(f"not done: {name}: {problem}")
    tally.add(found)
    product(records.line(records.classified(found) | {"id": question.identity}))
    return found


def _refuse(refusal: Refusal, name: str, tally: RunTally) -> None:
    tally.skip(name, refusal.reason)
    warn(f"not done: {name}: {refusal.reason}")
    product(records.line(refusal.identity | {"error": refusal.reason}))


def _classified(events: Iterable[Event]) -> tuple[ErrorClassification | None, str]:
    """The first error of a text, and what went wrong; a text that was read as a log may hold several."""
    found, problem = None, ""
    for event in events:
        if isinstance(event, Skipped):
            problem = str(event.error)
        elif not isinstance(event, Report):
            found = found or event
    return found, problem


def parse(line: bytes) -> Question | Refusal:
    """The question of a line, or why it is none."""
    if len(line) > LONGEST_LINE:
        return Refusal({}, f"line longer than {LONGEST_LINE >> 20} MiB")
    try:
        value = json.loads(line.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return Refusal({}, f"not JSON: {error.msg} at column {error.colno}")
    except UnicodeDecodeError as error:
        return Refusal({}, f"not UTF-8 at byte {error.start + 1}")
    except (ValueError, RecursionError) as error:
        return Refusal({}, f"not JSON: {error}")
    if not isinstance(value, dict):
        return Refusal({}, "not an object with id and text")
    return _question(value)


def _question(value: dict[str, records.Value]) -> Question | Refusal:
    identity, text = value.get("id"), value.get("text")
    if isinstance(identity, dict | list) or (isinstance(identity, float) and not isfinite(identity)):
        return Refusal({}, "id must be a string, a number, true, false or null")
    if "id" not in value:
        return Refusal({}, "id is missing")
    if not isinstance(text, str):
        return Refusal({"id": identity}, "text must be a string" if "text" in value else "text is missing")
    return Question(identity, text) if text.strip() else Refusal({"id": identity}, "text is empty")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not allowed")


def _digest(line: bytes) -> str:
    """Of the whole line with its id: the same text asked twice is two occurrences, the same file read twice is not."""
    return blake2b(line, digest_size=16).hexdigest()
