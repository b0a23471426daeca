"""The table of signals and the words that let a line be looked at at all: what the one knows, the other must not hide."""

from __future__ import annotations

import re

import pytest
from pattern_examples import examples

from error_classification.extraction.job_log.scanning import candidates, reading, signals_of
from error_classification.extraction.job_log.table import Role, Shape, Signal, signals
from error_classification.extraction.job_log.windowing import windows

STAMP = "2026-01-02T03:04:05.1234567Z "

LINES = {
    "* What went wrong:": "gradle.cause",
    "E: Package 'libfoo' has no installation candidate": "packaging",
    "e: file:///src/Main.kt:3:5 Unresolved reference: foo": "compiler.kotlin",
    "tar: Child returned status 2": "transfer",
    "curl: (18) transfer closed with 812 bytes remaining to read": "transfer",
    "  1) adds numbers": "mocha",
    "1) App\\Tests\\CartTest::testTotal": "phpunit",
    "✖   type may not be empty [type-empty]": "linter.finding",
    "  x eslint(no-debugger): `debugger` statement is not allowed": "linter.finding",
    "Dockerfile:1 DL3007 warning: Using latest is prone to errors": "linter.finding",
    "s.sh:2:6: warning: a is referenced but not assigned. [SC2154]": "linter.finding",
    "cart.py:2: unused function 'f' (60% confidence)": "linter.finding",
    "H025 1:5 Tag seems to be an orphan. <p>": "linter.finding",
    "     ^-- SC2154 (warning): a is referenced but not assigned.": "linter.shellcheck",
    "c.js:2:5 lint/correctness/noUnusedVariables  FIXABLE  ━━━━━━": "linter.biome",
    "[2] api.yaml:2:1 at #/info": "linter.biome",
    "Unused dependencies (1)": "linter.unused",
    "d.json invalid": "schema",
    "api.yaml: Validation Error: 'version' is a required property": "schema",
    "[ProjectError]: The pyproject.toml has not been initialized yet.": "exception.tool",
    "Adds                            | FAIL |": "robot",
    "      ASSERT FAILED: got 4": "behave",
    "ERROR! the playbook: site.yml could not be found": "ansible",
    "  /w/c.js:2:10: Extra semicolon. (semi)": "linter.checkstyle",
    "  Message:": "jasmine",
    "[info] - adds *** FAILED ***": "scalatest",
    "1/2 adds        FAIL            0.01s   exit status 1": "meson",
    "4 Accessibility issues detected.": "threshold",
    'proto/a.proto:3:1:Field "1" on message "A" was deleted.': "linter.finding",
    "  ⨯ release failed after 3s   error=git is in a dirty state": "error.start",
    "Error: [S-4804]": "stack",
    "   (in test file a.bats, line 3)": "bats",
    "Failure -> a_spec.lua @ 2": "busted",
    'File "bin/a.ml", line 1, characters 19-22:': "compiler.ocaml",
    "Error: Symbol 'y' at (1) has no IMPLICIT type": "compiler.fortran",
    'a.pas(1,18) Error: Identifier not found "x"': "compiler.parenthesised",
    "src/a.erl:3:8: variable 'X' is unbound": "compiler.erlang",
    "./b.tex:2: Undefined control sequence.": "tex.place",
    "lua5.4: a.lua:2: attempt to index a nil value (local 'x')": "exception.lua",
    "  Liquid Exception: Could not locate the included file 'nope.html'": "exception.liquid",
    "rake aborted!": "rake",
    "===> Package not found in any repo: cowboy 99.0": "rebar3",
    "Chrome Headless 120.0.0.0 (Linux x86_64) cart adds FAILED": "karma",
    "---- tests::adds stdout ----": "rust.test",
    "● Cart › adds": "jest",
    "not ok 3 - adds": "node.tap",
    "error[E0308]: mismatched types": "compiler.rust",
    "src/a.c:3:5: error: unknown type name 'x'": "compiler",
    "app.ts(2,22): error TS2554: Expected 2 arguments": "compiler.msvc",
    "invoked oom-killer: gfp_mask=0x100cca": "memory",
    "getaddrinfo ENOTFOUND registry.example": "dns",
    "Error: connect ECONNRESET 10.0.0.1:443": "connection",
    "bash: fork: retry: Resource temporarily unavailable": "descriptors",
    "fatal: [web-1]: FAILED! => {}": "ansible",
    "! LaTeX Error: File `x.sty' not found.": "tex",
    "The following TestFailure was thrown running a test:": "flutter",
    "── Failure ('test-a.R:3:1'): adds ──": "testthat",
    "  [FAILED] Timed out after 3.0s.": "ginkgo",
    "/bin/sh: 1: npm: not found": "command_not_found",
    "make: dh: Command not found": "command_not_found",
    "Kernel panic - not syncing: VFS": "kernel",
    "TEST-UNEXPECTED-FAIL | a.js | boom": "mozilla",
    "##[error]Process completed with exit code 1.": "github",
    "ERROR: Job failed: exit code 1": "gitlab",
    "Finished: FAILURE": "jenkins",
    'The command "make" exited with 2.': "travis",
    "make: *** [Makefile:3: all] Error 2": "make",
    "npm error code ELIFECYCLE": "npm.lifecycle",
    "BUILD FAILED in 3s": "gradle.result",
    "===== 1 failed, 2 passed in 0.1s =====": "tests.result",
    "===== 2 passed in 0.1s =====": "tests.passed",
    "===== 2 passed, 1 error in 0.1s =====": "tests.result",
    "Makefile:4: *** missing 'endif'.  Stop.": "make.rule",
    "make: *** Recursive variable 'A' references itself (eventually).  Stop.": "make.rule",
    "flask 3.0.3 requires blinker, which is not installed.": "pip.check",
    "Because shop depends on numpy (1.26.4) which requires Python >=3.9, version solving failed.": "solver",
    "Your requirements could not be resolved to an installable set of packages.": "composer",
    "Your Ruby version is 3.1.2, but your Gemfile specified 2.5.1": "pip.check",
    "➤ YN0082: │ escape-html@npm:^9.9.9: No candidates found": "yarn",
    "unknown file: Failure": "gtest",
    "=== FAIL: . TestSlug (0.00s)": "go.test",
    "FATAL panicked at src/tool.rs:1:132:": "rust.panic",
    "==8039== Conditional jump or move depends on uninitialised value(s)": "valgrind",
    "  Warning  FailedScheduling  48s  default-scheduler  0/6 nodes are available": "kubernetes.event",
    "[ALERT]    (537) : config : Proxy 'www': unable to find required default_backend: 'apps'.": "haproxy",
    "go.mod:4: require example.com/jwt: version \"v5.2.0\" invalid: should be v0 or v1, not v5": "go.module",
    "tokens.pyx:3:12: undeclared name not builtin: vocabulary": "compiler",
    "  _crc.c:2:48: error: 'table' undeclared (first use in this function)": "compiler",
    ".github/workflows/ci.yml:3:3: \"steps\" section is missing in job \"unit\" [syntax-check]": "linter.workflow",
    "│ Error: Failed to parse command-line flags": "terraform.error",
    "free(): invalid pointer": "crash",
    "*** buffer overflow detected ***: terminated": "crash",
    "no workers satisfying: resource type 'git', version: '1.14'": "runner",
    "archiver: EFBIG: file too large, write": "disk",
    "curl: option --retry-forever: is unknown": "argument",
    "timeout: invalid time interval '30sec'": "argument",
    "fatal: Could not read from remote repository.": "git.remote",
    " ! [rejected]        main -> main (fetch first)": "git.certain",
    "error: failed to push some refs to 'x.git'": "git.remote",
    "=================== no tests ran in 0.73s ===================": "tests.result",
    "go: errors parsing go.mod:": "tests.result",
    "svelte-check found 1 error and 0 warnings in 1 file": "tests.result",
    "error: timed out waiting for the condition on pods/api-7c9d": "counts",
    "fatal: assets/model.bin: smudge filter lfs failed": "counts",
    "Extra data: line 2 column 1 (char 11)": "json.invalid",
}


