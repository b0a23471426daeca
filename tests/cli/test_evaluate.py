"""``evaluate`` from the command line to its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Program

ROWS: list[dict[str, Any]] = [
    {
        "id": "six",
        "text": "ModuleNotFoundError: No module named 'six'",
        "label": "dependency_error/missing_module",
        "tool": "python",
    },
    {"id": "dns", "text": "curl: (6) Could not resolve host: a.example.test", "label": "network_error/dns", "tool": "curl"},
    {"id": "wrong", "text": "curl: (6) Could not resolve host: b.example.test", "label": "timeout/job", "tool": "curl"},
    {"id": "quiet", "text": "all is well\n" * 40, "label": "none"},
]


@pytest.fixture
def labels(run: Program) -> Path:
    return write(ROWS)


def write(rows: list[Any]) -> Path:
    path = Path("labels.jsonl")
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def measures(run: Program, *arguments: object) -> dict[str, Any]:
    [found] = run("evaluate", *arguments, "--judges", "rules", "--format", "json").records
    in_force: dict[str, Any] = found["judges"][-1]["measures"]
    return in_force


def test_the_numbers(run: Program, labels: Path) -> None:
    found = measures(run, labels)
    assert found["accuracy"] == found["accuracy"] | {"count": 2, "of": 3}
    assert found["silent"] == found["silent"] | {"count": 1, "of": 1}
    assert found["macro-f1"]["value"] == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert found["confident-errors"]["of"] == 4


def test_a_table(run: Program, labels: Path) -> None:
    outcome = run("evaluate", labels, "--judges", "rules", "--by", "tool", "--errors")
    assert outcome.code == 0
    assert "macro-f1" in outcome.out
    assert "dependency_error" in outcome.out
    assert "Tool" in outcome.out
    assert "Could not resolve" in outcome.out
    assert outcome.err.startswith("3 failed inputs and 1 in which nothing failed: macro-F1 0.556")


def test_markdown(run: Program, labels: Path) -> None:
    outcome = run("evaluate", labels, "--judges", "rules", "--format", "markdown")
    assert outcome.out.startswith("### Judges\n\n| Measure | rules | Meaning |\n")
    assert "### By category" in outcome.out


def test_a_page(run: Program, labels: Path) -> None:
    assert run("evaluate", labels, "--judges", "rules", "--html", "report.html").code == 0
    assert Path("report.html").read_text().count("<svg") == 4
    assert not list(Path().glob(".report.html*"))


def test_a_page_that_cannot_be_written(run: Program, labels: Path) -> None:
    outcome = run("evaluate", labels, "--judges", "rules", "--html", "no/such/folder.html")
    assert outcome.code == 2
    assert "no/such/folder.html" in outcome.err


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        (["--fail-under", "macro-f1=0.55"], 0),
        (["--fail-under", "macro-f1=0.56"], 1),
        (["--fail-over", "confident-errors=0.3"], 0),
        (["--fail-over", "confident-errors=0.01"], 1),
        (["--fail-under", "accuracy=0.5", "--fail-over", "confident-errors=0.01"], 1),
        (["--fail-under", "subcategory=0"], 0),
    ],
)
def test_gates(run: Program, labels: Path, bounds: list[str], code: int) -> None:
    outcome = run("evaluate", labels, "--judges", "rules", *bounds)
    assert outcome.code == code
    assert ("gate: " in outcome.err) is (code == 1)


def test_a_measure_without_a_number_keeps_no_bound(run: Program) -> None:
    path = write([{"text": "x", "label": "timeout"}])
    assert run("evaluate", path, "--judges", "rules", "--fail-over", "ece=1").code == 1


@pytest.mark.parametrize("bound", ["beauty=1", "macro-f1", "macro-f1=much", "=1", "macro-f1=nan", "ece=-inf"])
def test_a_bound_that_is_none(run: Program, labels: Path, bound: str) -> None:
    outcome = run("evaluate", labels, "--fail-under", bound)
    assert outcome.code == 2
    assert "Invalid value for '--fail-under'" in outcome.err


def test_what_cannot_be_read_is_named_and_the_rest_is_measured(run: Program) -> None:
    outcome = run("evaluate", write([*ROWS, "{", {"text": "x", "label": "weather"}]), "--judges", "rules", "--format", "json")
    assert outcome.code == 3
    assert "labels.jsonl, line 5: no JSON" in outcome.err
    assert "labels.jsonl, line 6: unknown category 'weather'" in outcome.err
    assert outcome.records[0]["unread"] == 2
    assert outcome.records[0]["judges"][0]["inputs"] == 3


@pytest.mark.parametrize("rows", [[], ["{"]])
def test_nothing_to_measure(run: Program, rows: list[Any]) -> None:
    outcome = run("evaluate", write(rows), "--judges", "rules")
    assert outcome.code == 3
    assert "nothing to measure" in outcome.err


def test_ambiguous_inputs_may_be_left_out(run: Program) -> None:
    path = write([*ROWS[:2], ROWS[2] | {"ambiguous": True}])
    assert measures(run, path)["accuracy"]["of"] == 3
    assert measures(run, path, "--without-ambiguous")["accuracy"]["value"] == 1


def test_each_error_that_is_meant(run: Program) -> None:
    text = "\n".join(["FAILED test_a.py::test_a - AssertionError: 1 != 2", ROWS[1]["text"], ROWS[0]["text"]])
    path = write([{"text": text, "label": "network_error/dns", "cause": ["Could not resolve host"]}])
    assert measures(run, path, "--each-error")["accuracy"]["value"] == 1


def test_a_projects_own_category(run: Program) -> None:
    Path("own.toml").write_text(
        "[[category]]\nname = 'hardware_error'\nsubcategories = ['board']\n[[rule]]\nname = 'own.board'\n"
        "category = 'hardware_error'\nsubcategory = 'board'\nconfidence = 0.9\npriority = 0\n"
        "pattern = 'board [0-9]+ does not answer'\nsummary = 'A board is dead.'\n"
        "hits = ['board 7 does not answer']\nnear_misses = ['board 7 answers']\n"
    )
    path = write([{"text": "error: board 7 does not answer", "label": "hardware_error/board"}])
    assert measures(run, path, "--rules", "own.toml")["accuracy"]["value"] == 1


def test_stored_answers_of_claude_are_measured_without_asking(run: Program, labels: Path) -> None:
    outcome = run("evaluate", labels, "--judges", "rules,llm", "--format", "json")
    judges = {judge["judge"]: judge["measures"] for judge in outcome.records[0]["judges"]}
    assert list(judges) == ["rules", "llm", "combined"]
    assert judges["llm"]["coverage"]["value"] == 0
    assert judges["combined"]["accuracy"] == judges["rules"]["accuracy"]


def test_nothing_is_stored(run: Program, labels: Path) -> None:
    run("evaluate", labels, "--judges", "rules")
    assert not run.store.exists()


def test_drift_where_people_agree(run: Program, log: Path) -> None:
    run("classify", log)
    [error] = run("stats", "--format", "ndjson").records
    run("label", error["error_hash"], "dependency_error")
    outcome = run("evaluate", "--drift", "--format", "json")
    assert outcome.code == 0
    [found] = outcome.records
    assert (found["labelled"], found["categories"]) == (1, [])
    assert found["periods"][0]["agreement"]["count"] == 1
    assert outcome.err == "1 labelled error: no category's precision fell\n"
    assert "Agreement" in run("evaluate", "--drift").out


def test_drift_of_an_empty_store(run: Program) -> None:
    outcome = run("evaluate", "--drift")
    assert (outcome.code, outcome.out) == (0, "")
    assert "0 labelled errors" in outcome.err


@pytest.mark.parametrize("arguments", [[], ["--drift", "labels.jsonl"]])
def test_either_files_or_drift(run: Program, labels: Path, arguments: list[str]) -> None:
    outcome = run("evaluate", *arguments)
    assert outcome.code == 2
    assert "--drift" in outcome.err
