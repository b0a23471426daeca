"""Everything that can go wrong, as the real client sees it."""

from __future__ import annotations

import json
from time import monotonic

import anthropic
import pytest
import requests
from anthropic import Anthropic
from stand_in_calls import KEY, ask, post, said

from stand_ins.claude import (
    ClaudeServer,
    Reply,
    Request,
    disconnect,
    error,
    garbage,
    html_page,
    message,
    overloaded,
    rate_limited,
    refusal,
    spend_cap,
    stall,
    truncated_json,
)

AT_ONCE = {"retry-after-ms": "1"}


@pytest.mark.parametrize(
    ("reply", "kind", "name"),
    [
        (error(400, "invalid_request_error", "no"), anthropic.BadRequestError, "invalid_request_error"),
        (error(403, "permission_error", "no"), anthropic.PermissionDeniedError, "permission_error"),
        (error(413, "request_too_large", "no"), anthropic.RequestTooLargeError, "request_too_large"),
        (rate_limited(), anthropic.RateLimitError, "rate_limit_error"),
        (error(500, "api_error", "no"), anthropic.InternalServerError, "api_error"),
        (overloaded(), anthropic.OverloadedError, "overloaded_error"),
    ],
)
def test_errors_have_their_status_type_and_request(
    server: ClaudeServer, client: Anthropic, reply: Reply, kind: type[anthropic.APIStatusError], name: str
) -> None:
    server.script(reply)
    with pytest.raises(kind) as raised:
        ask(client)
    assert raised.value.type == name
    assert str(raised.value.request_id).startswith("req_")
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["request_id"] == raised.value.request_id


def test_the_spend_cap_is_a_429_without_retry_after_and_with_a_code(server: ClaudeServer, client: Anthropic) -> None:
    server.script(rate_limited(7.5), spend_cap())
    with pytest.raises(anthropic.RateLimitError) as limited:
        ask(client)
    with pytest.raises(anthropic.RateLimitError) as capped:
        ask(client)
    assert (limited.value.response.headers["retry-after"], limited.value.error_code) == ("7.5", None)
    assert ("retry-after" in capped.value.response.headers, capped.value.error_code) == (False, "enforced_spend_limit_reached")


def test_the_client_asks_again_as_it_does_in_earnest(server: ClaudeServer, client: Anthropic) -> None:
    server.script(error(529, "overloaded_error", "Overloaded", AT_ONCE), message("at last"))
    assert said(ask(client.with_options(max_retries=1))) == "at last"
    assert [request.headers["x-stainless-retry-count"] for request in server.requests] == ["0", "1"]


def test_the_client_can_be_told_not_to_ask_again(server: ClaudeServer, client: Anthropic) -> None:
    server.script(error(529, "overloaded_error", "Overloaded", {"x-should-retry": "false"}))
    with pytest.raises(anthropic.OverloadedError):
        ask(client.with_options(max_retries=1))
    assert len(server.requests) == 1


@pytest.mark.parametrize("reply", [disconnect(), disconnect(0.0), disconnect(0.5), stall(0.01, disconnect())])
def test_connections_can_be_cut(server: ClaudeServer, client: Anthropic, reply: Reply) -> None:
    server.script(reply)
    with pytest.raises(anthropic.APIConnectionError):
        ask(client)
    assert said(ask(client, "and again")) == "and again"


def test_a_stall_is_longer_than_the_clients_patience(server: ClaudeServer, client: Anthropic) -> None:
    server.script(stall(5))
    with pytest.raises(anthropic.APITimeoutError):
        ask(client, timeout=0.05)


def test_a_stall_ends_in_what_was_to_be_said(server: ClaudeServer, client: Anthropic) -> None:
    server.script(stall(0.05), stall(0.05, message("late")), stall(0.05, overloaded()))
    begun = monotonic()
    assert [said(ask(client, "echo")) for _ in range(2)] == ["echo", "late"]
    with pytest.raises(anthropic.OverloadedError):
        ask(client)
    assert monotonic() - begun >= 0.15


