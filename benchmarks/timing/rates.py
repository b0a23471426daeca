"""From costs of several runs to the numbers that are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Rate:
    """One run: an amount (bytes, errors) and what it took. ``peak`` in bytes."""

    amount: float
    wall: float
    cpu: float
    peak: int

    @property
    def per_wall(self) -> float:
        return self.amount / self.wall

    @property
    def per_cpu(self) -> float:
        return self.amount / self.cpu


def ratios(ours: str, runs: Sequence[Mapping[str, Rate]]) -> dict[str, float]:
    """How many times as fast as each rival ours is, by CPU time: the median of the pairs, each of one run."""
    return {name: median(run[ours].per_cpu / run[name].per_cpu for run in runs) for name in runs[0] if name != ours}


def medians(runs: Sequence[Mapping[str, Rate]]) -> dict[str, Rate]:
    """The median of each number, by name."""
    return {name: _median([run[name] for run in runs]) for name in runs[0]}


def _median(rates: Sequence[Rate]) -> Rate:
    return Rate(
        median(rate.amount for rate in rates),
        median(rate.wall for rate in rates),
        median(rate.cpu for rate in rates),
        max(rate.peak for rate in rates),
    )
