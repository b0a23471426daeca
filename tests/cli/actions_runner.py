"""Runs the steps of an action or a job as GitHub's runner does: expressions filled in, scripts given to bash as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
GITLAB_EXAMPLE = yaml.safe_load((ROOT / "examples" / "gitlab-ci.yml").read_text("utf-8"))
EXAMPLE = yaml.safe_load((ROOT / "examples" / "github-workflow.yml").read_text("utf-8"))
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_PYTHON = """#!/bin/sh
# Stands in for an interpreter: its virtual environments hold the program under test, and installing only takes notes.
if [ "$2" = venv ]; then
  mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
  printf '#!/bin/sh\\nexec "{python}" -m error_classification "$@"\\n' > "$3/bin/error-classification"
  chmod +x "$3/bin/error-classification"
else
  echo "$@" >> "{notes}"
fi
"""


@dataclass(frozen=True, slots=True)
class Done:
    """One step: what it printed, and how it ended."""

    name: str
    code: int
    out: str
    err: str


@dataclass
class Runner:
    """``contexts`` holds what expressions ask for, by dotted name; what is not there is empty."""

    folder: Path
    workspace: Path
    variables: Mapping[str, str]
    contexts: dict[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> str:
        """The arguments that the stand-in for an interpreter was given to install something."""
        notes = self.folder / "notes"
        return notes.read_text() if notes.exists() else ""

    def python(self) -> str:
        """A stand-in for ``python3``."""
        path = self.folder / "python3"
        path.write_text(_PYTHON.format(python=sys.executable, notes=self.folder / "notes"))
        path.chmod(0o755)
        return str(path)

    def action(self, **inputs: str) -> list[Done]:
        """The action's steps, until one fails."""
        given = {name: self.filled(str(spec.get("default", ""))) for name, spec in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) == set(ACTION["inputs"])
        self.contexts |= {f"inputs.{name}": value for name, value in given.items()}
        done: list[Done] = []
        for step in ACTION["runs"]["steps"]:
            if "if" not in step or self._holds(step["if"]):
                done.append(self.step(step))
            if done[-1].code:
                break
        return done

    def step(self, step: Mapping[str, Any]) -> Done:
        """One step that has a script; its outputs are there for those that follow."""
        assert step["shell"] == "bash"
        script, output = self.folder / "script.sh", self.folder / "output"
        script.write_text(self.filled(step["run"]))
        output.write_text("")
        own = {name: self.filled(str(value)) for name, value in step.get("env", {}).items()}
        environment = {**self.variables, **own, "GITHUB_OUTPUT": str(output), "GITHUB_ACTION_PATH": str(ROOT)}
        ran = self.bash(script, environment)
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            self.contexts[f"steps.{step.get('id')}.outputs.{name}"] = value
        return Done(step.get("name", ""), ran.returncode, ran.stdout, ran.stderr)

    def bash(self, script: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """As the runner calls it."""
        command = [*BASH, str(script)]
        return subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, encoding="utf-8", timeout=60)

    def filled(self, text: str) -> str:
        """``text`` with its expressions evaluated."""
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, expression: str) -> str:
        """Names and ``||``; the two others of the action by what they mean."""
        if expression.startswith("(") and expression.endswith(") && '[claude]' || ''"):
            return "[claude]" if self._value(expression[1:].partition(")")[0]) else ""
        if "strategy.job-total" in expression:
            return self._value("inputs.job") or self._job()
        names = [name.strip() for name in expression.split("||")]
        assert all(re.fullmatch(r"[a-z]+(?:\.[\w-]+)+", name) for name in names), expression
        return next((self.contexts[name] for name in names if self.contexts.get(name)), "")

    def _job(self) -> str:
        matrix = self.contexts.get("matrix.*", "")
        return f"{self.contexts['github.job']} ({matrix})" if matrix else self.contexts["github.job"]

    def _holds(self, condition: str) -> bool:
        name, _, value = condition.partition(" != ")
        assert value == "''", condition
        return self._value(name) != ""


def path_with(python: str) -> str:
    """A search path on which ``python`` comes first."""
    return os.pathsep.join((str(Path(python).parent), os.environ["PATH"]))
