"""Lint, types and architecture, as the tests' own words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CHECKS = {
    "ruff": ["-m", "ruff", "check", "--cache-dir", "{cache}", "."],
    "mypy": ["-m", "mypy", "--cache-dir", "{cache}"],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run()", "--cache-dir", "{cache}"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_quality(name: str, tmp_path: Path) -> None:
    command = [sys.executable, *(part.format(cache=tmp_path) for part in CHECKS[name])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
