"""The hourly job, whole processes: many occurrences into a store, and an hour in which nothing was new.

    python benchmarks/hourly_job.py [--occurrences N] [--errors N] [--store sqlite|opensearch]

The occurrences are failing test cases of generated JUnit reports, 100 in each, whose messages the rules know or not. With
``opensearch`` a node is started as for the tests (a JDK 17 and Maven are needed); GitHub is a stand-in on loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from stand_ins.github import GitHubServer  # noqa: E402

_EACH = 100
_CAUSES = (
    "ModuleNotFoundError: No module named 'package_{}'",
    "AssertionError: expected {} rows, got none",
    "ConnectionRefusedError: [Errno 111] Connection refused by service-{}.internal",
    "the flux of plant number {} is out of gluons",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One process: what it printed, how long it took, and the most memory it had, in megabytes."""

    summary: dict[str, Any]
    seconds: float
    megabytes: float


def reports(folder: Path, occurrences: int, errors: int) -> None:
    """JUnit reports in ``folder``: the errors Zipf-distributed, a name of its own for each test."""
    chance = random.Random(1)
    weights = [1 / rank for rank in range(1, errors + 1)]
    for number in range(occurrences // _EACH):
        cases = []
        for case, which in enumerate(chance.choices(range(errors), weights, k=_EACH)):
            cause = _CAUSES[which % len(_CAUSES)].format(_word(which))
            text = f"tests/test_{case}.py:{case + 3}: in test\n    check()\nE   {cause}"
            cases.append(f'<testcase classname="t{number}" name="c{case}"><failure message="{cause}">{text}</failure></testcase>')
        (folder / f"{number:05}.xml").write_text(f'<testsuite name="s" tests="{_EACH}">{"".join(cases)}</testsuite>')


def _word(number: int) -> str:
    """Letters for a number, since numbers are masked."""
    letters = ""
    while True:
        number, letter = divmod(number, 26)
        letters += chr(ord("a") + letter)
        if not number:
            return letters + "x"


def batch(home: Path, *arguments: str, **variables: str) -> Run:
    """One run of the job, measured."""
    environment = {**os.environ, "HOME": str(home), **variables}
    command = [sys.executable, "-m", "error_classification", "batch", "--quiet", *arguments]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the job ended with status {status}")
    return Run(json.loads(out), time.perf_counter() - began, _megabytes(usage))


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


@contextmanager
def store(kind: str) -> Iterator[dict[str, str]]:
    """The variables that name the store."""
    if kind == "sqlite":
        yield {}
        return
    from opensearch_node.node import started

    with tempfile.TemporaryDirectory() as home, started(Path(home)) as running:
        yield {"OPENSEARCH_URL": running.url}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--occurrences", type=int, default=100_000)
    parser.add_argument("--errors", type=int, default=2_000)
    parser.add_argument("--store", choices=["sqlite", "opensearch"], default="opensearch")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, store(given.store) as variables, GitHubServer("acme/shop") as github:
        home, folder = Path(name) / "home", Path(name) / "reports"
        home.mkdir()
        folder.mkdir()
        reports(folder, given.occurrences, given.errors)
        much = batch(home, str(folder), **variables)
        api = {"REPO": "acme/shop", "GITHUB_TOKEN": github.switches.token, "GITHUB_API_URL": github.url}
        nothing = batch(home, "--hours", "1", **variables, **api)
    print(f"into {given.store}")
    print(f"  {much.summary['errors']:,} occurrences of {much.summary['groups']:,} errors, classified and stored:")
    rate = much.summary["errors"] / much.seconds
    print(f"    {much.seconds:.1f} s, {rate:,.0f} a second, {much.megabytes:.0f} MB at most")
    print(f"  an hour with nothing new: {nothing.seconds:.2f} s, {nothing.summary['errors']} errors, {nothing.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
