"""The program as a process of its own, with a real model among its judges: what that one cannot do loses no error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from local_model import FORMATS, KEY, LocalServer

from error_classification.cli.exit_codes import NOT_DONE

pytestmark = pytest.mark.local_llm

PROGRAM = [sys.executable, "-m", "error_classification", "classify", "--format", "ndjson", "--no-store"]
KNOWN = "ModuleNotFoundError: No module named 'numpy'"
STRANGE = ("the flux is out of gluons", "quorum of widgets lost")
REPORT = "".join(f'<testcase name="t"><failure>{text}</failure></testcase>' for text in (KNOWN, *STRANGE))


def classified(folder: Path, judges: str, **variables: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """Exit code, records by their text, and what was said beside."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    own = {"HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    stdin = f"<testsuite>{REPORT}</testsuite>"
    command = [*PROGRAM, "--judges", judges, "--time-limit", "60"]
    done = subprocess.run(
        command, input=stdin, env=kept | own | variables, cwd=folder, capture_output=True, timeout=180, text=True
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {record["error_text"]: record for record in records}, done.stderr


@pytest.mark.parametrize("api_format", FORMATS)
def test_no_error_is_lost(local: LocalServer, tmp_path: Path, api_format: str) -> None:
    gateway = {"API_FORMAT": api_format, "API_BASE_URL": local.address(api_format), "ANTHROPIC_API_KEY": KEY}
    _, alone, _ = classified(tmp_path, "rules")
    code, found, said = classified(tmp_path, "rules,llm", **gateway)
    assert set(found) == set(alone) == {KNOWN, *STRANGE}
    assert found[KNOWN]["primary_category"] == alone[KNOWN]["primary_category"] == "dependency_error"
    assert code == NOT_DONE
    assert "exceeds the available context size" in said  # SmolLM2 takes in half of our prompt
    assert {found[text]["primary_category"] for text in STRANGE} == {"unclassified"}
