"""The judge that answers tomorrow: it keeps the cases that it is consulted about for the next message batch."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from error_classification.classification.llm.rounds import Answer
from error_classification.models import LLM, Abstention, Case, FingerprintedError, Outcome
from error_classification.prompts import prompt_version

LATER = "handed in with the next message batch"
"""What is said for now."""


class DeferringJudge:
    """See ``ports.Consultant``. ``is_known``: whether a question is on its way already, by its key."""

    name = LLM

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self.version = prompt_version()
        self._is_known = is_known
        self._kept: dict[str, Case] = {}

    def consult(self, case: Case) -> Future[Answer]:
        """See ``ports.Consultant``: an abstention, at once."""
        key = question_key(case.error)
        if not self._is_known(key):
            more = case.more()  # the log may be gone tomorrow
            self._kept[key] = replace(case, more=lambda: more)
        answer: Future[Answer] = Future()
        answer.set_result(Abstention(LLM, LATER))
        return answer

    def take(self, error: FingerprintedError) -> Case | None:
        """The case about ``error``, which is kept no longer; None where there is none."""
        return self._kept.pop(question_key(error), None)


def question_key(error: FingerprintedError) -> str:
    """What is asked about once: the fingerprint, and whether the test passed in the end."""
    return f"{error.error_hash}{'-flaky' if error.context.outcome is Outcome.FLAKY else ''}"
