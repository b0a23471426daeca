"""Which output lines of a build step speak of an error; and the names and commands of steps."""

from __future__ import annotations

import pytest

from error_classification.extraction.buildkit.grammar import Kind, progress, unknown_prefix
from error_classification.extraction.buildkit.naming import (
    StepName,
    failed_command,
    run_command,
    step_name,
    unquoted,
    without_shell,
)
from error_classification.extraction.buildkit.output import Line, collected, excerpt
from error_classification.extraction.buildkit.signs import Sign, any_error, sign_of


@pytest.mark.parametrize(
    "line",
    [
        "E: Unable to locate package libfoo-dev",
        "Err:3 http://deb.example.org/debian buster/main amd64 Packages",
        "ERROR: Could not find a version that satisfies the requirement foo==9",
        "npm ERR! 404 Not Found - GET https://registry.example.org/nope",
        "npm error notarget No matching version found for nope@^9.",
        "error[E0308]: mismatched types",
        "src/main.ts(3,1): error TS2304: Cannot find name 'x'.",
        "main.c:3:10: fatal error: zlib.h: No such file or directory",
        "Program.cs(4,9): error CS0103: The name 'y' does not exist in the current context [/src/a.csproj]",
        "/usr/bin/ld: cannot find -lcrypto",
        "main.o: undefined reference to `deflate'",
        "ModuleNotFoundError: No module named 'setuptools'",
        "Traceback (most recent call last):",
        "/bin/sh: 1: yarn: not found",
        "bash: line 1: cargo: command not found",
        "cp: cannot stat 'dist': No such file or directory",
        "curl: (6) Could not resolve host: files.example.org",
        "fatal: unable to access 'https://git.example.org/x/': server certificate verification failed",
        "thread 'main' panicked at src/main.rs:2:5:",
        "go: example.org/m@v1.2.3: invalid version: unknown revision v1.2.3",
        "Killed",
        "FAILED tests/test_a.py::test_b - assert 1 == 2",
        "* What went wrong:",
        "[ERROR] /src/A.java:[3,8] cannot find symbol",
        "gzip: stdin: unexpected end of file",
        "tar: Error is not recoverable: exiting now: No space left on device",
        "ERROR: unable to select packages:",
        "CMake Error at CMakeLists.txt:4 (find_package):",
        "Error: Unable to find a match: frob",
        "./run.sh: line 2: syntax error near unexpected token `fi'",
        "java.lang.IllegalStateException: nope",
        "level.go:4:2: undefined: x",
    ],
)
def test_errors(line: str) -> None:
    assert sign_of(line) is Sign.ERROR
    assert any_error(["before", line, "after"])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "npm warn deprecated rimraf@2.7.1: errors are not handled",
        "WARNING: Running pip as the 'root' user can result in broken permissions",
        "main.c:3:10: warning: unused variable 'error' [-Wunused-variable]",
        "Get:12 http://deb.example.org/debian bookworm/main amd64 liberror-perl all 0.17029-2 [29.0 kB]",
        "Unpacking liberror-perl (0.17029-2) ...",
        "Setting up liberror-perl (0.17029-2) ...",
        "Downloading exceptiongroup-1.2.0-py3-none-any.whl (16 kB)",
        "checking for zlib.h... not found",
        "-- Looking for pthread_create in pthreads - not found",
        "Compiling thiserror v1.0.50",
        "gcc -O2 -Wall -Werror -c -o error.o error.c",
        "webpack compiled with 0 errors",
        "Tests: 0 failed, 12 passed",
        "test result: ok. 3 passed; 0 failed; 0 ignored",
        "added 512 packages in 3s",
        "+ echo error: not really",
        "[ 40%] Building C object src/error.c.o",
        "tests/test_error.py::test_fatal PASSED",
    ],
)
def test_near_misses(line: str) -> None:
    assert sign_of(line) is Sign.NONE


@pytest.mark.parametrize(
    "line",
    [
        "make[2]: *** [Makefile:9: main.o] Error 1",
        "ninja: build stopped: subcommand failed.",
        "collect2: error: ld returned 1 exit status",
        "npm ERR! A complete log of this run can be found in: /root/.npm/_logs/x.log",
        "error Command failed with exit code 1.",
        'error: could not compile `app` (bin "app") due to 2 previous errors',
        "error: subprocess-exited-with-error",
        "[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.",
    ],
)
def test_symptoms(line: str) -> None:
    assert sign_of(line) is Sign.SYMPTOM


