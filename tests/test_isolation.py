"""That the guards around the tests hold."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_nobody_connects_to_elsewhere(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as made, pytest.raises(AssertionError, match="wants to connect"):
        made.connect((host, 80))


def test_nobody_looks_up_another_host() -> None:
    with pytest.raises(AssertionError, match="wants to connect"):
        socket.getaddrinfo("api.anthropic.com", 443)


def test_there_is_no_home_and_no_key() -> None:
    assert Path.home().name.startswith("no-home-")
    assert not any(name.startswith("ANTHROPIC_") and name != "ANTHROPIC_CONFIG_DIR" for name in os.environ)
