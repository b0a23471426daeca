"""Tests that were tried again are flaky where they passed in the end; failures that were put off are no errors."""

from __future__ import annotations

import pytest

from error_classification.extraction.job_log import extract
from error_classification.extraction.job_log.retries import Retry, retries
from error_classification.models import ErrorContext, Outcome

PLAYWRIGHT = [
    "  ✘  1 e2e/cart.spec.ts:2:1 › adds (16ms)",
    "  ✓  2 e2e/cart.spec.ts:2:1 › adds (retry #1) (9ms)",
    "",
    "  1) e2e/cart.spec.ts:2:1 › adds ─────────────────────────",
    "",
    "    Error: expect(received).toBe(expected) // Object.is equality",
    "",
    "        at /w/e2e/cart.spec.ts:2:34",
    "",
]
FLAKY = ["  1 flaky", "    e2e/cart.spec.ts:2:1 › adds ─────────────────────────", "  1 passed (3.1s)"]
FAILED = ["  1 failed", "    e2e/cart.spec.ts:2:1 › adds ─────────────────────────"]
PYTEST = ["tests/test_a.py::test_drains RERUN     [ 50%]", "tests/test_a.py::test_drains PASSED     [ 50%]"]
GOTESTSUM = ["--- FAIL: TestDrains (0.00s)", "    a_test.go:11: not empty", "FAIL", "DONE 1 tests, 1 failure in 0.005s"]
SUREFIRE = [
    "[ERROR] demo.QueueTest.drains -- Time elapsed: 0.02 s <<< FAILURE!",
    "org.opentest4j.AssertionFailedError: not empty ==> expected: <true> but was: <false>",
    "",
    "[WARNING] Flakes: ",
    "[WARNING] demo.QueueTest.drains",
    "[ERROR]   Run 1: QueueTest.drains:8 not empty",
    "[INFO]   Run 2: PASS",
    "[INFO] ",
    "[INFO] BUILD SUCCESS",
]
JEST = [
    " LOGGING RETRY ERRORS  drains",
    " RETRY 1 ",
    "",
    "    the queue is not empty",
    "",
    "PASS a.test.js",
    "Tests:       1 passed, 1 total",
]


def errors_of(*lines: str) -> list[ErrorContext]:
    return list(extract("job.log", ["\n".join(lines).encode()]))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([*PLAYWRIGHT, *FLAKY], "cart.spec.ts:2:1 › adds"),
        ([*PYTEST, "===== 2 passed, 1 rerun in 0.1s ====="], "tests/test_a.py::test_drains"),
        ([*GOTESTSUM, "--- PASS: TestDrains (0.00s)", "DONE 2 runs, 2 tests, 1 failure in 0.2s"], "a_test.go:11: not empty"),
        (SUREFIRE, "demo.QueueTest.drains"),
        (JEST, "the queue is not empty"),
        (["  TRY 1 FAIL [   0.002s] shop tests::total", "   FLAKY 2/3 [   0.012s] shop tests::total"], "FLAKY 2/3"),
        (["//shop:cart_test                FLAKY, failed in 1 out of 2 in 0.1s"], "//shop:cart_test"),
        (["    (Attempt 1 of 3) adds", "    ✓ adds (12ms)", "  1 passing (1s)"], "(Attempt 1 of 3) adds"),
    ],
    ids=["playwright", "pytest", "gotestsum", "surefire", "jest", "nextest", "bazel", "cypress"],
)
def test_what_passed_when_it_was_tried_again_is_flaky(lines: list[str], said: str) -> None:
    (error,) = errors_of(*lines)
    assert error.outcome is Outcome.FLAKY
    assert said in error.text


