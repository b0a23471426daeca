"""One server for all tests with a real model, and an environment without anybody's keys, proxies or profiles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_model import LocalServer, serving


@pytest.fixture(autouse=True)
def _nobody_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("ANTHROPIC_") or name.upper() in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NETRC"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with serving(tmp_path_factory.mktemp("server") / "log.txt") as started:
        yield started