def read(line: str) -> Signal | None:
    (found,) = [candidate for _, candidate in candidates(windows([line.encode()]))]
    return reading(found)


@pytest.mark.parametrize("prefix", ["", STAMP, "\x1b[31m"], ids=["bare", "stamped", "coloured"])
@pytest.mark.parametrize(("line", "name"), LINES.items())
def test_a_line_is_seen_and_read(line: str, name: str, prefix: str) -> None:
    signal = read(prefix + line)
    assert signal is not None
    assert name == signal.name or name in [other.name for other in signals_of(line)]


@pytest.mark.parametrize(
    "line",
    [
        "3 passed, 0 failed",
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'ConnectTimeoutError'",
        "I0211 08:53:02.771234 11 request.go:697] Waited for 1.04s due to client-side throttling, error",
        "src/errors/timeout_error.py",
        "test_errors.py::test_failure PASSED [ 50%]",
        "   Compiling thiserror v1.0.40",
        "a.c:3:5: warning: unused variable 'error'",
        "npm warn deprecated error-ex@1.3.2: no longer supported",
        "+ echo 'error: not really'",
        "    at Object.<anonymous> (/app/error.js:3:19)",
        "      throw er; // Unhandled 'error' event",
        "  code: 'ENOENT',",
        "        authorizationError: null,",
        "            '503': 'Service Unavailable',",
        "==8039== Memcheck, a memory error detector",
        "E                                                                        [100%]",
        "E                                                                   1 / 1 (100%)",
        "  if (!value) throw new Error(`Missing required environment variable: ${name}`);",
        " 6) SIGABRT\t 7) SIGBUS\t 8) SIGFPE\t 9) SIGKILL\t10) SIGUSR1",
    ],
)
def test_a_harmless_line_says_nothing(line: str) -> None:
    found = [candidate for _, candidate in candidates(windows([line.encode()]))]
    assert [reading(candidate) for candidate in found if reading(candidate)] == []


