"""Stores on the servers of the tests."""

from __future__ import annotations

import pytest

from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.store import OpenSearchStore


def server_at(url: str, **more: str) -> Server:
    """A server that answers fast or not at all; nothing is waited for."""
    endpoint = Endpoint(url, timeout=20, **more)
    return Server(connect(endpoint), endpoint.name, sleep=lambda _: None)


def shared_store(request: pytest.FixtureRequest) -> OpenSearchStore:
    """One on the server of this test run, in an index of its own."""
    node, index_name = request.getfixturevalue("opensearch_node"), request.getfixturevalue("index_name")
    return OpenSearchStore(server_at(node.url), index_name)
