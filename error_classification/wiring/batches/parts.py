"""What both errands to the service need, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from error_classification.classification.llm.rounds import Models, Round, first_round
from error_classification.claude_client import PriceTable
from error_classification.claude_client.batches import MessageBatches
from error_classification.models import Case, Excerpt, Spending, Usage
from error_classification.ports import Clock, Store
from error_classification.storage.questions import Question, QuestionQueue
from error_classification.storage.spending import SpendingLog


@dataclass(slots=True)
class Outcome:
    """What an errand came to, one line each; ``failures`` are what is not done and the next run does."""

    notices: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    spent: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a question within a batch costs. ``hour``: its prompt is cached for one hour, not for five minutes."""

    prices: PriceTable
    hour: bool = False

    def knows(self, model: str) -> bool:
        """Whether there is a price for this model."""
        return self.prices.of(model) is not None

    def cost(self, model: str, usage: Usage) -> float:
        """US dollars; 0 for a model without a price."""
        price = self.prices.of(model)
        return price.cost(usage, hour=self.hour) * self.prices.batch_discount if price else 0.0

    def priced(self, model: str, usage: Usage) -> Usage:
        """The same tokens, with their cost."""
        return replace(usage, cost_usd=self.cost(model, usage))


@dataclass(frozen=True, slots=True)
class Parts:
    """The service, the queue, where answers and money are written down, and who is asked."""

    service: MessageBatches
    queue: QuestionQueue
    store: Store
    log: SpendingLog
    tariff: Tariff
    models: Models
    clock: Clock


def case_of(question: Question) -> Case:
    """The case as it was when the question was queued."""
    return Case(question.classification.error, question.opinions, lambda: question.more)


def asked_round(question: Question) -> Round:
    """The round in which the question was handed in, or is to be handed in again."""
    stronger = bool(question.trail) and question.asking == question.model  # only the first model's rounds come before a trail
    return Round(question.asking, question.model, question.more if question.shows_more else Excerpt(), stronger)


def coming_round(question: Question, models: Models) -> Round | None:
    """The round that is due: by the settings of today. None where that would be a model that is not wanted any longer."""
    if not question.trail:
        return first_round(case_of(question), models)
    return asked_round(question) if question.model in (models.first, models.stronger) else None


def in_round(question: Question, asking: Round, version: str = "") -> Question:
    """The question, to be asked in this round; ``version``: of the prompt, where it is handed in now."""
    return replace(question, model=asking.model, asking=asking.name, shows_more=bool(asking.more.text), version=version)


def questions_text(count: int) -> str:
    """Such as ``1 question`` or ``1,200 questions``."""
    return f"{count:,} question{'' if count == 1 else 's'}"
