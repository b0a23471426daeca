from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled_files import write_rows

from error_classification.errors import InputError
from error_classification.learning.label_rows import Row, read_rows


def only(path: Path) -> Row:
    [row] = read_rows(path)
    assert isinstance(row, Row), row
    return row


def test_a_recording(tmp_path: Path) -> None:
    row = {
        "id": "pip-unknown-1",
        "provocation": "pip-unknown",
        "family": "unknown-package",
        "tool": "pip",
        "tool_version": "pip 24",
        "label": "dependency_error/package_not_found",
        "command": "pip install flaskk",
        "exit_code": 1,
        "how": "recorded",
        "format": "github",
        "kind": "job_log",
        "cause": ["No matching distribution"],
        "parameters": {"package": "flaskk", "port": 80},
        "text": "ERROR: No matching distribution",
    }
    assert only(write_rows(tmp_path / "pip.jsonl.gz", row)) == Row(
        name="pip-unknown-1",
        label="dependency_error/package_not_found",
        accepted=frozenset({"dependency_error"}),
        text="ERROR: No matching distribution",
        family="unknown-package",
        tool="pip",
        how="recorded",
        parameters={"package": "flaskk", "port": "80"},
        causes=("No matching distribution",),
    )


def test_a_sample(tmp_path: Path) -> None:
    row = {"file": "a/x.log", "label": "timeout", "cause_lines": [[3, 3], [7, 9]], "cause": "killed", "ambiguous": True}
    found = only(write_rows(tmp_path / "labels.jsonl", row))
    assert (found.name, found.path, found.text) == ("a/x.log", tmp_path / "a" / "x.log", None)
    assert (found.cause_lines, found.causes, found.ambiguous) == (((3, 3), (7, 9)), ("killed",), True)


def test_a_row_of_a_corpus(tmp_path: Path) -> None:
    row = {
        "id": "c1",
        "file": "x.log",
        "label": "none",
        "labels": ["none", "timeout"],
        "root_cause_lines": [[1, 2]],
        "label_confidence": "medium",
        "ecosystem": "go test",
    }
    found = only(write_rows(tmp_path / "manifest.jsonl", row))
    assert (found.label, found.accepted, found.others) == ("unclassified", {"unclassified"}, {"unclassified", "timeout"})
    assert (found.cause_lines, found.ambiguous, found.tool, found.nothing_failed) == (((1, 2),), True, "go test", False)


@pytest.mark.parametrize(
    ("row", "nothing_failed"),
    [
        ({"label": "none"}, True),
        ({"label": "unclassified"}, False),
        ({"label": "timeout"}, False),
        ({"label": "none", "cause_lines": [[1, 1]]}, False),
        ({"label": "none", "expected": {"failed": 0, "errored": 0}}, True),
        ({"label": "none", "expected": {"failed": 1}}, False),
        ({"label": "none", "expected": {"failed": 0, "flaky": 2}}, False),
        ({"label": "none", "expected": {"raw_failure_start_tags": 1}}, False),
        ({"label": "none", "expected": {"failing_step": "RUN make"}}, False),
        ({"label": "none", "expected": {"annotations": []}}, True),
        ({"label": "none", "expected": {"annotations": [{"level": "notice"}]}}, True),
        ({"label": "none", "expected": {"annotations": [{"level": "notice"}, {"level": "failure"}]}}, False),
        ({"label": "timeout", "expected": {"failed": 0}}, False),
    ],
)
def test_whether_something_failed(tmp_path: Path, row: dict[str, object], nothing_failed: bool) -> None:
    assert only(write_rows(tmp_path / "l.jsonl", {"text": "x"} | row)).nothing_failed is nothing_failed


def test_a_projects_own_row_may_accept_more(tmp_path: Path) -> None:
    found = only(write_rows(tmp_path / "own.jsonl", {"text": "x", "label": "timeout/test", "accepted": ["flaky_test/timing"]}))
    assert (found.name, found.label, found.accepted) == ("own.jsonl:1", "timeout/test", {"timeout", "flaky_test"})