def test_every_answer_takes_its_time(client: Anthropic) -> None:
    with ClaudeServer(latency=0.05) as server:
        begun = monotonic()
        ask(client.with_options(base_url=server.url))
        assert monotonic() - begun >= 0.05


@pytest.mark.parametrize("reply", [garbage(), garbage(b'{"type": "message"}')])
def test_json_that_is_no_message_becomes_one_without_content(server: ClaudeServer, client: Anthropic, reply: Reply) -> None:
    server.script(reply)
    assert ask(client).content is None


@pytest.mark.parametrize(("reply", "begins"), [(html_page(), "<!DOCTYPE html>"), (garbage(b'"ok"'), "ok")])
def test_a_page_or_a_string_becomes_a_string(server: ClaudeServer, client: Anthropic, reply: Reply, begins: str) -> None:
    server.script(reply)
    answer: object = client.messages.create(model="claude-haiku-5-5", max_tokens=9, messages=[{"role": "user", "content": "?"}])
    assert isinstance(answer, str)
    assert answer.startswith(begins)


def test_half_of_a_json_text_is_the_decoders_error(server: ClaudeServer, client: Anthropic) -> None:
    server.script(truncated_json())
    with pytest.raises(json.JSONDecodeError):
        ask(client)


def test_a_proxys_page_has_the_proxys_status(server: ClaudeServer, client: Anthropic) -> None:
    server.script(html_page(502))
    with pytest.raises(anthropic.InternalServerError) as raised:
        ask(client)
    assert raised.value.status_code == 502


def test_answers_may_be_any_reply(client: Anthropic) -> None:
    replies: dict[str, Reply] = {"refuse": refusal(), "fail": overloaded(), "cut": disconnect(), "wait": stall(0.01)}

    def answer(request: Request) -> Reply:
        return replies[request.text]

    with ClaudeServer(answer) as server:
        to_it = client.with_options(base_url=server.url)
        assert ask(to_it, "refuse").stop_reason == "refusal"
        with pytest.raises(anthropic.OverloadedError):
            ask(to_it, "fail")
        with pytest.raises(anthropic.APIConnectionError):
            ask(to_it, "cut")
        assert said(ask(to_it, "wait")) == "wait"


def test_a_wrong_key_is_refused(server: ClaudeServer, client: Anthropic) -> None:
    with pytest.raises(anthropic.AuthenticationError) as raised:
        ask(client.with_options(api_key="wrong"))
    assert raised.value.type == "authentication_error"
    assert server.billed == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Basic dGVzdDp0ZXN0"}, 401),
        ({"authorization": f"Bearer {KEY}x"}, 401),
        ({"authorization": "", "x_api_key": "wrong"}, 401),
        ({"authorization": "", "x_api_key": KEY}, 200),
        ({"authorization": f"bearer {KEY}"}, 200),
    ],
)
def test_keys_come_as_bearer_tokens_or_as_they_used_to(server: ClaudeServer, headers: dict[str, str], status: int) -> None:
    body = {"model": "claude-haiku-5-5", "max_tokens": 9, "messages": [{"role": "user", "content": "?"}]}
    assert post(server, "/v1/messages", body, **headers).status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/messages/", "/v1/messages/batches/", "/v1/messages/batches/a/b", "/v1/complete"]
)
def test_other_paths_lead_nowhere(server: ClaudeServer, path: str) -> None:
    answer = post(server, path, {})
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found_error")


@pytest.mark.parametrize(
    "path", ["/v1/messages", "/v1/messages/count_tokens", "/v1/chat/completions", "/v1/messages/batches/a/cancel"]
)
def test_what_is_posted_cannot_be_read(server: ClaudeServer, path: str) -> None:
    headers = {"authorization": f"Bearer {KEY}", "anthropic-version": "2026-10-21"}
    assert requests.get(server.url + path, headers=headers, timeout=5).status_code == 404
