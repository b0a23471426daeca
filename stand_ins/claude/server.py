"""The server itself, as tests and benchmarks use it."""

from __future__ import annotations

from collections.abc import Collection

from stand_ins.claude.answering import echo
from stand_ins.claude.batches import Fates
from stand_ins.claude.clock import Clock, SystemClock
from stand_ins.claude.connection import Listener
from stand_ins.claude.replies import Reply
from stand_ins.claude.request import MESSAGES_PATH, Request
from stand_ins.claude.service import Answer, Service
from stand_ins.claude.switches import Switches
from stand_ins.claude.usage import Billed
from stand_ins.loopback import StandIn


class ClaudeServer(StandIn):
    """Speaks the Claude API and the OpenAI chat API on an ephemeral port of 127.0.0.1, as a context manager.

    ``answer`` decides by what it is asked; without it every question is echoed in the shape that it asks for.
    ``clock`` rules the cache, the rate limit and all dates; waiting (``latency``, stalls) takes real seconds.
    ``keep``: how many of the newest requests are recorded; None records all.
    Leaving the context raises what went wrong in ``answer``, where the client only saw its connection end.
    """

    def __init__(
        self,
        answer: Answer = echo,
        *,
        clock: Clock | None = None,
        latency: float = 0.0,
        switches: Switches | None = None,
        keep: int | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self.switches = switches or Switches()
        self._service = Service(answer, clock, latency, self.switches, keep)
        self._listener = Listener(self._service.respond, clock)
        super().__init__(self._listener)
        self.url = self._listener.url
        """The base URL, without a slash at its end and without ``/v1``."""
        self._service.url = self.url

    @property
    def requests(self) -> list[Request]:
        """What was received so far, refused requests included, in order of arrival."""
        return list(self._service.requests)

    @property
    def asked(self) -> list[Request]:
        """The requests to a model among them."""
        return [request for request in self.requests if request.asks]

    @property
    def billed(self) -> list[Billed]:
        """What the provider would charge: one entry for each answer that has begun, batch items included."""
        return list(self._service.billed)

    def script(self, *replies: Reply | None, at: str = MESSAGES_PATH) -> None:
        """Plays these replies once, in order, before ``answer`` is asked again; None stands for the usual answer.

        ``at`` is the path they are for; the one for messages stands for the one for chat completions as well.
        Elsewhere (say, the creation of a batch) a failure or garbage replaces the work, whereas a disconnect or a
        stall comes after it has been done.
        """
        self._service.script.add(replies, at)

    def finish_batches(
        self, *, expired: Collection[str] = (), errored: Collection[str] = (), canceled: Collection[str] = ()
    ) -> None:
        """Ends all open batches. Items named by ``custom_id`` end that way; the others are asked of ``answer``."""
        self._service.finish(Fates(expired, errored, canceled))

    def forget_prompts(self) -> None:
        """Empties the prompt cache."""
        self._service.cache.clear()
