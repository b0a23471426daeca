"""Failed image builds of every builder, plain and disguised; builds that did not fail; broken input.

The logs in ``data/buildkit`` were written for these tests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.extraction.buildkit import extract, failures, looks_like
from error_classification.models import ErrorContext, Report, SourceType

DATA = Path(__file__).parent / "data" / "buildkit"
LOGS = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.log"))}


def run(data: bytes, step: int = 0) -> tuple[list[ErrorContext], Report]:
    chunks = [data[i : i + step] for i in range(0, len(data), step)] if step else [data]
    extraction, errors = extract("input", chunks), []
    while True:
        try:
            errors.append(next(extraction))
        except StopIteration as end:
            return errors, end.value


class Wanted(NamedTuple):
    """What is known of a failure, and the line that is its cause."""

    step: str
    command: str
    code: int | None
    stage: str
    target: str
    place: tuple[str, int | None]
    headline: str


NOWHERE = ("", None)
WANTED = {
    "plain_run": [
        Wanted(
            "[deps 4/4] RUN --mount=type=cache,target=/root/.npm --network=default npm install",
            "npm install",
            1,
            "deps",
            "",
            ("Dockerfile", 4),
            "npm error code ETARGET",
        )
    ],
    "bake_interleaved": [
        Wanted(
            "[api build 4/5] RUN go build ./...",
            "go build ./...",
            1,
            "build",
            "api",
            ("services/api/Dockerfile", 9),
            "internal/queue/worker.go:41:17: undefined: backoff.NewTicker",
        )
    ],
    "two_failures": [
        Wanted(
            "[front 2/3] RUN pip install -r requirements.txt",
            "pip install -r requirements.txt",
            1,
            "",
            "front",
            NOWHERE,
            "ERROR: Could not find a version that satisfies the requirement quuxlib==4.1 (from versions: 1.0, 2.0)",
        ),
        Wanted(
            "[back 2/3] RUN make -j2",
            "make -j2",
            2,
            "",
            "back",
            NOWHERE,
            "main.c:14:5: error: implicit declaration of function 'frobnicate' [-Werror=implicit-function-declaration]",
        ),
    ],
    "tty": [
        Wanted(
            "[base 3/5] RUN bundle install",
            "bundle install",
            7,
            "base",
            "",
            ("Dockerfile", 6),
            "Could not find gem 'wombat_rails (~> 3.0)' in rubygems repository",
        )
    ],
    "tty_old": [
        Wanted(
            "[2/3] RUN ./configure --prefix=/usr",
            "./configure --prefix=/usr",
            1,
            "",
            "",
            NOWHERE,
            "configure: error: Package requirements (libfrob >= 2.4) were not met",
        )
    ],
    "heredoc": [
        Wanted(
            "[tools 2/2] RUN <<EOF (set -eu...)",
            'set -eu\necho "begin"\nfrobctl apply',
            127,
            "tools",
            "",
            ("Dockerfile", 3),
            "/bin/sh: line 4: frobctl: command not found",
        )
    ],
    "stderr_first": [
        Wanted(
            "[web 6/6] RUN npm run build",
            "npm run build",
            1,
            "",
            "web",
            ("Dockerfile", 12),
            "Type error: Property 'titel' does not exist on type 'Item'.",
        )
    ],
    "classic": [
        Wanted(
            "Step 3/5 : RUN mvn -q package",
            "mvn -q package",
            1,
            "build",
            "",
            NOWHERE,
            "[ERROR] Failed to execute goal on project shop: Could not resolve dependencies for project org.example:shop:jar:1.0",
        )
    ],
    "classic_compose": [
        Wanted(
            "Step 3/3 : RUN pip install -r requirements.txt",
            "pip install -r requirements.txt",
            1,
            "",
            "worker",
            NOWHERE,
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        )
    ],
    "podman": [
        Wanted(
            "[1/2] STEP 3/3: RUN dnf install -y frobtools",
            "dnf install -y frobtools",
            1,
            "builder",
            "",
            NOWHERE,
            "Error: Unable to find a match: frobtools",
        )
    ],
    "tail_only": [
        Wanted(
            "",
            "pip3 install -r requirements.txt",
            1,
            "",
            "load",
            NOWHERE,
            "ERROR: Failed to build 'frobpy' when getting requirements to build wheel",
        )
    ],
    "tty_two": [
        Wanted(
            "[front 2/2] RUN npm ci",
            "npm ci",
            None,
            "",
            "front",
            NOWHERE,
            "npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.",
        ),
        Wanted(
            "[back build 2/4] RUN cargo build",
            "cargo build",
            101,
            "build",
            "back",
            NOWHERE,
            "error[E0432]: unresolved import `crate::queue`",
        ),
    ],
    "docker_1809": [
        Wanted(
            "[2/2] RUN gcc -o app app.c",
            "gcc -o app app.c",
            1,
            "",
            "",
            NOWHERE,
            "app.c:1:10: fatal error: frob.h: No such file or directory",
        )
    ],
    "kaniko": [
        Wanted("RUN apk add nosuchpkg", "apk add nosuchpkg", 1, "", "", NOWHERE, "ERROR: unable to select packages:"),
    ],
}


@pytest.mark.parametrize("name", WANTED)
def test_step_stage_target_command_exit_code_and_cause(name: str) -> None:
    errors, report = run(LOGS[name])
    found = [Wanted(e.step_name, e.command, e.exit_code, e.stage, e.target, (e.file, e.line), e.headline) for e in errors]
    assert found == WANTED[name]
    assert [error.rank for error in errors] == list(range(1, len(errors) + 1))
    assert (report.source_type, report.lines, report.warnings) == (SourceType.BUILDKIT, LOGS[name].count(b"\n"), ())


@pytest.mark.parametrize(
    ("name", "step", "stage", "part"),
    [
        ("copy_missing", "[app 2/3] COPY dist/server.js /srv/", "app", '"/dist/server.js": not found'),
        (
            "metadata_404",
            "[internal] load metadata for docker.io/library/python:3.99-slim",
            "",
            "failed to resolve source metadata",
        ),
        ("metadata_timeout", "[internal] load metadata for registry.example.org/base/jdk:17", "", "i/o timeout"),
        ("push_denied", "exporting to image", "", "failed to push registry.example.org/team/app:1.4"),
        ("cache_export", "exporting to GitHub Actions Cache", "", "error writing layer blob"),
        ("parse_error", "", "", "unknown instruction: RUNN"),
        ("classic_copy", "Step 2/2 : COPY missing.conf /etc/", "", "stat missing.conf: file does not exist"),
        ("classic_pull", "Step 1/2 : FROM nosuchimage:latest", "", "pull access denied for nosuchimage"),
        ("daemon_gone", "", "", "Cannot connect to the Docker daemon"),
        ("daemon_lost", "", "", "error reading from server: EOF"),
        ("after_build", "", "", "denied: requested access to the resource is denied"),
        ("run_after_build", "", "", "port is already allocated"),
    ],
)
def test_failures_without_a_command(name: str, step: str, stage: str, part: str) -> None:
    [error], _ = run(LOGS[name])
    assert (error.step_name, error.stage, error.command, error.exit_code) == (step, stage, "", None)
    assert part in error.headline
    assert error.headline in error.text.split("\n")


@pytest.mark.parametrize("name", ["green", "retried"])
def test_builds_that_succeeded_in_the_end_give_nothing(name: str) -> None:
    assert run(LOGS[name])[0] == []


def test_a_cancelled_build_names_no_step() -> None:
    [error], _ = run(LOGS["canceled"])
    assert (error.text, error.step_name, error.command) == ("ERROR: failed to solve: Canceled: context canceled", "", "")


def test_every_line_of_the_text_has_its_number_though_steps_are_interleaved() -> None:
    for name, data in LOGS.items():
        source = data.decode().split("\n")
        for error in run(data)[0]:
            for index, line in enumerate(error.text.split("\n")):
                assert line in source[error.line_of(index) - 1], name
            assert error.line_start <= error.line_of(0) <= error.line_end


def test_other_steps_stay_out_of_the_text() -> None:
    [error], _ = run(LOGS["bake_interleaved"])
    assert "0 errors" not in error.text
    assert error.line_numbers == (29, 31, 32)


@pytest.mark.parametrize(
    "line",
    [
        "failed to solve: {}",
        "ERROR: failed to solve: {}",
        "error: failed to solve: rpc error: code = Unknown desc = {}",
        "ERROR: failed to build: failed to solve: {}",
        "target web: failed to solve: {}",
        "ERROR: target web: failed to solve: {}",
        "Error: buildx failed with: ERROR: failed to solve: {}",
        "##[error]buildx failed with: ERROR: failed to solve: {}",
        "failed to solve with frontend dockerfile.v0: failed to build LLB: {}",
        "docker.exe : failed to solve: {}",
        "{}",
    ],
)
@pytest.mark.parametrize(
    "message",
    [
        'process "/bin/bash -eo pipefail -c make \\"all\\"" did not complete successfully: exit code: 2',
        "executor failed running [/bin/sh -c make]: exit code: 2",
    ],
)
def test_final_errors_alone(line: str, message: str) -> None:
    text = line.format(message)
    [error], _ = run(text.encode())
    assert (error.command, error.exit_code) == ('make "all"' if "all" in message else "make", 2)
    assert error.target == ("web" if "target web" in line else "")
    assert looks_like(text.encode())


DISGUISES: dict[str, Callable[[str], str]] = {
    "GitHub": lambda line: f"2025-02-11T10:11:12.1314151Z {line}",
    "gh run view --log": lambda line: f"build\tBuild image\t2025-02-11T10:11:12.1314151Z {line}",
    "Jenkins": lambda line: f"[2025-02-11T10:11:12.131Z] {line}",
    "colours": lambda line: f"\x1b[36m{line}\x1b[0m",
    "CRLF": lambda line: f"{line}\r",
    "overwritten": lambda line: f"working 12%\rworking 90%\r{line}",
    "unknown": lambda line: f"image-builder-7  | {line}",
}
PLAIN = ("plain_run", "bake_interleaved", "copy_missing", "heredoc")
OTHERS = ("tty", "classic", "podman", "kaniko")


@pytest.mark.parametrize(
    ("disguise", "log"),
    [
        *((disguise, log) for disguise in DISGUISES for log in PLAIN),
        *((disguise, log) for disguise in DISGUISES if disguise != "unknown" for log in OTHERS),
    ],
)
def test_disguised_logs_say_the_same(disguise: str, log: str) -> None:
    disguised = "\n".join(DISGUISES[disguise](line) for line in LOGS[log].decode().split("\n")).encode()
    assert [_core(error) for error in run(disguised)[0]] == [_core(error) for error in run(LOGS[log])[0]]
    assert looks_like(disguised)


def _core(error: ErrorContext) -> tuple[object, ...]:
    return (
        error.step_name,
        error.stage,
        error.target,
        error.command,
        error.exit_code,
        error.text,
        error.line_numbers,
        error.file,
    )


def _wrapped(text: str, width: int) -> list[str]:
    """As PowerShell's console host breaks a line: between words, the blank stays at the end; a long word is cut."""
    lines = [""]
    for word in text.replace(" ", " \0").split("\0"):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += word
        while len(lines[-1]) > width:
            lines[-1:] = [lines[-1][:width], lines[-1][width:]]
    return [line for line in lines if line]


