"""How a server is talked to: where nothing may go, and how long anybody waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from opensearch_stores import server_at
from store_builders import HASH

from error_classification.errors import StoreError
from error_classification.storage.opensearch.bulk import Action, write
from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.server import OutOfReachError, Server
from error_classification.storage.opensearch.store import OpenSearchStore
from stand_ins.github.connection import Listener
from stand_ins.github.request import Request
from stand_ins.github.response import Response, json_response


@contextmanager
def listening(respond: Callable[[Request], Response]) -> Iterator[str]:
    """The address of a server that answers so."""
    listener = Listener(respond, lambda: datetime.now(UTC))
    listener.start()
    yield listener.url
    listener.stop()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_neither_credentials_nor_errors_follow_a_redirect(status: int) -> None:
    arrived: list[Request] = []

    def elsewhere(request: Request) -> Response:
        arrived.append(request)
        return json_response({})

    with listening(elsewhere) as other, listening(lambda _: Response(status, headers={"location": f"{other}/x"})) as url:
        server = server_at(url, username="ann", password="secret")
        with pytest.raises(StoreError, match=rf"redirects \({status}\)") as caught:
            server.ask(lambda: server.client.bulk(body=b'{"create": {"_index": "a"}}\n{"s_error_full_text": "private"}\n'))
        with pytest.raises(StoreError, match="redirects"):
            OpenSearchStore(server, "errors").groups([HASH])
        server.client.close()
    assert caught.value.advice == "set OPENSEARCH_URL to where it leads"
    assert arrived == []


def looked_up(server: Server) -> None:
    OpenSearchStore(server, "errors").groups([HASH])


def written(server: Server) -> None:
    write(server, [Action("errors", "a", {})])


@pytest.mark.parametrize("use", [looked_up, written])
@pytest.mark.parametrize(
    ("patience", "pauses"), [(60.0, [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]), (6.0, [0.5, 1.0, 2.0]), (0.0, [])]
)
def test_a_busy_server_is_waited_for_as_long_as_there_is_patience(
    patience: float, pauses: list[float], use: Callable[[Server], None]
) -> None:
    waited: list[float] = []
    with listening(lambda _: json_response({"error": {"reason": "busy"}}, 503)) as url:
        endpoint = Endpoint(url)
        server = Server(connect(endpoint), endpoint.name, True, waited.append, patience)
        with pytest.raises(OutOfReachError, match="too busy"):
            use(server)
        server.client.close()
    assert waited == pauses
