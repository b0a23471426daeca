"""Asks judges about labelled inputs: each alone, and all together as ``classify`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from error_classification.classification.reuse import relocated
from error_classification.learning.evaluation.points import Answered
from error_classification.learning.labelled import LabelledInput
from error_classification.models import (
    LLM,
    Abstention,
    Artefact,
    ErrorClassification,
    FingerprintedError,
    Group,
    Verdict,
)
from error_classification.pipeline import Policy, Redacts, classify
from error_classification.ports import Clock, Judge, Store

COMBINED = "combined"


@dataclass(frozen=True, slots=True)
class Panel:
    """The judges, in the order in which they are asked, and what the pipeline needs to ask them together."""

    judges: Sequence[Judge]
    redactor: Redacts
    clock: Clock
    policy: Policy

    def alone(self, error: FingerprintedError) -> dict[str, Verdict | Abstention]:
        """The answer of each judge, by its name."""
        return {judge.name: judge.judge(error) for judge in self.judges}

    def together(self, error: FingerprintedError) -> Verdict | Abstention:
        """The answer in force: all judges are asked, and reconciled. Nothing is reused or stored."""
        nowhere = Artefact(error.context.source, lambda: iter(()), lambda: "")
        events = classify(
            nowhere,
            [error],
            redactor=self.redactor,
            judges=self.judges,
            store=_Forgetful(),
            clock=self.clock,
            policy=self.policy,
        )
        return next(event.answer for event in events if isinstance(event, ErrorClassification))


class Stored:
    """The answers of the language model that a store holds, as a judge that costs nothing."""

    name = LLM

    def __init__(self, store: Store) -> None:
        self._store = store

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        """See ``ports.Judge``."""
        group = self._store.groups([error.error_hash]).get(error.error_hash)
        if group is None or not isinstance(group.answer, Verdict) or group.answer.judge != LLM:
            return Abstention(LLM, "no answer of it is stored")
        return relocated(group.answer, error.context)


class _Forgetful:
    """A store that knows nothing and keeps nothing: no input's answer may serve another."""

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        return {}

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        return {}


def asked(one: LabelledInput, panel: Panel, each_error: bool = False) -> Iterator[tuple[str, Answered]]:
    """Judges' names and their answers, ``COMBINED`` last: to the error that the program puts first.

    ``each_error``: to every error that the label is about, wherever the program puts it.
    """
    errors = one.about if each_error else [one.first]
    for error in errors or [None]:
        answers = panel.alone(error) | {COMBINED: panel.together(error)} if error else {}
        for name in (*(judge.name for judge in panel.judges), COMBINED):
            yield name, _answered(one, error, answers.get(name))


def _answered(one: LabelledInput, error: FingerprintedError | None, verdict: Verdict | Abstention | None) -> Answered:
    row = one.row
    return Answered(
        input=row.name,
        label=row.label,
        accepted=one.labelled(error).accepted if error else row.accepted,
        verdict=verdict,
        family=row.family,
        tool=row.tool,
        source_type=one.report.source_type,
        ambiguous=row.ambiguous,
        nothing_failed=row.nothing_failed,
        line=_line(error),
    )


def _line(error: FingerprintedError | None) -> str:
    if error is None:
        return ""
    return error.context.headline or error.context.text.strip().split("\n", 1)[0]
