"""The prompt cache: usage is earned, never scripted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from anthropic import Anthropic, APIConnectionError, OverloadedError
from stand_in_calls import MINIMUM, SCHEMA, ask, marked, paid, prompt_of

from stand_ins.claude import ClaudeServer, ManualClock, Reply, Request, disconnect, message, overloaded
from stand_ins.claude.models import MODELS
from stand_ins.claude.request import JSON

SYSTEM = [marked(prompt_of(600))]
NEW = (0, 600, 3)
"""Read, written, neither: the prompt is written, the question costs its three tokens."""
KNOWN = (600, 0, 3)


def test_a_known_prefix_is_read(client: Anthropic) -> None:
    assert [paid(ask(client, text, system=SYSTEM)) for text in ("what is it?", "what was it", "what is it?")] == [
        NEW,
        KNOWN,
        KNOWN,
    ]


def test_without_a_mark_nothing_is_cached(client: Anthropic) -> None:
    assert [paid(ask(client, system=prompt_of(600))) for _ in range(2)] == [(0, 0, 603)] * 2


@pytest.mark.parametrize(("model", "minimum"), [(name, model.cache_minimum) for name, model in MODELS.items()])
@pytest.mark.filterwarnings("ignore:The model 'claude-sonnet-4-5' is deprecated")
def test_below_the_models_minimum_nothing_is_cached_and_nobody_says_so(client: Anthropic, model: str, minimum: int) -> None:
    for tokens, again in ((minimum - 1, (0, 0, minimum + 2)), (minimum, (minimum, 0, 3))):
        ask(client, model=model, system=[marked(prompt_of(tokens))])
        assert paid(ask(client, model=model, system=[marked(prompt_of(tokens))])) == again


@pytest.mark.parametrize(("ttl", "seconds"), [("5m", 300), ("1h", 3600)])
def test_a_prefix_expires_when_it_has_not_been_used(client: Anthropic, clock: ManualClock, ttl: str, seconds: int) -> None:
    system = [marked(prompt_of(600), ttl)]
    assert paid(ask(client, system=system)) == NEW
    for _ in range(2):
        clock.advance(seconds - 1)
        assert paid(ask(client, system=system)) == KNOWN
    clock.advance(seconds)
    assert paid(ask(client, system=system)) == NEW


def test_writes_are_told_by_their_lifetime(client: Anthropic) -> None:
    system = [marked(prompt_of(600), "1h"), marked(prompt_of(100))]
    first, second = ask(client, system=system).usage, ask(client, system=system).usage
    assert first.cache_creation is not None
    assert second.cache_creation is not None
    assert (first.cache_creation.ephemeral_1h_input_tokens, first.cache_creation.ephemeral_5m_input_tokens) == (600, 100)
    assert (second.cache_creation.ephemeral_1h_input_tokens, second.cache_creation.ephemeral_5m_input_tokens) == (0, 0)


def test_the_longer_lived_part_outlives_the_other(client: Anthropic, clock: ManualClock) -> None:
    system = [marked(prompt_of(600), "1h"), marked(prompt_of(100))]
    ask(client, system=system)
    clock.advance(300)
    assert paid(ask(client, system=system)) == (600, 100, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "claude-sonnet-5-5"},
        {"system": [marked(prompt_of(600, "q"))]},
        {"system": [{"type": "text", "text": "!"}, *SYSTEM]},
        {"tools": [{"name": "f", "input_schema": {"type": "object"}}]},
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    ],
)
def test_anything_else_before_the_mark_makes_it_another_prefix(client: Anthropic, change: JSON) -> None:
    ask(client, system=SYSTEM)
    changed: JSON = {"system": SYSTEM} | change
    (read, written, _), (read_again, written_again, _) = (paid(ask(client, **changed)) for _ in range(2))
    assert (read, written_again) == (0, 0)
    assert written == read_again >= 600
    assert paid(ask(client, system=SYSTEM)) == KNOWN


def test_each_key_has_its_own_cache(server: ClaudeServer, client: Anthropic) -> None:
    ask(client, system=SYSTEM)
    server.switches.key = "another"
    assert paid(ask(client.with_options(api_key="another"), system=SYSTEM)) == NEW


def test_tools_come_before_the_system_prompt(client: Anthropic) -> None:
    tool = {
        "name": "f",
        "input_schema": {"type": "object"},
        "description": prompt_of(600),
        "cache_control": SYSTEM[0]["cache_control"],
    }
    ask(client, tools=[tool], system="one")
    read, written, _ = paid(ask(client, tools=[tool], system="another"))
    assert read > 600
    assert written == 0


def test_the_automatic_mark_goes_to_the_last_block_and_so_to_what_varies(client: Anthropic) -> None:
    mark = {"type": "ephemeral"}
    first = ask(client, "one", system=prompt_of(600), cache_control=mark)
    other = ask(client, "two", system=prompt_of(600), cache_control=mark)
    again = ask(client, "two", system=prompt_of(600), cache_control=mark)
    assert [paid(message) for message in (first, other, again)] == [(0, 601, 0), (0, 601, 0), (601, 0, 0)]


@pytest.mark.parametrize(("blocks", "read"), [(20, 600), (21, 0)])
def test_a_mark_finds_an_earlier_one_up_to_twenty_blocks_back(client: Anthropic, blocks: int, read: int) -> None:
    ask(client, system=SYSTEM)
    grown = [*[{"type": "text", "text": "more"}] * (blocks - 1), marked("last")]
    answer = ask(client, system=[{"type": "text", "text": SYSTEM[0]["text"]}], messages=[{"role": "user", "content": grown}])
    assert paid(answer) == (read, 600 - read + blocks, 0)


def test_first_calls_at_the_same_time_all_write(client: Anthropic) -> None:
    both_are_in = Barrier(2)

    def answer(request: Request) -> Reply:
        both_are_in.wait(timeout=5)
        return message("done")

    with ClaudeServer(answer) as server, ThreadPoolExecutor(2) as pool:
        to_it = client.with_options(base_url=server.url)
        for wanted in (NEW, KNOWN):
            calls = [pool.submit(ask, to_it, system=SYSTEM) for _ in range(2)]
            assert [paid(call.result(timeout=5)) for call in calls] == [wanted, wanted]


def test_a_prefix_is_known_once_the_answer_has_begun(server: ClaudeServer, client: Anthropic) -> None:
    server.script(overloaded(), disconnect(), disconnect(0.5))
    with pytest.raises(OverloadedError):
        ask(client, system=SYSTEM)
    for _ in range(2):
        with pytest.raises(APIConnectionError):
            ask(client, system=SYSTEM)
    assert paid(ask(client, system=SYSTEM)) == KNOWN
    assert [(bill.written_5m, bill.read) for bill in server.billed] == [(600, 0), (0, 600)]


def test_prompts_can_be_forgotten(server: ClaudeServer, client: Anthropic) -> None:
    ask(client, system=SYSTEM)
    server.forget_prompts()
    assert paid(ask(client, system=SYSTEM)) == NEW


def test_the_bill_agrees_with_the_answers(server: ClaudeServer, client: Anthropic) -> None:
    answers = [ask(client, system=[marked(prompt_of(tokens))]) for tokens in (MINIMUM - 1, MINIMUM, MINIMUM)]
    assert [(bill.read, bill.written_5m + bill.written_1h, bill.uncached) for bill in server.billed] == [paid(a) for a in answers]
    assert [bill.output for bill in server.billed] == [answer.usage.output_tokens for answer in answers]
