"""Reads builders that show one step after the other: docker's classic builder, buildah and podman, kaniko."""

from __future__ import annotations

import re

from error_classification.extraction.buildkit import grammar
from error_classification.extraction.buildkit.failure import Failure
from error_classification.extraction.buildkit.naming import run_command, stage_of_from, unquoted, without_shell
from error_classification.extraction.buildkit.output import Line, Output
from error_classification.extraction.buildkit.outside import is_tool_error

_STEPS = (grammar.STEP, grammar.BUILDAH_STEP, grammar.KANIKO_STEP)
_KANIKO_LEVEL = re.compile(r"INFO\[[^\]]{1,40}\] ")


class ClassicReader:
    """Takes the lines one by one; ``failures`` has the failed steps found so far."""

    def __init__(self) -> None:
        self.begun = 0
        """Steps that were announced so far."""
        self._step = ""
        self._instruction = ""
        self._stage = ""
        self._target = ""
        self._output = Output()
        self._base = ""
        self._build = 0
        self._failed: list[Failure] = []

    def feed(self, line: Line) -> bool:
        """Takes a line; False if it belongs to no step."""
        text = line.text.rstrip()
        for shape in _STEPS:
            if match := shape.match(text):
                self._begin(match["instruction"].strip(), _KANIKO_LEVEL.sub("", text))
                return True
        if match := grammar.CLASSIC_FAILURE.match(text):
            self._fail(line, match)
            return True
        if match := grammar.COMPOSE_TARGET.match(text):
            self._target = match[1]
            return False
        if not self._step:
            return False
        return self._in_step(line, text)

    def failures(self) -> list[Failure]:
        """The failed steps, without those that a later build of the same image got done."""
        return self._failed

    def _begin(self, instruction: str, step: str) -> None:
        self.begun += 1
        if instruction.upper().startswith("FROM "):
            if not (self._stage or self._base) or _is_first(step):
                self._base, self._build = instruction, self._build + 1
            self._stage = stage_of_from(instruction)
        self._recover()
        self._step, self._instruction, self._output = step, instruction, Output()

    def _recover(self) -> None:
        """The step that is open now was done, since another begins: its earlier failure was mended by a retry."""
        if self._step:
            this = (self._step, self._base)
            self._failed = [known for known in self._failed if (known.step, known.base) != this or known.build == self._build]

    def _in_step(self, line: Line, text: str) -> bool:
        if grammar.CLASSIC_SUCCESS.match(text):
            self._recover()
            self._step = ""
        elif not run_command(self._instruction) and is_tool_error(text):
            self._failed.append(self._failure(line, Output()))
            self._step = ""
        elif not grammar.CLASSIC_TALK.match(text) and not grammar.KANIKO_TALK.match(text):
            self._output.add(*line)
        return True

    def _fail(self, line: Line, match: re.Match[str]) -> None:
        if grammar.AFTER_STEPS.match(line.text):
            self._step = self._instruction = ""
            self._output = Output()
        named = run_command(unquoted(match["step"])) if match["step"] else without_shell(match["command"] or "")
        failure = self._failure(line, self._output)
        failure.command = named or failure.command
        failure.target = match["target"] or failure.target
        if not self._repeats(failure):
            self._failed.append(failure)
        self._step, self._output = "", Output()

    def _repeats(self, failure: Failure) -> bool:
        """Compose says once more what the builder said before."""
        if failure.step:
            return False
        for known in self._failed:
            if known.build == failure.build and (known.message in failure.message or known.command == failure.command):
                known.target = known.target or failure.target
                return True
        return False

    def _failure(self, line: Line, output: Output) -> Failure:
        failure = Failure([line], self._step, 0, output, self._build, self._base, self._target, self._stage)
        failure.command = run_command(self._instruction)
        return failure


def _is_first(step: str) -> bool:
    return bool(re.match(r"Step 1/|(?:\[1/\d+\] )?STEP 1[/:]", step))
