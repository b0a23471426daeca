"""Inputs, names, environments and streams that are out to break a command: one line of error, the right code, the rest done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import Outcome, Program

BAD_BYTE = os.fsdecode(b"a\xff")
"""How Python shows an argument or a variable that is not UTF-8."""


def assert_one_line(outcome: Outcome, code: int, said: str) -> None:
    assert (outcome.code, outcome.out) == (code, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("error-classification: ")
    assert said in line


@pytest.mark.parametrize("command", [["extract"], ["classify"], ["classify", "--input-format", "ndjson"]])
def test_what_may_not_be_read_is_named_and_the_rest_is_done(
    run: Program, log: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    Path("closed").mkdir()
    listing = os.listdir

    def refusing(folder: str) -> list[str]:
        if folder == "closed":
            raise PermissionError(13, "Permission denied", folder)
        return listing(folder)

    monkeypatch.setattr(os, "access", lambda path, mode, **options: path != "closed")
    monkeypatch.setattr(os, "listdir", refusing)
    done = run(*command, "closed", log, "gone.log")
    assert done.code == 3
    assert "not done: closed: Permission denied" in done.err
    assert "not done: gone.log: No such file or directory" in done.err
    assert "ModuleNotFoundError" in done.out or "ndjson" in command


@pytest.mark.parametrize(
    "name", ["new\nline.log", "red\x1b[31m.log", "[bold]x[not bold].log", BAD_BYTE, "-", "x" * 250, "\u202egol"]
)
@pytest.mark.parametrize("format_", ["table", "json", "ndjson", "markdown"])
def test_names_of_files_are_data(run: Program, name: str, format_: str) -> None:
    path = Path("in") / name
    path.parent.mkdir()
    path.write_text("ModuleNotFoundError: No module named 'numpy'\n")
    done = run("classify", path, "--format", format_)
    assert done.code == 0
    assert "\x1b" not in done.out + done.err
    assert "\u202e" not in done.out + done.err
    assert "numpy" in done.out
    if format_ == "ndjson":
        assert done.records[0]["source"].startswith("in/")


def test_a_link_to_itself_is_named(run: Program, log: Path) -> None:
    Path("loop").symlink_to("loop")
    Path("inside").mkdir()
    (Path("inside") / "again").symlink_to("..")
    done = run("extract", "--format", "ndjson", "loop", "inside", log)
    assert done.code == 3
    assert "not done: loop: Too many levels of symbolic links" in done.err
    assert {record["source"].rpartition("/")[2] for record in done.records} == {"build.log"}


def test_a_store_that_is_damaged_is_said_once_and_nothing_is_called_stored(run: Program, log: Path) -> None:
    assert run("classify", log).code == 0
    content = bytearray(run.store.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    run.store.write_bytes(content)
    done = run("classify", log, "--store", run.store, "--format", "json")
    assert done.code == 3
    assert done.err.count("it is damaged") == 1
    assert "stored in" not in done.err
    if done.out:
        assert json.loads(done.out)["summary"]["stored"] is None


@pytest.mark.parametrize("command", [["classify", "build.log"], ["stats"], ["show", "0"], ["label", "0", "timeout"]])
def test_a_named_pipe_is_no_store(run: Program, log: Path, command: list[str]) -> None:
    os.mkfifo("pipe")
    assert_one_line(run(*command, "--store", "pipe"), 3, "Is a named pipe")
    assert run("doctor", "--store", "pipe").code == 3


@pytest.mark.parametrize(
    ("environment", "command", "said"),
    [
        ({"CLASSIFICATION_CACHE_TTL_HOURS": "9" * 12}, ["classify", "build.log"], "CLASSIFICATION_CACHE_TTL_HOURS"),
        ({"ERROR_CLASSIFICATION_STORE": "~nobody-of-that-name/x"}, ["stats"], "there is no such home folder"),
        ({}, ["rules", "list", "--rules", "~nobody-of-that-name/x"], "there is no such home folder"),
        ({}, ["rules", "list", "--rules", "/dev/zero"], "longer than 16 MB"),
        ({}, ["rules", "check", "deep.toml"], "deep.toml: nested too deeply"),
    ],
)
def test_settings_that_cannot_be(run: Program, log: Path, environment: dict[str, str], command: list[str], said: str) -> None:
    Path("deep.toml").write_text("x = " + "[" * 50_000)
    assert_one_line(run(*command, **environment), 2, said)


@pytest.mark.parametrize("content", ["x = " + "[" * 50_000, 'store = "a\\u0000b"'])
def test_a_configuration_file_that_cannot_be(run: Program, content: str) -> None:
    Path(".error-classification.toml").write_text(content)
    assert_one_line(run("stats"), 2, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["stats", "--hours", "9" * 20], 2),
        (["show", "0", "--top", "9" * 20], 2),
        (["stats", "--repo", BAD_BYTE], 0),
        (["show", BAD_BYTE], 2),
        (["label", BAD_BYTE, BAD_BYTE], 2),
        (["classify", "build.log", "--fail-on", BAD_BYTE], 2),
        (["classify", "build.log", "--repo", BAD_BYTE, "--run", BAD_BYTE, "--branch", BAD_BYTE, "--attempt", "9" * 30], 0),
        (["rules", "show", BAD_BYTE], 2),
        (["extract", ""], 3),
    ],
)
def test_arguments_that_nobody_would_give(run: Program, log: Path, arguments: list[str], code: int) -> None:
    done = run(*arguments)
    assert done.code == code
    assert "this is a bug" not in done.err


def test_a_repository_that_is_not_utf8_is_found_again(run: Program, log: Path) -> None:
    assert run("classify", log, "--repo", BAD_BYTE).code == 0
    assert "0 occurrences" not in run("stats", "--repo", BAD_BYTE).err


def test_variables_that_are_not_utf8(run: Program, log: Path) -> None:
    for name in ("GITHUB_TOKEN", "REPO", "MY_SECRET", "USER"):
        assert run("classify", log, "--no-store", **{name: BAD_BYTE * 5}).code == 0


@pytest.mark.parametrize("columns", ["0", "1", "-3", "x", "99999999"])
def test_a_terminal_of_any_width_gets_a_table(run: Program, log: Path, columns: str) -> None:
    done = run("extract", log, COLUMNS=columns)
    assert "ModuleNotFoundError" in "".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 1000


def process(
    folder: Path, *arguments: str, script: str = 'exec "$@"', **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """The program as a process that a shell starts, which may close or replace its streams."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    program = [sys.executable, "-m", "error_classification", *arguments]
    environment = kept | {"HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | variables
    return subprocess.run(["sh", "-c", script, "sh", *program], env=environment, cwd=folder, capture_output=True, timeout=60)


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(("arguments", "code"), [(["stats"], 0), (["extract", "gone.log"], 3), (["extract", "--nonsense"], 2)])
def test_talk_that_nobody_hears_changes_no_exit_code(tmp_path: Path, redirection: str, arguments: list[str], code: int) -> None:
    assert process(tmp_path, *arguments, script=f'exec "$@" {redirection}').returncode == code


@pytest.mark.parametrize("arguments", [["--help"], ["stats", "--format", "json"], ["rules", "list"]])
def test_a_full_disk_is_said(tmp_path: Path, arguments: list[str]) -> None:
    done = process(tmp_path, *arguments, script='exec "$@" >/dev/full')
    assert done.returncode == 3
    assert b"error-classification: output: No space left on device" in done.stderr


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("ModuleNotFoundError: No module named 'numpy'\n")
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    assert process(tmp_path, "classify", str(tmp_path / "a.log"), script=script).returncode == 0
    assert b"not done: a.log: No such file" in process(tmp_path, "extract", "a.log", script=script).stderr
    assert b"the working folder is gone" in process(tmp_path, "stats", "--store", "a.db", script=script).stderr


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}])
def test_terminals_of_old(tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / "a.log").write_text("ValueError: größer als 5 € 😀\n")
    done = process(tmp_path, "classify", "--no-store", "a.log", **variables)
    assert done.returncode == 0
    assert b"ValueError" in done.stdout


def test_two_processes_share_a_store(tmp_path: Path) -> None:
    for name in ("one", "two"):
        lines = (f"##[error]ModuleNotFoundError: No module named 'package_{name}_{number}'" for number in range(8))
        (tmp_path / f"{name}.log").write_text("\n".join(lines))
    script = '"$@" one.log & one=$!; "$@" two.log & two=$!; wait $one && wait $two'
    assert process(tmp_path, "classify", "--store", "shared.db", script=script).returncode == 0
    done = process(tmp_path, "stats", "--store", "shared.db", "--format", "json")
    assert json.loads(done.stdout)["occurrences"] == 16
