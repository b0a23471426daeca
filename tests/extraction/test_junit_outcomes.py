"""Which outcome each writer's way of saying it stands for: counted case by case, whatever the totals claim."""

from __future__ import annotations

import pytest
from junit_support import counts, read

from error_classification.models import Outcome


def _suite(*cases: str, attributes: str = "") -> str:
    return f"<testsuite {attributes}>{''.join(cases)}</testsuite>"


def _failed(name: str, text: str = "boom: it broke", classname: str = "c") -> str:
    return f'<testcase classname="{classname}" name="{name}"><failure message="{text}"/></testcase>'


def _passed(name: str, classname: str = "c") -> str:
    return f'<testcase classname="{classname}" name="{name}"/>'


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("<testsuites/>", {}),
        ("<testsuite tests='7' failures='3'/>", {}),
        ("<testcase name='a'/>", {"testcases": 1}),
        ("<testsuites><testcase name='a'><failure/></testcase></testsuites>", {"testcases": 1, "failed": 1}),
        (_suite(_passed("a"), _failed("b"), attributes='tests="1,234" failures="" time="NaN"'), {"testcases": 2, "failed": 1}),
        (_suite("<testcase><failure/><failure/></testcase>"), {"testcases": 1, "failed": 1}),
        (_suite("<testcase><failure/><error/></testcase>"), {"testcases": 1, "failed": 1, "errored": 1}),
        (_suite("<testcase><skipped/><failure/></testcase>"), {"testcases": 1, "failed": 1, "skipped": 1}),
        (_suite("<testcase><skipped/></testcase>"), {"testcases": 1, "skipped": 1}),
        (_suite("<testcase status='notrun' result='suppressed'/>"), {"testcases": 1, "notrun": 1}),
        (_suite("<testcase status='run' result='skipped'/>"), {"testcases": 1, "notrun": 1}),
        (_suite("<testcase status='disabled'/>"), {"testcases": 1, "notrun": 1}),
        (_suite("<testcase status='notrun'><skipped/></testcase>"), {"testcases": 1, "skipped": 1}),
        (_suite("<testcase status='run' name='status=disabled'/>"), {"testcases": 1}),
        (_suite("<testcase><flakyFailure/><flakyError/></testcase>"), {"testcases": 1, "flaky": 1}),
        (_suite("<testcase><error/><rerunError/><rerunFailure/></testcase>"), {"testcases": 1, "errored": 1}),
        (_suite("<testcase><failure/><flakyFailure/></testcase>"), {"testcases": 1, "failed": 1}),
        (_suite("<testcase><rerunFailure/></testcase>"), {"testcases": 1}),
        (_suite("<testcase><system-out>&lt;failure/></system-out></testcase>"), {"testcases": 1}),
        (_suite("<testcase><system-out><![CDATA[<failure/>]]></system-out></testcase>"), {"testcases": 1}),
        (_suite("<!-- <testcase><failure/></testcase> -->"), {}),
        (_suite(_suite(_suite(_failed("deep")), _passed("a"))), {"testcases": 2, "failed": 1}),
        ("<testsuite>" * 500 + _failed("deep") + "</testsuite>" * 500, {"testcases": 1, "failed": 1}),
        (_suite("<testcase><testcase><failure/></testcase></testcase>"), {"testcases": 2, "failed": 1}),
        ("<j:testsuites xmlns:j='urn:j'><j:testcase><j:failure/></j:testcase></j:testsuites>", {"testcases": 1, "failed": 1}),
        (_suite("<properties><property name='failure'/></properties><widget><error/></widget>", _passed("a")), {"testcases": 1}),
    ],
)
def test_counts(report: str, expected: dict[str, int]) -> None:
    assert counts(report) == expected
    assert not read(report)[1].damaged


