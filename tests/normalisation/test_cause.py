"""What a cause is made of: kind, message, frame; what is generic; the headline's say; any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.normalisation import cause_of
from error_classification.normalisation.shapes import load_shapes

GENERIC = [
    "Process completed with exit code 1.",
    "##[error]Process completed with exit code 2.",
    "exit code 1",
    "exit status 1",
    "Command failed with exit code 1",
    "The process '/usr/bin/git' failed with exit code 128",
    "command exited with error code 1",
    "subprocess.CalledProcessError: Command '['make']' returned non-zero exit status 2.",
    'ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2',
    "make: *** [Makefile:10: all] Error 2",
    "make[2]: *** [CMakeFiles/x.dir/build.make:76: x.o] Error 1",
    "BUILD FAILED",
    "FAILURE: Build failed with an exception.",
    "Test failed",
    "npm ERR! Test failed.  See above for more details.",
    "1 failed",
    "3 failed, 10 passed in 2.3s",
    "Tests failed.",
    "AssertionError",
    "java.lang.NullPointerException",
    "FAIL",
    "--- FAIL: TestX (0.00s)",
    "test a::b ... FAILED",
    "not ok 3 - adds numbers",
    "FAILED tests/test_x.py::test_a",
    "FAIL src/x.test.js",
    "  ● suite › test",
    "[  FAILED  ] X.Y (0 ms)",
    "FooTest > bar() FAILED",
    "Tests run: 7, Failures: 1, Errors: 0, Skipped: 0 <<< FAILURE! - in a.B",
    "ERROR: test_x (tests.T)",
    "error: aborting due to 2 previous errors; 1 warning emitted",
    "collect2: error: ld returned 1 exit status",
    "Segmentation fault (core dumped)",
    "AssertionError: False is not true",
    "The operation was canceled.",
    "",
    "   \n\n",
]
TELLING = [
    "make: *** No rule to make target 'foo', needed by 'all'.  Stop.",
    "docker: Error response from daemon: no such image: foo",
    "Error: The runner has received a shutdown signal",
    "AssertionError: 1 != 2",
    "exit code 1: cannot open foo",
    'npm ERR! Missing script: "test"',
    "Killed process 12 (cc1plus) total-vm:12kB",
    "expected true to be a function",
]
FRAMES = [
    (
        'Traceback (most recent call last):\n  File "/a/x.py", line 1, in f\n'
        '  File "/usr/lib/python3/site-packages/y.py", line 2, in g\nKeyError',
        "x.py:f",
    ),
    (
        "    def test_b():\n>       check()\n\ntests/test_x.py:12:\n"
        "_ _ _\n    def check():\n>       raise AssertionError\nE       AssertionError\n\n"
        "src/lib.py:3: AssertionError",
        "lib.py:check",
    ),
    (
        "java.lang.NullPointerException\n\tat java.base/java.util.Objects.x(Objects.java:1)\n"
        "\tat com.acme.Cart.total(Cart.java:3)",
        "Cart.java:total",
    ),
    (
        "System.NullReferenceException\n   at System.X.Y() in /_/X.cs:line 1\n"
        "   at Acme.Cart.Total(Int32 x) in C:\\b\\Cart.cs:line 12",
        "Cart.cs:Total",
    ),
    ("Error\n    at node:internal/x:1:1\n    at Object.run (/w/src/a.js:3:5)", "a.js:run"),
    ("Error\n    at /w/node_modules/x/y.js:1:1\n    at async main (file:///w/src/b.mjs:3:5)", "b.mjs:main"),
    (
        "panic: explicit panic\n\ngoroutine 1 [running]:\nmain.f()\n\t/usr/local/go/src/x.go:1 +0x1\n\t/w/main.go:3 +0x1d",
        "main.go",
    ),
    ("thread 'main' panicked at src/main.rs:2:5:\nexplicit panic", "main.rs"),
    ("RuntimeError\n/w/lib/a.rb:3:in `call'\n/w/b.rb:9:in `x'", "a.rb:call"),
    ("Segmentation fault (core dumped)\n#0  0x0000 in foo (x=1) at /w/a.c:12\n#1  0x0001 in main () at /w/b.c:3", "a.c:foo"),
    ("CartTest::testTotal\nFailed asserting that false is true.\n\n/w/tests/CartTest.php:12", "CartTest.php"),
    ("/w/foo_test.cc:12: Failure\nValue of: ok()\n  Actual: false\nExpected: true\n", "foo_test.cc"),
]
PIP_BUILD = """Building wheel for foo
src/foo.c:3:10: fatal error: Python.h: No such file or directory
compilation terminated.
error: command '/usr/bin/gcc' failed with exit code 1
ERROR: Failed building wheel for foo"""


@pytest.mark.parametrize("text", GENERIC)
def test_no_cause_is_said_to_be_none(text: str) -> None:
    assert cause_of(text).generic


@pytest.mark.parametrize("text", TELLING)
def test_a_message_with_content_is_a_cause(text: str) -> None:
    assert not cause_of(text).generic


@pytest.mark.parametrize(("text", "frame"), FRAMES, ids=[row[1] for row in FRAMES])
def test_a_bare_failure_is_known_by_the_nearest_frame_of_the_project(text: str, frame: str) -> None:
    cause = cause_of(text)
    assert cause.frame == frame
    assert not cause.generic


def test_a_telling_failure_needs_no_frame() -> None:
    cause = cause_of('Traceback (most recent call last):\n  File "/a/x.py", line 1, in f\napp.errors.Broken: no foo')
    assert (cause.kind, cause.message, cause.frame) == ("Broken", "no foo", "")
    assert cause.text == "Broken: no foo"


def test_the_cause_before_its_wrappers() -> None:
    assert cause_of(PIP_BUILD).message == "Python.h: No such file or directory"


@pytest.mark.parametrize(
    ("headline", "message"),
    [
        ("ValueError: second", "second"),
        ("  ValueError: second  ", "second"),
        ("a line of its own: no disk", "a line of its own: no disk"),
        ("Process completed with exit code 1.", "first"),
        ("", "first"),
    ],
)
def test_the_headline_has_the_first_word_unless_it_says_nothing(headline: str, message: str) -> None:
    assert cause_of("ValueError: first\nsomething\nValueError: second\nlast", headline).message == message


def test_the_inner_cause_behind_the_headline_counts() -> None:
    outer = "java.lang.IllegalStateException: no context"
    text = outer + "\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: no foo\n\tat a.B.d(B.java:3)"
    assert cause_of(text, outer).text == "IOException: no foo"


def test_what_a_go_test_logs_before_it_fails_is_not_the_cause() -> None:
    text = "--- FAIL: TestX (0.00s)\n    x_test.go:3: connecting\n    x_test.go:4: got 1, want 2\n"
    assert cause_of(text, "    x_test.go:3: connecting").message == "got 1, want 2"


def test_values_behind_the_headline_belong_to_it() -> None:
    text = "FAIL a\n  ● s › t\n\n    expect(received).toBe(expected)\n\n    Expected: 2\n    Received: 1\n"
    assert (
        cause_of(text, "    expect(received).toBe(expected)").message == "expect(received).toBe(expected) Expected: 2 Received: 1"
    )


def test_what_was_masked_is_kept_for_show() -> None:
    assert cause_of("OSError: no /home/me/x.txt").masks == (("path", "/home/me/x.txt"),)


def test_every_form_has_its_own_name_and_a_message() -> None:
    shapes, _ = load_shapes()
    assert len({shape.name for shape in shapes}) == len(shapes)
    assert all(shape.groups[0] for shape in shapes)


WORDS = st.sampled_from(
    [
        "E   ",
        "assert ",
        "Error: ",
        "FAILED x - ",
        "panicked at ",
        "src/a.rs:1:2:\n",
        "Caused by: ",
        "Traceback (most recent call last):\n",
        '  File "x", line 1, in f\n',
        "\n",
        "\r",
        " ",
        "expected: ",
        "\tat a.b(C.java:1)\n",
        "npm ERR! code E1\n",
        "a.c:1:2: error: ",
        "é",
        "\ud800",
        "x",
        ":",
        "Error Trace:\t",
        "Error:",
        "KeyError",
        "fatal: ",
        "exit code 1",
        "\x1b[31m",
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map("".join)), st.text(max_size=20))
def test_any_text_has_one_line_as_its_cause(text: str, headline: str) -> None:
    cause = cause_of(text, headline)
    assert "\n" not in cause.text
    assert cause == cause_of(text, headline)
    assert cause.generic or cause.text


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "a",
        "E   x\n",
        "Caused by: X\n",
        "Error: ",
        "\n",
        "  at a (b:1:2)\n",
        '  File "x", line 1\n',
        "panicked at '",
        "Error Trace:\n",
        "[",
        "x.c:1:1: error: ",
    ],
)
def test_hostile_text_comes_back(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert len(cause_of(text).text) < 10_000
    assert len(cause_of("x", text).text) < 10_000