@pytest.mark.parametrize("width", [24, 40, 80, 120])
@pytest.mark.parametrize(
    "position", ["At line:1 char:1", "No linha:1 caractere:1", "Ligne : 1 Caractère : 1", "At C:\\ci\\build.ps1:12 char:5"]
)
def test_powershell_noise_and_hard_wrapping(width: int, position: str) -> None:
    record = [
        'docker.exe : #0 building with "default" instance using docker driver',
        position,
        "+ docker build --progress=plain . 2>&1 | Tee-Object log.txt" + " " * 40,
        "+ " + "~" * 130,
        "    + CategoryInfo          : NotSpecified: (#0 building wit...ing docker driver:String) [], RemoteException",
        "    + FullyQualifiedErrorId : NativeCommandError",
    ]
    lines = [part for line in record for part in _wrapped(line, width)] + [" "]
    lines += [part for line in LOGS["plain_run"].decode().split("\n")[1:] for part in (_wrapped(line, width) or [""])]
    errors, _ = run("\r\n".join(lines).encode())
    assert [(e.step_name, e.command, e.exit_code, e.headline) for e in errors] == [
        (w.step, w.command, w.code, w.headline) for w in WANTED["plain_run"]
    ]
    assert "CategoryInfo" not in errors[0].text


def test_a_push_after_the_last_step_is_not_that_step() -> None:
    steps = LOGS["kaniko"].split(b"fetch ")[0]
    [error], _ = run(steps + b"built\nerror pushing image: failed to push to destination r.example.org/a:1: DENIED\n")
    assert (error.step_name, error.command) == ("", "")
    assert error.text == "error pushing image: failed to push to destination r.example.org/a:1: DENIED"


