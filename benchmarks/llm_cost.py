"""Measures what it costs to have a stream of failures judged by Claude: ours, beside calls without cache, store or local judges.

Usage: python benchmarks/llm_cost.py [--failures N] [--distinct N] [--settled SHARE] [--doubtful SHARE] [--exponent X] [--seed N]
           [--runs N] [--answer-tokens LEAST MOST] [--escalation-model MODEL] [--format text|json]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures.asking import Measured, Settings, measured
from measures.bills import agree
from measures.failures import MOST_CAUSES, Mix
from measures.tables import Table, as_text

from error_classification.config import Config

FAILURE_GOAL, CAUSE_GOAL, CACHE_GOAL = 60, 7, 0.9
PER_MINUTE = Config().max_rpm


@dataclass(frozen=True, slots=True)
class Row:
    """What one way took. ``cached`` is the share of the prompts' tokens that came from the cache; ``minutes`` are those that the
    default limit on calls a minute makes of it, ``seconds`` those of the clock here, where the service answers at once."""

    way: str
    calls: int
    uncached: int
    read: int
    written: int
    output: int
    cached: float
    dollars: float
    bill: float
    agrees: bool
    times: float
    minutes: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """US dollars that one model took of ours, by what they were paid for."""

    model: str
    calls: int
    uncached: float
    read: float
    written: float
    output: float
    dollars: float


@dataclass(frozen=True, slots=True)
class Goal:
    """``reached`` is to be at least ``goal``."""

    name: str
    goal: float
    reached: float

    @property
    def is_met(self) -> bool:
        return self.reached >= self.goal


def row(way: Measured, ours: float) -> Row:
    """``ours``: the dollars that ours took."""
    usage = way.spent.usage
    prompt = usage.input + usage.cache_read + usage.cache_write
    return Row(
        way=way.name,
        calls=way.spent.calls,
        uncached=usage.input,
        read=usage.cache_read,
        written=usage.cache_write,
        output=usage.output,
        cached=usage.cache_read / prompt if prompt else 0.0,
        dollars=usage.cost_usd,
        bill=sum(bill.dollars for bill in way.billed.values()),
        agrees=agree(way.spent, way.billed.values()),
        times=usage.cost_usd / ours if ours else 0.0,
        minutes=way.spent.calls / PER_MINUTE,
        seconds=way.seconds,
    )


def parts(ours: Measured) -> list[Part]:
    """Where our money goes."""
    return [
        Part(model, bill.calls, bill.uncached, bill.read, bill.written, bill.output, bill.dollars)
        for model, bill in ours.billed.items()
    ]


def goals(rows: Sequence[Row]) -> Iterator[Goal]:
    """Ours is the last row. A short prompt at today's price is shown without a goal: that price alone is what beats it."""
    for rival in rows[:-1]:
        if not rival.way.endswith("today's model"):
            yield Goal(f"dollars: {rival.way} / ours", FAILURE_GOAL if rival.way.startswith("(a)") else CAUSE_GOAL, rival.times)
    yield Goal("share of our prompts' tokens read from the cache", CACHE_GOAL, rows[-1].cached)


def tables(settings: Settings, asked: int, rows: Sequence[Row], shares: Sequence[Part], reached: Sequence[Goal]) -> list[Table]:
    """What is printed."""
    mix = settings.mix
    settled = mix.distinct - asked
    title = f"{mix.failures:,} failures of {mix.distinct:,} causes: {settled:,} settled locally, {asked:,} asked of Claude"
    kinds = ("calls", "uncached", "read", "written", "output", "$")
    return [
        Table(title, ("", *kinds, "service's $", "$ / ours", f"min at {PER_MINUTE}/min", "s here"), tuple(map(_cells, rows))),
        Table("where our dollars go", ("model", *kinds), tuple(map(_part_cells, shares))),
        Table("goals", ("", "at least", "reached", ""), tuple(map(_goal_cells, reached))),
    ]


def _cells(row: Row) -> tuple[str, ...]:
    tokens = (row.uncached, row.read, row.written, row.output)
    bill = _dollars(row.bill) + ("" if row.agrees else " DIFFERS")
    money = (_dollars(row.dollars), bill, f"{row.times:.1f}")
    return (row.way, f"{row.calls:,}", *(f"{count:,}" for count in tokens), *money, f"{row.minutes:.0f}", f"{row.seconds:.0f}")


def _part_cells(part: Part) -> tuple[str, ...]:
    amounts = (part.uncached, part.read, part.written, part.output, part.dollars)
    return (part.model, str(part.calls), *map(_dollars, amounts))


def _dollars(amount: float) -> str:
    return f"{amount:.4f}"


def _goal_cells(goal: Goal) -> tuple[str, ...]:
    return goal.name, f"{goal.goal:g}", f"{goal.reached:.3g}", "met" if goal.is_met else "MISSED"


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    mix, default = Mix(), Settings()
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    add = parser.add_argument
    add("--failures", type=int, default=mix.failures, metavar="N")
    add("--distinct", type=int, default=mix.distinct, metavar="N", help="causes, each of which occurs at least once")
    add("--settled", type=float, default=mix.settled, metavar="SHARE", help="of the causes, by the local judges")
    add("--doubtful", type=float, default=mix.doubtful, metavar="SHARE", help="of the others: the model is unsure")
    add("--exponent", type=float, default=mix.exponent, metavar="X", help="of Zipf's law")
    add("--seed", type=int, default=mix.seed, metavar="N")
    add("--runs", type=int, default=1, metavar="N", help="the cache is cold at the beginning of each")
    add("--answer-tokens", type=int, nargs=2, default=default.answer_tokens, metavar=("LEAST", "MOST"))
    add("--escalation-model", default=default.escalation_model, metavar="MODEL", help="empty: none")
    add("--format", choices=("text", "json"), default="text")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.distinct <= min(chosen.failures, MOST_CAUSES):
        parser.error(f"--distinct is from 1 to --failures, and at most {MOST_CAUSES}")
    if not (0 <= chosen.settled <= 1 and 0 <= chosen.doubtful <= 1 and chosen.runs >= 1):
        parser.error("shares are from 0 to 1, and there is at least one run")
    least, most = chosen.answer_tokens
    if not 0 < least <= most:
        parser.error("--answer-tokens LEAST is above 0 and not above MOST")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; returns 1 where our count is not the service's bill."""
    chosen = options(arguments)
    mix = Mix(chosen.failures, chosen.distinct, chosen.settled, chosen.doubtful, chosen.exponent, chosen.seed)
    least, most = chosen.answer_tokens
    settings = Settings(mix, (least, most), chosen.escalation_model, chosen.runs)
    ways = list(measured(settings))
    ours = ways[-1]
    rows = [row(way, ours.spent.usage.cost_usd) for way in ways]
    shares, reached = parts(ours), list(goals(rows))
    if chosen.format == "json":
        print(json.dumps(as_values(settings, ours.asked, rows, shares, reached), indent=1))
    else:
        print("\n\n".join(as_text(table, details=False) for table in tables(settings, ours.asked, rows, shares, reached)))
    return 0 if all(row.agrees for row in rows) else 1


def as_values(
    settings: Settings, asked: int, rows: Sequence[Row], shares: Sequence[Part], reached: Sequence[Goal]
) -> dict[str, object]:
    """What is printed, as plain values."""
    return {
        "settings": asdict(settings),
        "asked": asked,
        "ways": [asdict(item) for item in rows],
        "ours by model": [asdict(item) for item in shares],
        "goals": [asdict(item) | {"met": item.is_met} for item in reached],
    }


if __name__ == "__main__":
    raise SystemExit(main())
