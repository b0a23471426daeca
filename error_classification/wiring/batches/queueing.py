"""A store that queues what could not be settled, before it stores it: so no question is lost, however the run ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from error_classification.classification.llm.deferring import DeferringJudge, question_key
from error_classification.models import ErrorClassification, Group
from error_classification.ports import Store
from error_classification.storage.questions import Question, QuestionQueue


class QueueingStore:
    """See ``ports.Store``. A question holds its whole occurrence: should that not be stored now, it is with the answer."""

    def __init__(self, store: Store, queue: QuestionQueue, judge: DeferringJudge) -> None:
        self._store, self._queue, self._judge = store, queue, judge

    def groups(self, hashes: Iterable[str]) -> Mapping[str, Group]:
        """See ``ports.Store``."""
        return self._store.groups(hashes)

    def save(self, classifications: Sequence[ErrorClassification]) -> Mapping[str, Group]:
        """See ``ports.Store``. What cannot be queued is stored all the same."""
        try:
            questions = [question for each in classifications if (question := self._question(each))]
            if questions:
                self._queue.add(questions)
        finally:
            groups = self._store.save(classifications)
        return groups

    def _question(self, classification: ErrorClassification) -> Question | None:
        """Nothing for one whose answer is another's: that one is asked about."""
        case = None if classification.is_duplicate else self._judge.take(classification.error)
        if case is None:
            return None
        return Question(question_key(case.error), classification, case.opinions, case.more())
