"""A job on GitHub whose last step is ``ci``: its variables, its files, and the GitHub that it talks to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli_runner import Outcome, Program

from error_classification.config import ci_variables
from stand_ins.github import GitHubServer

SHA = "c" * 40
PULL_REQUEST: Mapping[str, object] = {"pull_request": {"number": 3, "head": {"sha": SHA}}}


@dataclass
class Job:
    """``folder`` is the working folder and the repository."""

    run: Program
    server: GitHubServer
    folder: Path
    event: Mapping[str, object] = field(default_factory=lambda: dict(PULL_REQUEST))
    more: dict[str, str | None] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str | None]:
        """What the runner sets; nothing is left of the machine that the tests run on."""
        files = self.folder.parent / "runner"
        files.mkdir(exist_ok=True)
        (files / "event.json").write_text(json.dumps(self.event))
        outside: dict[str, str | None] = dict.fromkeys(ci_variables())
        return {
            **outside,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.server.repo,
            "GITHUB_RUN_ID": "77",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKFLOW": "CI",
            "GITHUB_JOB": "test",
            "GITHUB_REF": "refs/pull/3/merge" if "pull_request" in self.event else "refs/heads/main",
            "GITHUB_REF_NAME": "3/merge",
            "GITHUB_HEAD_REF": "fix",
            "GITHUB_SHA": "d" * 40,
            "GITHUB_ACTOR": "ada",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(files / "event.json"),
            "GITHUB_SERVER_URL": "https://git.example",
            "GITHUB_API_URL": self.server.url,
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(files / "summary"),
            "GITHUB_OUTPUT": str(files / "output"),
            "GITHUB_TOKEN": self.server.switches.token,
            **self.more,
        }

    def __call__(self, *arguments: object, **environment: str | None) -> Outcome:
        return self.run("ci", *arguments, **self.variables | environment)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    @property
    def summary(self) -> str:
        return self._written("summary")

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self._written("output").splitlines())

    @property
    def comments(self) -> list[str]:
        return [comment["body"] for comment in self.server.world.comments.values()]

    def _written(self, name: str) -> str:
        path = self.folder.parent / "runner" / name
        return path.read_text("utf-8") if path.exists() else ""


MISSING = """$ python -m app
Traceback (most recent call last):
  File "/home/runner/work/shop/shop/src/main.py", line 3, in <module>
    import numpy
ModuleNotFoundError: No module named 'numpy'
"""
UNRESOLVED = "curl: (6) Could not resolve host: files.example\n##[error]Process completed with exit code 6.\n"
UNKNOWN = "##[error]the flux is out of gluons\n"
PASSED = "collected 3 items\n\n... 3 passed in 0.1s\n"
JUNIT = """<testsuite name="s" tests="2" failures="1">
<testcase classname="tests.test_app" name="test_add" file="tests/test_app.py" line="4">
<failure message="assert 3 == 4" type="AssertionError">tests/test_app.py:5: AssertionError
E   assert 3 == 4</failure></testcase><testcase classname="tests.test_app" name="test_ok"/></testsuite>
"""