@pytest.mark.parametrize(
    "lines",
    [
        [*PLAYWRIGHT, *FAILED],
        [
            *PYTEST[:1],
            "E       assert 1 == 2",
            "FAILED tests/test_a.py::test_drains - assert 1 == 2",
            "=== 1 failed, 1 rerun ===",
        ],
        [*GOTESTSUM, *GOTESTSUM[:3], "DONE 2 runs, 2 tests, 2 failures in 0.2s"],
        [*JEST[:5], "FAIL a.test.js", "  ● drains", "", "    the queue is not empty", "", "Tests:       1 failed, 1 total"],
    ],
    ids=["playwright", "pytest", "gotestsum", "jest"],
)
def test_what_failed_every_time_is_not_flaky(lines: list[str]) -> None:
    assert errors_of(*lines)[0].outcome is Outcome.FAILED


def test_of_two_failures_the_one_that_stayed_comes_first() -> None:
    other = [line.replace("adds", "sums").replace("1)", "2)") for line in PLAYWRIGHT[3:]]
    lines = [*PLAYWRIGHT, *other, "  1 failed", "    e2e/cart.spec.ts:2:1 › sums ──────", *FLAKY]
    assert [(error.test_name.split()[-1], error.outcome) for error in errors_of(*lines)] == [
        ("sums", Outcome.FAILED),
        ("adds", Outcome.FLAKY),
    ]


@pytest.mark.parametrize(
    "line", ["this test is flaky", "flake8 .", "DONE 3 tests in 0.1s", "Attempt 1 of 3", "  0 flaky", "RERUN"]
)
def test_other_lines_are_no_verdict(line: str) -> None:
    assert errors_of("working", line, "done", "===== 2 passed in 0.1s =====") == []


@pytest.mark.parametrize(
    "lines",
    [
        ["not ok 1 - cart # TODO", "  ---", "  message: 'failed, expected 3 but got 4'", "  ...", "1..1", "# fail 0"],
        ["ok 1 - a", "not ok 2 - later # TODO not yet", "#   Failed (TODO) test 'later'", "1..2", "Result: PASS"],
        ["  ✖ later (1.6ms) # TODO", "    AssertionError [ERR_ASSERTION]: not yet", "✔ cart (3ms)", "ℹ fail 0"],
        ["ℹ fail 0", "", "✖ failing tests:", "", "test at a.js:2:3", "✖ later (1.6ms) # TODO", "  AssertionError: not yet"],
    ],
)
def test_what_was_put_off_is_no_error(lines: list[str]) -> None:
    assert errors_of(*lines) == []


def test_what_stands_beside_a_test_that_was_put_off_is_one() -> None:
    (error,) = errors_of(
        "not ok 1 - later # TODO", "  ---", "  error: x failed", "  ...", "not ok 2 - adds", "  ---", "  error: 3 != 4"
    )
    assert error.test_name == "adds"


def test_names_are_read_from_lists_up_to_their_end() -> None:
    after = ["    a.spec.ts:1:1 › one ──", "    a.spec.ts:2:1 › two ──", "  3 passed (1s)"]
    names = [retry.name for retry in retries(7, "  2 flaky", after, proven=True)]
    assert names == ["a.spec.ts:1:1 › one", "a.spec.ts:2:1 › two"]
    assert retries(7, "DONE 3 runs, 9 tests, 1 failure", [], proven=True) == [
        Retry("", ((7, "DONE 3 runs, 9 tests, 1 failure"),), True, 3)
    ]


def test_failures_that_are_worded_alike_are_told_apart() -> None:
    def test(name: str, number: int) -> list[str]:
        return [f"{number}) {name}", "  Message:", f"    Expected {number} to be 3.", "  Stack:", "        at <Jasmine>", ""]

    errors = errors_of("Failures:", *test("cart adds", 1), *test("cart sums", 2), *test("cart adds", 1), "3 specs, 3 failures")
    assert [(error.headline.strip(), error.count) for error in errors] == [("Expected 1 to be 3.", 2), ("Expected 2 to be 3.", 1)]


def test_proof_among_the_lines_behind_a_word_is_an_error_of_its_own() -> None:
    errors = errors_of("Error: printed on purpose", "  ✘ [fail]: adds", "  ✔ fine", "", "  1 test failed")
    assert (errors[0].test_name, errors[0].line_start) == ("adds", 2)
