from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Program

TEXTS = {
    "modules.txt": "ModuleNotFoundError: No module named 'numpy'",
    "ledger.txt": "error: the ledger of acme-billing on db7.acme.example refused the connection of ada",
}


@pytest.fixture
def filled(run: Program) -> Program:
    for name, text in TEXTS.items():
        Path(name).write_text(text)
    assert run("classify", *TEXTS, "--judges", "rules", "--repo", "acme/billing", "--user", "ada").code == 0
    for record in run("stats", "--format", "ndjson").records:
        run("label", record["error_hash"], "network_error/connection", "--author", "ann")
    return run


def test_an_export_is_imported_into_another_store_once(filled: Program) -> None:
    done = filled("label", "--export", "labels.jsonl")
    assert (done.code, done.out, done.err) == (0, "", "2 labels · labels.jsonl\n")
    filled("classify", *TEXTS, "--judges", "rules", "--store", "other.db")
    first = filled("label", "--import", "labels.jsonl", "--store", "other.db")
    again = filled("label", "--import", "labels.jsonl", "--store", "other.db")
    assert (first.code, first.err) == (0, "2 labels added\n")
    assert (again.code, again.err) == (0, "0 labels added; 2 known before\n")
    assert filled("label", "--export", "-", "--store", "other.db").out == Path("labels.jsonl").read_text()


def test_labels_for_unknown_errors_are_told_and_can_come_later(filled: Program) -> None:
    filled("label", "--export", "labels.jsonl")
    filled("classify", "modules.txt", "--judges", "rules", "--store", "other.db")
    done = filled("label", "--import", "labels.jsonl", "--store", "other.db")
    assert done.code == 0
    assert "1 label added; 1 for errors that are not in the store (" in done.err
    filled("classify", "ledger.txt", "--judges", "rules", "--store", "other.db")
    assert filled("label", "--import", "labels.jsonl", "--store", "other.db").err == "1 label added; 1 known before\n"


def test_bad_lines_are_named_and_the_rest_goes_on(filled: Program) -> None:
    good = filled("label", "--export", "-").out
    done = filled("label", "--import", "-", stdin='{"hash": 1}\n' + good + "nonsense\n")
    assert done.code == 3
    assert done.err.startswith("-:1: 'hash' is no text\n-:4: no JSON: ")
    assert "0 labels added; 2 known before; 2 lines bad" in done.err


@pytest.mark.parametrize("arguments", [["--import", "none.jsonl"], ["--import", "."], ["--export", "no/folder.jsonl"]])
def test_a_file_that_cannot_be_used(filled: Program, arguments: list[str]) -> None:
    done = filled("label", *arguments)
    assert (done.code, done.out) == (2, "")
    assert arguments[1] in done.err


def test_an_export_replaces_the_file_behind_a_link_and_keeps_its_permissions(filled: Program) -> None:
    Path("real.jsonl").write_text("old")
    Path("real.jsonl").chmod(0o640)
    Path("link.jsonl").symlink_to("real.jsonl")
    filled("label", "--export", "link.jsonl")
    assert Path("link.jsonl").is_symlink()
    assert len(Path("real.jsonl").read_text().splitlines()) == 2
    assert Path("real.jsonl").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def test_what_is_secret_today_is_not_exported(filled: Program) -> None:
    assert "db7.acme.example" in filled("label", "--export", "-").out
    assert "db7.acme.example" not in filled("label", "--export", "-", MY_TOKEN="db7.acme.example").out


def test_an_anonymised_export_names_nobody(filled: Program) -> None:
    out = filled("label", "--export", "-", "--anonymised").out
    rows = [json.loads(line) for line in out.splitlines()]
    assert sorted(row["text"] for row in rows) == [
        "ModuleNotFoundError: No module named 'numpy'",
        "the <name> of <name> on <name> refused the connection of <name>",
    ]
    assert {row["label"] for row in rows} == {"network_error/connection"}
    assert not [word for word in ("acme", "billing", "ada", "ann", "ledger", "db7") if word in out]
    assert all(set(row) <= {"id", "text", "label", "source_type", "framework", "exit_code"} for row in rows)


def test_an_import_makes_the_store(filled: Program) -> None:
    filled("label", "--export", "labels.jsonl")
    done = filled("label", "--import", "labels.jsonl", "--store", "other.db")
    assert done.code == 0
    assert done.err.startswith("0 labels added; 2 for errors that are not in the store (")
    assert Path("other.db").is_file()


def test_a_file_that_is_not_there_makes_no_store(run: Program) -> None:
    assert run("label", "--import", "none.jsonl", "--store", "other.db").code == 2
    assert not Path("other.db").exists()


def test_an_anonymised_export_is_told_once_from_labels(filled: Program) -> None:
    filled("label", "--export", "public.jsonl", "--anonymised")
    done = filled("label", "--import", "public.jsonl")
    said = "public.jsonl: 2 lines without the hash of an error: anonymised exports are for `evaluate` and `train`"
    assert (done.code, done.err) == (3, f"{said}\n0 labels added; 2 lines bad\n")


def test_a_store_without_labels_says_how_to_get_some(run: Program) -> None:
    assert run("label", "--export", "labels.jsonl").err.endswith("0 labels · labels.jsonl: label errors first: `label --next`\n")
    for reads in (["evaluate"], ["train", "--extra"]):
        done = run(*reads, "labels.jsonl")
        assert done.code == 3
        assert "the file is empty (label errors first: `label --next`)" in done.err


def test_a_store_without_labels_exports_none(run: Program) -> None:
    assert (run("label", "--export", "-").out, run("label", "--export", "-").code) == ("", 0)
