"""Big inputs. Written by a process of its own, whose memory does not count (see ``processes``):

``python inputs.py log FILE BYTES LOG...`` or ``python inputs.py junit FILE BYTES``
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

MB = 1_000_000

_CASES_PER_SUITE = 200
_FAILING_EVERY = 100
_OUTPUT = "INFO ready to serve requests on port 8080 after 12 ms\n" * 12
_FAILURE = (
    '<failure message="AssertionError: total is {number}, expected 7" type="AssertionError">Traceback (most recent call last):\n'
    '  File "/srv/shop/tests/test_orders.py", line {number}, in test_total_{number}\n    assert total == 7\n'
    "AssertionError: total is {number}, expected 7\n</failure>"
)


def sample_logs(samples: Path) -> list[Path]:
    """The job logs among the samples."""
    rows = map(json.loads, (samples / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    return [samples / row["file"] for row in rows if row["kind"] == "job_log"]


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, and those in the folders that are."""
    return [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]) if file.is_file()]


def decoded(path: Path) -> bytes:
    """A log as UTF-8 that ends with a line feed; gzip and UTF-16 (by its byte order mark) are read."""
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data if data.endswith(b"\n") else data + b"\n"


def write_log(target: Path, logs: Sequence[Path], size: int) -> int:
    """Repeats ``logs`` up to ``size`` bytes of whole lines; returns how many were written. Raises ``ValueError`` without logs."""
    if not logs:
        raise ValueError("no log to repeat")
    written = 0
    with target.open("wb") as stream:
        for path in cycle(logs):
            data = decoded(path)
            if written + len(data) > size:
                return written + stream.write(data[: data.rfind(b"\n", 0, size - written) + 1])
            written += stream.write(data)
    return written


def write_junit(target: Path, size: int) -> int:
    """A report of ``size`` bytes or a little more, in which one test of a hundred fails; returns how many were written."""
    written = 0
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        written += stream.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n')
        for suite in _suites():
            written += stream.write(suite)
            if written >= size:
                return written + stream.write("</testsuites>\n")
    return written


def _suites() -> Iterator[str]:
    number = 0
    while True:
        cases = "".join(map(_case, range(number, number + _CASES_PER_SUITE)))
        yield f'<testsuite name="orders {number}" tests="{_CASES_PER_SUITE}">\n{cases}</testsuite>\n'
        number += _CASES_PER_SUITE


def _case(number: int) -> str:
    body = _FAILURE.format(number=number) if number % _FAILING_EVERY == 0 else ""
    attributes = f'classname="shop.tests.test_orders" name="test_total_{number}" time="0.012"'
    return f"<testcase {attributes}>{body}<system-out>{_OUTPUT}</system-out></testcase>\n"


def main(kind: str, target: str, size: str, *logs: str) -> None:
    """Writes one input."""
    if kind == "log":
        write_log(Path(target), [Path(log) for log in logs], int(size))
    else:
        write_junit(Path(target), int(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
