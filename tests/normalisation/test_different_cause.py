"""Near misses: texts that look alike and are different failures; and the wrong answers that are known."""

from __future__ import annotations

import pytest

from error_classification.normalisation import cause_of, error_hash

FRAME = 'Traceback (most recent call last):\n  File "/w/{}", line 3, in {}\n    run()\n{}'
JEST = "expect(received).toBe(expected) // Object.is equality\n\nExpected: {}\nReceived: 1\n"
JAVA = "{}\n\tat com.acme.{}({}.java:3)"

DIFFERENT: list[tuple[str, str]] = [
    # numbers that mean something
    ("Error: server answered 500", "Error: server answered 503"),
    ("requests.HTTPError: 404 Client Error", "requests.HTTPError: 403 Client Error"),
    ("OSError: [Errno 13] Permission denied: 'x'", "OSError: [Errno 2] Permission denied: 'x'"),
    ("error[E0382]: use of moved value: `x`", "error[E0505]: use of moved value: `x`"),
    ("a.ts(1,1): error TS2322: Type 'a' is wrong.", "a.ts(1,1): error TS2345: Type 'a' is wrong."),
    ("a.cs(1,1): error CS0103: The name 'x'", "a.cs(1,1): error CS0246: The name 'x'"),
    ("x.cpp(1): error C2065: 'foo'", "x.cpp(1): error C2143: 'foo'"),
    ("ORA-00942: table or view does not exist", "ORA-00904: table or view does not exist"),
    ("SQLSTATE[42S02]: no table", "SQLSTATE[23000]: no table"),
    ("ERROR: database failed, SQLSTATE 42P01", "ERROR: database failed, SQLSTATE 42703"),
    ("Program died with 0xC0000005", "Program died with 0xC0000135"),
    ("HRESULT 0x80070005 came back", "HRESULT 0x80004005 came back"),
    ("process exited with code 137", "process exited with code 1"),
    ("exit code 1", "exit code 2"),
    ("killed by signal 9", "killed by signal 11"),
    ("AssertionError: flags 0x1f", "AssertionError: flags 0xff"),
    ("container needs 512Mi of memory", "container needs 1024Mi of memory"),
    ("Error: file larger than 100 MB", "Error: file larger than 50 MB"),
    ("java.lang.OutOfMemoryError: Java heap space", "java.lang.OutOfMemoryError: Metaspace"),
    ("unsupported class file major version 61", "unsupported class file major version 65"),
    ("nvcc needs compute capability 7.5", "nvcc needs compute capability 8.0"),
    # what stands below a heading, or above a CI system's last words
    ("npm error code EUSAGE\nnpm error lock file out of step: invalid", "npm error code EUSAGE\nnpm error no lock file: missing"),
    (
        "error: No solution found when resolving dependencies\n  cause: no a==9: not found",
        "error: No solution found when resolving dependencies\n  cause: b and c conflict",
    ),
    ("make: cannot find a.txt\nDone. Your build exited with 1.", "sed: unknown option\nDone. Your build exited with 1."),
    ("node: bad option: unknown\nFinished: FAILURE", "cat: x: denied\nFinished: FAILURE"),
    ("___ ERROR collecting a.py ___\nE   ImportError: no name 'x'", "___ ERROR collecting a.py ___\nE   SyntaxError: invalid"),
    ("CMake Error at CMakeLists.txt:3 (message):\n  missing fmt", "CMake Error at CMakeLists.txt:3 (message):\n  unknown target"),
    # versions and names
    ("ERROR: No matching distribution found for foo==1.2.3", "ERROR: No matching distribution found for foo==1.2.4"),
    ("ERROR: No matching distribution found for foo==1.2.3.4", "ERROR: No matching distribution found for foo==1.2.3.5"),
    ("ERROR: No matching distribution found for foo", "ERROR: No matching distribution found for bar"),
    ("ModuleNotFoundError: No module named 'foo'", "ModuleNotFoundError: No module named 'foo.bar'"),
    (
        "npm error code E404\nnpm error 404 Not Found - GET https://r/x",
        "npm error code E404\nnpm error 404 Not Found - GET https://r/y",
    ),
    ("npm error code E404\nnpm error 404 Not Found", "npm error code E401\nnpm error 404 Not Found"),
    ("Requires-Python >=3.8", "Requires-Python >=3.9"),
    ("error: package `foo v1.2.3` needs rustc 1.70", "error: package `foo v1.2.3` needs rustc 1.75"),
    ("go: module a.example/x@v1.2.3: not found", "go: module a.example/x@v1.3.0: not found"),
    ("Could not load System.Foo, Version=4.0.0.0", "Could not load System.Foo, Version=4.2.0.0"),
    ("libssl.so.1.1: cannot open shared object file", "libssl.so.3: cannot open shared object file"),
    ("failed to solve: python:3.11: not found", "failed to solve: python:3.12: not found"),
    # expected and actual
    ("AssertionError: assert 1 == 2", "AssertionError: assert 1 == 3"),
    ("E   assert 'a' == 'b'", "E   assert 'a' == 'c'"),
    ("assert 0.1234567 == 0.2", "assert 0.1234568 == 0.2"),
    ("assert [1, 2] == []", "assert [1, 3] == []"),
    ("expected:<1> but was:<2>", "expected:<1> but was:<3>"),
    (JEST.format(2), JEST.format(3)),
    ("x_test.go:1: got 1, want 2", "x_test.go:1: got 1, want 3"),
    (
        "thread 'a' panicked at src/lib.rs:5:9:\nassertion `left == right` failed\n  left: 1\n right: 2",
        "thread 'a' panicked at src/lib.rs:5:9:\nassertion `left == right` failed\n  left: 1\n right: 3",
    ),
    ("Failed asserting that 1 is identical to 2.", "Failed asserting that 1 is identical to 3."),
    ("Assert.Equal() Failure\nExpected: 1\nActual:   2", "Assert.Equal() Failure\nExpected: 1\nActual:   3"),
    ("  expected: 1\n       got: 2\n", "  expected: 1\n       got: 3\n"),
    ("Expected: 1\nBut was:  2", "Expected: 1\nBut was:  3"),
    (
        "AssertionError: Expected values to be strictly deep-equal:\n+ actual - expected\n\n{\n+   a: 1\n-   a: 2\n  }",
        "AssertionError: Expected values to be strictly deep-equal:\n+ actual - expected\n\n{\n+   b: 1\n-   b: 2\n  }",
    ),
    # types and messages
    ("ValueError: bad", "TypeError: bad"),
    ("KeyError: 'token'", "KeyError: 'user'"),
    ("java.io.IOException: no foo\n\tat a.B.c(B.java:1)", "java.io.IOException: no bar\n\tat a.B.c(B.java:1)"),
    ("java.lang.X: a\nCaused by: java.io.IOException: b", "java.lang.X: a\nCaused by: java.io.IOException: c"),
    ("panic: runtime error: index out of range [5] with length 3", "panic: runtime error: invalid memory address"),
    ("undefined reference to `foo'", "undefined reference to `bar'"),
    ("a.c:1:1: error: unknown type name 'u32'", "a.c:1:1: error: unknown type name 'u64'"),
    ("a.py:1:1: F401 `os` imported but unused", "a.py:1:1: F401 `re` imported but unused"),
    ("  3:5  error  'x' is not defined  no-undef", "  3:5  error  'x' is not defined  no-unused-vars"),
    ("bash: foo: command not found", "bash: bar: command not found"),
    ("fatal: repository 'https://h/a.git' not found", "fatal: repository 'https://h/b.git' not found"),
    ("Could not resolve host: github.com", "Could not resolve host: pypi.org"),
    ("Error: Input required and not supplied: token", "Error: Input required and not supplied: path"),
    # paths: the part that matters
    ("No such file or directory: '/w/a.json'", "No such file or directory: '/w/b.json'"),
    ("cannot open src/a/x.c", "cannot open src/b/x.c"),
    ("GET /api/v1/users failed", "GET /api/v2/users failed"),
    # words that are not hexadecimal
    ("Error: no facade", "Error: no decade"),
    ("Error: defaced page", "Error: added page"),
    ("Error: deadbeef", "Error: feedface"),
    ("Error: order 1234567 lost", "Error: order 7654321 lost"),
    # a bare failure: its place counts
    (FRAME.format("a.py", "f", "AssertionError"), FRAME.format("a.py", "g", "AssertionError")),
    (FRAME.format("a.py", "f", "AssertionError"), FRAME.format("b.py", "f", "AssertionError")),
    (
        JAVA.format("java.lang.NullPointerException", "Cart.total", "Cart"),
        JAVA.format("java.lang.NullPointerException", "Cart.add", "Cart"),
    ),
    ("FAILED a.py::test_x - assert False", "FAILED a.py::test_y - assert False"),
    ("error[E0308]: mismatched types\n --> src/a.rs:1:1", "error[E0308]: mismatched types\n --> src/b.rs:1:1"),
    (
        "ERROR: AddressSanitizer: heap-use-after-free on\n    #0 0x4f in f /x/a.c:12:3\n",
        "ERROR: AddressSanitizer: heap-use-after-free on\n    #0 0x4f in g /x/a.c:12:3\n",
    ),
]

