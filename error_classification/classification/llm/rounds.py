"""The rounds in which a language model is asked about one case (pure): what is asked, what follows, and how it ends.

A first answer in doubt is asked for again with more of the log, then from a stronger model, each once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from error_classification.classification.llm.reading import UnreadableError, read
from error_classification.claude_client import Completion, Request, Stop
from error_classification.models import LLM, Abstention, Case, Excerpt, Usage, Verdict
from error_classification.prompts import ANSWER_SCHEMA, Opinion, Question, short_system_prompt, system_prompt, user_message

Answer: TypeAlias = Verdict | Abstention

DOUBTFUL = 0.7
"""A verdict below this confidence is asked for again."""
SURE = 0.85
"""The same, where another judge says something else."""
ROOM, MORE_ROOM = 1_024, 4_096
"""Tokens of an answer; the second where the first were not enough, as for models that cannot but think."""
_REASON_LIMIT = 600
_DECLINED = "the model declined to answer"


@dataclass(frozen=True, slots=True)
class Models:
    """Who is asked. ``stronger`` may be empty: then there is no other."""

    first: str
    stronger: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One asking: what it is called in ``reason``, which model, and what it gets to see."""

    name: str
    model: str
    more: Excerpt
    stronger: bool = False
    """Whether it is the stronger model: it is spared the examples, which cost more there than they are worth."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What all rounds about a case have come to so far. ``answer`` is that of the last round that gave one."""

    answer: Answer | None = None
    trail: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def heard(self, case: Case, asking: Round, completion: Completion) -> Inquiry:
        """With what ``asking`` brought, which need not be an answer."""
        usage = self.usage + completion.usage
        try:
            answer = _answer(completion, case, asking)
        except UnreadableError as failure:
            return replace(self.failed(asking, str(failure)), usage=usage)
        return Inquiry(answer, (*self.trail, f"{asking.name}: {_said(answer)}"), usage)

    def failed(self, asking: Round, why: str) -> Inquiry:
        """With a round that brought nothing."""
        return replace(self, trail=(*self.trail, f"{asking.name}: {why}"))

    def concluded(self, version: str) -> Answer:
        """The answer, with what was asked and answered in ``reason``; ``version`` is that of the prompt."""
        reason = "; ".join(self.trail)[:_REASON_LIMIT]
        if self.answer is None:
            return Abstention(LLM, reason, usage=self.usage)
        reason = self.answer.reason if len(self.trail) == 1 else f"{reason}; {self.answer.reason}"
        return replace(self.answer, reason=reason, usage=self.usage, consulted=version)


def first_round(case: Case, models: Models) -> Round:
    """An error that names no cause of its own is shown with its neighbourhood at once."""
    return Round(models.first, models.first, case.more() if case.error.generic else Excerpt())


def next_round(case: Case, last: Round, answer: Answer | None, models: Models) -> Round | None:
    """What to ask once ``last`` was answered by ``answer`` (None: nothing that could be read); None where that will do."""
    if answer is not None and not _is_doubtful(answer, case):
        return None
    if last.model == models.first and not last.more.text and (more := case.more()).text:
        return Round(f"{models.first} with more of the log", models.first, more)
    if last.model == models.stronger or not models.stronger or isinstance(answer, Abstention):
        return None
    return Round(models.stronger, models.stronger, last.more, stronger=True)


def request_of(case: Case, asking: Round, room: int = ROOM) -> Request:
    """What the service is asked; ``room``: tokens of the answer, at most."""
    system = short_system_prompt() if asking.stronger else system_prompt()
    return Request(asking.model, system, user_message(_question(case, asking.more)), ANSWER_SCHEMA, room)


def _question(case: Case, more: Excerpt) -> Question:
    context = case.error.context
    return Question(
        source_type=context.source_type,
        framework=context.framework,
        test_name=context.test_name,
        step_name=context.step_name,
        command=context.command,
        exit_code=context.exit_code,
        file=context.file,
        outcome="" if context.outcome == "failed" else context.outcome,
        text=context.text,
        more=more.text,
        opinions=tuple(_opinion(verdict) for verdict in case.opinions),
    )


def _opinion(verdict: Verdict) -> Opinion:
    return Opinion(
        judge=verdict.judge, category=verdict.category, confidence=verdict.confidence, root_cause=verdict.root_cause
    )


def _answer(completion: Completion, case: Case, asking: Round) -> Answer:
    if completion.stop is Stop.REFUSAL:
        return Abstention(LLM, _DECLINED, completion.model)
    if completion.stop is Stop.MAX_TOKENS:
        raise UnreadableError("the answer was cut off")
    return replace(read(completion.text, case.error.context, asking.more), model_version=completion.model)


def _is_doubtful(answer: Answer, case: Case) -> bool:
    """True for little confidence, and for not quite enough against the word of another judge."""
    if isinstance(answer, Abstention):
        return answer.reason != _DECLINED
    contradicted = any(verdict.category != answer.category for verdict in case.opinions)
    return answer.confidence < (SURE if contradicted else DOUBTFUL)


def _said(answer: Answer) -> str:
    return f"{answer.category} {answer.confidence:.2f}" if isinstance(answer, Verdict) else answer.reason
