"""The endpoints below /v1/messages/batches, and what becomes of an item."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from stand_ins.claude.answering import produce
from stand_ins.claude.batches import DEFAULT_PAGE, Batch, Batches, Fates, Item, items_of
from stand_ins.claude.cache import PromptCache
from stand_ins.claude.messages import message_body, thinks_in
from stand_ins.claude.problems import ApiError, claude_body, invalid, not_found
from stand_ins.claude.prompt import look_up
from stand_ins.claude.replies import Failure, Message, Reply, error
from stand_ins.claude.request import JSON, Request
from stand_ins.claude.response import Response, json_response
from stand_ins.claude.usage import Billed, PromptUsage
from stand_ins.claude.validation import check_message

BATCHES_PATH = "/v1/messages/batches"
PATH = re.compile(rf"{BATCHES_PATH}(?:/(?P<id>[^/]+)(?P<rest>/results|/cancel)?)?")


def handle(batches: Batches, request: Request, *, url: str) -> Response:
    """Raises ApiError for what there is not."""
    found = PATH.fullmatch(request.path)
    if found is None:
        raise not_found("Not Found")
    batch_id, rest = found["id"], found["rest"]
    match request.method, rest:
        case "POST", None if batch_id is None:
            return json_response(200, batches.create(items_of(request.body), request.key).body(url))
        case "GET", None if batch_id is None:
            return _page(batches, request, url)
        case "GET", None:
            return json_response(200, batches.get(batch_id).body(url))
        case "GET", "/results":
            lines = "".join(json.dumps(line) + "\n" for line in batches.results(batch_id))
            return Response(200, lines.encode(), content_type="application/x-jsonl")
        case "POST", "/cancel":
            return json_response(200, batches.cancel(batch_id).body(url))
        case "DELETE", None if batch_id is not None:
            batches.delete(batch_id)
            return json_response(200, {"id": batch_id, "type": "message_batch_deleted"})
    raise not_found("Not Found")


def _page(batches: Batches, request: Request, url: str) -> Response:
    limit = request.query.get("limit", str(DEFAULT_PAGE))
    if not limit.isdecimal():
        raise invalid("limit: Input should be a valid integer")
    rows, more = batches.page(int(limit), request.query.get("after_id"), request.query.get("before_id"))
    ends = {"first_id": rows[0].id, "last_id": rows[-1].id} if rows else {"first_id": None, "last_id": None}
    return json_response(200, {"data": [batch.body(url) for batch in rows], "has_more": more} | ends)


@dataclass(frozen=True, slots=True)
class Done:
    """An item's line among the results, and its cost if it had one."""

    line: JSON
    prompt: PromptUsage | None = None
    billed: Billed | None = None


def process(item: Item, batch: Batch, fates: Fates, answer: Callable[[Request], Reply], cache: PromptCache) -> Done:
    """Asks the model, unless fate or the item's own mistakes forbid it. Nothing is written to the cache yet."""
    fate = fates.of(item, batch)
    if fate == "errored":
        return _errored(item, error(500, "api_error", "Internal server error"))
    if fate is not None:
        return Done(_line(item, {"type": fate}))
    try:
        model = check_message(item.params)
    except ApiError as refused:
        return _errored(item, refused.failure)
    prompt = look_up(item.params, batch.key, model, cache)
    request = Request("POST", BATCHES_PATH, batch.created, body=item.params, custom_id=item.custom_id)
    reply = answer(request)
    if isinstance(reply, Failure):
        return _errored(item, reply)
    if not isinstance(reply, Message):
        raise TypeError(f"an item of a batch can be answered or fail, not {reply}")
    produced = produce(reply, item.params["max_tokens"], thinks=model.thinks and thinks_in(item.params))
    body = message_body(item.custom_id, request.model, produced, prompt, batch=True)
    billed = Billed.of(request.model, prompt, produced.output_tokens, batch=True)
    return Done(_line(item, {"type": "succeeded", "message": body}), prompt, billed)


def _errored(item: Item, failure: Failure) -> Done:
    return Done(_line(item, {"type": "errored", "error": claude_body(failure, f"req_{item.custom_id}")}))


def _line(item: Item, result: JSON) -> JSON:
    return {"custom_id": item.custom_id, "result": result}
