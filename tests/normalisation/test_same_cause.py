"""The same failure in different clothes, on different machines, at different times: one hash."""

from __future__ import annotations

import pytest

from error_classification.normalisation import cause_of, error_hash

PYTEST_BODY = """    def test_a():
>       assert 1 == 2
E       assert 1 == 2

tests/test_x.py:12: AssertionError"""
TESTIFY = """    foo_test.go:12:
        \tError Trace:\t{root}/foo_test.go:{line}
        \tError:      \tNot equal:
        \t            \texpected: 1
        \t            \tactual  : 2
        \tTest:       \tTestX
"""
JEST_VALUES = "{pad}expect(received).toBe(expected) // Object.is equality\n\n{pad}Expected: 2\n{pad}Received: 1\n"
PYTHON = 'Traceback (most recent call last):\n  File "{root}/x.py", line {line}, in main\n    run()\n{error}'
NPE = (
    "java.lang.NullPointerException\n\tat java.util.Objects.requireNonNull(Objects.java:233)\n"
    "\tat com.acme.Cart.total(Cart.java:{line})"
)

FORMATS: dict[str, tuple[str, ...]] = {
    "pytest: JUnit, job log, summary, annotation, command": (
        "AssertionError: assert 1 == 2\n" + PYTEST_BODY,
        "_______ test_a _______\n\n" + PYTEST_BODY,
        "FAILED tests/test_x.py::test_a - assert 1 == 2",
        "FAILED tests/test_x.py::TestA::test_a - AssertionError: assert 1 == 2",
        "test_a\n\nassert 1 == 2\n  at tests/test_x.py",
        "##[error]AssertionError: assert 1 == 2",
        "E       AssertionError: assert 1 == 2",
        "2026-01-02T03:04:05.1234567Z E       assert 1 == 2",
    ),
    "pytest: an assertion that says nothing, with its place": (
        "    def test_b():\n>       assert False\nE       assert False\n\ntests/test_x.py:12: AssertionError",
        "assert False\n    def test_b():\n>       assert False\nE       assert False\n\n/w/tests/test_x.py:99: AssertionError",
        "FAILED tests/test_x.py::test_b - assert False",
    ),
    "pytest: an exception": (
        PYTHON.format(root="/home/a", line=3, error="ValueError: bad thing"),
        "ValueError: bad thing",
        "E   ValueError: bad thing",
        "FAILED t.py::test_x - ValueError: bad thing",
        "ERROR: ValueError: bad thing",
        "\x1b[31mValueError: bad thing\x1b[0m",
    ),
    "pytest: collection": (
        "ImportError while importing test module '/home/a/t.py'.\nTraceback:\nt.py:1: in <module>\n    import foo\n"
        "E   ModuleNotFoundError: No module named 'foo'",
        "ERROR t.py - ModuleNotFoundError: No module named 'foo'",
        PYTHON.format(root="/x", line=9, error="ModuleNotFoundError: No module named 'foo'"),
    ),
    "unittest": (
        "FAIL: test_x (tests.T)\n-----\n" + PYTHON.format(root="/a", line=3, error="AssertionError: 1 != 2"),
        "AssertionError: 1 != 2",
    ),
    "python: chained exceptions": (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\n'
        "KeyError: 'x'\n\nThe above exception was the direct cause of the "
        'following exception:\n\nTraceback (most recent call last):\n  File "a.py", line 3, in g\nConfigError: no setting x',
        "app.errors.ConfigError: no setting x",
    ),
    "go: t.Errorf in a log, in JUnit": (
        "=== RUN   TestX\n    x_test.go:12: got 1, want 2\n--- FAIL: TestX (0.00s)\n",
        "--- FAIL: TestX (0.00s)\n    x_test.go:15: got 1, want 2\nFAIL",
        "Failed\n    x_test.go:12: got 1, want 2",
    ),
    "go: testify": (
        TESTIFY.format(root="/home/a", line=12),
        "--- FAIL: TestX (0.1s)\n" + TESTIFY.format(root="/builds/g/p", line=19),
    ),
    "go: panic": (
        "panic: runtime error: index out of range [5] with length 3 [recovered]\n\tpanic: runtime error: index out of range\n\n"
        "goroutine 7 [running]:\nmain.foo()\n\t/home/x/foo.go:12 +0x1d",
        "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:",
    ),
    "go: build": ("./x.go:12:5: undefined: foo", "x.go:99:1: undefined: foo", "/home/a/x.go:12:5: undefined: foo"),
    "rust: values, new and old": (
        "thread 'a::b' panicked at src/lib.rs:5:9:\nassertion `left == right` failed\n  left: 1\n right: 2\nnote: run with",
        "thread 'a::b' (1234) panicked at src/lib.rs:7:9:\nassertion `left == right` failed\n  left: 1\n right: 2\n",
        "thread 'a::b' panicked at 'assertion failed: `(left == right)`\n  left: `1`,\n right: `2`', src/lib.rs:5:9",
        "---- a::b stdout ----\n\nthread 'a::b' panicked at src/lib.rs:5:9:\n"
        "assertion `left == right` failed\n  left: 1\n right: 2",
    ),
    "rust: unwrap, new and old": (
        "thread 'main' panicked at src/main.rs:2:5:\ncalled `Option::unwrap()` on a `None` value",
        "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/main.rs:2:5",
    ),
    "rustc": (
        "error[E0425]: cannot find value `x` in this scope\n --> src/main.rs:3:5\n  |",
        "error[E0425]: cannot find value `x` in this scope\n --> /build/src/other.rs:9:1\n  |",
        "error[E0425]: cannot find value `x` in this scope",
    ),
    "java: assertion in JUnit, surefire's summary, gradle": (
        "org.junit.ComparisonFailure: expected:<1> but was:<2>\n\tat org.junit.Assert.a(Assert.java:1)\n"
        "\tat FooTest.bar(FooTest.java:12)",
        "[ERROR]   FooTest.bar:12 expected:<1> but was:<2>",
        "[ERROR]   FooTest.bar:12->check:40 expected:<1> but was:<2>",
        "FooTest > bar() FAILED\n    org.opentest4j.AssertionFailedError: expected:<1> but was:<2>\n"
        "        at FooTest.bar(FooTest.java:12)",
        "expected:<1> but was:<2>",
    ),
    "java: exception in JUnit, surefire's summary": (
        "java.lang.IllegalStateException: no foo\n\tat a.b.C.d(C.java:1)",
        "[ERROR]   FooTest.bar:12 » IllegalState no foo",
        'Exception in thread "main" java.lang.IllegalStateException: no foo\n\tat a.b.C.d(C.java:7)',
    ),
    "java: the root of a chain": (
        "java.lang.IllegalStateException: Failed to load ApplicationContext\n"
        "\tat a.C.d(C.java:1)\nCaused by: b.BeanException: x\n\tat y.Z.z(Z.java:1)\n"
        "Caused by: java.io.IOException: no foo\n\tat x.y(Z.java:3)\n\t... 3 more",
        "java.io.IOException: no foo\n\tat x.y(Z.java:3)",
    ),
    "java: a bare exception, by its place": (
        NPE.format(line=12),
        NPE.format(line=14),
        "com.acme.CartTest\n" + NPE.format(line=15),
    ),
    "javac, maven, gradle": (
        "[ERROR] /home/a/Foo.java:[12,5] cannot find symbol\n[ERROR]   symbol:   class Bar\n[ERROR]   location: class Foo",
        "Foo.java:12: error: cannot find symbol\n    Bar b;\n    ^\n  symbol:   class Bar\n  location: class Foo",
    ),
    "kotlin": ("e: /home/a/Foo.kt: (12, 5): Unresolved reference: bar", "e: file:///w/Foo.kt:3:4 Unresolved reference: bar"),
    "jest: log, JUnit": (
        "  ● suite › test\n\n" + JEST_VALUES.format(pad="    ") + "\n      3 |   expect(1)\n",
        "Error: " + JEST_VALUES.format(pad="") + "    at Object.<anonymous> (/x/foo.test.js:3:5)",
    ),
    "vitest, mocha": (
        "AssertionError: expected 1 to be 2 // Object.is equality\n ❯ src/a.test.ts:3:5",
        "  1) suite\n       test:\n\n      AssertionError: expected 1 to be 2\n      + expected - actual\n",
    ),
    "node: TAP": (
        "not ok 1 - a\n  ---\n  duration_ms: 1.5\n  failureType: 'testCodeFailure'\n  error: 'boom one'\n  ...",
        "not ok 7 - b\n  ---\n  error: |-\n    boom one\n  code: 'ERR'\n",
        "Error: boom one\n    at x (/w/a.js:1:2)",
    ),
    "node: TypeError": (
        "TypeError: x is not a function\n    at foo (/home/a/src/x.js:3:5)\n    at node:internal/main:1:1",
        "Uncaught TypeError: x is not a function",
        "::error file=src/x.js,line=3::TypeError: x is not a function",
    ),
    "gtest": (
        "foo_test.cc:12: Failure\nExpected equality of these values:\n  a\n    Which is: 1\n  2\n",
        "/b/foo_test.cc:19: Failure\nExpected equality of these values:\n  a\n    Which is: 1\n  2\n\n[  FAILED  ] X.Y (0 ms)",
    ),
    "phpunit": (
        "1) FooTest::testBar\nFailed asserting that 1 is identical to 2.\n\n/x/FooTest.php:12",
        "FooTest::testBar\nFailed asserting that 1 is identical to 2.\n\n/y/FooTest.php:15",
    ),
    "rspec: log, JUnit": (
        "  1) Foo bar\n     Failure/Error: expect(x).to eq(2)\n\n       expected: 2\n"
        "            got: 1\n\n       (compared using ==)\n",
        "\nexpected: 2\n     got: 1\n\n(compared using ==)\n",
    ),
    "xunit": (
        "  Error Message:\n   Assert.Equal() Failure: Values differ\n"
        "Expected: 1\nActual:   2\n  Stack Trace:\n     at F.B() in /x/F.cs:line 12",
        "Assert.Equal() Failure: Values differ\nExpected: 1\nActual:   2",
    ),
    "dotnet: bare exception": (
        "System.NullReferenceException\n   at System.Linq.X.Y(Object o) in /src/runtime/X.cs:line 1\n"
        "   at Acme.Cart.Total(Int32 x) in /home/a/Cart.cs:line 12",
        "System.NullReferenceException\n   at Acme.Cart.Total(Int32 x) in D:\\a\\w\\w\\Cart.cs:line 40",
    ),
    "c": (
        "src/a.c:3:5: error: 'foo' undeclared (first use in this function)",
        "/builds/x/src/a.c:9:1: error: ‘foo’ undeclared (first use in this function)",
        "b.c: In function 'main':\nb.c:3:5: error: 'foo' undeclared (first use in this function)\n    3 | foo\n      | ^~~",
    ),
    "msvc": (
        "D:\\a\\p\\x.cpp(12): error C2065: 'foo': undeclared identifier [D:\\a\\p\\p.vcxproj]",
        "x.cpp(40,3): error C2065: 'foo': undeclared identifier",
    ),
    "tsc": (
        "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.",
        "src/a.ts:3:5 - error TS2322: Type 'string' is not assignable to type 'number'.",
        "##[error]src/b.ts(9,5): error TS2322: Type 'string' is not assignable to type 'number'.",
    ),
    "csc": (
        "a.cs(3,5): error CS0103: The name 'x' does not exist in the current context [/x/a.csproj]",
        "/y/a.cs(8,5): error CS0103: The name 'x' does not exist in the current context",
    ),
    "mypy": (
        'a.py:3: error: Name "x" is not defined  [name-defined]',
        'src/a.py:9:5: error: Name "x" is not defined  [name-defined]',
    ),
    "ruff, flake8": (
        "src/a.py:3:5: F401 [*] `os` imported but unused",
        "src/a.py:9:1: F401 `os` imported but unused",
        "F401 [*] `os` imported but unused\n --> src/a.py:1:8\n  |",
    ),
    "linker": (
        "/usr/bin/ld: /tmp/ccabc.o: in function `main':\na.c:(.text+0x10): undefined reference to `foo'\n"
        "collect2: error: ld returned 1 exit status",
        "ld: x.o: undefined reference to `foo'",
    ),
    "cmake": (
        'CMake Error at CMakeLists.txt:12 (find_package):\n  Could not find a package configuration file provided by "Foo"\n\n',
        'CMake Error at cmake/deps.cmake:3 (find_package):\n  Could not find a package configuration file provided by "Foo"\n\n',
    ),
    "npm, old and new": (
        "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE unable to resolve dependency tree\n"
        "npm ERR! \nnpm ERR! While resolving: a@1.0.0",
        "npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree",
    ),
    "pip": (
        "ERROR: Could not find a version that satisfies the requirement foo==9 (from versions: 1, 2)\n"
        "ERROR: No matching distribution found for foo==9",
        "ERROR: No matching distribution found for foo==9",
        "ERROR: No matching distribution found for foo==9\n\n[notice] A new release of pip is available",
    ),
    "git": (
        "fatal: not a git repository: .git",
        "Error: fatal: not a git repository: .git",
        "##[error]fatal: not a git repository: .git",
    ),
    "buildkit": (
        "ERROR: failed to solve: alpine:nope: docker.io/library/alpine:nope: not found",
        "ERROR: failed to build: failed to solve: alpine:nope: docker.io/library/alpine:nope: not found",
        "#3 ERROR: x\n------\nerror: failed to solve: alpine:nope: docker.io/library/alpine:nope: not found",
    ),
    "address sanitizer": (
        "==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x60b0 at pc 0x4\n"
        "READ of size 4\n    #0 0x4f in main /x/a.c:12:3\n",
        "==9==ERROR: AddressSanitizer: heap-use-after-free on address 0x7f00 at pc 0x9\n"
        "READ of size 4\n    #0 0x99 in main /y/a.c:15:3\n",
    ),
    "a plain message": (
        "docker: command not found",
        "docker: command not found\n",
        "  docker:   command not found  ",
        "error: docker: command not found",
    ),
}