# What is wrong, known, and cheaper to live with than to mend. Each says why.
WRONGLY_SAME: list[tuple[str, str, str]] = [
    (
        "ports are masked, though some name a service",
        "connect ECONNREFUSED 127.0.0.1:5432",
        "connect ECONNREFUSED 127.0.0.1:6379",
    ),
    ("a limit is a duration as any other", "Error: Timeout of 2000ms exceeded", "Error: Timeout of 30000ms exceeded"),
    ("only the base name of an absolute path stays", "cannot open /w/src/a/x.c", "cannot open /w/src/b/x.c"),
    ("four numbers look like an address", "no release 1.2.3.4 of foo", "no release 1.2.3.5 of foo"),
    ("seconds since 1970 look like any ten digits", "assert 1700000000 == x", "assert 1700000001 == x"),
    ("a number of seven digits with an a to f is a digest", "Error: part 12345e7 is missing", "Error: part 12345f8 is missing"),
]
WRONGLY_DIFFERENT: list[tuple[str, str, str]] = [
    ("a relative path stays, an absolute one does not", "cannot open src/x.c", "cannot open /w/src/x.c"),
    (
        "surefire's summary shows the outer exception only",
        "[ERROR]   T.t:1 » IllegalState no context",
        "java.lang.IllegalStateException: no context\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: no foo",
    ),
    (
        "pytest cuts its summary to the terminal's width",
        "FAILED a.py::test_x - AssertionError: assert 'abcdef...",
        "E   AssertionError: assert 'abcdefgh' == 'b'",
    ),
    (
        "pytest's summary has the first line only",
        "FAILED a.py::test_x - AssertionError: expected call not found.",
        "E   AssertionError: expected call not found.\nE   Expected: f(1)\nE     Actual: f(2)",
    ),
    ("sizes stay, also those that vary", "MemoryError: Unable to allocate 1.2 GiB", "MemoryError: Unable to allocate 1.3 GiB"),
    ("a user's name in a message stays", "permission denied for user alice", "permission denied for user bob"),
]


@pytest.mark.parametrize(("first", "second"), DIFFERENT, ids=[f"{row[0][:40]}{index}" for index, row in enumerate(DIFFERENT)])
def test_different_causes_have_different_hashes(first: str, second: str) -> None:
    assert error_hash(first) != error_hash(second), cause_of(first).text


@pytest.mark.parametrize(("why", "first", "second"), WRONGLY_SAME, ids=[row[0] for row in WRONGLY_SAME])
def test_known_wrong_different_failures_with_one_hash(why: str, first: str, second: str) -> None:
    assert error_hash(first) == error_hash(second), why


@pytest.mark.parametrize(("why", "first", "second"), WRONGLY_DIFFERENT, ids=[row[0] for row in WRONGLY_DIFFERENT])
def test_known_wrong_one_failure_with_different_hashes(why: str, first: str, second: str) -> None:
    assert error_hash(first) != error_hash(second), why


def test_the_table_is_long_enough() -> None:
    assert len(DIFFERENT) >= 60
