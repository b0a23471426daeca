from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from cli_runner import Outcome, Program
from hypothesis import given
from hypothesis import strategies as st

from error_classification.cli import lines

MESSAGE = "ModuleNotFoundError: No module named 'numpy'"


def ask(run: Program, *questions: object, options: Iterable[object] = ("--no-store",)) -> Outcome:
    text = "\n".join(item if isinstance(item, str) else json.dumps(item) for item in questions)
    return run("classify", "--input-format", "ndjson", *options, stdin=text)


def test_one_answer_a_line_in_order_with_the_same_id(run: Program) -> None:
    identities = [1, "a", None, True, 1.5, "1", {"id": "z"}.get("none"), -7, "日本"]
    done = ask(run, *({"id": identity, "text": f"{MESSAGE} {number}"} for number, identity in enumerate(identities)))
    assert [record["id"] for record in done.records] == identities
    assert {record["primary_category"] for record in done.records} == {"dependency_error"}
    assert done.code == 0


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("nonsense", {"error": "not JSON: Expecting value at column 1"}),
        ('{"id": 1, "text": ', {"error": "not JSON: Expecting value at column 19"}),
        ("[1, 2]", {"error": "not an object with id and text"}),
        ('"text"', {"error": "not an object with id and text"}),
        ('{"text": "x"}', {"error": "id is missing"}),
        ('{"id": 1}', {"id": 1, "error": "text is missing"}),
        ('{"id": "a", "text": 5}', {"id": "a", "error": "text must be a string"}),
        ('{"id": null, "text": null}', {"id": None, "error": "text must be a string"}),
        ('{"id": 1, "text": " \\n"}', {"id": 1, "error": "text is empty"}),
        ('{"id": [1], "text": "x"}', {"error": "id must be a string, a number, true, false or null"}),
        ('{"id": 1e999, "text": "x"}', {"error": "id must be a string, a number, true, false or null"}),
        ('{"id": NaN, "text": "x"}', {"error": "not JSON: NaN is not allowed"}),
    ],
)
def test_a_bad_line_is_answered_and_the_rest_goes_on(run: Program, line: str, answer: dict[str, object]) -> None:
    done = ask(run, line, {"id": "next", "text": MESSAGE})
    assert done.records[0] == answer
    assert done.records[1]["id"] == "next"
    assert done.code == 3
    assert done.err.startswith(f"not done: <stdin>:1: {answer['error']}\n")
    assert done.err.count("not done: ") == 1


def test_bytes_that_are_no_text(run: Program) -> None:
    done = run("classify", "--input-format", "ndjson", "--no-store", stdin=b'{"id": 1, "text": "\xff"}\n')
    assert done.records == [{"error": "not UTF-8 at byte 20"}]


def test_deep_nesting_is_refused() -> None:
    refused = lines.parse(b'{"id": 1, "text": ' + b"[" * 100_000)
    assert isinstance(refused, lines.Refusal)


def test_a_line_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 1 << 20)
    first, second = lines.split_lines([b"x" * (1 << 21), b"y" * 5, b"\nshort"])
    assert len(first) == (1 << 20) + 1
    assert second == b"short"
    assert lines.parse(first) == lines.Refusal({}, "line longer than 1 MiB")


def test_blank_lines_and_a_byte_order_mark_are_ignored(run: Program) -> None:
    question = json.dumps({"id": 1, "text": MESSAGE})
    done = run("classify", "--input-format", "ndjson", "--no-store", stdin=f"\ufeff{question}\r\n\r\n  \n{question}")
    assert [record["id"] for record in done.records] == [1, 1]
    assert done.code == 0


def test_equal_texts_share_an_answer_and_a_group(run: Program) -> None:
    first, second = ask(run, {"id": 1, "text": MESSAGE}, {"id": 2, "text": MESSAGE}).records
    assert first["error_hash"] == second["error_hash"]
    assert (first["is_duplicate"], second["is_duplicate"]) == (False, True)
    assert second["occurrence_count"] == 2


def test_asking_the_same_file_again_counts_nothing_twice(run: Program) -> None:
    question = {"id": 1, "text": MESSAGE}
    ask(run, question, options=())
    assert ask(run, question, options=()).records[0]["occurrence_count"] == 1


def test_files_and_folders_of_questions(run: Program) -> None:
    Path("in").mkdir()
    Path("in/a.ndjson").write_text(json.dumps({"id": "a", "text": MESSAGE}))
    Path("in/b.ndjson").write_text(json.dumps({"id": "b", "text": MESSAGE}) + "\n")
    done = run("classify", "--input-format", "ndjson", "--no-store", "in", "missing.ndjson")
    assert [record["id"] for record in done.records] == ["a", "b"]
    assert done.records[1]["source"] == "in/b.ndjson:1"
    assert "missing.ndjson" in done.err
    assert done.code == 3


def test_the_gate_holds_for_questions(run: Program) -> None:
    question = {"id": 1, "text": MESSAGE}
    assert ask(run, question, options=("--no-store", "--fail-on", "dependency_error")).code == 1
    assert ask(run, question, options=("--no-store", "--fail-on", "timeout")).code == 0


def test_a_text_is_one_error_unless_another_type_is_named(run: Program) -> None:
    xml = '<testsuite tests="1"><testcase classname="c" name="ok"/></testsuite>'
    assert ask(run, {"id": 1, "text": xml}).records[0]["source_type"] == "text"
    refused = ask(run, {"id": 1, "text": xml}, options=("--no-store", "--source-type", "junit"))
    assert refused.records == [{"id": 1, "error": "no error in the text"}]


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.integers(1, 7))
def test_lines_do_not_depend_on_chunks(content: list[bytes], size: int) -> None:
    data = b"\n".join(content)
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert list(lines.split_lines(chunks)) == (content or [b""])


@given(st.binary(max_size=60))
def test_any_line_has_an_answer(line: bytes) -> None:
    assert isinstance(lines.parse(line), lines.Question | lines.Refusal)
