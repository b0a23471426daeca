"""Whole job logs: the cause is found and ranked first, and a job that passed is silent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.extraction.job_log import extract, reader
from error_classification.models import ErrorContext

STAMP = "2026-01-02T03:04:05.1234567Z "
NOISE = [f"Downloading package-{number}.tar.gz (12 kB)" for number in range(300)]


def errors_of(*lines: str) -> list[ErrorContext]:
    return list(extract("job.log", ["\n".join(lines).encode()]))


def github(*steps: tuple[str, list[str]], failed: str = "") -> list[str]:
    """A raw log of GitHub Actions: each step with its script echoed, the failed one closed by the runner's word."""
    lines = ["Current runner version: '2.330.0'", "##[group]Operating System", "Ubuntu", "##[endgroup]"]
    for command, output in steps:
        lines += [
            f"##[group]Run {command}",
            f"\x1b[36;1m{command}\x1b[0m",
            "shell: /usr/bin/bash -e {0}",
            "##[endgroup]",
            *output,
        ]
        if command == failed:
            lines.append("##[error]Process completed with exit code 2.")
    lines += ["Post job cleanup.", "fatal: not a git repository", "Cleaning up orphan processes"]
    return [STAMP + line for line in lines]


COMPILER = [
    "src/main.c:12:5: error: 'cout' undeclared (first use in this function)",
    "   12 |     cout << 1;",
    "      |     ^~~~",
]
MAKE = ["make[1]: *** [Makefile:8: main.o] Error 1", "make: *** [Makefile:3: all] Error 2"]


def test_the_cause_comes_before_the_symptoms_that_follow_it() -> None:
    errors = errors_of(*github(("make all", [*NOISE, *COMPILER, *NOISE, *MAKE]), failed="make all"))
    assert errors[0].headline == COMPILER[0]
    assert errors[0].step_name == "make all"
    assert (errors[0].file, errors[0].line, errors[0].exit_code) == ("src/main.c", 12, 2)
    assert all("Error 2" not in error.headline for error in errors)


def test_line_numbers_are_those_of_the_input() -> None:
    log = github(("make", [*NOISE, *COMPILER, *MAKE]), failed="make")
    (error,) = errors_of(*log)
    assert log[error.line_start - 1].endswith(COMPILER[0])
    assert error.line_end == error.line_start + 2


def test_errors_of_an_earlier_step_that_went_well_are_not_the_cause() -> None:
    log = github(
        ("./setup", ["ERROR: could not reach the mirror", "ok then"]),
        (
            "pytest",
            ["E       assert 1 == 2", "", "tests/test_a.py:3: AssertionError", "FAILED tests/test_a.py::test_a - assert 1 == 2"],
        ),
        failed="pytest",
    )
    errors = errors_of(*log)
    assert [error.step_name for error in errors] == ["pytest"]
    assert "assert 1 == 2" in errors[0].text


def test_what_fails_behind_the_job_is_not_the_cause() -> None:
    errors = errors_of(*github(("make", [*COMPILER, *MAKE]), failed="make"))
    assert all("not a git repository" not in error.text for error in errors)


def test_an_echoed_script_is_not_an_error() -> None:
    log = github(('if bad; then echo "::error::it broke"; exit 1; fi', ["all good"]))
    assert errors_of(*log) == []


def test_an_annotation_of_a_command_counts_and_loses_its_mark() -> None:
    log = github(("./check", ["##[error]Resource not accessible by integration"]))
    (error,) = errors_of(*log)
    assert error.headline == "Resource not accessible by integration"


def test_a_lone_exit_code_is_returned_where_nothing_explains_it() -> None:
    (error,) = errors_of(*github(("./quiet", ["working"]), failed="./quiet"))
    assert error.headline == "##[error]Process completed with exit code 2."


def test_every_independent_failure_is_returned_and_a_repeated_one_is_counted() -> None:
    output = [
        "src/a.c:1:1: error: expected ';' before '}' token",
        "src/b.c:2:2: error: unknown type name 'byte'",
        *["curl: (6) Could not resolve host: mirror.example"] * 3,
    ]
    errors = errors_of(*github(("make", output), failed="make"))
    counts = {error.headline: error.count for error in errors}
    assert counts == {output[0]: 1, output[1]: 1, output[2]: 3}


def test_jobs_of_one_file_are_told_apart_and_ranked_each() -> None:
    def job(name: str, *lines: str) -> list[str]:
        return [f"{name}\tRun tests\t{STAMP}{line}" for line in lines]

    errors = errors_of(
        *job("linux", "##[group]Run make", "##[endgroup]", *COMPILER, "##[error]Process completed with exit code 2."),
        *job("macos", "##[group]Run make", "##[endgroup]", "3 warnings, 0 errors", "Cleaning up orphan processes"),
        *job(
            "windows",
            "##[group]Run make",
            "##[endgroup]",
            "a.cpp(3,1): error C2065: 'x': undeclared",
            "##[error]Process completed with exit code 1.",
        ),
    )
    assert [(error.job_name, error.rank, error.exit_code) for error in errors] == [("linux", 1, 2), ("windows", 1, 1)]


