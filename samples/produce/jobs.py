"""Whole job logs: runs the steps of a job with the real tools, one after the other, and has a CI system's format written around them.

After the first failing step only those marked ``always`` run, as every CI system does it.
"""

from __future__ import annotations

from dataclasses import dataclass

import ci_formats
import sandbox
from provocations import Provocation, Step


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step and what came of it; ``run`` is None for an action that the format simulates."""

    step: Step
    run: sandbox.Run | None


def record(sample: Provocation) -> tuple[str, int]:
    """The job's log and the exit code of its first failing step (0 where all passed)."""
    done: list[StepRun] = []
    failed = 0
    skipping = False
    for step in sample.steps:
        skipping = skipping and not step.job
        if skipping and not step.always:
            continue
        if step.action:
            done.append(StepRun(step, None))
            continue
        options = "-ex" if sample.format == "jenkins" else "-e"
        run = sandbox.run(f"set {options}\n{step.run}", as_root=sample.as_root, env=sample.env, network=sample.network)
        failed = failed or run.exit_code
        skipping = skipping or run.exit_code != 0
        done.append(StepRun(step, run))
    return ci_formats.FORMATS[sample.format](sample.job, done), failed
