"""Both clients against a model that nobody scripted: protocol, usage and JSON; what so small a model thinks does not matter."""

from __future__ import annotations

import json
from typing import cast

import pytest
from local_model import FORMATS, LocalServer

from error_classification.classification.llm.reading import UnreadableError, read
from error_classification.claude_client import Budget, Caller, Completion, Limiter, Request, ServiceError, Stop, load_prices
from error_classification.claude_client.exchange import Trouble
from error_classification.models import LLM, Abstention, ErrorContext, SourceType, Verdict
from error_classification.prompts import ANSWER_SCHEMA, Question, system_prompt, user_message

pytestmark = pytest.mark.local_llm
each_format = pytest.mark.parametrize("api_format", FORMATS)

MODEL = "claude-haiku-5-5"
"""Sent only: a server of one model gives that one, whatever it is asked for."""
TEXT = "ModuleNotFoundError: No module named 'numpy'"
SYSTEM = "You classify one error of a CI job. Answer with one JSON object."
PROPERTIES = cast("dict[str, dict[str, list[str]]]", ANSWER_SCHEMA["properties"])
LABEL_SCHEMA = ANSWER_SCHEMA | {
    "properties": {name: PROPERTIES[name] for name in ("category", "subcategory")},
    "required": ["category", "subcategory"],
}
"""Two closed lists: an answer that keeps to it has an end, however small the model."""


def asking(
    schema: dict[str, object] = ANSWER_SCHEMA, max_tokens: int = 256, system: str = SYSTEM, thinking: bool = False
) -> Request:
    return Request(MODEL, system, user_message(Question(text=TEXT)), schema, max_tokens, thinking)


def prompt_tokens(completion: Completion) -> int:
    return completion.usage.input + completion.usage.cache_read + completion.usage.cache_write


@each_format
def test_an_answer_comes_with_its_tokens(local: LocalServer, api_format: str) -> None:
    completion = local.client(api_format).complete(asking(max_tokens=48), 120)
    assert completion.text
    assert completion.stop in (Stop.END, Stop.MAX_TOKENS)
    assert completion.model.endswith(".gguf")
    assert 0 < completion.usage.output <= 48
    assert len(SYSTEM + TEXT) // 5 < prompt_tokens(completion) < len(asking().user + SYSTEM)


def outcome(text: str) -> Verdict | Abstention | UnreadableError:
    try:
        return read(text, ErrorContext(SourceType.TEXT, "build.log", TEXT))
    except UnreadableError as error:
        return error


@each_format
def test_an_answer_is_read_or_refused(local: LocalServer, api_format: str) -> None:
    completion = local.client(api_format).complete(asking(), 120)
    match outcome(completion.text):
        case UnreadableError() as refused:
            assert str(refused).startswith("the answer ")
        case answer:
            assert answer.judge == LLM


def test_a_server_that_knows_schemas_keeps_to_ours(local: LocalServer) -> None:
    completion = local.client("openai").complete(asking(LABEL_SCHEMA, 64), 120)
    assert completion.stop is Stop.END
    answer = json.loads(completion.text)
    assert list(answer) == ["category", "subcategory"]
    assert answer["category"] in PROPERTIES["category"]["enum"]
    assert answer["subcategory"] in PROPERTIES["subcategory"]["enum"]


def test_the_whole_schema_is_one_that_a_grammar_can_be_made_of(local: LocalServer) -> None:
    completion = local.client("openai").complete(asking(), 120)
    assert completion.text.lstrip().startswith("{")
    if completion.stop is Stop.END:
        assert list(json.loads(completion.text)) == list(PROPERTIES)
    else:
        assert completion.usage.output == 256


def test_both_formats_count_the_same_prompt_alike(local: LocalServer) -> None:
    request = asking(max_tokens=1)
    counted = local.client("anthropic").count_tokens(request)
    assert counted == prompt_tokens(local.client("anthropic").complete(request, 60))
    assert counted == prompt_tokens(local.client("openai").complete(request, 60))
    assert local.client("openai").count_tokens(request) is None


@each_format
def test_what_is_asked_again_is_read_from_the_cache_and_not_counted_twice(local: LocalServer, api_format: str) -> None:
    client = local.client(api_format)
    first, second = (client.complete(asking(max_tokens=1), 60) for _ in range(2))
    assert second.reports_cache
    assert second.usage.cache_read > second.usage.input > 0
    assert prompt_tokens(first) == prompt_tokens(second)


@each_format
def test_an_answer_that_is_cut_off_says_so(local: LocalServer, api_format: str) -> None:
    completion = local.client(api_format).complete(asking(max_tokens=3, thinking=True), 60)
    assert (completion.stop, completion.usage.output) == (Stop.MAX_TOKENS, 3)


@each_format
def test_a_prompt_beyond_the_context_is_refused_by_name(local: LocalServer, api_format: str) -> None:
    with pytest.raises(ServiceError, match="exceeds the available context size") as raised:
        local.client(api_format).complete(asking(max_tokens=1, system=system_prompt()), 120)
    assert raised.value.trouble is Trouble.REFUSED


@each_format
def test_the_key_is_sent_so_that_a_server_finds_it(local: LocalServer, api_format: str) -> None:
    with pytest.raises(ServiceError) as raised:
        local.client(api_format, "another key").complete(asking(max_tokens=1), 60)
    assert raised.value.trouble is Trouble.CREDENTIALS


@each_format
def test_a_model_that_takes_too_long_is_not_waited_for(local: LocalServer, api_format: str) -> None:
    client = local.client(api_format)
    with pytest.raises(ServiceError) as raised:
        client.complete(asking(max_tokens=4_096), 0.2)
    assert raised.value.trouble is Trouble.TIMEOUT
    assert client.complete(asking(max_tokens=1), 60).usage.output == 1


@each_format
def test_a_call_is_counted_and_priced(local: LocalServer, api_format: str) -> None:
    budget = Budget(run_cap=1.0)
    limiter = Limiter(60, 1, lambda: 0.0)
    caller = Caller(local.client(api_format), limiter, budget, load_prices(), seconds=lambda: 0.0, sleep=lambda seconds: None)
    completion = caller.ask(asking(max_tokens=8))
    assert budget.spent.calls == 1
    assert budget.spent.usage == completion.usage
    assert 0 < completion.usage.cost_usd < 0.001
