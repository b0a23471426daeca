"""Measures how many cases a minute Claude is asked about, beside what concurrency and the limit on calls allow.

Usage: python benchmarks/llm_throughput.py [--cases N] [--concurrency N] [--latency SECONDS]
           [--limited-cases N] [--per-minute N] [--format text|json]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures.asking import KEY, MODEL, UNLIMITED, answering, caller, errors
from measures.failures import MOST_CAUSES, Mix, causes, stream
from measures.tables import Table, as_text

from error_classification.classification.llm import LLMJudge
from error_classification.claude_client import connect
from error_classification.models import Case
from stand_ins.claude import ClaudeServer, Switches

MINUTE = 60.0
GOAL = 0.9
ANSWER_TOKENS = (120, 200)


@dataclass(frozen=True, slots=True)
class Load:
    """So many cases at once, against a service that takes ``latency`` seconds for each answer."""

    cases: int
    concurrency: int
    latency: float
    per_minute: int = UNLIMITED


@dataclass(frozen=True, slots=True)
class Result:
    """``allowed`` is the fewest seconds that the limits allow; ``refused`` are the calls that were too many for the service."""

    load: Load
    seconds: float
    allowed: float
    calls: int
    refused: int

    @property
    def share(self) -> float:
        """What was achieved of what is allowed."""
        return self.allowed / self.seconds


def allowed(load: Load) -> float:
    """Seconds that a caller without a cost of its own would take.

    The first goes alone, to fill the cache; then ``concurrency`` run at once, and at most ``per_minute`` begin within any minute.
    """
    slots = [0.0] * load.concurrency
    starts: list[float] = []
    warm = 0.0
    for number in range(load.cases):
        slot = min(range(load.concurrency), key=slots.__getitem__)
        minute_ago = starts[number - load.per_minute] + MINUTE if number >= load.per_minute else 0.0
        start = max(slots[slot], minute_ago, warm)
        starts.append(start)
        slots[slot] = start + load.latency
        warm = load.latency
    return max(slots)


def measure(load: Load) -> Result:
    """The judge, over its real client, with the service's own limit at the same number of calls."""
    mix = Mix(failures=load.cases, distinct=load.cases, settled=0.0, doubtful=0.0)
    known = causes(mix)
    found = list(errors(stream(mix, known)))
    limit = None if load.per_minute == UNLIMITED else load.per_minute
    switches = Switches(requests_per_minute=limit)
    with ClaudeServer(answering(known, ANSWER_TOKENS), latency=load.latency, switches=switches) as server:
        through = caller(connect("anthropic", KEY, server.url), load.concurrency, load.per_minute)
        judge = LLMJudge(through, MODEL)
        start = perf_counter()
        answers = [judge.consult(Case(error)) for error in found]
        for answer in answers:
            answer.result()
        seconds = perf_counter() - start
        judge.close()
        calls = through.budget.spent.calls
        return Result(load, seconds, allowed(load), calls, len(server.asked) - len(server.billed))


def table(results: Sequence[Result]) -> Table:
    """One line for each load."""
    columns = ("concurrency", "calls/min", "latency s", "cases", "answered", "refused", "s", "s allowed", "allowed / s", "")
    return Table("throughput of the judge", columns, tuple(map(_cells, results)))


def _cells(result: Result) -> tuple[str, ...]:
    load = result.load
    limit = "no limit" if load.per_minute == UNLIMITED else str(load.per_minute)
    counts = (load.cases, result.calls, result.refused)
    return (
        str(load.concurrency),
        limit,
        f"{load.latency:g}",
        *map(str, counts),
        f"{result.seconds:.2f}",
        f"{result.allowed:.2f}",
        f"{result.share:.3f}",
        "met" if result.share >= GOAL and result.calls == load.cases else "MISSED",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=400, metavar="N", help="without a limit on calls a minute")
    parser.add_argument("--concurrency", type=int, default=8, metavar="N")
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--limited-cases", type=int, default=110, metavar="N", help="with one; 0: do without this run")
    parser.add_argument("--per-minute", type=int, default=100, metavar="N", help="the limit (seeing it takes a real minute)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    if max(options.cases, options.limited_cases) > MOST_CAUSES:
        parser.error(f"at most {MOST_CAUSES} cases")
    loads = [Load(options.cases, options.concurrency, options.latency)]
    if options.limited_cases:
        loads.append(Load(options.limited_cases, options.concurrency, options.latency, options.per_minute))
    results = [measure(load) for load in loads]
    if options.format == "json":
        print(json.dumps([asdict(result) | {"share": result.share, "goal": GOAL} for result in results], indent=1))
    else:
        print(as_text(table(results), details=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
