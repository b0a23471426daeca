"""Points and answers for tests of the measures."""

from __future__ import annotations

from hypothesis import strategies as st

from error_classification.learning.evaluation import Answered, Point
from error_classification.models import UNCLASSIFIED, Verdict

NAMES = ("timeout", "network_error", "flaky_test")


def points(text: str) -> list[Point]:
    """``t>n.9`` is a timeout that was called a network error with confidence 0.9, ``t>`` one that was not answered."""
    names = {"t": "timeout", "n": "network_error", "f": "flaky_test", "u": UNCLASSIFIED, "": UNCLASSIFIED}
    found = []
    for word in text.split():
        truth, _, answer = word.partition(">")
        found.append(Point(names[truth], names[answer[:1]], float(answer[1:] or 0)))
    return found


def answered(label: str, category: str = "", confidence: float = 0.9, **fields: object) -> Answered:
    """An answer to an input with this label; none where ``category`` is empty."""
    category, _, subcategory = category.partition("/")
    verdict = Verdict("rules", category, subcategory, confidence, "cause", "because") if category else None
    defaults: dict[str, object] = {"input": "one", "accepted": frozenset({label.partition("/")[0]}), "verdict": verdict}
    return Answered(label=label, **(defaults | fields))  # type: ignore[arg-type]


TRUTHS = st.sampled_from((*NAMES, UNCLASSIFIED))
CONFIDENCES = st.floats(0.0, 1.0)
ABSTENTIONS = TRUTHS.map(Point)
ANSWERS = st.builds(Point, TRUTHS, st.sampled_from(NAMES), CONFIDENCES, st.floats(0.0, 2.0))
POINTS = st.lists(ABSTENTIONS | ANSWERS, max_size=40)