def test_a_first_vertex_that_is_announced_twice_leaves_the_others_alone() -> None:
    log = LOGS["plain_run"].decode()
    middle = log.index("#7 1.894 npm error code")
    again = "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n"
    [error], _ = run((log[:middle] + again + log[middle:]).encode())
    assert (error.step_name, error.command) == (WANTED["plain_run"][0].step, "npm install")


def test_mojibake_is_kept_as_it_is() -> None:
    lines = [
        "#5 [2/2] RUN vite build",
        "#5 1.1 Ô£ô 30 modules transformed.",
        "#5 1.2 error: Ô£ù failed",
        '#5 ERROR: process "/bin/sh -c vite build" did not complete successfully: exit code: 1',
    ]
    [error], _ = run("\n".join(lines).encode())
    assert error.headline == "error: Ô£ù failed"


def test_the_same_failure_in_a_second_attempt_is_one_with_its_count() -> None:
    once = LOGS["retried"].split(b"retrying")[0]
    [error], _ = run(once + once)
    assert error.count == 2


def test_a_retry_of_another_image_mends_nothing() -> None:
    first, second = LOGS["retried"].split(b"retrying in 5 s\n")
    other = second.replace(b"library/alpine", b"library/debian")
    assert len(run(first + other)[0]) == 1


