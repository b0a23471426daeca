"""How far an error reaches around its line: a table for each shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.extraction.job_log.blocks import extent
from error_classification.extraction.job_log.table import Shape


def block(shape: Shape, text: str) -> tuple[list[str], str]:
    """The lines that belong to the error whose anchor is the line marked with ``>>>``, and its cause."""
    lines = text.strip("\n").split("\n")
    anchor = next(index for index, line in enumerate(lines) if line.startswith(">>>"))
    lines[anchor] = lines[anchor][3:]
    reach = extent(shape, lines[:anchor][::-1], lines[anchor], lines[anchor + 1 :])
    return lines[anchor + reach.first : anchor + reach.last + 1], lines[anchor + reach.cause]


@pytest.mark.parametrize(
    ("shape", "text", "first", "last", "cause"),
    [
        (Shape.LINE, "a\n>>>fatal: no\nb", "fatal: no", "fatal: no", "fatal: no"),
        (Shape.LINE, ">>>error: x\n  because y\nb", "error: x", "  because y", "error: x"),
        (Shape.LINE, ">>>error: not done:\n- no disk\n- no key\nb", "error: not done:", "- no key", "error: not done:"),
        (Shape.LINE, ">>>error: not done\n- no disk", "error: not done", "error: not done", "error: not done"),
        (
            Shape.DIAGNOSTIC,
            ">>>[error] Error downloading a:b:1\n[error]   Not found\n[error] (update) failed",
            "[error] Error downloading a:b:1",
            "[error]   Not found",
            "[error] Error downloading a:b:1",
        ),
        (
            Shape.PARAGRAPH,
            ">>>* What went wrong:\n\nTask failed\n\n> why\n\n* Try:\n\n> Run with --info",
            "* What went wrong:",
            "> why",
            "* What went wrong:",
        ),
        (
            Shape.STACK,
            ">>>java.io.EOFException\n\tat a.B.c(B.java:1)\nCaused: java.io.IOException: channel gone\n\tat a.B.d(B.java:2)\nb",
            "java.io.EOFException",
            "\tat a.B.d(B.java:2)",
            "Caused: java.io.IOException: channel gone",
        ),
        (
            Shape.DIAGNOSTIC,
            ">>>a.c:1:2: error: bad\n  1 | int\n    | ^\na.c:9:9: error: other",
            "a.c:1:2: error: bad",
            "    | ^",
            "a.c:1:2: error: bad",
        ),
        (
            Shape.PARAGRAPH,
            ">>>* What went wrong:\nTask failed\n> why\n\n* Try:",
            "* What went wrong:",
            "> why",
            "* What went wrong:",
        ),
        (
            Shape.PARAGRAPH,
            ">>>npm error code EUSAGE\nnpm error\nnpm error The lock is old\nnpm error\nother",
            "npm error code EUSAGE",
            "npm error The lock is old",
            "npm error code EUSAGE",
        ),
        (
            Shape.TRACEBACK,
            '>>>Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nValueError: no\nnext',
            "Traceback (most recent call last):",
            "next",
            "ValueError: no",
        ),
        (
            Shape.LOCATED,
            '>>>File "bin/a.ml", line 1, characters 19-22:\n1 | let () = print_int\nError: This expression\n  of int\n',
            'File "bin/a.ml", line 1, characters 19-22:',
            "  of int",
            "Error: This expression",
        ),
        (
            Shape.LOCATED,
            '>>>File "a.ml", line 1, characters 1-2:\nnothing',
            'File "a.ml", line 1, characters 1-2:',
            'File "a.ml", line 1, characters 1-2:',
            'File "a.ml", line 1, characters 1-2:',
        ),
        (Shape.TITLED, "1) adds\n>>>  Message:\n    Expected 2 to be 3.\nend", "1) adds", "end", "    Expected 2 to be 3."),
        (Shape.TEST, ">>>c.js lint/a ━━\n\n  × no\n\n  ● other", "c.js lint/a ━━", "  × no", "c.js lint/a ━━"),
        (
            Shape.STACK,
            ">>>java.lang.IllegalStateException: outer\n\tat a.B.c(B.java:1)\n"
            "Caused by: java.io.IOException: inner\n\tat d.E.f(E.java:2)\n"
            "\tat d.E.g(E.java:3)\n\tat d.E.h(E.java:4)\nend",
            "java.lang.IllegalStateException: outer",
            "\tat d.E.g(E.java:3)",
            "Caused by: java.io.IOException: inner",
        ),
        (
            Shape.PYTEST,
            "_____ test_a _____\n\n    def test_a():\n>       assert 1 == 2\n>>>E       assert 1 == 2\nE        +  where\n\n"
            "tests/test_a.py:3: AssertionError\n_____ test_b _____",
            ">       assert 1 == 2",
            "tests/test_a.py:3: AssertionError",
            "E       assert 1 == 2",
        ),
        (
            Shape.GO_TEST,
            ">>>--- FAIL: TestA (0.00s)\n    a_test.go:3: got 1\nFAIL",
            "--- FAIL: TestA (0.00s)",
            "    a_test.go:3: got 1",
            "    a_test.go:3: got 1",
        ),
        (
            Shape.GO_TEST,
            "=== RUN   TestA\n    a_test.go:3: got 1\n>>>--- FAIL: TestA (0.00s)\n=== RUN   TestB",
            "    a_test.go:3: got 1",
            "--- FAIL: TestA (0.00s)",
            "    a_test.go:3: got 1",
        ),
        (
            Shape.INDENTED,
            ">>>CMake Error at CMakeLists.txt:2 (project):\n  Running\n\n   'ninja' '--version'\n\n  failed with:\n\n"
            "   No such file or directory\n\n\n-- Configuring incomplete",
            "CMake Error at CMakeLists.txt:2 (project):",
            "   No such file or directory",
            "CMake Error at CMakeLists.txt:2 (project):",
        ),
        (
            Shape.PARAGRAPH,
            "Collecting pandas\nWARNING: Retrying (Retry(total=1)) after connection broken by 'X'\n"
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'X'\n"
            ">>>ERROR: Could not find a version that satisfies the requirement pandas\nERROR: No matching distribution",
            "WARNING: Retrying (Retry(total=1)) after connection broken by 'X'",
            "ERROR: No matching distribution",
            "ERROR: Could not find a version that satisfies the requirement pandas",
        ),
        (
            Shape.PARAGRAPH,
            ">>>error: No solution found when resolving dependencies\n  cause: Because a==1 depends on b<2\n        and c, we can"
            " conclude\nhint: try again",
            "error: No solution found when resolving dependencies",
            "        and c, we can conclude",
            "error: No solution found when resolving dependencies",
        ),
        (
            Shape.LINE,
            ">>>error: failed to get `money`\n\nCaused by:\n  failed to load source\n\nCaused by:\n  could not connect\n\nnext",
            "error: failed to get `money`",
            "  could not connect",
            "error: failed to get `money`",
        ),
        (
            Shape.PARAGRAPH,
            '>>>│ Error: Reference to undeclared input variable\n│ \n│   on main.tf line 14:\n│ \n│ An input variable named "a"'
            " has not been declared.\n╵",
            "│ Error: Reference to undeclared input variable",
            '│ An input variable named "a" has not been declared.',
            "│ Error: Reference to undeclared input variable",
        ),
        (
            Shape.TEST,
            ">>>thread 'main' panicked at build.rs:190:5:\n\n\nCould not find OpenSSL\n\n\nnote: more",
            "thread 'main' panicked at build.rs:190:5:",
            "Could not find OpenSSL",
            "thread 'main' panicked at build.rs:190:5:",
        ),
        (
            Shape.TEST,
            ">>>[ERROR] FooTest.bar <<< FAILURE!\norg.opentest4j.AssertionFailedError: no\n\tat a.B(B.java:1)\n\n"
            "[INFO] Running X",
            "[ERROR] FooTest.bar <<< FAILURE!",
            "\tat a.B(B.java:1)",
            "[ERROR] FooTest.bar <<< FAILURE!",
        ),
        (
            Shape.TEST,
            '>>>FAIL: test_a (t.T)\n-----------\nTraceback\n  File "a"\nAssertionError: x\n\n==========\nFAIL: b',
            "FAIL: test_a (t.T)",
            "AssertionError: x",
            "FAIL: test_a (t.T)",
        ),
    ],
)
def test_the_block_of_an_error(shape: Shape, text: str, first: str, last: str, cause: str) -> None:
    lines, found = block(shape, text)
    assert lines[0] == first
    assert lines[-1] == last
    assert found == cause


def test_a_traceback_without_end_is_not_whole() -> None:
    frames = [line for number in range(40) for line in (f'  File "a.py", line {number}, in f', "    f()")]
    assert not extent(Shape.TRACEBACK, [], "Traceback (most recent call last):", frames[:60]).whole
    assert extent(Shape.TRACEBACK, [], "Traceback (most recent call last):", [*frames[:40], "KeyError: 1"]).whole


def test_a_stack_ends_behind_the_errors_own_properties() -> None:
    after = [*["    at f (a.js:1:2)"] * 7, "    at g (b.js:1:2) {", "  code: 'ENOENT',", "  path: 'x'", "}", "", "done"]
    reach = extent(Shape.STACK, [], "Error: ENOENT: no such file", after)
    assert (reach.last, reach.end) == (4, 11)


def test_of_a_chain_of_tracebacks_the_whole_chain_belongs_together() -> None:
    chain = (
        '>>>Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
        '  File "b.py", line 2, in g\n'
        "RuntimeError: two"
    )
    lines, cause = block(Shape.TRACEBACK, chain)
    assert lines[-1] == cause == "RuntimeError: two"


@given(
    st.sampled_from(list(Shape)),
    st.lists(st.text(max_size=20), max_size=60),
    st.text(max_size=20),
    st.lists(st.text(max_size=20), max_size=60),
)
def test_a_block_never_leaves_what_was_shown(shape: Shape, before: list[str], anchor: str, after: list[str]) -> None:
    reach = extent(shape, before, anchor, after)
    assert -len(before) <= reach.first <= reach.last <= len(after)
    assert reach.first <= reach.cause <= reach.last
