"""The documentation does what it says: its commands run, its settings and files exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from error_classification.classification.rules import load_rules
from error_classification.cli.app import program
from error_classification.config import SETTINGS

ROOT = Path(__file__).parent.parent
NAMES = ("README.md", "SETUP_GUIDE.md", "CONTRIBUTING.md", "CHANGELOG.md")
DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in NAMES}
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(name: str) -> list[str]:
    return [line[2:] for block in CONSOLE.findall(DOCUMENTS[name]) for line in block.splitlines() if line.startswith("$ ")]


def test_the_first_command_of_the_readme_classifies_the_samples(tmp_path: Path) -> None:
    """As written, but for the virtual environment, which this test runs in."""
    install, classify = commands("README.md")[0].rsplit(" && ", 1)
    assert install == "python3 -m venv .venv && .venv/bin/pip install -q ."
    program_name, *arguments = shlex.split(classify)
    assert program_name == ".venv/bin/error-classification"
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "NO_COLOR": "1", "COLUMNS": "100"}
    command = [sys.executable, "-m", "error_classification", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "Root cause" in done.stdout
    assert re.search(r"\d+ errors \(\d+ occurrences\) in \d+ files: .* · stored in ", done.stderr)
    assert (tmp_path / "error-classification" / "errors.sqlite3").is_file()


def test_the_second_command_is_what_ci_and_contributors_run() -> None:
    second = commands("README.md")[1]
    assert second == "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python -m pytest -n auto"
    assert second in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert commands("CONTRIBUTING.md")[0] == second


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_shown_is_known(name: str) -> None:
    runner = CliRunner()
    for line in commands(name):
        for part in re.split(r" \| | && ", line.split(" > ")[0].split(" #")[0]):
            words = shlex.split(part)
            if not words[0].endswith("error-classification"):
                continue
            options = [word for word in words[2:] if word.startswith("--")]
            inner = words[2:3] if words[1:2] in (["setup"], ["rules"]) else []
            known = runner.invoke(program, [words[1], *inner, "--help"])
            assert known.exit_code == 0, part
            assert [option for option in options if option not in known.output] == [], part


def test_every_setting_is_documented() -> None:
    for setting in SETTINGS:
        assert f"| `{setting.variable}` |" in DOCUMENTS["SETUP_GUIDE.md"] or not setting.variable
        assert f"| `{setting.name}` |" in DOCUMENTS["SETUP_GUIDE.md"]
        assert setting.doc in DOCUMENTS["SETUP_GUIDE.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_exists(name: str) -> None:
    text = DOCUMENTS[name]
    folders = "error_classification|tests|benchmarks|samples|scripts|examples|stand_ins"
    named = re.findall(rf"(?<![\w/.*<-])((?:{folders}|\.ci)/[\w./*-]+|[A-Z_]+\.md)", text)
    missing = [path for path in named if "*" not in path and not (ROOT / path.rstrip(".")).exists()]
    assert missing == []


def test_the_number_of_rules_is_right() -> None:
    number = len(load_rules().rules)
    for name in ("README.md", "CHANGELOG.md"):
        assert f"{number} rules" in DOCUMENTS[name], f"{name} should say {number} rules"


def test_the_library_example_runs(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", DOCUMENTS["README.md"], re.DOTALL)
    assert example
    (tmp_path / "job.log").write_text("ModuleNotFoundError: No module named 'yaml'\nmake: *** [test] Error 1\n", "utf-8")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", example[1]], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("dependency_error 0.")


def test_the_script_of_the_ci_step_runs(tmp_path: Path) -> None:
    (tmp_path / "build.log").write_text("E: Unable to locate package libfoo-dev\nmake: *** [deps] Error 100\n", "utf-8")
    script = ROOT / "scripts" / "classify_errors_on_failure.py"
    done = subprocess.run([sys.executable, str(script), "build.log"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "`dependency_error/" in done.stdout


def test_no_placeholder_is_left() -> None:
    assert [name for name, text in DOCUMENTS.items() if "@@" in text] == []


def test_what_the_readme_shows_is_what_is_printed(tmp_path: Path) -> None:
    shown = next(block for block in CONSOLE.findall(DOCUMENTS["README.md"]) if "──" in block)
    command, *rest = shown.splitlines()
    arguments = shlex.split(command.removeprefix("$ error-classification "))
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-m", "error_classification", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    printed = [re.sub(r"first \d{4}-\d\d-\d\d", "first", line.rstrip()) for line in done.stdout.splitlines()]
    assert printed == [re.sub(r"first \d{4}-\d\d-\d\d", "first", line) for line in rest[:-1]]