def test_a_failed_cache_import_is_not_why_the_build_failed() -> None:
    log = (
        LOGS["green"].split(b"#6 DONE")[0]
        + b'#6 ERROR: process "/bin/sh -c ./test.sh" did not complete successfully: exit code: 3\n'
    )
    [error], _ = run(log)
    assert (error.command, error.exit_code) == ("./test.sh", 3)


def test_a_client_error_before_a_build_was_not_fatal_and_exit_codes_after_it_say_nothing() -> None:
    log = b"Error: No such image: app:old\nError response from daemon: conflict: unable to remove app:old\n" + LOGS["plain_run"]
    [error], _ = run(log + b"make: *** [Makefile:3: image] Error 1\nProcess completed with exit code 2.\n")
    assert error.command == "npm install"


def test_what_the_client_says_of_its_broken_pipe_is_not_the_cause() -> None:
    pipe = b'time="2025-01-01T00:00:00Z" level=error msg="Can\'t close tar writer: io: read/write on closed pipe"\n'
    [error], _ = run(pipe + LOGS["daemon_gone"])
    assert error.headline == LOGS["daemon_gone"].decode().strip()


def test_an_independent_failure_after_a_failed_build_counts_too() -> None:
    errors, _ = run(LOGS["plain_run"] + b"Error response from daemon: No space left on device\n")
    assert [error.command for error in errors] == ["npm install", ""]


