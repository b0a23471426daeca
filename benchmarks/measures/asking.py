"""The ways to have a stream of failures judged by Claude: ours, and what people do without it. All of them send real requests.

The rivals make one call for each failure or each cause, with no local judge before it and no second asking after it. They share
extraction, redaction and fingerprints with ours, so that all ask about the same texts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from error_classification import pipeline, wiring
from error_classification.classification.llm import LLMJudge
from error_classification.claude_client import Budget, Caller, Client, Limiter, Request, connect, load_prices
from error_classification.claude_client.anthropic_api import AnthropicClient
from error_classification.config import Config
from error_classification.models import Artefact, Case, ErrorClassification, FingerprintedError, Spending
from error_classification.prompts import short_system_prompt
from measures.bills import Bill, bills
from measures.failures import Cause, Mix, batches, causes, stream
from stand_ins.claude import ClaudeServer, Switches, message
from stand_ins.claude import Request as Received
from stand_ins.claude.replies import Message

KEY = Switches().key
UNLIMITED = 10**9
"""Calls a minute."""
SURE, UNSURE = 0.93, 0.55
_REASON = (
    "The tool of the house says itself which of its own conditions was not met; nothing points to the network or the runner."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """``answer_tokens``: the least and the most that an answer takes. ``runs``: the stream comes in so many parts, and between
    two of them the service forgets what it had cached, as between hourly jobs."""

    mix: Mix = field(default_factory=Mix)
    answer_tokens: tuple[int, int] = (120, 200)
    escalation_model: str = Config().escalation_model
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Rival:
    """One call for each failure, or for each cause. ``marked``: whether the system text is offered to the cache."""

    name: str
    model: str
    examples: bool = True
    marked: bool = False
    each_failure: bool = False


MODEL = Config().anthropic_model
FIRST_MODEL = "claude-haiku-4-5"
RIVALS = (
    Rival("(a) every failure, uncached", MODEL, each_failure=True),
    Rival("(b) every cause, uncached", MODEL),
    Rival("(b) first generation: no examples, its model", FIRST_MODEL, examples=False, marked=True),
    Rival("(b) no examples, today's model", MODEL, examples=False),
)
"""The first two ask our own question, so that the ratio is that of deduplication, local judges and cache, not of prompts. The
third is what a deduplicating program of the generation before would have paid: task and taxonomy without worked examples, offered
to the cache of the cheapest model of its day, which caches nothing below 4,096 tokens and does not say so. The last is the
hardest: the same short question to today's model, ten times cheaper."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way took. ``spent`` is our count, ``billed`` the service's by model; so many causes were ``asked`` about."""

    name: str
    spent: Spending
    billed: dict[str, Bill]
    asked: int
    seconds: float


class Differently(AnthropicClient):
    """Asks with another system text, or without offering it to the cache."""

    def __init__(self, url: str, system: str, marked: bool) -> None:
        super().__init__(KEY, url)
        self._system, self._marked = system, marked

    def body(self, request: Request) -> dict[str, Any]:
        """See ``AnthropicClient``."""
        body = super().body(request)
        block = body["system"][0] | {"text": self._system or request.system}
        if not self._marked:
            del block["cache_control"]
        return body | {"system": [block]}


def answering(known: Iterable[Cause], tokens: tuple[int, int]) -> Callable[[Received], Message]:
    """A model that quotes the first line, and stays unsure of the doubtful causes whoever asks and whatever is shown."""
    doubtful = [cause.name for cause in known if cause.doubtful]

    def answer(request: Received) -> Message:
        line = json.loads(request.text.rsplit("\n", 1)[-1])["text"].split("\n", 1)[0]
        said = {
            "evidence": [line],
            "reason": _REASON,
            "root_cause": line[:150],
            "category": "configuration_error",
            "subcategory": "invalid_config",
            "confidence": UNSURE if any(name in line for name in doubtful) else SURE,
        }
        return message(said, output_tokens=random.Random(line).randint(*tokens))

    return answer


def caller(client: Client, concurrency: int = Config().concurrency, per_minute: int = UNLIMITED) -> Caller:
    """Makes calls by the real clock and without a cap on their cost."""
    clock = wiring.SystemClock()
    limiter = Limiter(per_minute, concurrency, clock.seconds)
    return Caller(client, limiter, Budget(), load_prices(), seconds=clock.seconds, sleep=clock.sleep)


def measured(settings: Settings) -> Iterator[Measured]:
    """Every rival, then ours, each with a server of its own."""
    known = causes(settings.mix)
    ways: list[tuple[str, Callable[[ClaudeServer], tuple[Spending, int]]]] = [
        *((rival.name, _asking(rival, settings.mix, known)) for rival in RIVALS),
        ("(c) ours", lambda server: _ours(server, settings, known)),
    ]
    for name, way in ways:
        with ClaudeServer(answering(known, settings.answer_tokens), keep=0) as server:
            start = perf_counter()
            spent, asked = way(server)
            seconds = perf_counter() - start
            yield Measured(name, spent, bills(server.billed), asked, seconds)


def _asking(rival: Rival, mix: Mix, known: Sequence[Cause]) -> Callable[[ClaudeServer], tuple[Spending, int]]:
    def ask(server: ClaudeServer) -> tuple[Spending, int]:
        through = caller(Differently(server.url, "" if rival.examples else short_system_prompt(), rival.marked))
        judge = LLMJudge(through, rival.model)
        seen: set[str] = set()
        answers = []
        for error in errors(stream(mix, known)):
            if rival.each_failure or error.error_hash not in seen:
                answers.append(judge.consult(Case(error)))
            seen.add(error.error_hash)
        for answer in answers:
            answer.result()
        judge.close()
        return through.budget.spent, len(seen)

    return ask


def errors(artefacts: Iterable[Artefact]) -> Iterator[FingerprintedError]:
    """What ours finds, too."""
    config = Config()
    found = pipeline.find(artefacts, wiring.redactor(config), wiring.policy(config))
    return (error for error in found if isinstance(error, FingerprintedError))


def _ours(server: ClaudeServer, settings: Settings, known: Sequence[Cause]) -> tuple[Spending, int]:
    """The whole pipeline as ``classify --judges rules,llm`` wires it, with a store in memory."""
    config, spent = Config(), Spending()
    redactor, judges, policy, clock = wiring.redactor(config), wiring.judges(config), wiring.policy(config), wiring.SystemClock()
    asked: set[str] = set()
    with wiring.memory().archive as store:
        for part in batches(stream(settings.mix, known), -(-settings.mix.failures // settings.runs)):
            through = caller(connect("anthropic", KEY, server.url))
            judge = LLMJudge(through, config.anthropic_model, settings.escalation_model)
            events = pipeline.run(
                part, redactor=redactor, judges=judges, store=store, clock=clock, policy=policy, consultant=judge
            )
            for event in events:
                if isinstance(event, ErrorClassification) and event.answer.consulted:
                    asked.add(event.error.error_hash)
            judge.close()
            spent += through.budget.spent
            server.forget_prompts()
    return spent, len(asked)