def test_categories_of_the_project(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "own.jsonl", {"text": "x", "label": "hardware_error/board"})
    [unknown], [known] = list(read_rows(path)), list(read_rows(path, ("hardware_error",)))
    assert isinstance(unknown, InputError)
    assert "unknown category 'hardware_error'" in unknown.message
    assert isinstance(known, Row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "no JSON object"),
        ({"label": "timeout"}, "neither 'text' nor 'file'"),
        ({"text": 3, "label": "timeout"}, "neither 'text' nor 'file'"),
        ({"text": "x"}, "no label"),
        ({"text": "x", "label": None}, "no label"),
        ({"text": "x", "label": ""}, "no label"),
        ({"text": "x", "label": "weather"}, "unknown category 'weather'"),
        ({"text": "x", "label": "none/dns"}, "'none' has no subcategories"),
        ({"text": "x", "label": "unclassified/dns"}, "'unclassified' has no subcategories"),
        ({"text": "x", "label": "timeout", "accepted": ["weather"]}, "unknown category 'weather'"),
        ({"text": "x", "label": "timeout", "accepted": 3}, "'accepted' is no list of texts"),
        ({"text": "x", "label": "timeout", "cause": [3]}, "'cause' is no list of texts"),
        ({"text": "x", "label": "timeout", "tool": 3}, "'tool' is no text"),
        ({"text": "x", "label": "timeout", "cause_lines": 3}, "'cause_lines' is no list"),
        ({"text": "x", "label": "timeout", "cause_lines": [[2, 1]]}, "'cause_lines' holds something else"),
        ({"text": "x", "label": "timeout", "cause_lines": [[0, 1]]}, "'cause_lines' holds something else"),
        ({"text": "x", "label": "timeout", "cause_lines": [[True, 2]]}, "'cause_lines' holds something else"),
        ({"text": "x", "label": "timeout", "cause_lines": ["12"]}, "'cause_lines' holds something else"),
        ({"text": "x", "label": "timeout", "parameters": []}, "'parameters' is no object"),
        ({"text": "x", "label": "timeout", "parameters": {"a": []}}, "'parameters' is no object"),
        ({"file": "../x.log", "label": "timeout"}, "lies outside the folder"),
        ({"file": "/etc/hostname", "label": "timeout"}, "lies outside the folder"),
        ({"file": "a\0b", "label": "timeout"}, "is no name of a file"),
    ],
)
def test_a_malformed_row_is_named_and_the_rest_goes_on(tmp_path: Path, row: object, said: str) -> None:
    path = write_rows(tmp_path / "l.jsonl", "", row, {"text": "x", "label": "timeout"})
    wrong, right = read_rows(path)
    assert isinstance(wrong, InputError)
    assert wrong.message.startswith(f"{path}, line 2: ")
    assert said in wrong.message
    assert isinstance(right, Row)


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    [found] = read_rows(write_rows(tmp_path / "in" / "l.jsonl", {"file": "link.txt", "label": "timeout"}))
    assert isinstance(found, InputError)
    assert "outside" in found.message


@pytest.mark.parametrize("name", ["labels.jsonl", "manifest.jsonl"])
def test_the_labelled_file_of_a_folder(tmp_path: Path, name: str) -> None:
    write_rows(tmp_path / name, {"id": "right", "text": "x", "label": "timeout"})
    write_rows(tmp_path / "a.jsonl", {"id": "other", "text": "x", "label": "timeout"})
    assert only(tmp_path).name == "right"


def test_all_labelled_files_of_a_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "c.json"):
        write_rows(tmp_path / name, {"id": name, "text": "x", "label": "timeout"})
    assert [row.name for row in read_rows(tmp_path) if isinstance(row, Row)] == ["a.jsonl.gz", "b.jsonl"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    path.write_bytes(b"\x1f\x8bdamaged")
    [error] = read_rows(path)
    assert isinstance(error, InputError)
    assert error.message.startswith(f"{path}: ")


def test_what_can_be_read_of_a_damaged_file(tmp_path: Path) -> None:
    row = b'{"text": "x", "label": "timeout"}\n'
    plain, packed = tmp_path / "plain.jsonl", tmp_path / "packed.jsonl.gz"
    plain.write_bytes(row + b'{"text": "\xff"}\n' + row)
    packed.write_bytes(gzip.compress(row * 2, mtime=0)[:-9])
    [_, undecodable, last] = read_rows(plain)
    assert isinstance(undecodable, InputError)
    assert undecodable.message.startswith(f"{plain}, line 2: no JSON")
    assert isinstance(last, Row)
    [*_, cut] = read_rows(packed)
    assert isinstance(cut, InputError)
    assert cut.message.startswith(f"{packed}: ")


def test_no_labelled_file(tmp_path: Path) -> None:
    [empty], [missing] = list(read_rows(tmp_path)), list(read_rows(tmp_path / "gone.jsonl"))
    assert isinstance(empty, InputError)
    assert "no labelled file" in empty.message
    assert isinstance(missing, InputError)
    assert "No such file" in missing.message


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["text", "file", "label", "labels", "accepted", "cause", "cause_lines", "parameters", "expected", "id"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.sampled_from(["timeout", "none", "x"]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_any_row_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, row: dict[str, object]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    [found] = read_rows(write_rows(folder / "l.jsonl", row))
    assert isinstance(found, Row | InputError)
