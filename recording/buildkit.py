"""A BuildKit daemon for as long as a block runs, and a builder of that name for the user ``runner``."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from recording import sandbox

SOCKET = Path("/run/demo-buildkit.sock")
_DAEMON = ["buildkitd", "--root", "/home/runner/.buildkitd", "--addr", f"unix://{SOCKET}", "--containerd-worker=false"]
_CREATE = f"buildx inspect demo > /dev/null 2>&1 || buildx create --name demo --driver remote unix://{SOCKET}"


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Raises TimeoutError where the daemon does not come up in ten seconds."""
    SOCKET.unlink(missing_ok=True)
    env = {**sandbox.ENVIRONMENT, "PATH": f"{sandbox.ENVIRONMENT['PATH']}:/usr/sbin:/sbin"}
    daemon = subprocess.Popen(_DAEMON, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait()
        sandbox.prepare({})
        sandbox.run(_CREATE, sandbox.Machine())
        yield
    finally:
        daemon.terminate()
        daemon.wait()


def _wait() -> None:
    for _ in range(100):
        if SOCKET.exists():
            os.chmod(SOCKET, 0o666)
            return
        time.sleep(0.1)
    raise TimeoutError("buildkitd did not start")