def shown(*texts: str) -> tuple[list[str], str]:
    """The excerpt of an output, and its cause."""
    lines, cause = excerpt(collected(Line(number, text) for number, text in enumerate(texts, start=1)))
    return [line.text for line in lines], "" if cause is None else lines[cause].text


def test_the_cause_comes_before_symptoms_and_after_what_was_passed_over() -> None:
    early = ["cp: cannot stat 'a': No such file or directory"] + ["fine"] * 60
    assert shown(*early, "x.c:1:1: error: bad", "  1 | x", "make: *** [all] Error 2") == (
        ["x.c:1:1: error: bad", "  1 | x", "make: *** [all] Error 2"],
        "x.c:1:1: error: bad",
    )


def test_a_cause_before_the_window_is_found_and_the_end_is_kept() -> None:
    lines, cause = shown("x.c:1:1: error: bad", *(f"unit {i}" for i in range(900)), "make: *** [all] Error 2")
    assert (lines[0], cause, lines[-1]) == ("x.c:1:1: error: bad", "x.c:1:1: error: bad", "make: *** [all] Error 2")
    assert len(lines) <= 40


def test_a_traceback_names_its_exception() -> None:
    text = ["Traceback (most recent call last):", '  File "a.py", line 1, in <module>', "KeyError: 'x'"]
    assert shown("begin", *text) == (text, "KeyError: 'x'")


def test_words_and_symptoms_count_where_nothing_plainer_is_there() -> None:
    assert shown("a", "the deployment was aborted by policy", "b") == (
        ["the deployment was aborted by policy", "b"],
        "the deployment was aborted by policy",
    )
    assert shown("a", "make: *** [all] Error 2")[1] == "make: *** [all] Error 2"
    assert shown("a", "b", "") == (["a", "b"], "")
    assert shown() == ([], "")


@pytest.mark.parametrize(
    ("name", "targets", "expected"),
    [
        ("[2/9] RUN make", (), StepName("", "", "RUN make")),
        ("[ 2/11] RUN make", (), StepName("", "", "RUN make")),
        ("[build-deps 10/10] RUN make", (), StepName("", "build-deps", "RUN make")),
        ("[stage-1 2/7] COPY a b", (), StepName("", "stage-1", "COPY a b")),
        ("[linux/arm64 build 2/5] RUN make", (), StepName("", "build", "RUN make")),
        ("[linux/amd64->arm64 2/5] RUN make", (), StepName("", "", "RUN make")),
        ("[api build 2/5] RUN make", (), StepName("api", "build", "RUN make")),
        ("[api linux/amd64 build 2/5] RUN make", (), StepName("api", "build", "RUN make")),
        ("[api 2/5] RUN make", ("api",), StepName("api", "", "RUN make")),
        ("[api 2/5] RUN make", (), StepName("", "api", "RUN make")),
        ("[api internal] load .dockerignore", (), StepName("api", "", "load .dockerignore")),
        ("[internal] load .dockerignore", (), StepName("", "", "load .dockerignore")),
        ("[linux/amd64 internal] load metadata", (), StepName("", "", "load metadata")),
        ("[api] exporting to image", ("api",), StepName("api", "", "exporting to image")),
        ("[auth] library/node:pull token", (), StepName("", "", "library/node:pull token")),
        ("exporting to image", (), StepName("", "", "exporting to image")),
        ("", (), StepName()),
    ],
)
def test_names_of_steps(name: str, targets: tuple[str, ...], expected: StepName) -> None:
    assert step_name(name, targets) == expected


