"""Jenkins, and no CI system at all."""

from __future__ import annotations

from collections.abc import Sequence

from recording.formats.common import StepRun, verdict


def jenkins(job: str, steps: Sequence[StepRun]) -> str:
    """The console text of a declarative pipeline; the shell itself traces the commands (``+ cmd``)."""
    out = ["Started by user demo", "[Pipeline] Start of Pipeline", "[Pipeline] node"]
    out += [f"Running on agent-7 in /var/lib/jenkins/workspace/{job}", "[Pipeline] {"]
    for step in steps:
        out += ["[Pipeline] stage", f"[Pipeline] {{ ({step.step.name})", "[Pipeline] sh", *step.output]
        out += ["[Pipeline] }", "[Pipeline] // stage"]
    out += ["[Pipeline] }", "[Pipeline] // node", "[Pipeline] End of Pipeline"]
    code = verdict(steps)
    out += [f"ERROR: script returned exit code {code}", "Finished: FAILURE"] if code else ["Finished: SUCCESS"]
    return "\n".join(out) + "\n"


def plain(job: str, steps: Sequence[StepRun]) -> str:
    """What a script that runs the steps would print."""
    out = [f"=== job {job} ==="]
    for step in steps:
        out += [f"=== {step.step.name} ===", *step.output]
    return "\n".join(out) + "\n"
