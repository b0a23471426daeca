"""The benchmark of parameters on a handful of labelled texts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import parameters

ROWS = (
    ("dependency_error/missing_module", "ModuleNotFoundError: No module named 'numpy'", {"module": "numpy"}),
    ("network_error/connection", "Error: connect ECONNREFUSED 10.1.2.3:5432", {"host": "10.1.2.3", "port": "5432"}),
    ("assertion_failure/test_assertion", "FAIL: test_sum (tests.Sums)\nAssertionError: 3 != 4", {"test": "test_other"}),
    ("resource_exhaustion/file_descriptors", "OSError: [Errno 24] Too many open files", {"limit": "64"}),
)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    rows = [{"text": text, "label": label, "parameters": found} for label, text, found in ROWS]
    rows[2]["text"] = str(rows[2]["text"]) + "\ntest_other"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_precision_and_recall_by_kind(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parameters.main([str(labelled), "--format", "json"]) == 0
    rows = {(row["kind"], row["system"]): row for row in json.loads(capsys.readouterr().out)}
    alone, both = parameters.RULES, parameters.BOTH
    assert [rows["module", system]["recall"] for system in (alone, both)] == [1.0, 1.0]
    assert (rows["port", alone]["recall"], rows["port", alone]["precision"]) == (0.0, None)
    assert (rows["port", both]["recall"], rows["port", both]["precision"]) == (1.0, 1.0)
    assert (rows["test", both]["recall"], rows["test", both]["values"]) == (0.0, 1)
    assert ("limit", both) not in rows
    assert rows["all", both]["values"] == 4


def test_the_table_and_what_is_wrong(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parameters.main([str(labelled), "--details"])
    out = capsys.readouterr().out
    assert "port       rules + extractors       1     1.000     1.000" in out
    assert "labelled.jsonl:3: test: 'test_other', answered " in out


def test_what_cannot_be_read_is_named(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parameters.main([str(labelled), str(labelled.with_name("gone.jsonl"))]) == 1
    said = capsys.readouterr()
    assert "gone.jsonl" in said.err
    assert "rules + extractors" in said.out


@pytest.mark.parametrize(
    ("kind", "true", "said", "wanted"),
    [
        ("file", "b.py", "/a/b.py", True),
        ("file", "b.py", "ab.py", False),
        ("test", "adds", "cart › adds", True),
        ("package", "left", "left@^2.0", True),
        ("package", "@a/b", "@a/b==1", True),
        ("host", "db", "db:5432", True),
        ("host", "db", "", False),
        ("symbol", "Foo", "`foo`", True),
        ("variable", "A", "B", False),
    ],
)
def test_what_is_the_same(kind: str, true: str, said: str, wanted: bool) -> None:
    assert parameters.same(kind, true, said) is wanted
