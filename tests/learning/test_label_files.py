from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.errors import InputError
from error_classification.learning import label_files
from error_classification.learning.anonymising import Anonymiser
from error_classification.learning.label_files import State
from error_classification.learning.label_rows import Row, read_rows
from error_classification.models import ErrorClassification, ErrorContext, FingerprintedError, RunContext, SourceType, Verdict
from error_classification.ports import Archive, Label
from error_classification.storage.memory import MemoryStore
from error_classification.storage.sqlite import SQLiteStore
from error_classification.taxonomy import SUBCATEGORIES

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ONE, TWO = "00000000000000aa", "00000000000000bb"
ROW = {"hash": ONE, "category": "network_error", "subcategory": "dns", "author": "ann", "labelled_at": "2026-04-01T10:00:00Z"}
LABEL = Label(ONE, "network_error", "dns", "ann", datetime(2026, 4, 1, 10, tzinfo=UTC))

STORES: dict[str, Callable[[Path], Archive]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda folder: SQLiteStore(folder / "store.db", mountinfo=""),
}


@pytest.fixture(params=STORES)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    store = STORES[request.param](tmp_path)
    store.save([occurrence(ONE, "the host is unknown"), occurrence(TWO, "the quota is exceeded")])
    return store


def occurrence(error_hash: str, text: str) -> ErrorClassification:
    context = ErrorContext(SourceType.JOB_LOG, "a.log", text, 1, 1, framework="pytest", exit_code=2)
    error = FingerprintedError(context, f"normalised {text}", error_hash, 1)
    answer = Verdict("rules", "timeout", "job", 0.9, "cause")
    return ErrorClassification(f"id {error_hash}", error, RunContext(repo="me/it"), answer, NOW, NOW)


def read(*lines: Any, now: datetime = NOW) -> list[Label | InputError]:
    data = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    return list(label_files.read(BytesIO(data), "labels.jsonl", frozenset(SUBCATEGORIES), now))


def exported(archive: Archive) -> list[dict[str, Any]]:
    return [label_files.row(found, str) for found in label_files.labelled(archive)]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, LABEL),
        ({"category": None, "subcategory": None, "label": "network_error/dns", "text": "x", "id": "y"}, LABEL),
        ({"labelled_at": "2026-04-01T12:00:00+02:00"}, LABEL),
        ({"labelled_at": "2026-04-01T10:00:00"}, LABEL),
        ({"category": "unclassified", "subcategory": ""}, Label(ONE, "unclassified", "", "ann", LABEL.labelled_at)),
        ({"author": None, "subcategory": None}, Label(ONE, "network_error", "", "", LABEL.labelled_at)),
    ],
)
def test_a_line_is_a_label(change: dict[str, object], wanted: Label) -> None:
    assert read({**ROW, **change}) == [wanted]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "no JSON object"),
        (b'"' + b"x" * (1 << 20) + b'"', "longer than 1 MB"),
        ({**ROW, "hash": "xyz"}, "'hash' is no hash"),
        ({**ROW, "hash": 7}, "'hash' is no text"),
        ({**ROW, "category": "nonsense"}, "unknown category 'nonsense' (known are "),
        ({**ROW, "category": None}, "unknown category ''"),
        ({**ROW, "subcategory": "job"}, "unknown subcategory 'job' of network_error"),
        ({**ROW, "labelled_at": None}, "'labelled_at' is no time"),
        ({**ROW, "labelled_at": "soon"}, "'labelled_at' is no time"),
        ({**ROW, "labelled_at": "0001-01-01T00:00:00+14:00"}, "'labelled_at' is no time"),
        ({**ROW, "labelled_at": "2026-06-01T00:00:00Z"}, "'labelled_at' is in the future"),
        ({**ROW, "author": ["ann"]}, "'author' is no text"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(line: object, said: str) -> None:
    before, bad, after = read(ROW, line, ROW)
    assert before == after == LABEL
    assert isinstance(bad, InputError)
    assert str(bad).startswith(f"labels.jsonl:2: {said}")


def test_empty_lines_and_a_byte_order_mark_are_no_labels() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(ROW).encode(), b"", b"  ") == [LABEL]


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_no_file_breaks_reading(lines: list[bytes]) -> None:
    assert all(isinstance(found, InputError) for found in read(*lines))


