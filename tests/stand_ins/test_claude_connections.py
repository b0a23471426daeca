"""Sockets and threads: kept alive while the server runs, gone when it stops."""

from __future__ import annotations

import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import anthropic
import pytest
import requests
from anthropic import Anthropic
from stand_in_calls import KEY, ask, said

from stand_ins.claude import ClaudeServer, Reply, Request, disconnect, message, stall


def connected(server: ClaudeServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=5)


def test_a_connection_serves_many_requests(server: ClaudeServer, client: Anthropic) -> None:
    for _ in range(3):
        ask(client)
    with pytest.raises(anthropic.NotFoundError):
        ask(client, model="unknown")
    assert len({request.connection for request in server.requests}) == 1


def test_a_cut_connection_is_followed_by_another(server: ClaudeServer, client: Anthropic) -> None:
    server.script(None, disconnect())
    ask(client)
    with pytest.raises(anthropic.APIConnectionError):
        ask(client)
    ask(client)
    first, cut, after = (request.connection for request in server.requests)
    assert first == cut != after


def test_requests_are_served_side_by_side(client: Anthropic) -> None:
    all_are_in = threading.Barrier(8)

    def answer(request: Request) -> Reply:
        all_are_in.wait(timeout=5)
        return stall(0)

    with ClaudeServer(answer) as server, ThreadPoolExecutor(8) as pool:
        to_it = client.with_options(base_url=server.url)
        texts = [str(number) for number in range(16)]
        assert [said(answered) for answered in pool.map(lambda text: ask(to_it, text), texts)] == texts
        assert sorted(request.text for request in server.requests) == sorted(texts)


def test_stopping_leaves_no_thread_and_no_listener(client: Anthropic) -> None:
    before = set(threading.enumerate())
    with ClaudeServer() as server:
        ask(client.with_options(base_url=server.url))
        assert set(threading.enumerate()) > before
    assert set(threading.enumerate()) == before
    with pytest.raises(ConnectionRefusedError):
        connected(server)


def test_stopping_does_not_wait_for_stalls_or_idle_clients(client: Anthropic) -> None:
    before, is_in = set(threading.enumerate()), threading.Event()

    def answer(request: Request) -> Reply:
        is_in.set()
        return stall(30)

    with ThreadPoolExecutor(1) as pool:
        with ClaudeServer(answer) as server:
            to_it = client.with_options(base_url=server.url)
            to_it.messages.count_tokens(model="claude-haiku-5-5", messages=[{"role": "user", "content": "?"}])
            waiting = pool.submit(ask, to_it)
            assert is_in.wait(timeout=5)
        with pytest.raises(anthropic.APIConnectionError):
            waiting.result(timeout=5)
    assert set(threading.enumerate()) == before


def test_a_mistake_in_an_answer_is_raised_where_the_server_was_started(client: Anthropic) -> None:
    def answer(request: Request) -> Reply:
        raise LookupError(request.text)

    def go_there() -> None:
        with ClaudeServer(answer) as server, pytest.raises(anthropic.APIConnectionError):
            ask(client.with_options(base_url=server.url), "nowhere")

    with pytest.raises(LookupError, match="nowhere"):
        go_there()


@pytest.mark.parametrize("sent", [b"", b"POST /v1/messages HTTP/1.1\r\nContent-Length: 99\r\n\r\n{", b"nonsense\r\n\r\n"])
def test_half_a_request_is_no_mistake(server: ClaudeServer, sent: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(sent)
    assert requests.get(server.url, timeout=5).status_code == 401


def test_a_client_that_hangs_up_is_no_mistake() -> None:
    is_in, has_hung_up = threading.Event(), threading.Event()

    def answer(request: Request) -> Reply:
        is_in.set()
        has_hung_up.wait(timeout=5)
        return message("too late")

    body = b'{"model": "m", "messages": [{"role": "user", "content": "?"}]}'
    head = f"POST /v1/chat/completions HTTP/1.1\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
    with ClaudeServer(answer) as server:
        with connected(server) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(head.encode() + body)
            assert is_in.wait(timeout=5)
        has_hung_up.set()
