from __future__ import annotations

import re

from front_builders import HOSTILE, MISSING_MODULE, UNKNOWN, classified, error

from error_classification.models import Evidence, Outcome, Verdict
from error_classification.reporting import markdown
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.groups import rows_of


def test_a_document_has_a_table_and_the_evidence() -> None:
    rows = rows_of([classified(test_name="t::a", file="a.py", line=3), classified(UNKNOWN, error_hash="b" * 16)])
    text = markdown.document(rows, "2 errors in 1 file", hidden=4)
    assert text.startswith("### 2 errors in 1 file\n\n| # | Category | Confidence | Occurrences | Where | Root cause |\n| --- |")
    assert "| 1 | `dependency_error/missing_module` | 97% | 1 | `a.py:3` | The module numpy is not installed |" in text
    assert "| 2 | `unclassified` | – | 1 |" in text
    assert "```text\nModuleNotFoundError: No module named 'numpy'\n```" in text
    assert "Hash `0123456789abcdef`" in text
    assert "4 more errors are not shown." in text


def test_without_errors_only_the_summary_is_left() -> None:
    assert markdown.document([], "no errors found in 3 files") == "### no errors found in 3 files\n"


def test_extracted_errors_have_no_column_for_answers() -> None:
    text = markdown.document(rows_of([error("boom")]), "1 error")
    assert "| # | Occurrences | Where | Error |" in text
    assert "Confidence" not in text


def test_what_passed_on_retry_is_said() -> None:
    assert "passed on retry" in markdown.document(rows_of([classified(outcome=Outcome.FLAKY)]), "1")


def test_hostile_text_stays_text() -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, HOSTILE, HOSTILE, (Evidence(1, HOSTILE), Evidence(2, "```\n</details>")))
    places = {"test_name": HOSTILE, "file": HOSTILE, "source": HOSTILE}
    text = markdown.document(rows_of([classified(answer, HOSTILE, **places)]), HOSTILE)
    outside_code = re.sub(r"(?s)(`{3,})text\n.*?\n\1|(`+)[^\n]*?\2", "", text)
    assert "<script" not in outside_code
    assert "@someone" not in outside_code
    assert text.count("\n</details>") == 1
    assert "\x1b" not in text
    (row,) = [line for line in text.split("\n") if line.startswith("| 1 |")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 7


def test_tables_have_aligned_numbers_and_escaped_cells() -> None:
    columns = (Column("Name", Kind.PROSE), Column("Count", Kind.NUMBER))
    text = markdown.tables("3 things", [(columns, [("a|b", "3")]), ((Column("Empty"),), [])])
    assert text == "### 3 things\n\n| Name | Count |\n| --- | ---: |\n| a\\|b | 3 |\n"


def test_evidence_keeps_its_order_and_its_columns() -> None:
    lines = (Evidence(4, "  |     ^^^ here"), Evidence(2, "error: bad"), Evidence(3, "7 |     let x"))
    answer = Verdict("rules", "compilation_error", "types", 0.9, "bad", "", lines)
    text = markdown.document(rows_of([classified(answer)]), "1")
    assert "```text\nerror: bad\n7 |     let x\n  |     ^^^ here\n```" in text


def test_long_lines_are_cut() -> None:
    answer = Verdict("rules", "timeout", "step", 0.9, "x" * 5000, "", (Evidence(1, "y" * 5000),), (), MISSING_MODULE.parameters)
    assert max(map(len, markdown.document(rows_of([classified(answer)]), "1").split("\n"))) < 500