def test_adding_again_changes_nothing(archive: Archive) -> None:
    assert [label_files.add(archive, LABEL) for _ in range(2)] == [State.ADDED, State.KNOWN]
    assert archive.labels(ONE) == [LABEL]


def test_a_label_that_was_withdrawn_is_not_given_again(archive: Archive) -> None:
    label_files.add(archive, LABEL)
    archive.withdraw(ONE, "bob", NOW)
    assert label_files.add(archive, LABEL) is State.KNOWN
    assert archive.groups([ONE])[ONE].answer.judge == "rules"


def test_an_older_label_does_not_overrule_a_newer_one(archive: Archive) -> None:
    archive.label(ONE, "timeout", "job", "bob", LABEL.labelled_at + timedelta(hours=1))
    assert label_files.add(archive, LABEL) is State.ADDED
    assert [label.author for label in archive.labels(ONE)] == ["bob", "ann"]
    answer = archive.groups([ONE])[ONE].answer
    assert isinstance(answer, Verdict)
    assert answer.category == "timeout"


def test_a_label_for_an_unknown_error_is_told(archive: Archive) -> None:
    assert label_files.add(archive, Label("f" * 16, "timeout", "job", "ann", NOW)) is State.UNKNOWN


def test_what_is_exported_is_a_labelled_file(archive: Archive, tmp_path: Path) -> None:
    archive.label(ONE, "network_error", "dns", "ann", NOW)
    archive.label(TWO, "unclassified", "", "", NOW)
    lines = exported(archive)
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = [item for item in read_rows(path) if isinstance(item, Row)]
    assert [(item.name, item.text, item.label) for item in found] == [
        (ONE, "the host is unknown", "network_error/dns"),
        (TWO, "the quota is exceeded", "unclassified"),
    ]
    assert (lines[0]["framework"], lines[0]["exit_code"], lines[0]["occurrence_count"]) == ("pytest", 2, 1)
    assert "test_name" not in lines[0]


def test_an_export_comes_back(archive: Archive) -> None:
    archive.label(ONE, "network_error", "dns", "ann", NOW)
    archive.label(TWO, "timeout", "", "bob", NOW)
    archive.label(TWO, "runtime_error", "panic", "cy", NOW)
    archive.withdraw(TWO, "cy", NOW)
    other = MemoryStore()
    other.save([occurrence(ONE, "the host is unknown"), occurrence(TWO, "the quota is exceeded")])
    for label in read(*exported(archive)):
        assert isinstance(label, Label)
        assert label_files.add(other, label) is State.ADDED
    assert exported(other) == exported(archive)


def test_what_was_pruned_is_exported_with_its_normalised_text(archive: Archive) -> None:
    archive.label(ONE, "network_error", "dns", "ann", NOW)
    archive.prune(NOW + timedelta(days=1))
    (line,) = exported(archive)
    assert (line["text"], line["label"]) == ("normalised the host is unknown", "network_error/dns")


def test_an_anonymous_row_tells_neither_hash_nor_people(archive: Archive) -> None:
    archive.label(ONE, "network_error", "dns", "ann", NOW)
    (found,) = label_files.labelled(archive)
    row = label_files.anonymous_row(found, lambda text: text.replace("the", "it"), Anonymiser(frozenset(["it", "is", "host"])))
    assert row.pop("id") != ONE
    assert row == {
        "text": "<name> host is <name>",
        "label": "network_error/dns",
        "source_type": "job_log",
        "framework": "pytest",
        "exit_code": 2,
    }


def test_an_answer_that_a_person_gave_elsewhere_is_exported_without_author() -> None:
    store = MemoryStore()
    human = Verdict("human", "timeout", "job", 1.0, "Labelled by ann")
    given_elsewhere = occurrence(ONE, "x")
    store.save([ErrorClassification("i", given_elsewhere.error, RunContext(), human, NOW, NOW, is_duplicate=True)])
    (line,) = exported(store)
    assert (line["label"], line["author"]) == ("timeout/job", "")