def test_a_long_output_is_cut_to_its_cause() -> None:
    output = [f"#5 {i / 10:.1f} compiling unit {i}" for i in range(9_000)]
    output[4_000] = "#5 400.0 unit.c:7:1: error: expected ';' before '}'"
    log = ["#5 [2/2] RUN make", *output, "#5 900.1 make: *** [Makefile:2: all] Error 1"]
    log.append('#5 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2')
    [error], _ = run("\n".join(log).encode())
    assert error.headline == "unit.c:7:1: error: expected ';' before '}'"
    assert error.text.count("\n") < 45
    assert error.line_of(0) == 4_002


def test_numbered_lines_of_a_larger_log_can_be_given() -> None:
    lines = list(enumerate(LOGS["plain_run"].decode().split("\n"), start=1_001))
    [error] = failures(lines, "job")
    assert (error.source, error.command, error.line_start) == ("job", "npm install", 1_027)


@pytest.mark.parametrize("name", LOGS)
def test_builds_are_recognised(name: str) -> None:
    assert looks_like(LOGS[name])


@pytest.mark.parametrize(
    "around",
    [
        b"2025-01-01T00:00:00Z Current runner version: '2.311.0'\n",
        b"##[group]Runner Image\n",
        b"Running with gitlab-runner 16.5.0\n",
        b"Started by user admin\n",
        b"travis_fold:start:docker\n",
    ],
)
def test_a_job_with_a_build_in_it_is_not_a_build(around: bytes) -> None:
    assert not looks_like(around + LOGS["plain_run"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "see issue #12 for this\nerror: failed\n",
        "# a heading\n#2 not a vertex\n",
        "error: something else\n",
        "\n".join(["plain output"] * 60) + "\n#5 DONE 1.0s\n",
    ],
)
def test_other_texts_are_not_builds(text: str) -> None:
    assert not looks_like(text.encode())


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_fail(data: bytes) -> None:
    run(data)
    looks_like(data)


@settings(max_examples=150)
@given(st.sampled_from(sorted(LOGS)), st.data())
def test_mutations_never_fail_and_chunks_do_not_matter(name: str, draw: st.DataObject) -> None:
    log = LOGS[name]
    at = draw.draw(st.integers(0, len(log)))
    put = draw.draw(st.binary(max_size=8) | st.sampled_from([b"\n------\n > [a 1/2] RUN x:\n", b"\n#5 ERROR: x\n", b"\x1b[1A\r"]))
    data = log[:at] + put + log[at + draw.draw(st.integers(0, 80)) :]
    errors, _ = whole = run(data)
    assert whole == run(data, step=draw.draw(st.integers(1, 90)))
    assert all(len(error.line_numbers) == error.text.count("\n") + 1 for error in errors)


def test_a_step_whose_announcement_was_cut_off_is_one_failure_with_its_quoted_block() -> None:
    log = (
        "#56 371.7 error: couldn't read `src/main.rs`: No such file or directory (os error 2)\n"
        '#56 ERROR: process "/bin/sh -c cargo build --release" did not complete successfully: exit code: 101\n'
        "------\n > [builder 7/11] RUN cargo build --release:\n"
        "371.7 error: couldn't read `src/main.rs`: No such file or directory (os error 2)\n------\n"
        'ERROR: failed to solve: process "/bin/sh -c cargo build --release" did not complete successfully: exit code: 101\n'
    )
    (error,) = list(extract("build.log", [log.encode()]))
    assert (error.stage, error.command, error.exit_code) == ("builder", "cargo build --release", 101)
