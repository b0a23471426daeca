"""What the service refuses, and what comes so near to it that it must not."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from stand_in_calls import ask, marked, post

from stand_ins.claude import ClaudeServer
from stand_ins.claude.request import JSON

BODY: JSON = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "why?"}]}
TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
TOOL_RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}


def turns(*contents: object) -> JSON:
    """Turns that alternate and begin with the user's."""
    return {"messages": [{"role": ("user", "assistant")[i % 2], "content": content} for i, content in enumerate(contents)]}


def schema(**part: Any) -> JSON:
    closed = {"type": "object", "properties": {"a": part}, "additionalProperties": False}
    return {"output_config": {"format": {"type": "json_schema", "schema": closed}}}


REFUSED = {
    "temperature": ({"temperature": 0.0}, "temperature: Extra inputs are not permitted"),
    "top_p": ({"top_p": 0.9}, "top_p: Extra inputs are not permitted"),
    "top_k": ({"top_k": 1}, "top_k: Extra inputs are not permitted"),
    "another format's field": ({"response_format": {}}, "response_format: Extra inputs are not permitted"),
    "no model": ({"model": None}, "model: None"),
    "no limit": ({"max_tokens": None}, "max_tokens: Field required"),
    "limit below zero": ({"max_tokens": -1}, "max_tokens: Input should be"),
    "limit as text": ({"max_tokens": "100"}, "max_tokens: Input should be"),
    "streaming": ({"stream": True}, "stream"),
    "no messages": ({"messages": []}, "messages: at least one message is required"),
    "messages as text": ({"messages": "why?"}, "messages: at least one"),
    "prefill": (turns("why?", "Because"), "does not support assistant message prefill"),
    "assistant first": ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages.0: roles must alternate"),
    "twice the user": ({"messages": BODY["messages"] * 2}, "messages.1: roles must alternate"),
    "another role": ({"messages": [{"role": "tool", "content": "hi"}]}, "messages.0.role"),
    "named turn": ({"messages": [{"role": "user", "content": "hi", "name": "x"}]}, "messages.0.name: Extra inputs"),
    "empty turn": (turns(""), "messages.0.content"),
    "turn without blocks": (turns([]), "messages.0.content"),
    "block without type": (turns([{"text": "hi"}]), "messages.0.content.0.type: Field required"),
    "blank block": (turns([{"type": "text", "text": " \n"}]), "non-whitespace"),
    "blank system block": ({"system": [{"type": "text", "text": ""}]}, "system.0"),
    "nameless tool": ({"tools": [{"input_schema": {}}]}, "tools.0.name: Field required"),
    "result of nothing": (turns([TOOL_RESULT]), "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1"),
    "use without result": (turns("go", [TOOL_USE], "and?"), "without `tool_result` blocks immediately after: toolu_1"),
    "late result": (turns("go", [TOOL_USE], [TOOL_RESULT], "ok", [TOOL_RESULT]), "messages.4: unexpected"),
    "five marks": ({"system": [marked("a")] * 5}, "A maximum of 4 blocks with cache_control may be provided. Found 5."),
    "four marks and the automatic one": ({"system": [marked("a")] * 4, "cache_control": {"type": "ephemeral"}}, "Found 5"),
    "strange lifetime": ({"system": [marked("a", "2h")]}, "cache_control"),
    "an hour after five minutes": ({"system": [marked("a"), marked("b", "1h")]}, "must not come after"),
    "strange output option": ({"output_config": {"schema": {}}}, "output_config: Extra inputs"),
    "strange output format": ({"output_config": {"format": {"type": "json_object"}}}, "output_config.format"),
    "open object": (schema(type="object", properties={}), "'additionalProperties' must be explicitly set to false"),
    "open object in a list": (schema(type="array", items={"type": "object"}), "'additionalProperties' must be"),
    "open object by choice": (schema(anyOf=[{"type": "null"}, {"type": "object"}]), "'additionalProperties' must be"),
    "bounded number": (schema(type="number", minimum=0, maximum=1), "For 'number' type, properties maximum, minimum are not"),
    "bounded text": (schema(type="string", maxLength=9), "For 'string' type, properties maxLength are not supported"),
    "bounded text or null": (schema(type=["string", "null"], maxLength=9), "For 'string' type"),
    "bounded list": (schema(type="array", items={"type": "null"}, maxItems=3), "For 'array' type"),
}

ACCEPTED = {
    "system as text": {"system": "be brief"},
    "empty system": {"system": ""},
    "no streaming": {"stream": False},
    "metadata": {"metadata": {"user_id": "u"}, "service_tier": "auto", "stop_sequences": ["END"]},
    "long conversation": turns("a", "b", "c", "d", "e"),
    "tool result": turns("go", [TOOL_USE], [TOOL_RESULT]),
    "dated model": {"model": "claude-haiku-4-5-20251001"},
    "four marks": {"system": [marked("a", "1h"), marked("b", "1h"), marked("c"), marked("d")]},
    "an hour before five minutes": {"system": [marked("a", "1h")]} | turns([marked("b")]),
    "effort": {"output_config": {"effort": "low"}},
    "closed object": schema(type="object", properties={}, additionalProperties=False),
    "property called maximum": schema(type="number", description="maximum"),
    "choice": schema(type="string", enum=["maxLength"]),
    "list of one or more": schema(type="array", items={"type": "string"}, minItems=1),
}


@pytest.mark.parametrize(("change", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(server: ClaudeServer, change: JSON, words: str) -> None:
    changed = {name: value for name, value in (BODY | change).items() if not (name == "max_tokens" and value is None)}
    answer = post(server, "/v1/messages", changed)
    assert answer.status_code == (404 if words == "model: None" else 400)
    assert words in answer.json()["error"]["message"]
    assert server.billed == []


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_not(server: ClaudeServer, change: JSON) -> None:
    answer = post(server, "/v1/messages", BODY | change)
    assert (answer.status_code, answer.json().get("error")) == (200, None)


@pytest.mark.parametrize("missing", ["model", "messages"])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_what_must_be_there(server: ClaudeServer, path: str, missing: str) -> None:
    rest = {name: value for name, value in BODY.items() if name not in (missing, "max_tokens" if "count" in path else "")}
    answer = post(server, path, rest)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, f"{missing}: Field required")


def test_counting_has_fewer_fields(server: ClaudeServer) -> None:
    answer = post(server, "/v1/messages/count_tokens", BODY)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "max_tokens: Extra inputs are not permitted")


@pytest.mark.parametrize("body", [[BODY], "text", 7, None, {}])
def test_bodies_are_objects(server: ClaudeServer, body: object) -> None:
    assert post(server, "/v1/messages", body).status_code == 400


def test_half_a_character_is_no_json(server: ClaudeServer) -> None:
    answer = post(server, "/v1/messages", BODY | turns("half of \ud83d"))
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "The request body is not valid JSON")


def test_the_version_of_the_api_has_to_be_named(server: ClaudeServer) -> None:
    answer = post(server, "/v1/messages", BODY, anthropic_version=None)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "anthropic-version: header is required")


def test_the_real_client_learns_it_too(client: Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="temperature: Extra inputs are not permitted"):
        ask(client, extra_body={"temperature": 0})
    with pytest.raises(anthropic.NotFoundError, match="model: claude-opus-1"):
        ask(client, model="claude-opus-1")