@pytest.mark.parametrize(
    ("report", "outcomes"),
    [
        (_suite("<testcase><failure/><error/></testcase>"), [Outcome.ERRORED]),
        (_suite("<testcase><failure/><failure/></testcase>"), [Outcome.FAILED]),
        (_suite("<testcase><flakyError/></testcase>"), [Outcome.FLAKY]),
        (_suite("<testcase><skipped/></testcase>"), []),
        (_suite(_failed("a"), "<error message='no plan'/>"), [Outcome.FAILED, Outcome.ERRORED]),
        (_suite("<failure message='setup'/>"), [Outcome.FAILED]),
    ],
)
def test_one_error_per_failing_case_and_per_problem_of_a_suite(report: str, outcomes: list[Outcome]) -> None:
    assert [error.outcome for error in read(report)[0]] == outcomes


def test_errors_come_in_document_order_however_suites_are_nested() -> None:
    inner = _suite(_failed("b"), _suite(_failed("c")), _failed("d"))
    report = f"<testsuites>{_suite(_failed('a'), inner, _failed('e'))}{_suite(_failed('f'))}</testsuites>"
    errors = read(report)[0]
    assert [error.test_name for error in errors] == ["c::a", "c::b", "c::c", "c::d", "c::e", "c::f"]
    assert [error.rank for error in errors] == [1, 2, 3, 4, 5, 6]


_GO = '<properties><property name="go.version" value="go1.24 linux/amd64"/></properties>'


@pytest.mark.parametrize(
    ("cases", "outcomes", "expected"),
    [
        (_failed("a") + _passed("b") + _passed("a"), [("flaky", 1)], {"testcases": 3, "flaky": 1}),
        (_failed("a") + _failed("a") + _passed("a"), [("flaky", 2)], {"testcases": 3, "flaky": 1}),
        (_failed("a") + _failed("a"), [("failed", 1), ("failed", 1)], {"testcases": 2, "failed": 2}),
        (_passed("a") + _failed("a"), [("failed", 1)], {"testcases": 2, "failed": 1}),
        (_passed("a") + _failed("a") + _passed("a"), [("failed", 1)], {"testcases": 3, "failed": 1}),
        (_failed("a") + _passed("a") + _passed("a"), [("failed", 1)], {"testcases": 3, "failed": 1}),
        (_failed("a") + _passed("a", classname="other"), [("failed", 1)], {"testcases": 2, "failed": 1}),
        (
            _failed("a") + '<testcase classname="c" name="a"><skipped/></testcase>',
            [("failed", 1)],
            {"testcases": 2, "failed": 1, "skipped": 1},
        ),
    ],
)
def test_where_every_attempt_is_a_test_case_one_later_pass_makes_a_test_flaky(
    cases: str, outcomes: list[tuple[str, int]], expected: dict[str, int]
) -> None:
    report = _suite(_GO, cases)
    assert [(error.outcome, error.count) for error in read(report)[0]] == outcomes
    assert counts(report) == expected


@pytest.mark.parametrize("attributes", ['name="jest tests"', 'name="pytest"', ""])
def test_elsewhere_cases_of_one_name_are_different_tests(attributes: str) -> None:
    report = _suite(_failed("a"), _passed("a"), attributes=attributes)
    assert counts(report) == {"testcases": 2, "failed": 1}
    assert [error.outcome for error in read(report)[0]] == [Outcome.FAILED]


def test_a_rerun_that_looks_passed_does_not_hide_the_failure_after_it() -> None:
    report = _suite(_passed("t"), _passed("t"), _failed("t"), attributes='name="pytest"')
    assert counts(report) == {"testcases": 3, "failed": 1}


def test_programs_that_were_never_built_are_named() -> None:
    case = '<testcase name="{}" status="notrun"><skipped message="{}"/></testcase>'
    report = _suite(case.format("gone", "Unable to find executable"), case.format("slow", "SKIP_RETURN_CODE=77"))
    errors, found = read(report)
    assert errors == []
    assert found.warnings == ("counted as skipped for want of their executables: gone",)
    assert not found.damaged
