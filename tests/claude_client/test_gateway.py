"""What gateways in OpenAI's format differ in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from claude_client_calls import ANSWER, MakeCaller, asking

from error_classification.claude_client import Client, ServiceError, Stop, connect
from error_classification.claude_client.exchange import Trouble
from stand_ins.claude import ClaudeServer, Reply, Request, error, garbage, message


@pytest.fixture
def gateway(server: ClaudeServer) -> Client:
    return connect("openai", "test-key", f"{server.url}/v1/")


def formats(server: ClaudeServer) -> list[str]:
    return [sent.body.get("response_format", {}).get("type", "none") for sent in server.asked]


@pytest.mark.parametrize(
    ("schema", "json_object", "first", "then"),
    [
        (True, True, ["json_schema"], "json_schema"),
        (False, True, ["json_schema", "json_object"], "json_object"),
        (False, False, ["json_schema", "json_object", "none"], "none"),
    ],
)
def test_the_way_to_ask_for_json_steps_down_and_is_remembered(
    server: ClaudeServer, gateway: Client, schema: bool, json_object: bool, first: list[str], then: str
) -> None:
    server.switches.json_schema, server.switches.json_object = schema, json_object
    assert json.loads(gateway.complete(asking(), 5).text) == ANSWER
    assert formats(server) == first
    gateway.complete(asking("again"), 5)
    assert formats(server) == [*first, then]


def test_a_request_that_is_wrong_in_itself_changes_nothing_for_the_next(server: ClaudeServer, gateway: Client) -> None:
    server.script(*[error(400, "invalid_request_error", "no such field")] * 3)
    with pytest.raises(ServiceError) as raised:
        gateway.complete(asking(), 5)
    assert raised.value.trouble is Trouble.REFUSED
    gateway.complete(asking("short"), 5)
    assert formats(server)[-1] == "json_schema"


@pytest.mark.parametrize(
    "said",
    [
        "request (15916 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "This model's maximum context length is 8192 tokens.",
        "prompt is too long: 15916 tokens",
    ],
)
def test_a_question_that_does_not_fit_is_asked_once(server: ClaudeServer, gateway: Client, said: str) -> None:
    server.script(error(400, "invalid_request_error", said))
    with pytest.raises(ServiceError) as raised:
        gateway.complete(asking(), 5)
    assert raised.value.message == f"HTTP status 400: {said}"
    assert len(server.asked) == 1


def test_tokens_from_the_cache_are_not_counted_twice(server: ClaudeServer, gateway: Client) -> None:
    system = "s" * 8_000
    gateway.complete(asking(system=system), 5)
    usage = gateway.complete(asking("other", system), 5).usage
    assert usage.input + usage.cache_read == server.billed[1].uncached + server.billed[1].read
    assert 0 < usage.input < 100


def test_a_gateway_that_does_not_tell_of_its_cache_is_not_accused(
    server: ClaudeServer, gateway: Client, caller_of: MakeCaller
) -> None:
    server.switches.cached_tokens = False
    caller = caller_of(gateway)
    for number in range(3):
        assert not caller.ask(asking(f"number {number}", "short")).reports_cache
    assert not caller.watch.unused


@pytest.mark.parametrize(
    ("body", "text", "stop"),
    [
        ({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}, "x", Stop.END),
        ({"choices": [{"message": {"content": [{"text": "x"}, {"text": "y"}]}}], "usage": None}, "xy", Stop.OTHER),
        ({"choices": [{"message": {"content": None, "refusal": "no"}, "finish_reason": "stop"}]}, "", Stop.REFUSAL),
        ({"choices": [{"message": {"content": "x"}, "finish_reason": "length"}], "model": None}, "x", Stop.MAX_TOKENS),
        ({"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}, "", Stop.REFUSAL),
    ],
)
def test_the_shapes_of_answers(server: ClaudeServer, gateway: Client, body: dict[str, object], text: str, stop: Stop) -> None:
    server.script(garbage(json.dumps(body).encode()))
    completion = gateway.complete(asking(), 5)
    assert (completion.text, completion.stop) == (text, stop)


ANSWERED = b'{"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}], "usage": %s}'
NONSENSE = [
    *(b"", b"null", b"{}", b'{"choices": []}', b'{"choices": [{}]}', b'{"choices": {"0": 1}}'),
    *(b"[" * 100_000, b"x" * (5 << 20)),
    *(ANSWERED % usage for usage in (b"[1]", b'{"prompt_tokens": Infinity}', b'{"prompt_tokens": -9}')),
    ANSWERED % b'{"completion_tokens": "1"}',
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_answer(server: ClaudeServer, gateway: Client, body: bytes) -> None:
    server.script(garbage(body))
    with pytest.raises(ServiceError) as raised:
        gateway.complete(asking(), 5)
    assert raised.value.trouble is Trouble.NONSENSE


def test_the_key_is_not_replaced_by_what_netrc_says(
    server: ClaudeServer, gateway: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    gateway.complete(asking(), 5)
    assert server.asked[0].key == "test-key"


@pytest.fixture
def elsewhere() -> Iterator[ClaudeServer]:
    with ClaudeServer() as started:
        yield started


def test_a_redirection_is_not_followed(server: ClaudeServer, gateway: Client, elsewhere: ClaudeServer) -> None:
    server.script(error(307, "moved", "elsewhere", {"location": f"{elsewhere.url}/v1/chat/completions"}))
    with pytest.raises(ServiceError, match="redirects"):
        gateway.complete(asking(), 5)
    assert elsewhere.requests == []


def test_newer_models_call_the_limit_otherwise() -> None:
    def fussy(request: Request) -> Reply:
        if "max_tokens" in request.body:
            return error(400, "invalid_request_error", "Unsupported parameter: use 'max_completion_tokens' instead.")
        return message(ANSWER)

    with ClaudeServer(fussy) as server:
        gateway = connect("openai", "test-key", f"{server.url}/v1")
        for number in range(2):
            assert json.loads(gateway.complete(asking(f"number {number}"), 5).text) == ANSWER
        assert ["max_tokens" in sent.body for sent in server.asked] == [True, False, False]
