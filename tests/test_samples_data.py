"""The samples are what their labels say: files exist, causes stand where they should, labels are of the taxonomy."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest

from error_classification.models import UNCLASSIFIED, SourceType
from error_classification.taxonomy import BY_NAME, subcategory_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Row(TypedDict):
    """One line of labels.jsonl."""

    file: str
    kind: str
    tool: str
    command: str
    exit_code: int
    label: str
    cause_lines: list[list[int]]
    cause: list[str]
    how: str
    format: str
    nasty: bool
    ambiguous: bool


ROWS: list[Row] = [json.loads(line) for line in (SAMPLES / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
BY_FILE = {row["file"]: row for row in ROWS}
FAILING = [row for row in ROWS if row["label"] != "none"]
PASSING = [row for row in ROWS if row["label"] == "none"]


def text_of(name: str) -> str:
    """The decoded text of a sample: gzip by its name, UTF-16 by its byte order mark."""
    path = SAMPLES / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")


def test_every_file_has_one_row() -> None:
    found = (path for part in ("failing", "passing") for path in (SAMPLES / part).rglob("*") if path.is_file())
    files = {str(path.relative_to(SAMPLES)) for path in found}
    assert files == set(BY_FILE)
    assert len(ROWS) == len(BY_FILE)


def test_what_was_asked_for_is_there() -> None:
    categories = Counter(row["label"].split("/")[0] for row in FAILING)
    assert set(BY_NAME) <= set(categories)
    assert len(FAILING) >= 100
    assert len(PASSING) >= 40
    assert sum(row["nasty"] for row in PASSING) >= 15
    assert {row["kind"] for row in ROWS} == set(SourceType)
    assert sum(row["how"] == "template" for row in ROWS) <= len(ROWS) / 5


@pytest.mark.parametrize("row", FAILING, ids=lambda row: row["file"])
def test_a_failing_sample_names_its_cause(row: Row) -> None:
    category, _, subcategory = row["label"].partition("/")
    if category == UNCLASSIFIED:
        assert row["cause_lines"] == []
        return
    assert subcategory_of(category, subcategory) is not None
    lines = [ANSI.sub("", line) for line in text_of(row["file"]).split("\n")]
    assert row["cause_lines"]
    for first, last in row["cause_lines"]:
        assert 1 <= first <= last <= len(lines)
        for line in lines[first - 1 : last]:
            assert any(cause in line for cause in row["cause"])


@pytest.mark.parametrize("row", PASSING, ids=lambda row: row["file"])
def test_a_passing_sample_has_no_cause(row: Row) -> None:
    assert row["file"].startswith("passing/")
    assert row["exit_code"] == 0
    assert row["cause_lines"] == []
    assert text_of(row["file"]).strip()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_no_sample_shows_where_it_was_made(row: Row) -> None:
    text = text_of(row["file"])
    assert len(text) < 1_000_000
    for trace in ("/root/", "@users.noreply", "PRIVATE KEY"):
        assert trace not in text
