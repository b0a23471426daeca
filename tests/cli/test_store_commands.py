from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_runner import Outcome, Program

TEXTS = {
    "modules.txt": "ModuleNotFoundError: No module named 'numpy'",
    "network.txt": "curl: (6) Could not resolve host: files.example.org",
    "hostile.txt": "ValueError: \x1b[31m[bold]|`@me <b>\u202e at 2026-01-02 03:04:05",
}


@pytest.fixture
def filled(run: Program) -> Program:
    for name, text in TEXTS.items():
        Path(name).write_text(text)
    assert run("classify", *TEXTS, "--repo", "me/it").code == 0
    return run


def hash_of(run: Program, text: str) -> str:
    return str(run("extract", "--format", "ndjson", stdin=text).records[0]["error_hash"])


@pytest.fixture
def hashes(filled: Program) -> dict[str, str]:
    return {name: hash_of(filled, text) for name, text in TEXTS.items()}


def test_stats_in_every_format(filled: Program) -> None:
    table = filled("stats")
    assert "dependency_error" in table.out
    assert "network_error" in table.out
    assert table.err.startswith("3 occurrences of 3 errors")
    found = json.loads(filled("stats", "--format", "json").out)
    assert (found["occurrences"], found["groups"], len(found["top"])) == (3, 3, 3)
    assert {tally["name"] for tally in found["repos"]} == {"me/it"}
    assert len(filled("stats", "--format", "ndjson", "--top", "2").records) == 2
    assert filled("stats", "--format", "markdown").out.startswith("### 3 occurrences of 3 errors")


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("command", [("stats",), ("rules", "list")])
def test_categories_are_never_broken_inside_a_word(filled: Program, command: tuple[str, ...], columns: int) -> None:
    words = filled(*command, COLUMNS=str(columns)).out.replace("/", " ").split()
    assert {"network_error", "dns", "dependency_error", "missing_module"} <= set(words)


def test_stats_of_a_period_and_a_repository(filled: Program) -> None:
    os.utime("network.txt", (0, 0))
    filled("classify", "network.txt", "--repo", "me/it", "--run", "9")
    assert json.loads(filled("stats", "--until", "1970-01-02", "--format", "json").out)["occurrences"] == 1
    assert json.loads(filled("stats", "--hours", "1", "--format", "json").out)["occurrences"] == 3
    assert json.loads(filled("stats", "--repo", "else/where", "--format", "json").out)["occurrences"] == 0
    assert filled("stats", "--hours", "1", "--since", "2026-01-01").code == 2
    assert filled("stats", "--since", "soon").code == 2


def test_stats_of_an_empty_store(run: Program) -> None:
    done = run("stats")
    assert (done.code, done.out) == (0, "")
    assert "0 occurrences" in done.err


def test_show_by_the_beginning_of_a_hash(filled: Program, hashes: dict[str, str]) -> None:
    done = filled("show", hashes["modules.txt"][:8])
    assert done.code == 0
    for part in (hashes["modules.txt"], "dependency_error/missing_module", "No module named 'numpy'", "modules.txt", "rules on"):
        assert part in done.out


def test_show_prints_what_was_masked(filled: Program, hashes: dict[str, str]) -> None:
    done = filled("show", hashes["hostile.txt"])
    assert "2026-01-02 03:04:05" in done.out
    assert "Masked:" in done.out
    found = json.loads(filled("show", hashes["hostile.txt"], "--format", "json").out)
    assert "2026-01-02 03:04:05" in [mask["original"] for mask in found["masked"]]
    assert found["occurrences"][0]["run"]["repo"] == "me/it"


def test_show_does_not_steer_the_terminal(filled: Program, hashes: dict[str, str]) -> None:
    out = filled("show", hashes["hostile.txt"]).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]" in out


@pytest.mark.parametrize("prefix", ["", "0" * 16, "xyz", "%", "g0", "-"])
def test_unknown_hashes_are_usage_errors(filled: Program, prefix: str) -> None:
    done = filled("show", prefix)
    assert done.code == 2
    assert done.out == ""


def test_an_ambiguous_hash_names_the_candidates(run: Program) -> None:
    questions = [json.dumps({"id": number, "text": f"error: no rule for word{'x' * number}"}) for number in range(40)]
    run("classify", "--input-format", "ndjson", stdin="\n".join(questions))
    found = [item["error_hash"] for item in run("stats", "--top", "100", "--format", "ndjson").records]
    first = next(item[0] for item in found if sum(other[0] == item[0] for other in found) > 1)
    done = run("show", first)
    assert done.code == 2
    assert "is ambiguous (it may be " in done.err


