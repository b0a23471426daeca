"""What pytest needs of it: tests marked ``opensearch`` get a server, or are named as not run where none can be started."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from opensearch_node import jars
from opensearch_node.node import Node, shared

MARK = "opensearch"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Java and Maven the tests cannot run; the summary says so."""
    if not jars.lacking():
        return
    wanted = [item for item in items if item.get_closest_marker(MARK)]
    config.hook.pytest_deselected(items=wanted)
    items[:] = [item for item in items if item not in wanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In the process that the user sees, which under xdist collects nothing itself."""
    program = jars.lacking()
    if program:
        advice = "a JDK 17, Maven and OpenSSL run them"
        terminalreporter.write_line(
            f"NOT RUN: the tests with a real OpenSearch: there is no {program} here ({advice})", yellow=True
        )


@pytest.fixture(scope="session")
def opensearch_node(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Node]:
    """The one server of this test run."""
    base = tmp_path_factory.getbasetemp()
    worker = hasattr(request.config, "workerinput")
    with shared((base.parent if worker else base) / "opensearch") as node:
        yield node


@pytest.fixture
def index_name() -> str:
    """Where a test may write: no other one has this name."""
    return f"errors-{uuid4().hex[:12]}"
