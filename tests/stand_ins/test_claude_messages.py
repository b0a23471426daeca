"""Answers: what is in them, and what of a request decides it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anthropic import Anthropic
from stand_in_calls import KEY, MINIMUM, SCHEMA, ask, marked, paid, prompt_of, said

from stand_ins.claude import ClaudeServer, Request, cut_off, message, refusal
from stand_ins.claude.request import JSON

FORMAT = {"format": {"type": "json_schema", "schema": SCHEMA}}


def test_what_is_scripted_is_said_in_order_and_then_the_question_echoed(server: ClaudeServer, client: Anthropic) -> None:
    server.script(message("one"), message({"number": 2}), None, message("four"))
    assert [said(ask(client, "echo me")) for _ in range(5)] == ["one", '{"number": 2}', "echo me", "four", "echo me"]


def test_the_echo_follows_the_schema(client: Anthropic) -> None:
    answer = json.loads(said(ask(client, "read timed out", output_config=FORMAT)))
    assert answer == {"category": "timeout", "quote": "read timed out"}


def test_the_answer_decides_by_content(client: Anthropic) -> None:
    def answer(request: Request) -> Any:
        return message(f"{request.model}|{request.system}|{request.text}|{request.schema == SCHEMA}")

    with ClaudeServer(answer) as server:
        answered = ask(client.with_options(base_url=server.url), "why?", system=[marked("be brief")], output_config=FORMAT)
    assert said(answered) == "claude-haiku-5-5|be brief|why?|True"


def test_tool_results_are_part_of_what_is_asked(server: ClaudeServer, client: Anthropic) -> None:
    use = {"type": "tool_use", "id": "toolu_1", "name": "read_log", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "exit code 137"}]}
    turns = [("user", "read it"), ("assistant", [use]), ("user", [result, {"type": "text", "text": "and now?"}])]
    ask(client, messages=[{"role": role, "content": content} for role, content in turns])
    assert server.requests[0].text == "exit code 137\nand now?"


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, ["thinking", "text"]),
        ({"thinking": {"type": "adaptive"}}, ["thinking", "text"]),
        ({"thinking": {"type": "disabled"}}, ["text"]),
        ({"model": "claude-haiku-4-5-20251001"}, ["text"]),
    ],
)
def test_models_think_first_unless_told_not_to(client: Anthropic, options: JSON, kinds: list[str]) -> None:
    assert [block.type for block in ask(client, **options).content] == kinds


def test_thinking_spends_tokens(server: ClaudeServer, client: Anthropic) -> None:
    server.script(message("12345678"), message("12345678", thinking=False))
    thought, plain = ask(client).usage, ask(client).usage
    assert plain.output_tokens == 2
    assert thought.output_tokens_details is not None
    assert thought.output_tokens == 2 + thought.output_tokens_details.thinking_tokens > 2


def test_output_tokens_can_be_told(server: ClaudeServer, client: Anthropic) -> None:
    server.script(message("short", output_tokens=321))
    assert ask(client).usage.output_tokens == 321


@pytest.mark.parametrize(("limit", "text"), [(10, ""), (24, ""), (26, "w" * 8), (74, "w" * 200)])
def test_an_answer_ends_where_max_tokens_are_spent(server: ClaudeServer, client: Anthropic, limit: int, text: str) -> None:
    server.script(message("w" * 200))
    answer = ask(client, max_tokens=limit)
    assert said(answer) == text
    assert answer.usage.output_tokens == limit
    assert answer.usage.output_tokens_details is not None
    assert answer.usage.output_tokens_details.thinking_tokens == min(limit, 24)
    assert answer.stop_reason == ("end_turn" if len(text) == 200 else "max_tokens")


def test_an_answer_can_be_cut_off_anywhere(server: ClaudeServer, client: Anthropic) -> None:
    server.script(cut_off({"category": "timeout"}))
    answer = ask(client)
    assert (said(answer), answer.stop_reason, answer.usage.output_tokens) == ('{"category"', "max_tokens", 1000)


def test_a_refusal_is_an_answer_without_text(server: ClaudeServer, client: Anthropic) -> None:
    server.script(refusal())
    answer = ask(client)
    assert (answer.content, answer.stop_reason) == ([], "refusal")
    assert answer.stop_details is not None


def test_no_tokens_at_all_fill_the_cache_and_ask_nothing(server: ClaudeServer, client: Anthropic) -> None:
    server.script(message("still to be said"))
    system = [marked(prompt_of(MINIMUM))]
    warm = ask(client, system=system, max_tokens=0)
    assert (warm.content, warm.usage.output_tokens, paid(warm)) == ([], 0, (0, MINIMUM, 3))
    asked = ask(client, system=system)
    assert (said(asked), paid(asked)) == ("still to be said", (MINIMUM, 0, 3))


def test_requests_are_recorded_as_they_came(server: ClaudeServer, client: Anthropic) -> None:
    ask(client, "hello")
    [request] = server.requests
    assert (request.method, request.path, request.asks, request.key) == ("POST", "/v1/messages", True, KEY)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["messages"] == [{"role": "user", "content": "hello"}]
    assert json.loads(request.raw) == request.body


def test_only_the_newest_requests_are_kept_if_so_wished(client: Anthropic) -> None:
    with ClaudeServer(keep=2) as server:
        for text in "abc":
            ask(client.with_options(base_url=server.url), text)
        assert [request.text for request in server.requests] == ["b", "c"]


def test_answers_name_the_request(client: Anthropic) -> None:
    first, second = ask(client), ask(client)
    assert first._request_id != second._request_id
    assert str(first._request_id).startswith("req_")
    assert first.id != second.id


@pytest.mark.parametrize("extra", [{}, {"system": [marked(prompt_of(700))]}, {"tools": [{"name": "f", "input_schema": {}}]}])
def test_what_is_counted_is_what_is_paid(server: ClaudeServer, client: Anthropic, extra: JSON) -> None:
    counted = client.messages.count_tokens(model="claude-haiku-5-5", messages=[{"role": "user", "content": "why?"}], **extra)
    assert counted.input_tokens == sum(paid(ask(client, "why?", **extra)))
    assert [request.asks for request in server.requests] == [False, True]
