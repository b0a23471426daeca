"""What the service does with a request, without a socket in sight."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from threading import Lock

from stand_ins.claude import batch_service, chat, limits
from stand_ins.claude.answering import Produced, echo, produce
from stand_ins.claude.batches import Batch, Batches, Fates
from stand_ins.claude.cache import PromptCache
from stand_ins.claude.clock import Clock
from stand_ins.claude.messages import PREWARMED, message_body, thinks_in
from stand_ins.claude.problems import ApiError, chat_body, claude_body, invalid, not_found
from stand_ins.claude.prompt import count_tokens, look_up
from stand_ins.claude.replies import Failure, Message, Reply
from stand_ins.claude.request import CHAT_PATH, JSON, MESSAGES_PATH, Request
from stand_ins.claude.response import Response, delayed, json_response
from stand_ins.claude.script import Script, play
from stand_ins.claude.switches import Switches
from stand_ins.claude.usage import Billed, PromptUsage
from stand_ins.claude.validation import check_count, check_message

Answer = Callable[[Request], Reply]

COUNT_PATH = "/v1/messages/count_tokens"


class Service:
    """Everything that the server remembers. Safe to share between threads."""

    def __init__(self, answer: Answer, clock: Clock, latency: float, switches: Switches, keep: int | None) -> None:
        self.answer = answer
        self.clock = clock
        self.latency = latency
        self.switches = switches
        self.url = ""
        self.requests: deque[Request] = deque(maxlen=keep)
        self.billed: deque[Billed] = deque()
        self.cache = PromptCache(clock)
        self.script = Script()
        self.batches = Batches(clock)
        self._minute = limits.Minute(clock)
        self._numbers = count(1)
        self._lock = Lock()

    def respond(self, request: Request) -> Response:
        """The response to any request whatever."""
        with self._lock:
            self.requests.append(request)
            number = next(self._numbers)
        fail = partial(_failed, request, f"req_{number:024d}")
        try:
            limits.check_key(request, self.switches.key)
            response = self._routed(request, number, fail)
        except ApiError as refused:
            response = fail(refused.failure)
        return replace(response, headers={"request-id": f"req_{number:024d}"} | dict(response.headers))

    def _routed(self, request: Request, number: int, fail: Callable[[Failure], Response]) -> Response:
        if request.path == CHAT_PATH and request.method == "POST":
            return self._admitted(partial(self._chat, request, number, fail))
        if "anthropic-version" not in request.headers:
            raise invalid("anthropic-version: header is required")
        if request.path == MESSAGES_PATH and request.method == "POST":
            return self._admitted(partial(self._message, request, number, fail))
        perform = self._count if request.path == COUNT_PATH else partial(batch_service.handle, self.batches, url=self.url)
        return play(self.script.next(request.path), lambda _: perform(request), fail)

    def _admitted(self, ask: Callable[[], Response]) -> Response:
        """Asks the model, if the moment allows it."""
        limits.check_mood(self.switches)
        headers = self._minute.enter(self.switches.requests_per_minute)
        response = ask()
        return replace(response, headers=headers | dict(response.headers))

    def _message(self, request: Request, number: int, fail: Callable[[Failure], Response]) -> Response:
        model = check_message(request.body)
        prompt = look_up(request.body, request.key, model, self.cache)
        limit = request.body["max_tokens"]

        def write(reply: Message) -> Response:
            produced = produce(reply, limit, thinks=model.thinks and thinks_in(request.body))
            return self._answered(request, message_body(f"{number:024d}", request.model, produced, prompt), prompt, produced)

        return self._asked(request, write, fail) if limit else write(PREWARMED)

    def _chat(self, request: Request, number: int, fail: Callable[[Failure], Response]) -> Response:
        chat.check_chat(request.body, self.switches)
        prompt = chat.look_up_chat(request, self.cache)

        def write(reply: Message) -> Response:
            produced = produce(reply, chat.limit_of(request.body), thinks=False)
            body = chat.chat_completion(number, request, produced, prompt, told=self.switches.cached_tokens)
            return self._answered(request, body, prompt, produced)

        return self._asked(request, write, fail)

    def _asked(self, request: Request, write: Callable[[Message], Response], fail: Callable[[Failure], Response]) -> Response:
        """What the script says, else what ``answer`` says; where that leaves the words open, the echo's."""

        def usual(reply: Message | None) -> Response:
            if reply is not None:
                return write(reply)
            return play(self.answer(request), lambda said: write(said or echo(request)), fail)

        return play(self.script.next(request.path), usual, fail)

    def _answered(self, request: Request, body: JSON, prompt: PromptUsage, produced: Produced) -> Response:
        """The prompt can be read from the cache, and is paid for, as soon as its answer has begun and no sooner."""

        def begun() -> None:
            self._pay(prompt, Billed.of(request.model, prompt, produced.output_tokens))

        return delayed(json_response(200, body, begun), self.latency)

    def _pay(self, prompt: PromptUsage, billed: Billed) -> None:
        for digest, lifetime in prompt.writes.items():
            self.cache.write(digest, lifetime)
        self.billed.append(billed)

    def _count(self, request: Request) -> Response:
        if request.method != "POST":
            raise not_found("Not Found")
        check_count(request.body)
        return json_response(200, {"input_tokens": count_tokens(request.body)})

    def finish(self, fates: Fates) -> None:
        """Ends every batch that has not ended."""
        for batch in self.batches.all():
            if not batch.ended:
                self._finish(batch, fates)

    def _finish(self, batch: Batch, fates: Fates) -> None:
        """Items run side by side: none reads from the cache what another one of its batch writes there."""
        done = [batch_service.process(item, batch, fates, self.answer, self.cache) for item in batch.items]
        for item in done:
            if item.prompt is not None and item.billed is not None:
                self._pay(item.prompt, item.billed)
        lines = [item.line for item in done]
        self.batches.end(batch, lines[1::2] + lines[::2])


def _failed(request: Request, request_id: str, failure: Failure) -> Response:
    body = chat_body(failure) if request.path == CHAT_PATH else claude_body(failure, request_id)
    return replace(json_response(failure.status, body), headers=failure.headers)
