"""Workflow commands in whole job logs: decoded, with their place and test, and never a second time what a block says already."""

from __future__ import annotations

import pytest

from error_classification.extraction.job_log import extract
from error_classification.models import ErrorContext

STAMP = "2026-01-02T03:04:05.1234567Z "
BLOCK = [" FAIL  cart.test.ts > adds", "AssertionError: expected 3 to be 4", " ❯ cart.test.ts:5:3", ""]


def errors_of(*lines: str) -> list[ErrorContext]:
    job = ["Current runner version: '2.330.0'", "##[group]Run ./check", "##[endgroup]", *lines]
    job.append("##[error]Process completed with exit code 1.")
    return list(extract("job.log", ["\n".join(STAMP + line for line in job).encode()]))


@pytest.mark.parametrize(
    ("command", "headline", "text"),
    [
        ("::error file=a.py,line=3,title=T::message%0Asecond line", "message", "T\nmessage\nsecond line"),
        ("::error file=a.py,line=3::disk 100%25 full", "disk 100% full", "disk 100% full"),
        ("  ::error title=a%3A b%2C c::nope", "nope", "a: b, c\nnope"),
        ("::error title=Lint: bad::nope%2C really", "nope%2C really", "Lint: bad\nnope%2C really"),
        ("##[error]first%0Asecond", "first", "first\nsecond"),
        ("##[error]100% of nothing", "100% of nothing", "100% of nothing"),
        ("##vso[task.logissue type=error;sourcepath=a.py;linenumber=3]it broke", "it broke", "it broke"),
        (
            "::error file=a.py,line=3::test_a%0A%0A>       assert 1 == 2%0AE       assert 1 == 2",
            "E       assert 1 == 2",
            "test_a\n\n>       assert 1 == 2\nE       assert 1 == 2",
        ),
    ],
)
def test_a_command_is_decoded(command: str, headline: str, text: str) -> None:
    (error,) = errors_of("working", command, "other output")
    assert (error.headline.strip(), error.text, error.line_start, error.line_end) == (headline, text, 5, 5)
    assert error.step_name == "./check"


def test_a_command_says_where() -> None:
    (error,) = errors_of("::error file=src/a.py,line=3,endLine=4,col=1::it broke")
    assert (error.file, error.line) == ("src/a.py", 3)


@pytest.mark.parametrize(
    "echo",
    [
        ["::error file=cart.test.ts,title=cart.test.ts > adds::AssertionError: expected 3 to be 4%0A ❯ cart.test.ts:5:3%0A"],
        ["##[error]AssertionError: expected 3 to be 4", " ❯ cart.test.ts:5:3", ""],
        ["##[error]Error: AssertionError: expected 3 to be 4"],
    ],
)
def test_the_annotation_of_a_failure_that_is_told_already_is_no_second_one(echo: list[str]) -> None:
    (error,) = errors_of(*BLOCK, *echo)
    assert (error.test_name, error.count) == ("cart.test.ts > adds", 1)


def test_the_annotation_of_another_failure_is_a_second_one() -> None:
    errors = errors_of(*BLOCK, "::error file=cart.test.ts,line=9::AssertionError: expected 3 to be 5")
    assert [error.line for error in errors] == [5, 9]


def test_an_annotation_that_comes_twice_is_counted() -> None:
    (error,) = errors_of(*["::error file=a.py,line=3::it broke%0Aagain"] * 2)
    assert error.count == 2


@pytest.mark.parametrize(
    "line", ["::warning file=a.py::error: it broke", "::notice::it failed", "::errors::it", "a ::error::it", "::error::"]
)
def test_other_lines_are_no_such_annotation(line: str) -> None:
    (error,) = errors_of("working", line)
    assert error.headline == "##[error]Process completed with exit code 1."


def test_the_runners_own_word_stays_the_runners() -> None:
    (error,) = errors_of("working", "##[error]Process completed with exit code 2.")
    assert error.exit_code == 2
