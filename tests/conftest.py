"""No test reaches the network, this machine's home, its keys or its proxies. (Its place makes the helper modules importable.)"""

from __future__ import annotations

import os
import sys
from tempfile import mkdtemp

from error_classification.config import SETTINGS, ci_variables

pytest_plugins = ["opensearch_node.plugin"]

_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost", "", None))


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook sees every connection of the process, whichever library makes it."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host not in _LOOPBACK:
        raise AssertionError(f"a test wants to connect to {host!r}")


def _forget_the_machine() -> None:
    known = {setting.variable for setting in SETTINGS} | set(ci_variables())
    for name in list(os.environ):
        if name in known or name.startswith("ANTHROPIC_") or name.upper().endswith("_PROXY") or name == "NETRC":
            del os.environ[name]
    os.environ["HOME"] = os.environ["ANTHROPIC_CONFIG_DIR"] = mkdtemp(prefix="no-home-")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ.pop(name, None)


_forget_the_machine()
sys.addaudithook(_stay_here)
