"""What is timed inside a process of its own, without its start: ``python tasks.py NAME ARGUMENT...`` prints one JSON object.

``re FILE BYTES PATTERN``   ``re`` of the standard library, line by line
``signals FILE BYTES``      the same with the union of the program's own signals
``re2 FILE PATTERN``        one bare pass of RE2, a megabyte at a time
``judge SAMPLES COUNT``     classification by rules of errors that all differ
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time

import re2

from error_classification import pipeline, wiring
from error_classification.config import Config
from error_classification.models import ErrorContext, FingerprintedError
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.sources.files import FileSource

CHUNK = 1 << 20


def timed(work: Callable[[], int]) -> dict[str, float]:
    """The amount of work that ``work`` says it did, and its seconds."""
    wall, cpu = perf_counter(), process_time()
    amount = work()
    return {"amount": amount, "wall": perf_counter() - wall, "cpu": process_time() - cpu}


def by_lines(file: Path, size: int, pattern: re.Pattern[bytes]) -> int:
    """Searches the lines of the first ``size`` bytes, as a first version of such a program would; returns the bytes read."""
    read = 0
    with file.open("rb") as stream:
        for line in stream:
            pattern.search(line)
            read += len(line)
            if read >= size:
                break
    return read


def signal_pattern() -> re.Pattern[bytes]:
    """The program's signals as one expression of the standard library."""
    from error_classification.extraction.job_log.table import signals

    rows = (pattern for signal in signals() for pattern in signal.patterns)
    alternatives = (f"(?i:{row.removeprefix('(?i)')})" if row.startswith("(?i)") else f"(?:{row})" for row in rows)
    return re.compile("|".join(alternatives).encode())


def in_one_pass(file: Path, pattern: str) -> int:
    """Finds all matches with RE2, whatever the lines; returns the bytes read."""
    options = re2.Options()
    options.never_capture = True
    compiled = re2.compile(f"(?i){pattern}".encode(), options)
    read = 0
    with file.open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK):
            for _ in compiled.finditer(chunk):
                pass
            read += len(chunk)
    return read


def judged(samples: Path, count: int) -> dict[str, dict[str, float]]:
    """The judge alone, and all that follows extraction (redaction, fingerprint, judge); one round before is not timed."""
    config = Config()
    redactor, judge = wiring.redactor(config), wiring.judges(config)[0]
    found = pipeline.find(FileSource((str(samples),)).artefacts(), redactor)
    errors = [item for item in found if isinstance(item, FingerprintedError)]
    for error in errors:
        judge.judge(error)
    contexts = list(islice(different(error.context for error in errors), count))
    fingerprinted = [fingerprint(context) for context in contexts]

    def judge_alone() -> int:
        return len([judge.judge(error) for error in fingerprinted])

    def all_of_it() -> int:
        return len([judge.judge(fingerprint(redactor.redact_context(context))) for context in contexts])

    return {"judge": timed(judge_alone), "all": timed(all_of_it)}


def different(contexts: Iterable[ErrorContext]) -> Iterator[ErrorContext]:
    """The same errors over and over, no two texts alike."""
    for number, context in enumerate(cycle(contexts)):
        yield replace(context, text=f"{context.text}\nstep {number} took a while")


def main(name: str, *arguments: str) -> None:
    """Runs the task ``name``."""
    if name == "judge":
        print(json.dumps(judged(Path(arguments[0]), int(arguments[1]))))
        return
    file = Path(arguments[0])
    if name == "re2":
        print(json.dumps(timed(lambda: in_one_pass(file, arguments[1]))))
        return
    pattern = signal_pattern() if name == "signals" else re.compile(arguments[2].encode(), re.IGNORECASE)
    print(json.dumps(timed(lambda: by_lines(file, int(arguments[1]), pattern))))


if __name__ == "__main__":
    main(*sys.argv[1:])
