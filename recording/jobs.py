"""Whole job logs: runs the steps of a job with the real tools, one after the other, and has a CI system's format written around.

After a failing step only those marked ``always`` run, until another job begins.
"""

from __future__ import annotations

from recording import sandbox
from recording.formats import FORMATS
from recording.formats.common import StepRun, verdict
from recording.provocation import Provocation, Step


def record(sample: Provocation) -> tuple[str, int]:
    """The job's log and the exit code of its first failing step (0 where all passed)."""
    done: list[StepRun] = []
    skipping = False
    for step in sample.steps:
        skipping = skipping and not step.job
        if skipping and not step.always:
            continue
        done.append(StepRun(step, None if step.action else _run(sample, step)))
        skipping = skipping or done[-1].exit_code != 0
    return FORMATS[sample.format](sample.job, done), verdict(done)


def _run(sample: Provocation, step: Step) -> sandbox.Run:
    options = "-ex" if sample.format == "jenkins" else "-e"
    return sandbox.run(f"set {options}\n{step.run}", sample.machine)
