"""Starting and ending a server.

Its standard input is a named pipe: the server ends when the last process that holds the pipe open for writing closes it or dies,
whatever it dies of. So the workers of one test run share a server without one of them being responsible for it.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from opensearch_node import jars, security

STARTING = 120.0
"""Seconds; it takes 4 to 7 on a machine that has nothing else to do."""
_ENDING = 60.0

_JVM = (
    *("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
    *("-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-Djava.locale.providers=SPI,COMPAT", "-Djava.security.manager=allow"),
    *("-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true", "-Dio.netty.allocator.numDirectArenas=0"),
    *("-Dio.netty.recycler.maxCapacityPerThread=0", "-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.disable.jmx=true"),
)
"""Those of the server's own distribution, with a small heap and a compiler that does not try hard: it lives for a minute."""


class NodeError(Exception):
    """The server did not start."""


@dataclass(frozen=True, slots=True)
class Node:
    """A server that listens at ``url``."""

    url: str
    process: subprocess.Popen[bytes] | None = None
    """None for who shares a server that somebody else has started."""

    def kill(self) -> None:
        """As a power cut does, and waits until it is dead."""
        assert self.process
        self.process.kill()
        self.process.wait()


@contextmanager
def started(home: Path, *settings: str, secured: bool = False) -> Iterator[Node]:
    """A server of one's own with its data in ``home``; started there again, it finds what it had acknowledged."""
    reading, writing = os.pipe()
    try:
        node = _start(home, settings, secured, reading)
        yield node
    finally:
        os.close(writing)
    assert node.process
    node.process.wait(_ENDING)


@contextmanager
def shared(folder: Path) -> Iterator[Node]:
    """The one server of all processes that name ``folder``, started by the first of them."""
    folder.mkdir(parents=True, exist_ok=True)
    pipe, known = folder / "stdin", folder / "node"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pipe.exists():
            os.mkfifo(pipe)
        writing = _join(pipe)
        if writing is None:
            reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            writing = os.open(pipe, os.O_WRONLY)
            os.set_blocking(reading, True)
            node = _start(folder / "home", (), False, reading)
            known.write_text(node.url)
        else:
            node = Node(known.read_text())
    try:
        yield node
    finally:
        os.close(writing)


def _join(pipe: Path) -> int | None:
    """A descriptor that keeps a running server alive; None where none reads the pipe."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def _start(home: Path, settings: Sequence[str], secured: bool, stdin: int) -> Node:
    """Takes ``stdin`` over: only the server may have the reading end."""
    home.mkdir(parents=True, exist_ok=True)
    program = jars.program(secured=secured)
    if program.security:
        settings = (*security.settings(home, program.security), *settings)
    ports = home / "logs" / "http.ports"
    ports.unlink(missing_ok=True)
    command = [
        "java",
        *_JVM,
        f"-Dplugins={','.join(program.plugins)}",
        "-cp",
        program.classpath,
        "TestNode",
        str(home),
        *settings,
    ]
    log = home / "node.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdin=stdin, stdout=output, stderr=output, start_new_session=True)
    os.close(stdin)
    address = _address(process, ports, log)
    return Node(f"{'https' if secured else 'http'}://{address}", process)


def _address(process: subprocess.Popen[bytes], ports: Path, log: Path) -> str:
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NodeError(f"the server ended with {process.returncode}:\n{log.read_text('utf-8', 'replace')[-3000:]}")
        if ports.is_file() and (lines := ports.read_text().split()):
            return next(line for line in lines if line.startswith("127.0.0.1:"))
        time.sleep(0.1)
    process.kill()
    raise NodeError(f"the server did not listen within {STARTING:.0f} s:\n{log.read_text('utf-8', 'replace')[-3000:]}")
