from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runner import Program

from error_classification.cli.labelling.asking import Asking, candidates, categories_of, keys_of
from error_classification.models import ErrorClassification, ErrorContext, FingerprintedError, RunContext, SourceType, Verdict
from error_classification.ports import Archive
from error_classification.storage.memory import MemoryStore
from error_classification.taxonomy import CATEGORIES, SUBCATEGORIES

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LABELS = frozenset(SUBCATEGORIES)


@dataclass(frozen=True, slots=True)
class Still:
    def now(self) -> datetime:
        return NOW


def store_of(*texts: str) -> MemoryStore:
    store = MemoryStore()
    for number, text in enumerate(texts):
        error = FingerprintedError(ErrorContext(SourceType.TEXT, "x", text), text, f"{number:016x}", 1)
        answer = Verdict("rules", "timeout", "job", 0.5 + number / 10, "it took too long")
        store.save([ErrorClassification(str(number), error, RunContext(), answer, NOW, NOW)])
    return store


def ask(store: Archive, keys: str) -> int:
    """What a person does who presses ``keys``; after the last one the input ends."""
    pressed: Iterator[str] = iter(keys)
    asking = Asking(store, LABELS, "ada", Still(), lambda: next(pressed, ""))
    return asking.ask(candidates(store, 9))


def labels(store: Archive) -> list[str]:
    """Of all errors, in the order of their hashes; a dash where there is none."""
    found = [store.labels(error_hash) for error_hash in store.find_hashes("")]
    return ["/".join(filter(None, (each[0].category, each[0].subcategory))) if each else "-" for each in found]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("yy", ["timeout/job", "timeout/job"]),
        ("su", ["-", "unclassified"]),
        ("q", ["-", "-"]),
        ("", ["-", "-"]),
        ("\x04y", ["-", "-"]),
        ("?#y", ["timeout/job", "-"]),
        ("Y", ["timeout/job", "-"]),
        ("ty", ["timeout/job", "-"]),
        ("2s", ["timeout", "-"]),
        ("21y", ["timeout/deadlock", "timeout/job"]),
        ("2", ["-", "-"]),
    ],
)
def test_one_key_labels(keys: str, wanted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    store = store_of("the build of blue stopped", "a link is missing here")
    assert ask(store, keys) == sum(label != "-" for label in wanted)
    assert labels(store) == wanted
    out = capsys.readouterr().out
    assert "[1/2]" in out
    assert "  | the build of blue stopped" in out


def test_long_texts_are_cut_and_shown_whole_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    ask(store_of("\n".join(f"line {number} \x1b[31m{'x' * 300}end" for number in range(40))), "tq")
    first, whole = capsys.readouterr().out.split("... 28 more lines")
    assert (first.count("xend"), whole.count("xend")) == (0, 40)
    assert "line 39" not in first
    assert "line 39" in whole
    assert "\x1b" not in first + whole


def test_keys_are_never_given_twice() -> None:
    names = [f"category{number}" for number in range(60)]
    keys = keys_of(names)
    assert len(set(keys)) == len(keys) == 31
    assert not set(keys) & set("yutsq")


def test_categories_of_a_project_come_last() -> None:
    names = categories_of(LABELS | {("hardware", "probe"), ("board", "x")})
    assert names == [*(category.name for category in CATEGORIES), "board", "hardware"]


TEXTS = {"a.txt": "ModuleNotFoundError: No module named 'numpy'", "b.txt": "error: the frobnicator of zone 7 is out of tune"}


@pytest.fixture
def filled(run: Program) -> Program:
    for name, text in TEXTS.items():
        Path(name).write_text(text)
    assert run("classify", *TEXTS, "--judges", "rules").code == 0
    return run


def test_without_a_terminal_there_is_a_list(filled: Program) -> None:
    done = filled("label", "--next")
    assert done.code == 0
    assert "no judge knows it; seen once" in done.out.replace("\n", " ")
    assert "2 errors to label: `label HASH CATEGORY` labels one" in done.err
    (record,) = filled("label", "--next", "1", "--format", "ndjson").records
    assert (record["primary_category"], record["why"], record["judges"]) == (
        "unclassified",
        "no judge knows it; seen once",
        {"rules": "unclassified"},
    )
    first, second = [item["uncertainty"] for item in json.loads(filled("label", "--next", "--format", "json").out)]
    assert first == 1.0 > second > 0
    assert filled("label", "--next", "--format", "markdown").out.startswith("### 2 errors to label")


def test_what_is_labelled_is_not_asked_again(filled: Program) -> None:
    (first,) = filled("label", "--next", "1", "--format", "ndjson").records
    filled("label", first["error_hash"], "infrastructure_error")
    (second,) = filled("label", "--next", "--format", "ndjson").records
    assert second["error_hash"] != first["error_hash"]


def test_an_empty_store_asks_nothing(run: Program) -> None:
    done = run("label", "--next", "--format", "json")
    assert (done.code, json.loads(done.out)) == (0, [])


def press(terminal: int, key: bytes, awaited: bytes) -> None:
    """When the prompt is there and single keys are read: what is typed before is thrown away."""
    shown = b""
    while awaited not in shown:
        ready, _, _ = select.select([terminal], [], [], 20)
        assert ready, shown
        shown += os.read(terminal, 4096)
    while termios.tcgetattr(terminal)[3] & termios.ICANON:
        select.select([], [], [], 0.01)
    os.write(terminal, key)


def test_on_a_terminal_it_asks(filled: Program) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "HOME": str(filled.home), "USER": "ada", "TERM": "dumb"}
    command = [sys.executable, "-m", "error_classification", "label", "--next", "--author", "eve"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        os.close(theirs)
        for key, awaited in ((b"8", b"q) quit"), (b"1", b"s) none"), (b"q", b"q) quit")):
            press(ours, key, awaited)
        _, said = process.communicate(timeout=20)
    os.close(ours)
    assert (process.returncode, said) == (0, b"1 label given\n")
    (label,) = [json.loads(line) for line in filled("label", "--export", "-").out.splitlines()]
    assert (label["label"], label["author"]) == ("infrastructure_error/artifact_or_cache", "eve")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--next", "--export", "-"],
        ["abc", "--next"],
        ["--import", "-", "--export", "-"],
        ["--next", "--withdraw"],
        ["abc", "timeout", "--anonymised"],
        ["--import", "-", "--anonymised"],
        ["--next", "0"],
    ],
)
def test_one_thing_at_a_time(filled: Program, arguments: list[str]) -> None:
    done = filled("label", *arguments)
    assert (done.code, done.out) == (2, "")
