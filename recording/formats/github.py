"""GitHub Actions: the raw log that the REST API serves, and what ``gh run view --log`` makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recording.formats.common import StepRun, stamp, text

_ACTIONS = {"checkout": "github_checkout", "post": "github_post_checkout"}
_AFTER_SCRIPT = ("shell: /usr/bin/bash -e {0}", "env:", "  CI_COLOUR: never", "##[endgroup]")
_ORPHANS = ("Cleaning up orphan processes", "Terminate orphan process: pid (2467) (node)")


def _step_lines(step: StepRun) -> Iterator[tuple[float, str]]:
    if step.step.action:
        yield from ((0.1, line) for line in text(_ACTIONS[step.step.action]))
        return
    script = step.step.run.strip().split("\n")
    echoed = (f"\x1b[36;1m{line}\x1b[0m" for line in script)
    for line in (f"##[group]Run {script[0]}", *echoed, *_AFTER_SCRIPT):
        yield 0.0, line
    yield from ((line.at, line.text) for line in step.lines)
    if step.exit_code:
        yield step.seconds, f"##[error]Process completed with exit code {step.exit_code}."


def _job_lines(job: str, steps: Sequence[StepRun]) -> Iterator[tuple[str, str]]:
    """The step's name and the line with its time, for every line of a job."""
    now = 0.0
    for line in text("github_set_up_job"):
        yield "Set up job", f"{stamp(now)} {line.format(job=job)}"
    for step in steps:
        now += 1.0
        last = 0.0
        for last, line in _step_lines(step):
            yield step.step.name, f"{stamp(now + last)} {line}"
        now += last
    for line in _ORPHANS:
        yield "Complete job", f"{stamp(now + 1)} {line}"


def raw(job: str, steps: Sequence[StepRun]) -> str:
    """A byte order mark, then each line with its time."""
    return "\ufeff" + "".join(f"{line}\n" for _, line in _job_lines(job, steps))


def run_view(job: str, steps: Sequence[StepRun]) -> str:
    """Job, step and raw line, separated by tabs; each job's byte order mark stands before its first time."""
    out: list[str] = []
    for name, part in _by_job(job, steps):
        for number, (step, line) in enumerate(_job_lines(name, part)):
            out.append(f"{name}\t{step}\t{'' if number else chr(0xFEFF)}{line}\n")
    return "".join(out)


def _by_job(job: str, steps: Sequence[StepRun]) -> Iterator[tuple[str, list[StepRun]]]:
    part: list[StepRun] = []
    for step in steps:
        if step.step.job and part:
            yield job, part
            part = []
        job = step.step.job or job
        part.append(step)
    yield job, part
