"""One server for all tests with a real model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_model import LocalServer, serving


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with serving(tmp_path_factory.mktemp("server") / "log.txt") as started:
        yield started
