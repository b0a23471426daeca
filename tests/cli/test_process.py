"""The program as a process of its own: pipes, signals, exit codes, what the interpreter does at the end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "error_classification"]
MESSAGE = "ModuleNotFoundError: No module named 'numpy'"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"HOME": str(tmp_path), "COLUMNS": "90", "PYTHONDONTWRITEBYTECODE": "1"}


def call(
    *arguments: str, environment: dict[str, str], stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *arguments], input=stdin, env=environment, cwd=cwd, capture_output=True, timeout=60)


def test_a_pipe_in_and_a_pipe_out(environment: dict[str, str], tmp_path: Path) -> None:
    done = call("classify", "--format", "ndjson", environment=environment, stdin=MESSAGE.encode(), cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["primary_category"] == "dependency_error"
    assert done.stderr.startswith(b"1 error in 1 file")
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["rules", "list", "--format", "ndjson"], ["--help"], ["extract", "--format", "ndjson"]])
def test_a_closed_pipe_ends_quietly(environment: dict[str, str], tmp_path: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=writer, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
    )
    os.close(writer)
    _, talk = process.communicate(MESSAGE.encode(), timeout=60)
    assert process.returncode == 0
    assert talk == b""


def test_an_interrupt_ends_with_130(environment: dict[str, str], tmp_path: Path) -> None:
    command = [*PROGRAM, "classify", "--no-store", "--input-format", "ndjson"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"id": 1, "text": MESSAGE}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1  # an answer comes before the input ends
        process.send_signal(signal.SIGINT)
        _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in talk


@pytest.mark.parametrize(("gate", "code"), [("any", 1), ("timeout", 0), ("nonsense", 2)])
def test_exit_codes(environment: dict[str, str], tmp_path: Path, gate: str, code: int) -> None:
    done = call("classify", "--no-store", "--fail-on", gate, environment=environment, stdin=MESSAGE.encode(), cwd=tmp_path)
    assert done.returncode == code


def test_not_done_comes_before_the_gate(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = ("classify", "--no-store", "--fail-on", "any", "-", "missing.log")
    assert call(*arguments, environment=environment, stdin=MESSAGE.encode(), cwd=tmp_path).returncode == 3


def test_an_encoding_that_lacks_characters_ends_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    own = environment | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    text = "ValueError: 日本 \ud800".encode("utf-8", "surrogatepass")
    done = call("classify", "--no-store", environment=own, stdin=text, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.isascii()


def on_a_terminal(arguments: list[str], environment: dict[str, str], cwd: Path) -> tuple[int, bytes]:
    """Runs the program with a terminal as its input, output and talk."""
    master, slave = pty.openpty()
    process = subprocess.Popen([*PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=cwd)
    os.close(slave)
    shown = read_terminal(master)
    return process.wait(timeout=60), shown


def read_terminal(master: int) -> bytes:
    """All that is written until nobody holds the terminal any more."""
    shown = b""
    try:
        while chunk := os.read(master, 1 << 16):
            shown += chunk
    except OSError:  # Linux ends a terminal without writers so
        pass
    finally:
        os.close(master)
    return shown


def test_the_bar_leaves_the_product_alone(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(MESSAGE)
    code = (
        "import sys; from error_classification.cli import main, progress; progress.WORTH_SHOWING = 1; "
        "sys.argv = ['x', 'extract', '--format', 'ndjson', 'a.txt', 'missing.txt']; main()"
    )
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=slave, env=environment | {"TERM": "xterm"}, cwd=tmp_path
    )
    os.close(slave)
    talk = read_terminal(master)
    product, _ = process.communicate(timeout=60)
    assert json.loads(product)["source"] == "a.txt"
    assert b"\x1b[?25l" in talk  # a bar was drawn
    assert b"not done: missing.txt" in talk
    assert b"error_hash" not in talk


def test_a_terminal_gets_colour_unless_it_is_unwanted(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(MESSAGE)
    own = environment | {"TERM": "xterm-256color"}
    command = ["classify", "--no-store", "a.txt"]
    code, shown = on_a_terminal(command, own, tmp_path)
    assert code == 0
    assert b"\x1b[" in shown
    assert b"\x1b" not in on_a_terminal([*command, "--no-color"], own, tmp_path)[1]
    assert b"\x1b" not in on_a_terminal(command, own | {"NO_COLOR": "1"}, tmp_path)[1]


def test_classify_without_a_path_on_a_terminal_is_a_usage_error(environment: dict[str, str], tmp_path: Path) -> None:
    code, shown = on_a_terminal(["classify"], environment, tmp_path)
    assert code == 2
    assert b"no PATH given" in shown


def test_without_standard_input(environment: dict[str, str], tmp_path: Path) -> None:
    command = f'exec "{sys.executable}" -m error_classification classify --no-store <&-'
    done = subprocess.run(["sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_without_a_home(environment: dict[str, str], tmp_path: Path) -> None:
    del environment["HOME"]
    done = call("classify", environment=environment, stdin=MESSAGE.encode(), cwd=tmp_path)
    assert done.returncode == 0
    assert b"no home folder" in done.stderr


def test_help_imports_nothing_heavy(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "error_classification", "--help"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.decode().splitlines()}
    heavy = {"anthropic", "opensearchpy", "requests", "rich", "tomllib", "sqlite3", "re2", "error_classification.pipeline"}
    assert "click" in imported
    assert not heavy & imported


def test_the_console_script_is_the_same_program(environment: dict[str, str], tmp_path: Path) -> None:
    code = "import sys; from error_classification.cli import main; sys.argv = ['x', '--version']; main()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, timeout=60)
    assert done.stdout.startswith(b"error-classification ")
