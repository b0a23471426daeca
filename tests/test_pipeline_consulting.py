"""A consultant in the pipeline: asked once for each fingerprint, not waited for, its word remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from error_classification.models import (
    Abstention,
    Artefact,
    Case,
    ErrorClassification,
    FingerprintedError,
    Report,
    SourceType,
    Usage,
    Verdict,
)
from error_classification.pipeline import Event, Policy, run
from error_classification.redaction import Redactor
from error_classification.storage.memory import MemoryStore

NOW = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
SURE = Verdict("llm", "network_error", "dns", 0.9, "no such host", usage=Usage(output=9, cost_usd=0.25), consulted="v1")
POLICY = Policy(batch_size=2, source_type=SourceType.JOB_LOG)


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


class Silent:
    name = "rules"

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        if "KeyError" in error.context.text:
            return Verdict("rules", "runtime_error", "", 0.9, "A key is missing")
        return Abstention("rules", "no rule matches")


class Consultant:
    """Answers when it is told to; ``cases`` are those it was asked about."""

    def __init__(self, answer: Verdict | Abstention | None = SURE, version: str = "v1") -> None:
        self.version = version
        self.cases: list[Case] = []
        self.open: list[Future[Verdict | Abstention]] = []
        self._answer = answer

    def consult(self, case: Case) -> Future[Verdict | Abstention]:
        self.cases.append(case)
        self.open.append(Future())
        if self._answer is not None:
            self.open[-1].set_result(self._answer)
        return self.open[-1]


def log(*errors: str, name: str = "a.log") -> Artefact:
    data = "\n".join(f"##[error]{error}" for error in errors).encode()
    return Artefact(name, lambda: iter([data]), lambda: name)


def events(
    artefacts: Iterable[Artefact], consultant: Consultant, store: MemoryStore | None = None, now: datetime = NOW
) -> Iterator[Event]:
    return run(
        artefacts,
        redactor=Redactor(),
        judges=[Silent()],
        store=store or MemoryStore(),
        clock=Clock(now),
        policy=POLICY,
        consultant=consultant,
    )


def classified(found: Iterator[Event]) -> list[ErrorClassification]:
    return [event for event in found if isinstance(event, ErrorClassification)]


STRANGE = ["the flux is out of gluons: ", "the gluon has no flux: ", "no flux for gluons: "]


def test_only_what_the_judges_do_not_settle_is_asked() -> None:
    consultant = Consultant()
    found = classified(events([log("KeyError: 'name'", STRANGE[0] + "alpha")], consultant=consultant))
    assert [item.answer.judge for item in found] == ["rules", "llm"]
    (case,) = consultant.cases
    assert "gluons" in case.error.context.text
    assert "KeyError" in case.more().text


def test_each_fingerprint_is_asked_about_once_and_paid_once() -> None:
    consultant, store = Consultant(), MemoryStore()
    logs = [log(STRANGE[0] + "alpha", name=f"{number}.log") for number in range(5)]
    found = classified(events(logs, consultant=consultant, store=store))
    assert len(consultant.cases) == 1
    assert [item.is_duplicate for item in found] == [False, True, True, True, True]
    assert sum(item.answer.usage.cost_usd for item in found) == 0.25
    again = classified(events([log(STRANGE[0] + "alpha", name="new.log")], consultant=consultant, store=store))
    assert len(consultant.cases) == 1
    assert (again[0].category, again[0].is_duplicate, again[0].occurrence_count) == ("network_error", True, 6)
    assert again[0].answer.usage == Usage()


@pytest.mark.parametrize("answer", [SURE, replace(SURE, confidence=0.2), Abstention("llm", "unclear", consulted="v1")])
@pytest.mark.parametrize(("version", "age", "calls"), [("v1", 1, 0), ("v2", 1, 1), ("v1", 24 * 8, 1)])
def test_its_word_stands_until_its_time_or_its_version_ends(
    answer: Verdict | Abstention, version: str, age: int, calls: int
) -> None:
    store = MemoryStore()
    list(events([log(STRANGE[0] + "alpha")], consultant=Consultant(answer), store=store))
    later = Consultant(answer, version)
    list(events([log(STRANGE[0] + "alpha", name="b.log")], consultant=later, store=store, now=NOW + timedelta(hours=age)))
    assert len(later.cases) == calls


def test_a_service_that_fails_is_asked_again_by_the_next_run() -> None:
    store = MemoryStore()
    (found,) = classified(events([log(STRANGE[0] + "a")], consultant=Consultant(Abstention("llm", "it is down")), store=store))
    assert found.category == "unclassified"
    assert "it is down" in found.answer.reason
    later = Consultant()
    (again,) = classified(events([log(STRANGE[0] + "a")], consultant=later, store=store))
    assert len(later.cases) == 1
    assert again.category == "network_error"
    assert (again.occurrence_count, again.is_duplicate) == (1, False)


class AnswersTogether(Consultant):
    """Answers once it was asked three times, the last question first."""

    def consult(self, case: Case) -> Future[Verdict | Abstention]:
        self.cases.append(case)
        self.open.append(Future())
        if len(self.open) == 3:
            for future in reversed(self.open):
                future.set_result(SURE)
        return self.open[-1]


def test_reading_goes_on_while_it_thinks_and_the_order_stays() -> None:
    logs = [log(text + word, name=word) for text, word in zip(STRANGE, ["alpha", "beta", "gamma"], strict=True)]
    found = list(events(logs, consultant=AnswersTogether()))
    assert [type(event) for event in found] == [ErrorClassification, Report] * 3
    assert [item.error.context.source for item in classified(iter(found))] == ["alpha", "beta", "gamma"]


class Lazy(Future[Verdict | Abstention]):
    """Has its answer when somebody waits for it."""

    def result(self, timeout: float | None = None) -> Verdict | Abstention:
        if not self.done():
            self.set_result(SURE)
        return super().result(timeout)


class AnswersWhenWaitedFor(Consultant):
    def consult(self, case: Case) -> Future[Verdict | Abstention]:
        self.cases.append(case)
        self.open.append(Lazy())
        return self.open[-1]


def test_so_many_answers_are_awaited_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("error_classification.pipeline._LOOKAHEAD", 2)
    consultant = AnswersWhenWaitedFor(None)
    waiting = []

    def artefacts() -> Iterator[Artefact]:
        for text, word in zip(STRANGE * 2, ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"], strict=True):
            waiting.append(sum(not future.done() for future in consultant.open))
            yield log(text + word, name=word)

    assert len(classified(events(artefacts(), consultant=consultant))) == 6
    assert max(waiting) == 1


def test_what_may_not_be_asked_about_is_left_to_the_judges() -> None:
    consultant = Consultant()
    found = classified(
        run(
            [log(STRANGE[0] + "alpha", STRANGE[1] + "beta")],
            redactor=Redactor(),
            judges=[Silent()],
            store=MemoryStore(),
            clock=Clock(),
            policy=replace(POLICY, may_consult=lambda error: "beta" in error.text),
            consultant=consultant,
        )
    )
    assert [item.answer.judge for item in found] == ["rules", "llm"]
    assert [case.error.context.headline or case.error.context.text for case in consultant.cases] == [STRANGE[1] + "beta"]
