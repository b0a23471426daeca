from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Program

from error_classification import __version__
from error_classification.cli.app import COMMANDS, program

GOOD = """[[rule]]
name = "own.one"
pattern = "quux failed"
category = "timeout"
subcategory = "step"
summary = "The quux failed"
confidence = 0.9
hits = ["quux failed"]
near_misses = ["quux passed"]
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(run: Program, name: str) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert "error-classification " in done.out.split("Options:")[0].split("\n", 1)[1]
    assert COMMANDS[name].rstrip(".") in done.out
    assert all(option in done.out for option in ("--quiet", "--verbose", "--no-color", "--version"))


def test_the_help_lists_all_commands(run: Program) -> None:
    done = run("--help")
    assert all(f"  {name} " in done.out for name in COMMANDS)


@pytest.mark.parametrize("arguments", [["--version"], ["classify", "--version"], ["rules", "--version"]])
def test_version(run: Program, arguments: list[str]) -> None:
    assert run(*arguments).out == f"error-classification {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["classify", "--nonsense"], ["rules", "nonsense"], ["show"], ["completion", "tcsh"]]
)
def test_wrong_usage(run: Program, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Usage:" in done.err


def test_extract_leaves_out_what_it_does_not_know(run: Program, log: Path) -> None:
    (record,) = run("extract", log, "--format", "ndjson").records
    assert {"error_hash", "source", "error_text"} <= record.keys()
    assert {"primary_category", "id", "stage"}.isdisjoint(record)
    assert not run.store.exists()


@pytest.mark.parametrize(("format_", "part"), [("table", "numpy"), ("markdown", "| Error |"), ("json", '"reports"')])
def test_extract_formats(run: Program, log: Path, format_: str, part: str) -> None:
    assert part in run("extract", log, "--format", format_).out


def test_rules_are_listed_and_shown(run: Program) -> None:
    listed = run("rules", "list", "network_error", "--format", "ndjson").records
    assert {rule["category"] for rule in listed} == {"network_error"}
    assert run("rules", "list", "network_error/dns").code == 0
    name = listed[0]["name"]
    assert listed[0]["pattern"].split("\n")[0][:40] in run("rules", "show", name).out
    assert json.loads(run("rules", "show", name, "--format", "json").out) == listed[0]
    assert len(json.loads(run("rules", "list", "--format", "json").out)) > 200
    assert run("rules", "list", "--format", "markdown").out.startswith("### ")
    assert run("rules", "list", "nonsense").code == 2


def test_a_name_that_is_nearly_right(run: Program) -> None:
    name = run("rules", "list", "--format", "ndjson").records[0]["name"]
    done = run("rules", "show", f"{name}x")
    assert done.code == 2
    assert f"close to it: {name}" in done.err


def test_own_rules_are_checked(run: Program) -> None:
    Path("good.toml").write_text(GOOD)
    Path("missed.toml").write_text(GOOD.replace('hits = ["quux failed"]', 'hits = ["nothing like it"]'))
    Path("broken.toml").write_text(GOOD.replace("quux failed", "quux (failed", 1))
    assert run("rules", "show", "own.one", "--rules", "good.toml").code == 0
    missed = run("rules", "check", "missed.toml", "--format", "ndjson")
    assert missed.code == 1
    assert ("missed_hit", "own.one", "missed.toml") in [(item["kind"], item["rule"], item["file"]) for item in missed.records]
    broken = run("rules", "check", "broken.toml")
    assert broken.code == 2
    assert "broken.toml" in broken.err


def test_the_doctor_sees_what_is_there(run: Program, log: Path) -> None:
    before = run("doctor")
    assert before.code == 0
    assert "not there yet, writable" in before.out
    assert not run.store.exists()
    run("classify", log)
    found = {item["name"]: item["value"] for item in json.loads(run("doctor", "--format", "json").out)}
    assert found["error-classification"] == __version__
    assert found["store"] == str(run.store)
    assert found["store state"].startswith("schema version ")
    extras = {f"extra [{name}]" for name in ("claude", "opensearch", "aws", "train")}
    assert {"python", "sqlite", "google-re2", "rules", *extras} <= found.keys()


def test_the_doctor_names_the_local_model(run: Program) -> None:
    def said(*options: str) -> dict[str, object]:
        (found,) = (item for item in json.loads(run("doctor", "--format", "json", *options).out) if item["name"] == "local model")
        return found

    version, _, whose = str(said()["value"]).partition(", ")
    assert len(version) == 12
    assert whose == "the program's own"
    assert said("--judges", "rules")["value"] == f"{version}, the program's own; not among the judges"
    Path(".error-classification.toml").write_text('model = "none.model"\n')
    assert said()["problem"]
    assert not said("--judges", "rules")["problem"]


def test_the_doctor_names_problems(run: Program) -> None:
    run.store.parent.mkdir(parents=True)
    run.store.write_text("no store" * 50)
    Path("bad.toml").write_text("[[rule]]\nname = 1\n")
    done = run("doctor", "--rules", "bad.toml")
    assert done.code == 3
    assert "PROBLEM: " in done.out
    assert done.out.count("PROBLEM") == 2


def test_the_doctor_without_a_home(run: Program) -> None:
    assert "memory: nothing is kept" in run("doctor", HOME=None).out


def test_settings_are_shown_with_where_they_come_from_but_no_secret(run: Program) -> None:
    Path(".error-classification.toml").write_text("max_rpm = 7\n")
    done = run("doctor", "--settings", ANTHROPIC_API_KEY="sk-very-secret", BATCH_SIZE="3")
    assert "very-secret" not in done.out
    assert "anthropic_api_key = set" in done.out
    assert "batch_size = 3" in done.out
    assert "from: environment variable BATCH_SIZE" in done.out
    assert ".error-classification.toml" in done.out
    short = run("doctor", ANTHROPIC_API_KEY="sk-very-secret")
    assert "very-secret" not in short.out
    assert "set (from environment variable ANTHROPIC_API_KEY)" in short.out
    assert len(json.loads(run("doctor", "--settings", "--format", "json").out)) == len(done.out.splitlines()) // 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Program, shell: str) -> None:
    done = run("completion", shell)
    assert done.code == 0
    assert "_ERROR_CLASSIFICATION_COMPLETE" in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sta"], ["stats"]),
        (["rules", "ch"], ["check"]),
        (["classify", "--fail"], ["--fail-on"]),
        (["classify", "--format", "ma"], ["markdown"]),
        (["label", "abc", "network_error/d"], ["network_error/dns", "network_error/download"]),
        (["--no-c"], ["--no-color"]),
    ],
)
def test_words_are_completed(run: Program, words: list[str], expected: list[str]) -> None:
    from click.shell_completion import ShellComplete

    done = ShellComplete(program, {}, "error-classification", "_X").get_completions(words[:-1], words[-1])
    assert [item.value for item in done] == expected


def test_a_bug_is_one_line_and_70(run: Program, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object, text: str) -> None:
        raise ZeroDivisionError("\x1b[31mnot so good")

    monkeypatch.setattr("error_classification.redaction.Redactor.redact_context", fail)
    done = run("extract", log)
    assert done.code == 70
    assert done.err.startswith("error-classification: ZeroDivisionError: not so good (this is a bug: please report it")
    assert "Traceback" not in done.err
    talk = run("extract", log, "--verbose").err
    assert "Traceback" in talk
    assert "\x1b" not in talk


def test_doctor_looks_at_opensearch_where_it_is_configured(run: Program) -> None:
    away = {"OPENSEARCH_URL": "http://127.0.0.1:9"}
    done = run("doctor", **away)
    assert done.code == 3
    assert "opensearch state       PROBLEM: OpenSearch at " in done.out
    offline = run("doctor", "--offline", "--store", "opensearch", **away)
    assert offline.code == 0
    assert "opensearch state" not in offline.out
    assert "store state" not in offline.out
