"""Annotations in each of their forms, what counts as a failure among them, and input that is broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.extraction.annotations import extract, looks_like
from error_classification.models import ErrorContext, Outcome, Report, SourceType


def run(data: str | bytes, *, step: int = 0) -> tuple[list[ErrorContext], Report]:
    """The errors and the report; ``step`` cuts the input into chunks of that size."""
    raw = data.encode() if isinstance(data, str) else data
    chunks: Iterable[bytes] = [raw[i : i + step] for i in range(0, len(raw), step)] if step else [raw]
    extraction, errors = extract("input", chunks), []
    while True:
        try:
            errors.append(next(extraction))
        except StopIteration as end:
            return errors, end.value


def note(level: str, message: str, **more: object) -> dict[str, object]:
    return {"path": "src/app.py", "start_line": 3, "end_line": 3, "annotation_level": level, "message": message, **more}


def texts(data: object) -> list[str]:
    return [error.text for error in run(json.dumps(data))[0]]


FAILURE = note("failure", "undefined name 'x'", title="F821", raw_details=None, start_column=None, end_column=None)


@pytest.mark.parametrize(
    "document",
    [
        [FAILURE],
        {"annotations": [FAILURE]},
        {"name": "lint", "conclusion": "failure", "output": {"title": "1 finding", "annotations": [FAILURE]}},
        {"data": {"node": {"annotations": {"nodes": [FAILURE]}}}},
        [[FAILURE], []],
    ],
)
def test_lists_check_runs_and_graphql_answers_hold_annotations(document: object) -> None:
    errors, report = run(json.dumps(document))
    assert [(e.text, e.file, e.line, e.headline) for e in errors] == [
        ("F821\nundefined name 'x'", "src/app.py", 3, "undefined name 'x'")
    ]
    assert report.source_type is SourceType.GITHUB_ANNOTATION
    assert not report.warnings


def test_graphql_spelling() -> None:
    document = {
        "annotationLevel": "FAILURE",
        "message": "boom",
        "path": "a.go",
        "rawDetails": "panic: boom",
        "location": {"start": {"line": 7}},
    }
    [error], _ = run(json.dumps([document]))
    assert (error.text, error.file, error.line) == ("panic: boom", "a.go", 7)


def test_job_annotations_have_no_file() -> None:
    [error], _ = run(json.dumps([note("failure", "disk full", path=".github", start_line=812)]))
    assert (error.file, error.line) == ("", None)


def test_the_job_is_named_and_lines_are_those_of_the_document() -> None:
    document = json.dumps({"name": "unit", "head_sha": "0", "output": {"annotations": [FAILURE, note("failure", "b")]}}, indent=1)
    errors, report = run(document)
    assert [e.job_name for e in errors] == ["unit", "unit"]
    lines = document.split("\n")
    assert "undefined name" in lines[errors[0].line_of(0) - 1]
    assert '"b"' in lines[errors[1].line_of(0) - 1]
    assert report.lines == len(lines)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (("notice",), []),
        (("warning",), ["0"]),
        (("failure", "warning", "notice"), ["0"]),
        (("warning", "failure"), ["1"]),
        (("NOTICE", "FAILURE"), ["1"]),
        (("error", "none of these"), ["0", "1"]),
    ],
)
def test_levels(levels: tuple[str, ...], expected: list[str]) -> None:
    assert texts([note(level, str(index)) for index, level in enumerate(levels)]) == expected


@pytest.mark.parametrize(
    "message",
    [
        "Node.js 16 actions are deprecated. Please update the following actions to use Node.js 20",
        "The `set-output` command is deprecated and will be disabled soon.",
        "No files were found with the provided path: dist/. No artifacts will be uploaded.",
        "Failed to save: Unable to reserve cache with key linux-npm",
    ],
)
def test_housekeeping_warnings_are_no_failures(message: str) -> None:
    assert texts([note("warning", message, path=".github")]) == []


@pytest.mark.parametrize(
    ("title", "message", "name", "outcome"),
    [
        ("test_add (calc.TestAdd) failed", "junit.xml\u2003[took 1s]", "calc.TestAdd::test_add", Outcome.FAILED),
        ("adds numbers with error", "junit.xml\u2003[took 0s]", "adds numbers", Outcome.ERRORED),
        ("All 2 runs failed: test_add (calc.TestAdd)", "a.xml\u2003[took 1s]", "calc.TestAdd::test_add", Outcome.FAILED),
        ("1 out of 3 runs with error: test_b", "a.xml", "test_b", Outcome.ERRORED),
        ("", "FAILED tests/test_x.py::TestA::test_y[a b] - assert 0", "tests/test_x.py::TestA::test_y[a b]", Outcome.FAILED),
    ],
)
def test_a_warning_that_names_a_failing_test_counts_beside_failures(
    title: str, message: str, name: str, outcome: Outcome
) -> None:
    errors, _ = run(json.dumps([note("warning", message, title=title, raw_details="AssertionError: 1 != 2"), FAILURE]))
    assert [(e.test_name, e.outcome, e.rank) for e in errors] == [("", Outcome.FAILED, 1), (name, outcome, 2)]


@pytest.mark.parametrize("title", ["Build failed", "Lint failed", "deploy with error"])
def test_not_everything_that_failed_is_a_test(title: str) -> None:
    [error], _ = run(json.dumps([note("failure", "see the log", title=title)]))
    assert error.test_name == ""


@pytest.mark.parametrize(
    ("title", "message", "file", "name", "framework"),
    [
        ("", "TestA.test_b[1.5]\n\nassert 1 == 2", "tests/test_a.py", "TestA::test_b[1.5]", "pytest"),
        ("test_mod.test_b", "assert 1 == 2", "tests/test_mod.py", "test_mod::test_b", "pytest"),
        ("", "Import order\n\nsee the guide", "tests/test_a.py", "", ""),
        (
            "[chromium] › cart.spec.ts:3:5 › adds",
            "Error: x",
            "e2e/cart.spec.ts",
            "[chromium] › cart.spec.ts:3:5 › adds",
            "playwright",
        ),
        ("cart › adds", "Error: x", "src/cart.test.tsx", "cart › adds", ""),
        ("no-unused-vars", "'x' is unused", "src/cart.test.tsx", "", ""),
        ("pytest.tests.TestA ► test_c", "Failed test found in:\n  junit.xml", "tests/a.cs", "test_c", ""),
    ],
)
def test_names_of_tests_by_plugin(title: str, message: str, file: str, name: str, framework: str) -> None:
    [error], _ = run(json.dumps([note("failure", message, title=title, path=file)]))
    assert (error.test_name, error.framework) == (name, framework)


def test_pytest_marks_the_cause_itself() -> None:
    message = "def test_a():\n>       assert 3 == 4\nE       assert 3 == 4\n\ntest_a.py:2: AssertionError"
    [error], _ = run(json.dumps([note("failure", message, title="test_a", path="test_a.py")]))
    assert (error.test_name, error.headline) == ("test_a", "E       assert 3 == 4")


def test_output_of_a_suite_is_linked_to_its_failing_test() -> None:
    log = {"title": "Logging on stdout of test suite //pkg:t", "raw_details": "ModuleNotFoundError: No module named 'nope'"}
    other = {"title": "Logging on stderr of test suite //pkg:fine", "raw_details": "error: not asked for"}
    errors, _ = run(
        json.dumps(
            [
                note(
                    "failure",
                    "a.xml\u2003[took 0s]",
                    title="//pkg:t with error",
                    raw_details="exited with error code 1",
                    path="/",
                ),
                note("notice", "Test suite //pkg:t has the following stdout output.", **log),
                note("warning", "Test suite //pkg:fine has the following stderr output.", **other),
            ]
        )
    )
    assert [(e.test_name, e.file, e.count) for e in errors] == [("//pkg:t", "", 1)]
    assert errors[0].text.endswith("ModuleNotFoundError: No module named 'nope'")


def test_exit_code_is_a_wrapper_where_its_job_has_an_error() -> None:
    wrapper = note("failure", "Process completed with exit code 2.", path=".github")
    assert texts([wrapper, FAILURE]) == ["F821\nundefined name 'x'"]
    [alone], _ = run(json.dumps([wrapper, wrapper]))
    assert (alone.text, alone.exit_code, alone.count) == ("Process completed with exit code 2.", 2, 2)
    jobs = [{"name": "a", "conclusion": "", "annotations": [wrapper]}, {"name": "b", "conclusion": "", "annotations": [FAILURE]}]
    assert texts(jobs) == ["F821\nundefined name 'x'", "Process completed with exit code 2."]


def test_a_run_that_a_newer_one_cancelled_did_not_fail() -> None:
    newer = note("failure", "Canceling since a higher priority waiting request for 'ci-refs/heads/main' exists", path=".github")
    cancelled = note("failure", "The operation was canceled.", path=".github")
    wrapper = note("failure", "Process completed with exit code 143.")
    assert texts([newer, cancelled, wrapper]) == []
    assert texts([cancelled]) == ["The operation was canceled."]
    assert texts([newer, cancelled, FAILURE]) == ["F821\nundefined name 'x'"]
    assert texts([note("failure", "The job has exceeded the maximum execution time of 6h0m0s"), cancelled]) == [
        "The job has exceeded the maximum execution time of 6h0m0s"
    ]


def test_identical_annotations_are_one_with_their_count() -> None:
    [error], _ = run(json.dumps([FAILURE, FAILURE, FAILURE]))
    assert error.count == 3


def test_nothing_is_said_twice() -> None:
    doubled = note("failure", "E1: no such table", title="no such table", raw_details="E1: no such table")
    assert texts([doubled]) == ["E1: no such table"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("::error file=a%2Cb.c,line=4,col=2,title=Bad%3A%25::one%0Atwo%0D%25 %3A", ("Bad:%\none\ntwo\r% %3A", "a,b.c", 4)),
        ("::error::plain", ("plain", "", None)),
        ("::ERROR file=x.py,line=0::shouted", ("shouted", "x.py", 0)),
        ("::error file=x.py,line=no::text: with::colons", ("text: with::colons", "x.py", None)),
        ("2025-01-01T00:00:00.0000000Z \x1b[31m##[error]it broke\x1b[0m", ("it broke", "", None)),
        ("##[error]b.ts(2,1): error TS1005: ';' expected.", ("b.ts(2,1): error TS1005: ';' expected.", "b.ts", 2)),
        ("##[error]::error file=b.ts,line=2::nested", ("nested", "b.ts", 2)),
        ("##vso[task.logissue type=error;sourcepath=c.cs;linenumber=9;code=CS0103;]gone", ("CS0103\ngone", "c.cs", 9)),
        (
            "src/a.ts(3,5): error TS2322: Type 'string' is not assignable",
            ("TS2322: Type 'string' is not assignable", "src/a.ts", 3),
        ),
        ("src/a.c:14:5: error: 'x' undeclared", ("'x' undeclared", "src/a.c", 14)),
        (
            'pkg/m.py:7: error: Name "y" is not defined  [name-defined]',
            ('Name "y" is not defined  [name-defined]', "pkg/m.py", 7),
        ),
        ("pkg/m.py:7:80: E501 line too long", ("E501 line too long", "pkg/m.py", 7)),
        ("/w/a.js: line 2, col 9, Error - 'z' is not defined. (no-undef)", ("'z' is not defined. (no-undef)", "/w/a.js", 2)),
        (
            "C:\\w\\P.cs(12,9): error CS0246: The type 'T' could not be found",
            ("CS0246: The type 'T' could not be found", "C:\\w\\P.cs", 12),
        ),
        ("internal/q.go:41:17: undefined: tick", ("undefined: tick", "internal/q.go", 41)),
    ],
)
def test_printed_annotations(line: str, expected: tuple[str, str, int | None]) -> None:
    [error], _ = run(f"::group::x\n{line}\n::endgroup::\n")
    assert (error.text, error.file, error.line) == expected
    assert (error.line_start, error.line_end) == (2, 2)


@pytest.mark.parametrize(
    "line", ["::debug::error: x", "::add-mask::error", "::set-output name=error::error", "##[group]error", "error", "::notice::n"]
)
def test_other_commands_make_no_errors(line: str) -> None:
    assert run(line)[0] == []


def test_findings_of_one_checker_count_though_some_are_warnings() -> None:
    errors, _ = run(
        "::warning file=a.php,line=1::odd\n::error file=a.php,line=2::wrong\n::warning::Node.js 16 actions are deprecated\n"
    )
    assert [(e.text, e.rank) for e in errors] == [("wrong", 1), ("odd", 2)]


def test_messages_of_an_index() -> None:
    text = (
        "[build (3.11, a)] [FAILURE] a | b failed\nline two | [build (3.11, a)] [WARNING] old action"
        " | [test] [NOTICE] fine | [test] [FAILURE] c"
    )
    errors, _ = run(text)
    assert [(e.text, e.job_name, e.line_start) for e in errors] == [
        ("a | b failed\nline two", "build (3.11, a)", 1),
        ("c", "test", 2),
    ]


def test_documents_of_an_index() -> None:
    hits = {"hits": {"hits": [{"_source": {"s_job_name": "unit", "s_annotation_messages": "[FAILURE] x | [FAILURE] y"}}]}}
    errors, _ = run(json.dumps([hits, {"s_annotation_messages": ["p", "q"]}, {"s_annotation_messages": None}], indent=1))
    assert [(e.text, e.job_name) for e in errors] == [("x", "unit"), ("y", "unit"), ("p", ""), ("q", "")]
    assert len({e.line_start for e in errors}) == 2


GOOD = json.dumps([FAILURE, note("failure", "second")], indent=1)


@pytest.mark.parametrize(
    ("data", "found", "place"),
    [
        (GOOD[:-40], 1, "line"),
        (GOOD.replace("},", "} oops,", 1), 2, "line 12 column 4"),
        ('{"annotations": ' + GOOD[: GOOD.index("second") - 3], 1, "line"),
        (
            json.dumps(FAILURE) + "\n" + json.dumps(note("failure", "b")) + "\n{broken\n" + json.dumps(note("failure", "c")),
            3,
            "line 3 column 2",
        ),
        ("[" * 100_000, 0, "nested too deeply"),
        ('{"a":' * 100_000 + "1", 0, "nested too deeply"),
        ('[{"message": "m", "annotation_level": "failure", "start_line": ' + "9" * 5_000 + "}]", 0, "a number is too long"),
    ],
)
def test_damaged_json_is_read_as_far_as_it_can_be(data: str, found: int, place: str) -> None:
    errors, report = run(data)
    assert len(errors) == found
    assert report.damaged
    assert place in report.warnings[0]


def test_json_lines_nan_duplicate_keys_and_lone_surrogates() -> None:
    data = '{"message": "old", "message": "m\\ud800", "annotation_level": "failure", "start_line": NaN, "path": "a"}\n'
    data += '{"message": 3}\n'
    [error], report = run(data)
    assert (error.text, error.line) == ("m?", None)
    assert not report.warnings


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (json.dumps([FAILURE]), True),
        ('{"s_annotation_messages": "x"}', True),
        ('{"output": {"annotations": []}}', True),
        ('[{"level": "failure", "path": "a", "message": "m"}]', True),
        ('{"dependencies": {"a": "1"}}', False),
        ('[INFO] "annotations": [', False),
        ("::error::x", True),
        ("::group::a\n::error::x\n", True),
        ("plain\n::error::x\nplain\nplain\n", False),
        ("2025-01-01T00:00:00Z Current runner version: '2.3'\n2025-01-01T00:00:00Z ##[error]x\n2025-01-01T00:00:00Z end", False),
        ("a.c:1:2: error: x\nb.c:1:2: error: y\n", False),
        ("a.c:1:2: error: x", False),
        ("[FAILURE] x", True),
        ("[job] [WARNING] x | [job] [FAILURE] y", True),
        ("[ERROR] Failed to execute goal | see [ERROR] below", False),
        ("[WARNING] old\n[INFO] Scanning | [ERROR] x", False),
        ("", False),
    ],
)
def test_detection(head: str, expected: bool) -> None:
    assert looks_like(head.encode()) is expected


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_fail(data: bytes) -> None:
    run(data)
    looks_like(data)


MIXED = f"{GOOD}\n::error file=a.py,line=3::x%0Ay\r\n##[error]z\n[FAILURE] a | [ERROR] b\n".encode()


@given(st.integers(0, len(MIXED)), st.binary(max_size=6), st.integers(0, 60), st.integers(1, 50))
def test_mutations_never_fail_and_chunks_do_not_matter(at: int, put: bytes, cut: int, step: int) -> None:
    data = MIXED[:at] + put + MIXED[at + cut :]
    assert run(data) == run(data, step=step)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "annotation_level", "path", "title", "location", "annotations", "start_line"]),
            children,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_without_damage(value: object) -> None:
    errors, report = run("[" + json.dumps(value) + "]")
    assert not report.damaged
    assert [error.rank for error in errors] == list(range(1, len(errors) + 1))
    assert all(len(error.line_numbers) == error.text.count("\n") + 1 for error in errors)


def test_outputs_of_a_suite_go_to_its_first_failure_and_are_bounded() -> None:
    failures = [note("failure", f"{place} [took 0s]", title="//pkg:t failed") for place in ("one", "two")]
    logs = [
        note("warning", "has output", title="Logging on stdout of test suite //pkg:t", raw_details=f"line {number}")
        for number in range(2000)
    ]
    first, second = run(json.dumps([*failures, *logs]))[0]
    assert (first.count, second.count) == (2001, 1)
    assert first.text.split("\n") == ["//pkg:t failed", "one [took 0s]", *(f"line {number}" for number in range(8))]
    assert "line" not in second.text


def test_many_different_annotations_take_linear_time() -> None:
    wrappers = [note("failure", f"Process completed with exit code {number}.") for number in range(3000)]
    warnings = [note("warning", "exit code 1", title=f"Logging on stderr of test suite {number}") for number in range(3000)]
    assert len(run(json.dumps([*wrappers, *warnings]))[0]) == 3000


def test_only_so_much_is_read() -> None:
    errors, report = run(json.dumps([FAILURE] * 60_000))
    assert report.damaged
    assert report.warnings[0] == "only the first 8 MB were read"
    assert 40_000 < errors[0].count < 60_000