def test_a_raw_log_of_github_names_its_job() -> None:
    log = github(("make", [*COMPILER, *MAKE]), failed="make")
    log.insert(4, STAMP + "Complete job name: build (ubuntu, 3.12)")
    (error,) = errors_of(*log)
    assert error.job_name == "build (ubuntu, 3.12)"


def test_an_image_build_in_a_job_is_read_as_such() -> None:
    build = [
        "#8 [build 3/5] RUN npm ci",
        "#8 1.100 npm error code ERESOLVE",
        "#8 1.200 npm error ERESOLVE unable to resolve dependency tree",
        '#8 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
        "------",
        " > [build 3/5] RUN npm ci:",
        "1.200 npm error ERESOLVE unable to resolve dependency tree",
        "------",
        'ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
    ]
    errors = errors_of(*github(("docker build .", build), failed="docker build ."))
    assert (errors[0].command, errors[0].exit_code, errors[0].stage) == ("npm ci", 1, "build")
    assert "ERESOLVE" in errors[0].headline


@pytest.mark.parametrize(
    ("lines", "cause", "step"),
    [
        (
            [
                "Running with gitlab-runner 17",
                "section_start:1700000000:step_script\r\x1b[0K",
                "$ make",
                *COMPILER,
                "ERROR: Job failed: exit code 2",
            ],
            COMPILER[0],
            "step_script",
        ),
        (
            [
                "Started by user x",
                "[Pipeline] { (Build)",
                "+ make",
                *COMPILER,
                "script returned exit code 2",
                "Finished: FAILURE",
            ],
            COMPILER[0],
            "Build",
        ),
        (
            [
                "travis_fold:start:install",
                "E: noise",
                "travis_fold:end:install",
                "$ make",
                *COMPILER,
                'The command "make" exited with 2.',
                "Done. Your build exited with 1.",
            ],
            COMPILER[0],
            "",
        ),
        (
            ["2026-01-02T03:04:05.1234567Z ##[section]Starting: Build", *COMPILER, "##[error]Bash exited with code '2'."],
            COMPILER[0],
            "Build",
        ),
        (
            [
                "[taskcluster 2026-01-02T03:04:05.123Z] Task ID: x",
                *COMPILER,
                "[taskcluster 2026-01-02T03:04:05.123Z] Unsuccessful task run with exit code: 2",
            ],
            COMPILER[0],
            "",
        ),
        ([*NOISE, *COMPILER, *MAKE], COMPILER[0], ""),
    ],
    ids=["gitlab", "jenkins", "travis", "azure", "taskcluster", "plain"],
)
def test_the_cause_is_found_in_the_log_of_every_system(lines: list[str], cause: str, step: str) -> None:
    first = errors_of(*lines)[0]
    assert first.headline == cause
    assert first.step_name == step


@pytest.mark.parametrize(
    "lines",
    [
        [
            "===== test session starts =====",
            "Traceback (most recent call last):",
            '  File "a.py", line 1',
            "ValueError: printed",
            "===== 3 passed in 0.1s =====",
        ],
        [
            "running 2 tests",
            "thread 'main' panicked at src/lib.rs:3:5:",
            "test should_panic ... ok",
            "test result: ok. 2 passed; 0 failed",
        ],
        ["Started by user x", "make: *** [all] Error 2", "retrying", "Finished: SUCCESS"],
        ["Running with gitlab-runner 17", "WARNING: Retrying (1/3) after connection broken", "Job succeeded"],
        github(("npm test", ["npm warn deprecated x: error-prone", "0 errors, 0 failures", "Tests: 3 passed, 3 total"])),
        ["a.c:1:2: warning: unused variable 'error' [-Wunused-variable]", "[100%] Built target error_handler"],
        [
            "Compiling error-chain v0.12",
            "Downloading fail 0.5",
            "checking for exception support... no",
            "test_errors.py::test_failure PASSED",
        ],
        ["0 errors, 0 warnings", "no failures", "errors=0 failed=0"],
        [],
        [""],
    ],
    ids=["pytest", "cargo", "jenkins", "gitlab", "github", "warnings", "names", "zeros", "empty", "blank"],
)
def test_a_job_that_passed_is_silent(lines: list[str]) -> None:
    assert errors_of(*lines) == []


def test_a_log_that_is_cut_off_before_the_runners_word_still_tells() -> None:
    cut = [STAMP + line for line in ["=== RUN   TestA", "    a_test.go:3: got 1, want 2", "--- FAIL: TestA (0.00s)"]]
    (error,) = errors_of(*cut)
    assert error.test_name == "TestA"


