"""The life of a message batch."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types.messages import MessageBatchIndividualResponse
from stand_in_calls import MODEL, ask, marked, paid, post, prompt_of, said

from stand_ins.claude import ClaudeServer, ManualClock, Reply, Request, disconnect, message, overloaded, stall
from stand_ins.claude.request import JSON

PATH = "/v1/messages/batches"


def item(custom_id: str, text: str = "why?", **change: Any) -> Any:
    params = {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": text}]}
    return {"custom_id": custom_id, "params": params | change}


def results(client: Anthropic, batch_id: str) -> dict[str, MessageBatchIndividualResponse]:
    return {line.custom_id: line for line in client.messages.batches.results(batch_id)}


def kinds(client: Anthropic, batch_id: str) -> dict[str, str]:
    return {name: line.result.type for name, line in results(client, batch_id).items()}


def test_a_batch_is_in_progress_until_it_is_finished(server: ClaudeServer, client: Anthropic, clock: ManualClock) -> None:
    batches = client.messages.batches
    created = batches.create(requests=[item("a"), item("b")])
    assert (created.processing_status, created.request_counts.processing, created.results_url) == ("in_progress", 2, None)
    assert (created.expires_at - created.created_at).total_seconds() == 86_400
    with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
        batches.results(created.id)
    clock.advance(60)
    server.finish_batches()
    ended = batches.retrieve(created.id)
    assert (ended.processing_status, ended.request_counts.processing, ended.request_counts.succeeded) == ("ended", 0, 2)
    assert ended.ended_at is not None
    assert (ended.ended_at - created.created_at).total_seconds() == 60
    assert ended.results_url == f"{server.url}{PATH}/{created.id}/results"


def test_results_come_in_another_order(server: ClaudeServer, client: Anthropic) -> None:
    names = [f"item-{number}" for number in range(5)]
    batch = client.messages.batches.create(requests=[item(name, f"echo {name}") for name in names])
    server.finish_batches()
    found = results(client, batch.id)
    assert list(found) != names
    assert {name: said(line.result.message) for name, line in found.items() if line.result.type == "succeeded"} == {
        name: f"echo {name}" for name in names
    }


def test_items_end_as_they_are_told(server: ClaudeServer, client: Anthropic) -> None:
    batch = client.messages.batches.create(requests=[item(name) for name in "abcd"])
    server.finish_batches(expired={"a"}, errored={"b"}, canceled={"c"})
    assert kinds(client, batch.id) == {"a": "expired", "b": "errored", "c": "canceled", "d": "succeeded"}
    counts = client.messages.batches.retrieve(batch.id).request_counts
    assert (counts.expired, counts.errored, counts.canceled, counts.succeeded) == (1, 1, 1, 1)
    assert len(server.billed) == 1


def test_items_are_answered_by_their_content_or_fail_on_their_own(client: Anthropic) -> None:
    def answer(request: Request) -> Reply:
        return overloaded() if request.text == "fail" else message(f"{request.custom_id}: {request.text}")

    with ClaudeServer(answer) as server:
        to_it = client.with_options(base_url=server.url)
        requests = [item("good"), item("bad", "fail"), item("wrong", temperature=0)]
        batch = to_it.messages.batches.create(requests=requests)
        server.finish_batches()
        found = results(to_it, batch.id)
    errors = {name: line.result.error.error.type for name, line in found.items() if line.result.type == "errored"}
    assert errors == {"bad": "overloaded_error", "wrong": "invalid_request_error"}
    good = found["good"].result
    assert good.type == "succeeded"
    assert said(good.message) == "good: why?"


def test_creating_is_not_idempotent(client: Anthropic) -> None:
    first, second = (client.messages.batches.create(requests=[item("a")]) for _ in range(2))
    assert first.id != second.id
    assert [batch.id for batch in client.messages.batches.list()] == [second.id, first.id]


@pytest.mark.parametrize("lost", [disconnect(), disconnect(0.5), stall(5)])
def test_a_batch_whose_creation_was_not_heard_of_exists(server: ClaudeServer, client: Anthropic, lost: Reply) -> None:
    server.script(lost, at=PATH)
    with pytest.raises(anthropic.APIConnectionError):
        client.messages.batches.create(requests=[item("a")], timeout=0.1)
    assert len(client.messages.batches.list().data) == 1


def test_a_batch_whose_creation_failed_does_not(server: ClaudeServer, client: Anthropic) -> None:
    server.script(overloaded(), at=PATH)
    with pytest.raises(anthropic.OverloadedError):
        client.messages.batches.create(requests=[item("a")])
    assert client.messages.batches.list().data == []


def test_lists_are_read_page_by_page_in_both_directions(client: Anthropic) -> None:
    made = [client.messages.batches.create(requests=[item("a")]).id for _ in range(5)][::-1]
    batches = client.messages.batches
    assert [batch.id for batch in batches.list(limit=2)] == made
    first = batches.list(limit=2)
    assert ([batch.id for batch in first.data], first.has_more, first.last_id) == (made[:2], True, made[1])
    last = batches.list(limit=2, after_id=made[3])
    assert ([batch.id for batch in last.data], last.has_more) == (made[4:], False)
    back = batches.list(limit=2, before_id=made[3])
    assert ([batch.id for batch in back.data], back.has_more, back.first_id) == (made[1:3], True, made[1])


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=many"])
def test_pages_have_a_size(client: Anthropic, query: str) -> None:
    with pytest.raises(anthropic.BadRequestError, match="limit"):
        client.messages.batches.list(extra_query={"limit": query.partition("=")[2]})


def test_a_cancelled_batch_ends_without_answers(server: ClaudeServer, client: Anthropic, clock: ManualClock) -> None:
    batch = client.messages.batches.create(requests=[item("a"), item("b")])
    cancelled = client.messages.batches.cancel(batch.id)
    assert (cancelled.processing_status, cancelled.cancel_initiated_at) == ("canceling", clock.now())
    clock.advance(60)
    assert client.messages.batches.cancel(batch.id).cancel_initiated_at == cancelled.cancel_initiated_at
    server.finish_batches(expired={"b"})
    assert kinds(client, batch.id) == {"a": "canceled", "b": "expired"}
    with pytest.raises(anthropic.BadRequestError, match="already ended"):
        client.messages.batches.cancel(batch.id)


def test_only_ended_batches_are_deleted(server: ClaudeServer, client: Anthropic) -> None:
    batch = client.messages.batches.create(requests=[item("a")])
    with pytest.raises(anthropic.BadRequestError, match="cannot be deleted"):
        client.messages.batches.delete(batch.id)
    server.finish_batches()
    assert client.messages.batches.delete(batch.id).id == batch.id
    with pytest.raises(anthropic.NotFoundError):
        client.messages.batches.retrieve(batch.id)
    assert client.messages.batches.list().data == []


def test_what_has_ended_stays_as_it_is(server: ClaudeServer, client: Anthropic) -> None:
    batch = client.messages.batches.create(requests=[item("a")])
    server.finish_batches(expired={"a"})
    server.finish_batches()
    assert kinds(client, batch.id) == {"a": "expired"}


@pytest.mark.parametrize("call", ["retrieve", "results", "cancel", "delete"])
def test_unknown_batches_are_not_found(client: Anthropic, call: str) -> None:
    with pytest.raises(anthropic.NotFoundError) as raised:
        getattr(client.messages.batches, call)("msgbatch_unknown")
    assert raised.value.type == "not_found_error"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": []},
        {"requests": ["a"]},
        {"requests": [{"custom_id": "a"}]},
        {"requests": [item("a"), item("a")]},
        {"requests": [item("")]},
        {"requests": [item("a" * 65)]},
        {"requests": [item("a.b")]},
        {"requests": [item("a") | {"extra": 1}]},
    ],
    ids=json.dumps,
)
def test_malformed_batches_are_refused(server: ClaudeServer, body: JSON) -> None:
    answer = post(server, PATH, body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_items_read_what_was_known_before_and_not_what_their_own_batch_writes(server: ClaudeServer, client: Anthropic) -> None:
    known, new = [marked(prompt_of(600))], [marked(prompt_of(600, "q"))]
    ask(client, system=known)
    requests = [item("a", system=known), item("b", system=new), item("c", system=new)]
    batch = client.messages.batches.create(requests=requests)
    server.finish_batches()
    found = {name: line.result for name, line in results(client, batch.id).items()}
    usage = {name: paid(result.message) for name, result in found.items() if result.type == "succeeded"}
    assert usage == {"a": (600, 0, 1), "b": (0, 600, 1), "c": (0, 600, 1)}
    assert [bill.batch for bill in server.billed] == [False, True, True, True]
    assert paid(ask(client, "why?", system=new)) == (600, 0, 1)
