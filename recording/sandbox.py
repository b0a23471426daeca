"""Runs one shell command as the user ``runner`` in an empty, neutral folder and records what it prints, each line with its time.

Every run has a mount namespace of its own: host names of the fake network are bound over /etc/hosts, a folder of this process
over the work folder and another over /tmp (so that several recorders may run at once), and a provocation may mount a tiny disk or
cut the network off. Nothing of the machine's environment is passed on but the certificates that reach registries.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HOME = Path("/home/runner")
WORK = HOME / "work/demo/demo"
_OWN = HOME / f".recording-{os.getpid()}"
_OWN_WORK, _OWN_TMP = _OWN / "work", _OWN / "tmp"
HOSTS = """127.0.0.1 localhost
::1 localhost ip6-localhost
127.0.0.1 registry.example.test git.example.test files.example.test api.example.test db.example.test
"""
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
ENVIRONMENT = {
    "HOME": str(HOME),
    "USER": "runner",
    "LOGNAME": "runner",
    "SHELL": "/bin/bash",
    "LANG": "C.UTF-8",
    "CI": "true",
    "TERM": "dumb",
    "PYTHONUNBUFFERED": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_CERT": CERTIFICATES,
    "SSL_CERT_FILE": CERTIFICATES,
    "NODE_EXTRA_CA_CERTS": CERTIFICATES,
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "GOPATH": "/home/runner/go",
    "GOFLAGS": "-buildvcs=false",
    "RUSTUP_TOOLCHAIN": "stable",
    "PATH": ":".join(
        (
            "/home/runner/venv/bin",
            "/home/runner/work/demo/node_modules/.bin",
            "/home/runner/.cargo/bin",
            "/home/runner/go/bin",
            "/usr/local/go/bin",
            "/usr/local/bin:/usr/bin:/bin",
        )
    ),
}
_NEUTRAL = (
    (re.compile(r"/root\b"), "/home/runner"),
    (re.compile(re.escape(str(_OWN_WORK))), str(WORK)),
)


@dataclass(frozen=True, slots=True)
class Machine:
    """What is special about the machine: ``as_root`` is shell that root runs first; ``root`` keeps the rights afterwards."""

    as_root: str = ""
    root: bool = False
    network: bool = True
    env: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded line (without its newline) and the seconds since the run began."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a command printed (standard output and error as one stream) and how it ended."""

    lines: tuple[Line, ...]
    exit_code: int

    @property
    def text(self) -> str:
        return "".join(f"{line.text}\n" for line in self.lines)


def prepare(files: Mapping[str, str]) -> None:
    """Empties the work folder and writes ``files`` (relative path -> content), owned by ``runner``; ``*.sh`` are executable."""
    tidy()
    WORK.mkdir(parents=True, exist_ok=True)
    for folder, mode in ((_OWN_WORK, 0o755), (_OWN_TMP, 0o1777)):
        folder.mkdir(parents=True)
        folder.chmod(mode)
        shutil.chown(folder, "runner", "runner")
    for name, content in files.items():
        path = _OWN_WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.removeprefix("\n"), encoding="utf-8")
        path.chmod(0o755 if name.endswith(".sh") else 0o644)
        for owned in (path, *path.relative_to(_OWN_WORK).parents):
            shutil.chown(_OWN_WORK / owned, "runner", "runner")


def tidy() -> None:
    """Removes what the last run left."""
    shutil.rmtree(_OWN, ignore_errors=True)


def collected(name: str) -> str:
    """A file that a run wrote below the work folder."""
    return neutral((_OWN_WORK / name).read_text(encoding="utf-8", errors="surrogateescape"))


def run(command: str, machine: Machine) -> Run:
    """Runs ``command`` with bash in the work folder. Raises TimeoutError where it does not end in time."""
    hosts = _OWN / "hosts"
    hosts.write_text(HOSTS, encoding="utf-8")
    user = "" if machine.root else "setpriv --reuid=runner --regid=runner --clear-groups "
    mounts = ((hosts, "/etc/hosts"), (_OWN_WORK, WORK), (_OWN_TMP, "/tmp"))
    bound = " && ".join(f"mount --bind {own} {path}" for own, path in mounts)
    script = f'{bound} && cd {WORK} && {machine.as_root or ":"} && exec {user}bash -c "$RECORDED"'
    flags = ["-m"] if machine.network else ["-m", "-n"]
    process = subprocess.Popen(
        ["unshare", *flags, "bash", "-c", script],
        cwd="/",
        env={**ENVIRONMENT, **machine.env, "RECORDED": command},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    limit = threading.Timer(machine.timeout_seconds, os.killpg, (process.pid, signal.SIGKILL))
    limit.start()
    lines = tuple(_lines(process))
    code = process.wait()
    if not limit.is_alive():
        raise TimeoutError(f"no end after {machine.timeout_seconds:g} s")
    limit.cancel()
    return Run(lines, code if code >= 0 else 128 - code)


def _lines(process: subprocess.Popen[bytes]) -> Iterator[Line]:
    started = time.monotonic()
    assert process.stdout is not None
    for raw in process.stdout:
        text = raw.decode("utf-8", errors="replace").removesuffix("\n")
        yield Line(time.monotonic() - started, neutral(text))


def neutral(text: str) -> str:
    """``text`` without traces of the machine that recorded it."""
    for pattern, replacement in _NEUTRAL:
        text = pattern.sub(replacement, text)
    return text


def require_root() -> None:
    """Raises PermissionError unless namespaces and mounts can be made."""
    if os.geteuid() != 0:
        raise PermissionError("recording needs root: it makes mount namespaces and drops to the user `runner`")
