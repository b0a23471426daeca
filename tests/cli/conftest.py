from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_runs import Answers, Batching
from cli_runner import Program

from stand_ins.claude import ClaudeServer


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program, in an empty working folder below an empty home."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(sys, "platform", "linux")
    return Program(tmp_path)


@pytest.fixture
def log(run: Program) -> Path:
    """A log with two failures."""
    path = Path("build.log")
    path.write_text(
        "$ pip install -r requirements.txt\n"
        "$ python -m app\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/app/main.py", line 3, in <module>\n'
        "    import numpy\n"
        "ModuleNotFoundError: No module named 'numpy'\n"
    )
    return path


@pytest.fixture
def batching(run: Program) -> Iterator[Batching]:
    """The program and a stand-in for the service's message batches."""
    answers = Answers()
    with ClaudeServer(answers) as server:
        yield Batching(run, server, answers)
