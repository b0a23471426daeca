"""Records the zoo: ``python3 -m corpus.record [table, provocation or tool ...]`` (as root, after recording/setup*.sh).

Without names: what is not recorded yet. A recording that does not show its cause, or that ends otherwise than its label says, is
named and not kept. What its table no longer holds goes.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from corpus import tables
from corpus.tables import Specimen, Table
from recording import sandbox
from recording.formats import FORMATS
from recording.formats.common import StepRun
from recording.producing import cause_lines, check, produce, surroundings
from recording.provocation import Step

RECORDINGS = Path(__file__).parent / "recordings"
Row: TypeAlias = dict[str, object]
_STEPS = ("Build", "Test", "Check", "Run script", "CI", "make", "Verify")
"""Names of steps, by turns: none speaks for a label."""


def path_of(table: str) -> Path:
    return RECORDINGS / f"{table}.jsonl.gz"


def read(table: str) -> dict[str, Row]:
    """The rows of a table by id."""
    if not path_of(table).exists():
        return {}
    lines = gzip.decompress(path_of(table).read_bytes()).decode("utf-8", "surrogateescape").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    return {str(row["id"]): row for row in rows}


def save(table: Table, rows: dict[str, Row]) -> None:
    """Writes the rows in the order of the table, all or none."""
    kept = (rows[specimen.id] for specimen in table.specimens if specimen.id in rows)
    data = "".join(json.dumps(row) + "\n" for row in kept).encode()
    part = path_of(table.name).with_suffix(f".{os.getpid()}")
    RECORDINGS.mkdir(exist_ok=True)
    part.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    part.replace(path_of(table.name))


def record(specimen: Specimen, version: str) -> Row:
    """The row of a specimen. Raises ValueError, LookupError or OSError where the recording is not what it should be."""
    text, exit_code = _templated(specimen) if specimen.output else produce(specimen)
    try:
        if not specimen.output:
            check(specimen, exit_code)
        wrapped = _wrapped(specimen, text, exit_code)
        cause_lines(wrapped, specimen.cause)
    except (LookupError, ValueError):
        print(text[-2000:], file=sys.stderr)
        raise
    return {
        "id": specimen.id,
        "provocation": specimen.provocation,
        "family": specimen.family,
        "tool": specimen.tool,
        "tool_version": version,
        "label": specimen.label,
        "command": specimen.command,
        "exit_code": exit_code,
        "how": specimen.how,
        "source": specimen.source,
        "format": specimen.format,
        "kind": specimen.kind,
        "cause": list(specimen.cause),
        "parameters": dict(specimen.parameters),
        "ambiguous": specimen.ambiguous,
        "text": wrapped,
    }


def _templated(specimen: Specimen) -> tuple[str, int]:
    failed = 0 if specimen.label == "none" else 1
    return specimen.output.removeprefix("\n"), failed if specimen.exit_code is None else specimen.exit_code


def _wrapped(specimen: Specimen, text: str, exit_code: int) -> str:
    """What a CI system writes around it: a job that checks out and then runs the command."""
    if specimen.steps or specimen.kind != "job_log" or specimen.format == "plain":
        return text
    lines = tuple(sandbox.Line(0.05 * number, line) for number, line in enumerate(text.removesuffix("\n").split("\n")))
    name = _STEPS[len(text) % len(_STEPS)]
    step = StepRun(Step(name, specimen.command or "./ci.sh"), sandbox.Run(lines, exit_code))
    return FORMATS[specimen.format](specimen.job, [StepRun(Step("Run actions/checkout@v4", action="checkout"), None), step])


@cache
def version_of(command: str) -> str:
    """The first line that ``command`` prints; empty without one."""
    if not command:
        return ""
    sandbox.prepare({})
    lines = sandbox.run(command, sandbox.Machine(timeout_seconds=60)).text.strip().splitlines()
    return lines[0].strip() if lines else ""


def wanted(table: Table, names: frozenset[str], known: dict[str, Row]) -> Iterator[Specimen]:
    for specimen in table.specimens:
        named = names & {table.name, specimen.id, specimen.provocation, specimen.tool}
        if named or (not names and specimen.id not in known):
            yield specimen


def record_table(table: Table, names: frozenset[str]) -> int:
    """Records what is ``wanted`` of a table, saves after each, and returns how many were refused."""
    rows, refused = read(table.name), 0
    specimens = list(wanted(table, names, rows))
    with surroundings(specimens) if specimens else contextlib.nullcontext():
        for specimen in specimens:
            try:
                row = record(specimen, version_of(table.versions.get(specimen.tool, "")))
            except (LookupError, ValueError, OSError) as error:
                refused += 1
                rows.pop(specimen.id, None)
                print(f"REFUSED {specimen.id}: {error}", file=sys.stderr)
            else:
                rows[specimen.id] = row
                print(f"{specimen.id}  exit {row['exit_code']}  {len(str(row['text']))} characters")
            save(table, rows)
    return refused


def main(arguments: list[str]) -> int:
    refused = 0
    for path in tables.paths():
        try:
            refused += record_table(tables.read(path), frozenset(arguments))
        except (KeyError, TypeError, ValueError) as error:
            refused += 1
            print(f"REFUSED {path}: {error!r}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
