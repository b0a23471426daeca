"""Tests with a real OpenSearch run wherever they can; where they can't, whoever runs the tests is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "with workers"])
def test_without_java_they_are_named_as_not_run_and_the_others_pass(workers: list[str]) -> None:
    file = "tests/storage/test_opensearch_security.py"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *workers, file, "-k", "roles or credentials", "-v"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": "/nowhere"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOT RUN: the tests with a real OpenSearch: there is no java here" in done.stdout
    assert "1 passed" in done.stdout
    assert "skipped" not in done.stdout