def test_a_label_wins_and_is_shown(filled: Program, hashes: dict[str, str]) -> None:
    done = filled("label", hashes["modules.txt"][:10], "configuration_error/missing_variable")
    assert done.code == 0
    assert "configuration_error/missing_variable" in done.out
    assert "ada" in done.out
    (record,) = filled("classify", "--format", "ndjson", stdin=TEXTS["modules.txt"]).records
    assert (record["primary_category"], record["judge"]) == ("configuration_error", "human")
    filled("label", hashes["modules.txt"], "timeout", "--author", "bob")
    found = json.loads(filled("show", hashes["modules.txt"], "--format", "json").out)
    assert [label["author"] for label in found["labels"]] == ["bob", "ada"]
    assert found["primary_category"] == "timeout"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("nonsense", "unknown category 'nonsense'"),
        ("licence_problem/seat", "one of your own needs its file, --rules FILE"),
        ("timeout/dns", "unknown subcategory 'dns' of timeout"),
        ("", "unknown category ''"),
        ("unclassified/x", "unknown subcategory"),
    ],
)
def test_a_label_that_does_not_exist(filled: Program, hashes: dict[str, str], label: str, said: str) -> None:
    done = filled("label", hashes["modules.txt"], label)
    assert done.code == 2
    assert said in done.err


def test_a_category_can_be_taken_away(filled: Program, hashes: dict[str, str]) -> None:
    assert "unclassified" in filled("label", hashes["modules.txt"], "unclassified").out


def test_a_label_is_withdrawn(filled: Program, hashes: dict[str, str]) -> None:
    wanted = hashes["modules.txt"]
    filled("label", wanted, "timeout")
    assert "Labelled by ada: ModuleNotFoundError" in filled("stats", COLUMNS="200").out
    assert "ModuleNotFoundError" in filled("classify", stdin=TEXTS["modules.txt"]).out
    done = filled("label", wanted[:10], "--withdraw", "--author", "bob")
    assert done.code == 0
    assert "dependency_error/missing_module" in done.out
    assert "  timeout  ada  withdrawn 2" in done.out
    assert " by bob" in done.out
    (label,) = json.loads(filled("show", wanted, "--format", "json").out)["labels"]
    assert (label["author"], label["withdrawn_by"]) == ("ada", "bob")
    again = filled("label", wanted, "--withdraw")
    assert (again.code, again.out) == (2, "")
    assert "no label of" in again.err


@pytest.mark.parametrize("arguments", [[], ["timeout", "--withdraw"]])
def test_a_label_is_either_given_or_withdrawn(filled: Program, hashes: dict[str, str], arguments: list[str]) -> None:
    done = filled("label", hashes["modules.txt"], *arguments)
    assert done.code == 2
    assert "either a category or --withdraw" in done.err


def test_prune_forgets_what_is_old(filled: Program) -> None:
    os.utime("network.txt", (0, 0))
    filled("classify", "network.txt", "--repo", "me/it", "--run", "9")
    dry = filled("prune", "--older-than", "90d", "--dry-run")
    assert dry.out.startswith("would remove 1 occurrence of 1 error")
    assert filled("prune", "--older-than", "90d").out.startswith("removed 1 occurrence of 1 error")
    assert filled("prune", "--older-than", "90d").out.startswith("removed 0 occurrences")
    assert json.loads(filled("stats", "--format", "json").out)["occurrences"] == 3


@pytest.mark.parametrize("arguments", [[], ["--older-than", "soon"], ["--older-than", "-1d"]])
def test_prune_wants_an_age(run: Program, arguments: list[str]) -> None:
    assert run("prune", *arguments).code == 2


def test_a_store_of_a_newer_version_is_left_alone(filled: Program) -> None:
    data = bytearray(filled.store.read_bytes())
    data[60:64] = (99).to_bytes(4, "big")
    for name in filled.store.parent.iterdir():
        if name != filled.store:
            name.unlink()
    filled.store.write_bytes(data)
    for command in (["stats"], ["classify", "modules.txt"], ["show", "ab"]):
        done: Outcome = filled(*command)
        assert done.code == 2
        assert "version" in done.err
    assert filled.store.read_bytes() == data


def test_looking_into_a_store_that_is_not_there_makes_none(filled: Program, tmp_path: Path) -> None:
    store = tmp_path / "none.sqlite3"
    for command in (["stats"], ["show", "abc"], ["label", "abc", "timeout"], ["prune", "--older-than", "1d", "--dry-run"]):
        outcome = filled(*command, "--store", store)
        assert outcome.code == 3
        assert "no store at" in outcome.err
    assert not store.exists()
