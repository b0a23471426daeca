"""``label --export`` and ``label --import``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from error_classification import wiring
from error_classification.cli import archive
from error_classification.cli.exit_codes import DONE, NOT_DONE
from error_classification.cli.files import replace_file
from error_classification.cli.terminal import Session, product, standard_input, warn
from error_classification.errors import InputError, UsageError
from error_classification.learning import label_files
from error_classification.learning.anonymising import Anonymiser, public_vocabulary
from error_classification.learning.label_files import State
from error_classification.ports import Archive
from error_classification.reporting import json
from error_classification.reporting.summary import counted

STANDARD = "-"
_MOST_NAMED = 5


def export(target: str, here: Session, *, anonymised: bool) -> int:
    """Writes the labels in force: a file whole or not at all."""
    opened = archive.opened(here)
    redact = wiring.redactor(here.resolve().config).redact
    with opened.archive:
        lines = [json.line(row) + "\n" for row in _rows(opened.archive, redact, anonymised=anonymised)]
    if target != STANDARD:
        replace_file(Path(target), "".join(lines))
    elif lines:
        product("".join(lines))
    advice = "" if lines else f": {archive.LABEL_FIRST}"
    here.say(counted(len(lines), "label") + ("" if target == STANDARD else f" · {target}") + advice)
    return DONE


def _rows(store: Archive, redact: Callable[[str], str], *, anonymised: bool) -> Iterator[json.Record]:
    found = label_files.labelled(store)
    if not anonymised:
        return (label_files.row(each, redact) for each in found)
    anonymiser = Anonymiser(public_vocabulary())
    return (label_files.anonymous_row(each, redact, anonymiser) for each in found)


def import_(source: str, here: Session) -> int:
    """Reads labels in; what is wrong with a line is said, and the other lines count."""
    known, now = wiring.known_labels(here.resolve().config), wiring.SystemClock().now()
    bad, hashless, hashes = 0, 0, {state: list[str]() for state in State}
    with _stream(source) as stream, archive.opened(here, existing=False).archive as store:
        for found in label_files.read(stream, source, known, now):
            if isinstance(found, label_files.HashlessError):
                hashless += 1
            elif isinstance(found, InputError):
                warn(str(found))
                bad += 1
            else:
                hashes[label_files.add(store, found)].append(found.error_hash)
    if hashless:
        lines = counted(hashless, "line")
        warn(f"{source}: {lines} without the hash of an error: anonymised exports are for `evaluate` and `train`")
    bad += hashless
    here.say(_headline(hashes, bad))
    return NOT_DONE if bad else DONE


def _stream(source: str) -> AbstractContextManager[BinaryIO]:
    if source == STANDARD:
        return nullcontext(standard_input())
    try:
        return Path(source).open("rb")
    except (OSError, ValueError) as error:
        raise UsageError(f"{source}: {getattr(error, 'strerror', None) or error}", "name a file with labels") from error


def _headline(hashes: dict[State, list[str]], bad: int) -> str:
    added, known, unknown = (hashes[state] for state in State)
    said = [f"{counted(len(added), 'label')} added"]
    if known:
        said.append(f"{len(known):,} known before")
    if unknown:
        more = ", ..." if len(unknown) > _MOST_NAMED else ""
        names = ", ".join(unknown[:_MOST_NAMED]) + more
        said.append(f"{len(unknown):,} for errors that are not in the store ({names}): import them again when they are")
    if bad:
        said.append(f"{counted(bad, 'line')} bad")
    return "; ".join(said)