@pytest.mark.parametrize(
    ("instruction", "command"),
    [
        ("RUN npm ci", "npm ci"),
        ("run npm ci", "npm ci"),
        ("RUN --mount=type=secret,id=x --network=none --security=insecure make all", "make all"),
        ('RUN ["npm", "ci"]', "npm ci"),
        ('RUN ["/bin/bash", "-c", "make all"]', "make all"),
        ("RUN [ -f x ] && make", "[ -f x ] && make"),
        ("RUN <<EOF (set -e...)", "set -e..."),
        ("RUN python3 <<'EOF' (import os...)", "python3 <<'EOF' (import os...)"),
        ("COPY a b", ""),
        ("", ""),
    ],
)
def test_commands_of_instructions(instruction: str, command: str) -> None:
    assert run_command(instruction) == command


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/bin/sh -c npm ci", "npm ci"),
        ("/bin/bash -o pipefail -c a | b", "a | b"),
        ("/bin/bash -euxo pipefail -c a", "a"),
        ("/bin/ash -eo pipefail -c a", "a"),
        ("/dev/.buildkit_qemu_emulator /bin/sh -c a", "a"),
        ("cmd /S /C dir", "dir"),
        ("powershell -Command $ErrorActionPreference = 'Stop'; a", "$ErrorActionPreference = 'Stop'; a"),
        ("npm ci", "npm ci"),
        ("sh script.sh -c x", "sh script.sh -c x"),
    ],
)
def test_the_shell_is_no_part_of_the_command(command: str, expected: str) -> None:
    assert without_shell(command) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r"a\n\"b\"\t\\", 'a\n"b"\t\\'), (r"\x41\u00e9\U0001F600", "Aé😀"), (r"\ud800\U99999999", "��"), ("\\", "\\")],
)
def test_escapes_of_go(text: str, expected: str) -> None:
    assert unquoted(text) == expected


def test_failed_commands() -> None:
    assert failed_command(r'process "/bin/sh -c echo \"a\"" did not complete successfully: exit code: 1') == 'echo "a"'
    assert failed_command("executor failed running [/bin/sh -c [ -f x ] || exit 3]: exit code: 3") == "[ -f x ] || exit 3"
    assert failed_command('failed to calculate checksum of ref a: "/x": not found') == ""
    assert failed_command('process "make "a" did not complete successfully" did not complete successfully') == (
        'make "a" did not complete successfully'
    )
    assert failed_command('process "make" was killed, executor failed running [make]') == "make"
    assert failed_command("executor failed running [a[0]b]: exit code: 1") == "a[0]b"


@pytest.mark.parametrize("unit", ['process "', "executor failed running [", '" did not complete successfully', "]", "]:"])
def test_hostile_messages_name_no_command(unit: str) -> None:
    assert failed_command(unit * 20_000) in ("", "]:" * 19_999 + "]")


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("#8 0.250 hello", Kind.OUTPUT, "hello"),
        ("#8 1234.5", Kind.OUTPUT, ""),
        ("#8 DONE 1.2s", Kind.DONE, "DONE 1.2s"),
        ("#8 CACHED", Kind.DONE, "CACHED"),
        ("#8 CANCELED", Kind.CANCELED, "CANCELED"),
        ("#8 ERROR: no", Kind.ERROR, "ERROR: no"),
        ("#8 ...", Kind.PAUSED, "..."),
        ("#8 [2/3] RUN a", Kind.TEXT, "[2/3] RUN a"),
        ("#8 DONE with it", Kind.TEXT, "DONE with it"),
    ],
)
def test_plain_progress(line: str, kind: Kind, text: str) -> None:
    news = progress(line)
    assert news is not None
    assert (news.vertex, news.kind, news.text) == ("8", kind, text)


@pytest.mark.parametrize(
    ("line", "prefix"),
    [
        ("web-1  | #8 [2/3] RUN a", "web-1  | "),
        ("[build] #8 0.25 x", "[build] "),
        ("build-1  | Step 2/3 : RUN npm ci", "build-1  | "),
        ("[docker] STEP 2/3: RUN npm ci", "[docker] "),
        ("  >  => [internal] load build definition", "  > "),
        ("app 12:03 |  => ERROR [2/3] RUN npm ci     1.2s", "app 12:03 | "),
        ("docker build:  > [2/3] RUN npm ci:", "docker build: "),
        ("kaniko: INFO[0002] RUN npm ci", "kaniko: "),
        ("fixes #8 in the parser", ""),
        (" => [internal] load build definition", ""),
        (" > [2/3] RUN npm ci:", ""),
        ("this is Step 2/3 of the plan", ""),
        ("Step 2/3 : RUN npm ci", ""),
        ("#8 0.2 see #9 DONE 1", ""),
    ],
)
def test_unknown_prefixes(line: str, prefix: str) -> None:
    assert unknown_prefix(line) == prefix