# One template each; both fillings are the same failure.
VARIATIONS: list[tuple[str, str, str]] = [
    ("FileNotFoundError: [Errno 2] No such file or directory: '{}/data/foo.json'", "/home/runner/work/x/x", "/builds/group/proj"),
    ("FileNotFoundError: [Errno 2] No such file or directory: '{}'", "D:\\a\\x\\x\\foo.json", "C:\\Users\\me\\x\\foo.json"),
    ("OSError: cannot open {}/model.bin", "/tmp/pip-req-build-ab12cd34", "/private/var/folders/zz/zyx/T/tmp8f3k2"),
    ("OSError: cannot write to {}", "/tmp/tmpab12cd3x", "/tmp/tmpzz99yy8w"),
    ("Error: ENOENT: no such file or directory, open '{}/package.json'", "/Users/alice/app", "/home/bob/app"),
    ("Could not read file://{}/x.json", "/home/a", "/root/b"),
    ("connect ECONNREFUSED 127.0.0.1:{}", "41233", "38211"),
    ("dial tcp {}: connect: connection refused", "10.0.0.5:41233", "10.1.2.3:50122"),
    ("OSError: [Errno 98] Address already in use: port {}", "8080", "9133"),
    ("http://localhost:{}/health answered 503 Service Unavailable", "38211", "41999"),
    ("TimeoutError: operation exceeded {}", "30.01s", "30.2s"),
    ("Error: Timeout of {} exceeded", "2000ms", "2001 ms"),
    ("panic: test timed out after {}", "10m0s", "9m59s"),
    ("RuntimeError: bad state at {}", "2026-01-02T03:04:05.678Z", "2025-11-12 13:14:15,001"),
    ("RuntimeError: bad state at {}", "Mon, 02 Jan 2026 03:04:05 GMT", "Tue, 03 Feb 2026 13:14:15 GMT"),
    ("RuntimeError: job {} vanished", "123e4567-e89b-12d3-a456-426614174000", "00000000-e89b-12d3-a456-426614174fff"),
    ("RuntimeError: no object {}", "1f3870be274f6c49b3e31a0c6728957f2e1d0a3c", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ("RuntimeError: container {} is gone", "4f5c2a1b9d3e", "9e8d7c6b5a41"),
    ("TypeError: <Foo object at {}> is not callable", "0x7f3c12345678", "0x7f99aabbccdd"),
    ("ClassCastException: com.acme.Foo@{}", "1b6d3586", "4554617c"),
    ("RuntimeError: worker pid {} died", "1234", "99"),
    ("RuntimeError: Process {} died", "1234", "77"),
    ("RuntimeError: deadlock in Thread-{}", "12", "3"),
    ("RuntimeError: order broken with seed {}", "12345", "998"),
    ("Error: Randomized with seed {} broke", "1", "65012"),
    ("Error: cannot push to refs/heads/{}", "main", "feature/x-1"),
    ("fatal: branch '{}' does not exist upstream", "main", "feature/x"),
    ("Error: pod web-{} crashed at start", "7d4b9c6f5d-x2x9z", "66b6c48dd5-b8w2q"),
    ("Error: no artifact of run {}", "17012345678", "16999999999"),
    ("Error: GET https://api.example/repos/a/b/actions/runs/{}/logs failed: 404", "123456", "98"),
    ("Error: request id {} refused", "ABC123DEF456", "9ZY8XW7VU6TS"),
    ('yaml.scanner.ScannerError: mapping values are not allowed here in "x.yml", line {}', "3, column 5", "7, column 12"),
    ("SyntaxError: Unexpected token in JSON at position {}", "12", "400"),
    ("digest mismatch sha256:{}", "ab" * 32, "0c" * 32),
    ("RuntimeError: the “thing” is {}", "gone", "gone\r"),
    ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. {} MiB is free", "120.50", "98.25"),
    ("Error: attempt {} of 5: gateway refused", "3", "4"),
    ("ld: /usr/lib/x86_64-linux-gnu/{}: undefined symbol: foo", "libx.so", "libx.so "),
    ("RuntimeError: host {} unreachable", "fv-az123-456", "fv-az99-1"),
    ("RuntimeError: mail to {} bounced", "alice@example.com", "bob@example.org"),
    ("dial udp: read udp 10.0.0.5:41233->{}: i/o timeout", "10.0.0.2:53", "10.9.8.77:53"),
    ("E: connection {} lost: error", "a -> 10.0.0.2", "a -> 10.9.8.77"),
    ("{} ERROR collecting a.py ___\nE   ImportError: cannot import name 'x'", "___", "________"),
]


@pytest.mark.parametrize("texts", FORMATS.values(), ids=FORMATS)
def test_one_failure_in_several_formats_has_one_hash(texts: tuple[str, ...]) -> None:
    assert {error_hash(text): cause_of(text).text for text in texts} == {error_hash(texts[0]): cause_of(texts[-1]).text}


@pytest.mark.parametrize(
    ("template", "first", "second"), VARIATIONS, ids=[f"{row[0][:40]}{index}" for index, row in enumerate(VARIATIONS)]
)
def test_what_varies_from_run_to_run_does_not_count(template: str, first: str, second: str) -> None:
    assert cause_of(template.format(first)).text == cause_of(template.format(second)).text
    assert error_hash(template.format(first)) == error_hash(template.format(second))
    assert not cause_of(template.format(first)).generic


def test_there_are_many_pairs() -> None:
    assert len(VARIATIONS) + sum(len(texts) - 1 for texts in FORMATS.values()) >= 100