TOO_SHORT = (
    "x.pyi:7:7: note: In",
    "x: Err-",
    "x: Err",
    "A:x:7:7: x",
    "[7] x:7:7 at #",
    "node was low",
    "Agent  x stopped",
    "INFO: task  x  blocked",
    " x x AxWarning [x]:",
    " x x AxWarning [x]",
    " x x AxWarning [x] (",
    "luax: x:7: ",
    "E  AxWarning",
    "E  fixture '",
    "E  x",
    " 7) x",
    'File " x ", line 7, in x',
    "Snapshots  x written",
)
"""Examples without the words that make real lines of their kind candidates."""


@pytest.mark.parametrize("signal", [row for row in signals() if row.role is not Role.NOISE], ids=lambda row: row.name)
def test_no_alternative_of_a_signal_is_hidden_by_the_words(signal: Signal) -> None:
    """Each is read where a line is looked at; ``words.toml`` says which lines are."""
    for pattern in signal.patterns:
        for example in examples(pattern):
            if signal in signals_of(example) and example not in TOO_SHORT:
                assert any(is_looked_at(line) for line in (example, f"{example} x", f"{example}x")), example


def is_looked_at(line: str) -> bool:
    return list(candidates(windows([line.encode()]))) != []


def test_an_event_of_go_test_says_what_the_test_printed() -> None:
    event = '{"Time":"2026-01-02T03:04:05.1Z","Action":"output","Test":"TestTotal","Output":"--- FAIL: TestTotal (0.00s)\\n"}'
    signal = read(event)
    assert signal is not None
    assert signal.name == "go.test"


def test_names_are_unique_and_what_is_no_noise_has_a_weight() -> None:
    table = signals()
    assert len({signal.name for signal in table}) == len(table)
    for signal in table:
        assert (signal.weight > 0) or signal.role in (Role.NOISE, Role.TOOL_PASSED, Role.JOB_PASSED, Role.EXPECTED), signal.name


def test_every_expression_compiles_the_same_in_both_dialects() -> None:
    for signal in signals():
        for pattern in signal.patterns:
            re.compile(pattern)


def test_only_causes_have_a_shape() -> None:
    assert {signal.role for signal in signals() if signal.shape is not Shape.LINE} == {Role.CAUSE}
