"""The service's calls for message batches, through the real library against a real socket."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from claude_client_calls import ANSWER, MODEL, asking

from error_classification.claude_client import ServiceError, Stop, connect
from error_classification.claude_client.batches import NOT_CREATED, MessageBatches, Result, connect_batches
from error_classification.claude_client.exchange import Trouble
from error_classification.errors import UsageError
from stand_ins.claude import (
    ClaudeServer,
    ManualClock,
    Reply,
    disconnect,
    error,
    garbage,
    html_page,
    overloaded,
    rate_limited,
    spend_cap,
)

PATH = "/v1/messages/batches"


@pytest.fixture
def batches(server: ClaudeServer) -> MessageBatches:
    return connect_batches("anthropic", "test-key", server.url)


def by_name(batches: MessageBatches, batch_id: str) -> dict[str, Result]:
    return {result.name: result for result in batches.results(batch_id)}


def test_from_creation_to_deletion(batches: MessageBatches, server: ClaudeServer) -> None:
    created = batches.create({"a-1": asking("one"), "b_2": asking("two")})
    assert (created.size, created.ended, created.gone) == (2, False, False)
    assert batches.find(created.id) == created
    server.finish_batches()
    found = batches.find(created.id)
    assert found
    assert (found.ended, found.size) == (True, 2)
    results = by_name(batches, created.id)
    assert results.keys() == {"a-1", "b_2"}
    completion = results["a-1"].completion
    assert completion
    assert (completion.stop, completion.model) == (Stop.END, MODEL)
    assert json.loads(completion.text) == ANSWER
    usages = [item.completion.usage for item in results.values() if item.completion]
    charged = sum(billed.uncached + billed.written_5m for billed in server.billed)
    assert sum(usage.input + usage.cache_write for usage in usages) == charged
    batches.delete(created.id)
    assert batches.find(created.id) is None
    batches.delete(created.id)


def test_the_questions_are_those_of_single_calls(batches: MessageBatches, server: ClaudeServer) -> None:
    batches.create({"a": asking("one")})
    (item,) = server.requests[0].body["requests"]
    connect("anthropic", "test-key", server.url).complete(asking("one"), 5)
    assert item["params"] == server.asked[0].body
    assert batches.size(asking("one")) >= len(server.asked[0].raw)


def test_items_end_in_their_own_ways(batches: MessageBatches, server: ClaudeServer) -> None:
    names = ["fine", "late", "failed", "stopped", "wrong"]
    requests = {name: asking(model="claude-unheard-of" if name == "wrong" else MODEL) for name in names}
    created = batches.create(requests)
    server.finish_batches(expired={"late"}, errored={"failed"}, canceled={"stopped"})
    results = by_name(batches, created.id)
    assert results["fine"].completion
    assert results["late"] == Result("late")
    assert results["stopped"] == Result("stopped")
    assert results["failed"] == Result("failed", setback="Internal server error")
    assert results["wrong"] == Result("wrong", setback="model: claude-unheard-of")


def test_a_request_that_cannot_be_answered_has_a_fault() -> None:
    with ClaudeServer(lambda request: error(400, "invalid_request_error", "too odd")) as server:
        batches = connect_batches("anthropic", "test-key", server.url)
        created = batches.create({"a": asking()})
        server.finish_batches()
        assert by_name(batches, created.id) == {"a": Result("a", fault="too odd")}


def test_since_goes_back_to_a_moment_over_all_pages() -> None:
    clock = ManualClock()
    with ClaudeServer(clock=clock) as server:
        batches = connect_batches("anthropic", "test-key", server.url)
        old = batches.create({"a": asking()})
        clock.advance(3_600)
        made = [batches.create({"a": asking(system="")}).id for _ in range(101)]
        assert [state.id for state in batches.since(old.created_at + timedelta(seconds=1))] == made[::-1]
        assert [state.id for state in batches.since(old.created_at)] == [*made[::-1], old.id]


@pytest.mark.parametrize(
    ("reply", "trouble", "may_exist"),
    [
        (error(401, "authentication_error", "no"), Trouble.CREDENTIALS, False),
        (error(400, "invalid_request_error", "no"), Trouble.REFUSED, False),
        (error(413, "request_too_large", "no"), Trouble.REFUSED, False),
        (rate_limited(7), Trouble.RATE_LIMIT, False),
        (spend_cap(), Trouble.SPENDING_LIMIT, False),
        (overloaded(), Trouble.OVERLOADED, True),
        (error(504, "timeout_error", "slow"), Trouble.OVERLOADED, True),
        (disconnect(), Trouble.CONNECTION, True),
        (disconnect(0.5), Trouble.CONNECTION, True),
        (garbage(), Trouble.NONSENSE, True),
        (garbage(b"[]"), Trouble.NONSENSE, True),
        (html_page(), Trouble.NONSENSE, True),
    ],
)
def test_a_failed_creation_says_whether_there_may_be_a_batch(
    batches: MessageBatches, server: ClaudeServer, reply: Reply, trouble: Trouble, may_exist: bool
) -> None:
    server.script(reply, at=PATH)
    with pytest.raises(ServiceError) as raised:
        batches.create({"a": asking()})
    assert raised.value.trouble is trouble
    assert (trouble not in NOT_CREATED) == may_exist


@pytest.mark.parametrize("reply", [disconnect(), disconnect(0.5), garbage(b'{"custom_id": '), garbage(b"[]\n"), overloaded()])
def test_results_that_break_off_are_a_failure(batches: MessageBatches, server: ClaudeServer, reply: Reply) -> None:
    created = batches.create({f"item{number}": asking() for number in range(20)})
    server.finish_batches()
    server.script(reply, at=f"{PATH}/{created.id}/results")
    with pytest.raises(ServiceError):
        list(batches.results(created.id))
    assert len(list(batches.results(created.id))) == 20


def test_a_result_that_is_no_message_does_not_spoil_the_others(batches: MessageBatches, server: ClaudeServer) -> None:
    created = batches.create({"a": asking()})
    server.finish_batches()
    odd = b'{"custom_id": "a", "result": {"type": "succeeded", "message": null}}\n{"custom_id": "b"}\n'
    server.script(garbage(odd), at=f"{PATH}/{created.id}/results")
    faults = {result.name: result.fault for result in batches.results(created.id)}
    assert faults == {"a": "the answer is not a message", "b": "the answer is not a message"}


@pytest.mark.parametrize("reply", [html_page(404), error(404, "other_error", "?")])
def test_a_page_of_something_in_between_is_not_taken_for_an_answer(
    batches: MessageBatches, server: ClaudeServer, reply: Reply
) -> None:
    created = batches.create({"a": asking()})
    server.script(reply, at=f"{PATH}/{created.id}")
    with pytest.raises(ServiceError):
        batches.find(created.id)
    server.script(reply, at=f"{PATH}/{created.id}")
    with pytest.raises(ServiceError):
        batches.delete(created.id)


@pytest.mark.parametrize(
    ("api_format", "key", "said"), [("openai", "k", "has no message batches"), ("anthropic", "", "no key for Claude")]
)
def test_what_is_lacking_is_said_at_once(api_format: str, key: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        connect_batches(api_format, key, "http://127.0.0.1:9")

