"""What the formats share: a step with its run, the wrappers' texts, and a time that begins at a fixed moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recording.provocation import Step
from recording.sandbox import Line, Run

START = datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step and what came of it; ``run`` is None for an action that the format simulates."""

    step: Step
    run: Run | None

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.run.lines if self.run else ()

    @property
    def output(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def exit_code(self) -> int:
        return self.run.exit_code if self.run else 0

    @property
    def seconds(self) -> float:
        """When its last line came."""
        return self.lines[-1].at if self.lines else 0.0


def verdict(steps: Sequence[StepRun]) -> int:
    """The exit code of the first failing step, 0 where there is none."""
    return next((step.exit_code for step in steps if step.exit_code), 0)


def text(name: str) -> list[str]:
    """The lines of a wrapper's text."""
    return (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")


def stamp(seconds: float) -> str:
    """The time ``seconds`` after the start, with the seven decimals of GitHub and Azure."""
    return f"{START + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}7Z"
