"""Travis, Azure Pipelines and Buildkite: services with folds, times and marks of their own."""

from __future__ import annotations

from collections.abc import Sequence

from recording.formats.common import START, StepRun, stamp, text, verdict


def _travis_step(number: int, step: StepRun, *, folded: bool) -> list[str]:
    command, timer = step.step.run.strip().split("\n")[0], f"{number:02}a1b2c3"
    begin = (int(START.timestamp()) + number) * 10**9
    duration = int(step.seconds * 10**9)
    times = f"start={begin},finish={begin + duration},duration={duration},event={step.step.name}"
    body = [f"travis_time:start:{timer}\r\x1b[0K$ {command}", *step.output, f"travis_time:end:{timer}:{times}\r\x1b[0K"]
    if folded:
        body = [f"travis_fold:start:{step.step.name}\r\x1b[0K", *body, f"travis_fold:end:{step.step.name}\r\x1b[0K"]
    colour = "31;1" if step.exit_code else "32;1"
    return [*body, "", f'\x1b[{colour}mThe command "{command}" exited with {step.exit_code}.\x1b[0m', ""]


def travis(job: str, steps: Sequence[StepRun]) -> str:
    """Folds and timers before carriage returns; every line ends in CRLF."""
    out = ["travis_fold:start:worker_info\r\x1b[0K\x1b[33;1mWorker information\x1b[0m", "hostname: worker-linux-1@demo"]
    out.append("travis_fold:end:worker_info\r\x1b[0K")
    for number, step in enumerate(steps):
        out += _travis_step(number, step, folded=number < len(steps) - 1)
    out += ["", f"Done. Your build exited with {1 if verdict(steps) else 0}."]
    return "\r\n".join(out) + "\r\n"


def azure(job: str, steps: Sequence[StepRun]) -> str:
    """A time before each line, sections for the job and for each task."""
    out, now = [f"{stamp(0)} ##[section]Starting: {job}"], 0.0
    for step in steps:
        now += 1.0
        out += [f"{stamp(now)} {line.format(name=step.step.name)}" for line in text("azure_before_step")]
        out += [f"{stamp(now + line.at)} {line.text}" for line in step.lines]
        now += step.seconds
        out += [f"{stamp(now)} ##[error]Bash exited with code '{step.exit_code}'."] if step.exit_code else []
        out.append(f"{stamp(now)} ##[section]Finishing: {step.step.name}")
    out.append(f"{stamp(now + 1)} ##[section]Finishing: {job}")
    return "\ufeff" + "\r\n".join(out) + "\r\n"


def buildkite(job: str, steps: Sequence[StepRun]) -> str:
    """Headers that fold; the milliseconds of each line in a terminal sequence before it."""
    out = text("buildkite_before")
    for step in steps:
        out += [f"--- :hammer: {step.step.name}", *step.output]
    if code := verdict(steps):
        out += ["^^^ +++", f"\x1b[31m🚨 Error: The command exited with status {code}\x1b[0m"]
        out.append(f"user command error: exit status {code}")
    out += ["~~~ Uploading artifacts", "\x1b[90m2026-01-02 03:05:51 INFO  \x1b[0m No files matched paths: logs/*.txt"]
    begin = int(START.timestamp() * 1000)
    return "".join(f"\x1b_bk;t={begin + 40 * number}\x07{line}\r\n" for number, line in enumerate(out))