TRIED = ["curl: (7) Failed to connect to a.test port 443", "Attempt 1 failed. Retrying..."]


def test_what_is_tried_again_proves_nothing_until_the_last_time() -> None:
    assert errors_of(*TRIED, "downloaded") == []
    (error,) = errors_of(*TRIED, TRIED[0])
    assert error.headline == TRIED[0]
    assert error.count == 2


def test_a_step_that_passed_takes_an_error_back() -> None:
    assert errors_of("Error: no test specified", 'The command "npm test" exited with 0.') == []
    assert errors_of("Error: no test specified", 'The command "npm test" exited with 1.') != []


def test_what_a_warning_shows_of_the_source_is_no_error() -> None:
    location = '  on main.tf line 3, in resource "web" "a":'
    assert errors_of("Warning: Deprecated attribute", "", location, "   3: count = 1", "Apply complete!") == []
    assert errors_of("Error: Unsupported attribute", "", location, "   3: count = 1") != []


def test_what_follows_a_summary_directly_is_told_in_full() -> None:
    lines = ["FAIL src/a.test.ts", "  ● client › retries", "", "    TypeError: x is undefined", "", "      at f (src/a.ts:2:1)"]
    (error,) = errors_of(*lines, "", "Tests:       1 failed, 33 passed, 34 total")
    assert "TypeError: x is undefined" in error.text
    assert error.test_name == "client › retries"


def test_a_stack_that_ends_the_log_is_its_last_word() -> None:
    stack = ["TypeError: x is not a function", *[f"    at f{number} (/app/a.js:{number}:1)" for number in range(9)]]
    (error,) = errors_of("starting", "/app/a.js:7", "x();", "^", "", *stack)
    assert error.headline == stack[0]


def test_what_the_wrapper_shows_is_numbered_as_in_the_input() -> None:
    ends = ["ERROR: script returned exit code 9", "Finished: FAILURE"]
    lines = ["[Pipeline] sh", "node: broken: --max", "", "[Pipeline] }", "[Pipeline] // stage", *ends]
    (error,) = errors_of(*lines)
    assert "node: broken: --max" in error.text
    for index, text in enumerate(error.text.split("\n")):
        assert lines[error.line_of(index) - 1] == text


def test_a_very_long_line_is_cut_around_what_matters() -> None:
    errors = errors_of(
        "x" * 300_000 + " fatal error: disk.h: No such file or directory " + "y" * 100_000, "make: *** [all] Error 1"
    )
    assert len(errors[0].text) < 5_000
    assert "disk.h" in errors[0].text


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                *COMPILER,
                *MAKE,
                "",
                "ok",
                "##[group]Run x",
                "##[endgroup]",
                "Traceback (most recent call last):",
                "\tat a.B(C.java:1)",
            ]
        ),
        max_size=60,
    ),
    st.integers(1, 40),
)
def test_chunks_never_matter(lines: list[str], size: int) -> None:
    data = "\n".join(lines).encode()
    whole = list(extract("a", [data]))
    assert list(extract("a", [data[start : start + size] for start in range(0, len(data), size)])) == whole


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=2000))
def test_no_log_is_too_strange(data: bytes) -> None:
    for error in extract("a", [b"make: *** [all] Error 2\n" + data + b"\nerror: end"]):
        assert 1 <= error.line_start <= error.line_end <= data.count(b"\n") + 3


def test_a_line_that_names_no_test_is_looked_at_in_linear_time() -> None:
    errors = errors_of("<<< FAILURE! " * 20_000, "##[error]Process completed with exit code 1.")
    assert [error.test_name for error in errors] == [""]


def test_failing_builds_without_end_are_not_read_again_without_end() -> None:
    lines = ["#1 [a 1/2] RUN b", "#1 ERROR: no such thing", *(f"other output {number}" for number in range(20))] * 1000
    errors = errors_of(*lines, "##[error]Process completed with exit code 1.")
    assert errors[0].step_name == "[a 1/2] RUN b"


def test_jobs_without_end_are_told_apart_up_to_a_limit() -> None:
    lines = [f"job {number}\tstep\t{STAMP}##[error]error: no such file: {number}.h" for number in range(reader.JOBS_LIMIT + 500)]
    errors = errors_of(*lines)
    assert len({error.job_name for error in errors}) == reader.JOBS_LIMIT
    assert errors[0].job_name == "job 0"


def test_of_more_errors_than_there_is_room_for_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "KEPT_LIMIT", 20_000)
    names = [chr(ord("a") + first) + chr(ord("a") + second) for first in range(20) for second in range(20)]
    steps = ([f"##[group]Run {name}", "##[endgroup]", f"##[error]error: no such file: {name}.h"] for name in names)
    errors = errors_of(*(line for step in steps for line in step))
    assert 5 < len(errors) <= 20
    found = [int(names.index(error.headline.split()[-1].removesuffix(".h"))) for error in errors]
    assert min(found) > 200
