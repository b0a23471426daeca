"""GitLab CI: sections that fold, the script's commands in green, the verdict in red or green."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recording.formats.common import START, StepRun, text, verdict

_COLOURS = {"reset": "\x1b[0K", "cyan": "\x1b[36;1m", "green": "\x1b[32;1m", "red": "\x1b[31;1m", "end": "\x1b[0;m"}
_PLACE = re.compile(r"\{(start|stop|\w+)(?::(\w+))?\}")


def _filled(lines: Sequence[str], seconds: int, code: int = 0) -> list[str]:
    def place(found: re.Match[str]) -> str:
        word, section = found.groups()
        if section:
            mark = "section_start" if word == "start" else "section_end"
            return f"{mark}:{int(START.timestamp()) + seconds}:{section}\r\x1b[0K"
        return str(code) if word == "code" else _COLOURS[word]

    return [_PLACE.sub(place, line) for line in lines]


def trace(job: str, steps: Sequence[StepRun]) -> str:
    """The whole trace of a job."""
    out = _filled(text("gitlab_before"), 6)
    for step in steps:
        out += [f"\x1b[32;1m$ {step.step.run.strip()}\x1b[0;m", *step.output]
    code = verdict(steps)
    seconds = 6 + int(sum(step.seconds for step in steps))
    out += _filled(text("gitlab_failed" if code else "gitlab_succeeded"), seconds, code)
    return "\n".join(out) + "\n"
