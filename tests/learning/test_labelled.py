from __future__ import annotations

import os
from pathlib import Path

import pytest
from labelled_files import write_rows

from error_classification.errors import InputError
from error_classification.learning.labelled import LabelledInput, labelled_errors, quiet_blocks, read_inputs
from error_classification.redaction import Redactor

REDACTOR = Redactor()
LOG = """\
+ make test
collected 3 items
E   AssertionError: invoice total is 12
FAILED test_billing.py::test_total - AssertionError: invoice total is 12
+ curl -f https://registry.example.test/up
curl: (6) Could not resolve host: registry.example.test
make: *** [Makefile:3: test] Error 6
##[error]Process completed with exit code 2.
"""
QUIET = "\n".join(f"step {number} passed in {number} ms" for number in range(1, 101)) + "\n"


def read(tmp_path: Path, *rows: object) -> list[LabelledInput | InputError]:
    return list(read_inputs([write_rows(tmp_path / "l.jsonl", *rows)], REDACTOR))


def only(tmp_path: Path, row: dict[str, object]) -> LabelledInput:
    [found] = read(tmp_path, row)
    assert isinstance(found, LabelledInput), found
    return found


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "folder.log").mkdir()
    found = read(tmp_path, *({"file": name, "label": "timeout"} for name in ("pipe.log", "folder.log", "gone.log")))
    said = [one.message for one in found if isinstance(one, InputError)]
    assert [text.partition(": ")[2] for text in said] == ["Not a file", "Not a file", "No such file or directory"]


@pytest.mark.parametrize(
    "marks",
    [
        {"cause": ["Could not resolve host: registry"]},
        {"cause": "Could not resolve host: registry"},
        {"cause_lines": [[6, 6]]},
        {"cause": ["resolve host"], "cause_lines": [[5, 7]]},
    ],
)
def test_a_label_belongs_to_the_error_that_states_its_cause(tmp_path: Path, marks: dict[str, object]) -> None:
    found = only(tmp_path, {"text": LOG, "label": "network_error/dns"} | marks)
    assert len(found.errors) > 1
    [error] = found.about
    assert "Could not resolve host" in error.context.text
    assert "AssertionError" not in error.context.text


def test_without_marks_the_label_is_about_the_first_error(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": LOG, "label": "network_error/dns"})
    assert found.about == (found.first,)


def test_a_cause_that_no_error_holds(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": LOG, "label": "network_error/dns", "cause": ["no such words"]})
    assert found.about == ()
    assert list(labelled_errors([found])) == []


def test_colours_do_not_hide_a_cause(tmp_path: Path) -> None:
    coloured = LOG.replace("Could not", "\x1b[31mCould\x1b[0m not")
    found = only(tmp_path, {"text": coloured, "label": "network_error/dns", "cause": ["Could not resolve"]})
    assert [error.context.line_start <= 6 <= error.context.line_end for error in found.about] == [True]


def test_a_secret_is_redacted_and_its_cause_found_all_the_same(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    log = LOG.replace("resolve host: registry", f"resolve host: {token}")
    found = only(tmp_path, {"text": log, "label": "network_error/dns", "cause": [f"resolve host: {token}"]})
    assert len(found.about) == 1
    assert all(token not in error.context.text for error in found.errors)


def test_what_a_labelled_error_has(tmp_path: Path) -> None:
    row = {
        "id": "one",
        "text": "ModuleNotFoundError: No module named 'six'",
        "label": "dependency_error/missing_module",
        "accepted": ["configuration_error"],
        "family": "missing-module",
        "tool": "python",
        "how": "recorded",
        "ambiguous": True,
        "parameters": {"module": "six"},
    }
    [error] = labelled_errors(read(tmp_path, row))
    assert (error.category, error.subcategory) == ("dependency_error", "missing_module")
    assert error.accepted == {"dependency_error", "configuration_error"}
    assert (error.family, error.tool, error.how, error.ambiguous) == ("missing-module", "python", "recorded", True)
    assert (error.parameters, error.input) == ({"module": "six"}, "one")


JUNIT = (
    '<testsuite><testcase name="a"><failure message="1 != 2">AssertionError: 1 != 2</failure></testcase>'
    '<testcase name="b"><error message="KeyError">KeyError: \'b\'</error></testcase></testsuite>'
)


def test_the_first_failure_of_a_report_has_its_own_label_and_the_others_any_of_them(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": JUNIT, "label": "assertion_failure", "labels": ["assertion_failure", "runtime_error"]})
    first, second = found.errors
    assert found.labelled(first).accepted == {"assertion_failure"}
    assert found.labelled(second).accepted == {"assertion_failure", "runtime_error"}
    assert found.about == (first,)


def test_a_text_in_which_nothing_is_found_is_an_error_where_a_person_says_so(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": QUIET, "label": "timeout/job"})
    assert found.errors == ()
    assert found.first is None
    assert [error.context.line_start for error in found.about] == [1]


def test_nothing_failed(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": QUIET, "label": "none"})
    assert (found.errors, found.about) == ((), ())
    blocks = list(quiet_blocks(found, REDACTOR))
    assert {block.label for block in blocks} == {"unclassified"}
    assert [block.error.context.line_start for block in blocks] == [89, 59, 30, 1]
    assert blocks[0].error.context.text.endswith("step 100 passed in 100 ms")
    assert list(quiet_blocks(only(tmp_path, {"text": QUIET, "label": "timeout"}), REDACTOR)) == []


@pytest.mark.parametrize(("text", "number"), [("one line", 1), ("\n\n", 0), ("", 0), ("a\n" * 13, 2)])
def test_blocks_of_short_inputs(tmp_path: Path, text: str, number: int) -> None:
    assert len(list(quiet_blocks(only(tmp_path, {"text": text, "label": "none"}), REDACTOR))) == number


def test_errors_where_nothing_failed_are_false_alarms(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": LOG, "label": "none"})
    assert found.about == found.errors != ()
    assert {error.category for error in labelled_errors([found])} == {"unclassified"}


def test_files_beside_the_labels_and_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "utf16.log").write_bytes(LOG.encode("utf-16"))
    found, missing, wrong = read(
        tmp_path,
        {"file": "utf16.log", "label": "network_error/dns", "cause_lines": [[6, 6]]},
        {"file": "gone.log", "label": "timeout"},
        {"text": "x", "label": "weather"},
    )
    assert isinstance(found, LabelledInput)
    assert len(found.about) == 1
    assert found.text == LOG
    assert isinstance(missing, InputError)
    assert "gone.log" in missing.message
    assert isinstance(wrong, InputError)
    assert list(labelled_errors([missing, wrong])) == []


def test_hostile_text(tmp_path: Path) -> None:
    found = only(tmp_path, {"text": "\ud800error: \0" + "x" * 100_000, "label": "timeout", "cause": ["\ud800"]})
    assert isinstance(found, LabelledInput)
