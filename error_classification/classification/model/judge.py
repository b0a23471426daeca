"""The model's verdict on one error: category, subcategory, how sure it is, and the words that spoke for and against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import resources
from math import exp

from error_classification.classification.model.features import features
from error_classification.classification.model.weights import Known, Weights, unpacked
from error_classification.classification.wording import MAX_EVIDENCE, one_line
from error_classification.models import UNCLASSIFIED, Abstention, Alternative, ErrorContext, Evidence, FingerprintedError, Verdict

NAME = "model"
FILE = "weights.bin"
_MOST_CERTAIN = 0.99
_SHOWN = 3
"""Names for the answer that are shown, and alternatives that are considered."""
_AGAINST = 2
_TELLING = 0.05
"""Contributions and alternatives below it are not worth a word."""


def built_in() -> Weights:
    """The model that comes with the program."""
    return unpacked(resources.files(__package__).joinpath(FILE).read_bytes(), FILE)


class ModelJudge:
    """Judges by the model that ``load`` returns, by default the program's own; it is loaded when the first error comes.

    What ``load`` raises (``InputError`` for a damaged file) comes out of the first ``judge``.
    """

    name = NAME

    def __init__(self, load: Callable[[], Weights] = built_in) -> None:
        self._load = load

    @cached_property
    def weights(self) -> Weights:
        return self._load()

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        """A verdict, or an abstention that says why there is none. At most 4,000 characters are read, in linear time."""
        weights = self.weights
        version = weights.header.version
        if not error.context.text.strip():
            return Abstention(NAME, "the text is empty", version)
        known = weights.known(features(error))
        if known.share < weights.header.least_known:
            return Abstention(NAME, f"knows {known.share:.0%} of the headline's words and forms", version)
        shares = probabilities(weights.scores(known), weights.header.temperature)
        ranked = sorted(zip(weights.header.categories, shares, strict=True), key=lambda item: -item[1])
        category, confidence = ranked[0]
        words = _words(weights, known, category)
        if category == UNCLASSIFIED:
            reason = f"reads like text without a cause ({confidence:.2f}; {words})"
            return Abstention(NAME, reason, version, certainty=round(confidence, 3))
        if confidence < weights.header.thresholds.get(category, 0.5):
            return Abstention(NAME, f"not sure enough: {_list(ranked)} ({words})", version)
        line = _headline(error.context)
        others = [item for item in ranked[1:_SHOWN] if item[1] >= _TELLING and item[0] != UNCLASSIFIED]
        return Verdict(
            NAME,
            category,
            weights.subcategory(known, category),
            round(min(confidence, _MOST_CERTAIN), 3),
            one_line(line.text),
            words,
            (line,),
            tuple(Alternative(name, round(share, 3)) for name, share in others),
            model_version=version,
        )


def probabilities(scores: Sequence[float], temperature: float) -> list[float]:
    """The softmax of the scores over the temperature."""
    top = max(scores)
    powers = [exp((score - top) / temperature) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def _words(weights: Weights, known: Known, category: str) -> str:
    """``for: 'no module' +2.10, ...; against: 'assert' -0.40``: log-odds by name, the largest first."""
    ranked = weights.contributions(known, category)
    speaking = [item for item in ranked[:_SHOWN] if item[1] >= _TELLING]
    opposing = [item for item in reversed(ranked[-_AGAINST:]) if item[1] <= -_TELLING]
    parts = [("for: ", speaking), ("against: ", opposing)]
    return "; ".join(title + ", ".join(f"'{name}' {value:+.2f}" for name, value in items) for title, items in parts if items)


def _list(ranked: list[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {share:.2f}" for name, share in ranked[:_SHOWN] if share >= _TELLING)


def _headline(context: ErrorContext) -> Evidence:
    """The line that the extractor takes for the cause, else the first one that is not empty."""
    lines = context.text.split("\n")
    wanted = context.headline.strip()
    at = next((index for index, line in enumerate(lines) if (wanted in line if wanted else line.strip())), -1)
    return Evidence(context.line_of(max(at, 0)), (lines[at] if at >= 0 else wanted)[:MAX_EVIDENCE].rstrip("\r"))
