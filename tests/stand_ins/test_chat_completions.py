"""The OpenAI chat format, over the library that the project speaks it with."""

from __future__ import annotations

import json

import pytest
import requests
from stand_in_calls import KEY, SCHEMA, chat, post, prompt_of

from stand_ins.claude import ClaudeServer, ManualClock, Reply, Request, cut_off, disconnect, html_page, message, refusal
from stand_ins.claude.request import JSON

BY_SCHEMA = {"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA}}
LONG = prompt_of(1200)


def usage(response: requests.Response) -> JSON:
    found = response.json()["usage"]
    assert isinstance(found, dict)
    return found


def cached(response: requests.Response) -> int:
    return int(usage(response)["prompt_tokens_details"]["cached_tokens"])


def choice(response: requests.Response) -> JSON:
    [only] = response.json()["choices"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (None, "read timed out"),
        ({"type": "text"}, "read timed out"),
        ({"type": "json_object"}, '{"echo": "read timed out"}'),
        (BY_SCHEMA, '{"category": "timeout", "quote": "read timed out"}'),
    ],
)
def test_the_echo_has_the_shape_that_was_asked_for(server: ClaudeServer, wanted: JSON | None, said: str) -> None:
    options: JSON = {} if wanted is None else {"response_format": wanted}
    answer = chat(server, "read timed out", **options)
    assert choice(answer)["message"] == {"role": "assistant", "content": said, "refusal": None}
    assert choice(answer)["finish_reason"] == "stop"


def test_the_answer_decides_by_content() -> None:
    def answer(request: Request) -> Reply:
        return message(f"{request.system}|{request.text}|{request.schema == SCHEMA}")

    with ClaudeServer(answer) as server:
        blocks = [{"type": "text", "text": "why"}, {"type": "text", "text": "not"}]
        turns = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": blocks}]
        answered = post(server, "/v1/chat/completions", {"model": "m", "messages": turns, "response_format": BY_SCHEMA})
    assert choice(answered)["message"]["content"] == "Be brief.|why\nnot|True"


@pytest.mark.parametrize(
    ("schema", "objects", "accepted"),
    [(True, True, [True] * 3), (False, True, [False, True, True]), (False, False, [False, False, True])],
)
def test_servers_differ_in_what_they_accept(server: ClaudeServer, schema: bool, objects: bool, accepted: list[bool]) -> None:
    server.switches.json_schema, server.switches.json_object = schema, objects
    formats: list[JSON] = [{"response_format": BY_SCHEMA}, {"response_format": {"type": "json_object"}}, {}]
    answers = [chat(server, **wanted) for wanted in formats]
    assert [answer.status_code == 200 for answer in answers] == accepted
    refused = [answer.json()["error"] for answer in answers if answer.status_code != 200]
    assert all(error["type"] == "invalid_request_error" and "response_format" in error["message"] for error in refused)


def test_prompt_tokens_include_the_cached_ones(server: ClaudeServer) -> None:
    first, second = chat(server, system=LONG), chat(server, "another", system=LONG)
    assert [cached(first), cached(second)] == [0, 1152]
    assert min(usage(first)["prompt_tokens"], usage(second)["prompt_tokens"]) > 1200
    assert usage(second)["total_tokens"] == usage(second)["prompt_tokens"] + usage(second)["completion_tokens"]
    assert [(bill.read, bill.read + bill.uncached) for bill in server.billed] == [
        (cached(answer), usage(answer)["prompt_tokens"]) for answer in (first, second)
    ]


@pytest.mark.parametrize(("tokens", "read"), [(1000, 0), (1024, 1024), (1300, 1280)])
def test_prefixes_are_cached_from_1024_tokens_in_steps_of_128(server: ClaudeServer, tokens: int, read: int) -> None:
    for text in "ab":
        answer = chat(server, text, system=prompt_of(tokens))
    assert cached(answer) == read


def test_prefixes_expire_and_belong_to_their_model(server: ClaudeServer, clock: ManualClock) -> None:
    chat(server, system=LONG)
    assert cached(chat(server, system=LONG, model="another")) == 0
    for _ in range(2):
        clock.advance(299)
        assert cached(chat(server, system=LONG)) > 0
    clock.advance(300)
    assert cached(chat(server, system=LONG)) == 0


def test_some_servers_do_not_tell(server: ClaudeServer) -> None:
    server.switches.cached_tokens = False
    chat(server, system=LONG)
    assert usage(chat(server, system=LONG))["prompt_tokens_details"] is None
    assert server.billed[1].read > 0


def test_refusals_and_cuts_have_words_of_their_own(server: ClaudeServer) -> None:
    server.script(refusal(), cut_off("twelve words"), message("w" * 100))
    refused, cut, limited = chat(server), chat(server), chat(server, max_completion_tokens=5)
    assert choice(refused)["message"]["content"] is None
    assert choice(refused)["message"]["refusal"]
    assert (choice(cut)["message"]["content"], choice(cut)["finish_reason"]) == ("twelve", "length")
    assert (choice(limited)["message"]["content"], choice(limited)["finish_reason"]) == ("w" * 20, "length")
    assert usage(limited)["completion_tokens"] == 5


@pytest.mark.parametrize("key", ["", "Bearer wrong", f"Basic {KEY}"])
def test_keys_are_checked(server: ClaudeServer, key: str) -> None:
    answer = post(server, "/v1/chat/completions", {}, authorization=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"messages": [{"role": "user", "content": "?"}]},
        {"model": "m"},
        {"model": "m", "messages": []},
        {"model": "m", "messages": [{"role": "robot", "content": "?"}]},
        {"model": "m", "messages": [{"role": "user"}]},
        {"model": "m", "messages": [{"role": "user", "content": "?"}], "response_format": {"type": "xml"}},
        {"model": "m", "messages": [{"role": "user", "content": "?"}], "response_format": {"type": "json_schema"}},
        {"model": "m", "messages": [{"role": "user", "content": "?"}], "response_format": "json"},
    ],
    ids=json.dumps,
)
def test_malformed_requests_are_refused(server: ClaudeServer, body: object) -> None:
    answer = post(server, "/v1/chat/completions", body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_other_fields_pass(server: ClaudeServer) -> None:
    assert chat(server, temperature=0, seed=7, max_tokens=50, unheard_of=True).status_code == 200


def test_replies_are_shared_with_the_other_format(server: ClaudeServer) -> None:
    server.script(disconnect(), disconnect(0.5), html_page())
    with pytest.raises(requests.ConnectionError):
        chat(server)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        chat(server)
    assert chat(server).text.startswith("<!DOCTYPE html>")
