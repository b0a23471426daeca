"""The judge that asks a language model, one call for each new fingerprint; see ``prompts`` for what is asked.

A first answer in doubt is asked for again with more of the log, then from a stronger model, each once. What was asked and
answered is in ``reason``. A call that gives no answer leaves the case to the other judges, and to the next run.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeAlias

from error_classification.classification.llm.reading import UnreadableError, read
from error_classification.claude_client import BudgetError, Caller, Completion, Request, ServiceError, Stop
from error_classification.models import LLM, Abstention, Case, Excerpt, Usage, Verdict
from error_classification.prompts import ANSWER_SCHEMA, Opinion, Question, prompt_version, system_prompt, user_message

Answer: TypeAlias = Verdict | Abstention

DOUBTFUL = 0.7
"""A verdict below this confidence is asked for again."""
SURE = 0.85
"""The same, where another judge says something else."""
_ROOM, _MORE_ROOM = 1_024, 4_096
"""Tokens of an answer; the second where the first were not enough, as for models that cannot but think."""
_REASON_LIMIT = 600
_DECLINED = "the model declined to answer"


@dataclass(frozen=True, slots=True)
class _Round:
    """One asking: what it is called in ``reason``, which model, and what it gets to see."""

    name: str
    model: str
    more: Excerpt


class LLMJudge:
    """See ``ports.Consultant``. ``escalation_model`` may be empty: then there is no stronger one to ask."""

    name = LLM

    def __init__(self, caller: Caller, model: str, escalation_model: str = "") -> None:
        self.version = prompt_version()
        self.failures: Counter[str] = Counter()
        """How many cases had no answer because the service gave none, by what it said."""
        self.refrained: Counter[str] = Counter()
        """How many because nothing might be asked: the budget was used up, or the time."""
        self._lock = Lock()
        self._caller, self._model, self._escalation_model = caller, model, escalation_model
        self._pool = ThreadPoolExecutor(caller.limiter.concurrency, thread_name_prefix="consult")

    def consult(self, case: Case) -> Future[Answer]:
        """See ``ports.Consultant``."""
        return self._pool.submit(self.judge, case)

    def close(self) -> None:
        """Ends the threads; what has not begun is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def judge(self, case: Case) -> Answer:
        """The answer of the last round that gave one."""
        answer: Answer | None = None
        trail: list[str] = []
        usage = Usage()
        asking: _Round | None = self._first(case)
        while asking is not None:
            try:
                completion = self._asked(case, asking)
                usage += completion.usage
                answer = _answer(completion, case, asking)
                trail.append(f"{asking.name}: {_said(answer)}")
            except UnreadableError as failure:
                trail.append(f"{asking.name}: {failure}")
            except (ServiceError, BudgetError) as failure:
                trail.append(f"{asking.name}: {failure}")
                self._note(failure, answer)
                break
            asking = self._next(case, asking, answer)
        return self._concluded(answer, trail, usage)

    def _note(self, failure: ServiceError | BudgetError, answer: Answer | None) -> None:
        """Counts a case that was left without an answer."""
        if answer is None:
            with self._lock:
                (self.failures if isinstance(failure, ServiceError) else self.refrained)[str(failure)] += 1

    def _first(self, case: Case) -> _Round:
        """An error that names no cause of its own is shown with its neighbourhood at once."""
        return _Round(self._model, self._model, case.more() if case.error.generic else Excerpt())

    def _next(self, case: Case, last: _Round, answer: Answer | None) -> _Round | None:
        """What to ask once ``last`` was answered by ``answer`` (None: nothing that could be read); None where that will do."""
        if answer is not None and not _is_doubtful(answer, case):
            return None
        if last.model == self._model and not last.more.text and (more := case.more()).text:
            return _Round(f"{self._model} with more of the log", self._model, more)
        if last.model == self._escalation_model or not self._escalation_model or isinstance(answer, Abstention):
            return None
        return _Round(self._escalation_model, self._escalation_model, last.more)

    def _asked(self, case: Case, asking: _Round) -> Completion:
        request = Request(asking.model, system_prompt(), user_message(_question(case, asking.more)), ANSWER_SCHEMA, _ROOM)
        completion = self._caller.ask(request)
        if completion.stop is not Stop.MAX_TOKENS:
            return completion
        longer = self._caller.ask(replace(request, max_tokens=_MORE_ROOM))
        return replace(longer, usage=completion.usage + longer.usage)

    def _concluded(self, answer: Answer | None, trail: list[str], usage: Usage) -> Answer:
        reason = "; ".join(trail)[:_REASON_LIMIT]
        if answer is None:
            return Abstention(LLM, reason, usage=usage)
        reason = answer.reason if len(trail) == 1 else f"{reason}; {answer.reason}"
        return replace(answer, reason=reason, usage=usage, consulted=self.version)


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


def _answer(completion: Completion, case: Case, asking: _Round) -> Answer:
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
