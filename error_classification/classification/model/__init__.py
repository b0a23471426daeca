"""The model judge: says what an error is by weights that were learnt from labelled errors (see ``learning.training``).

A linear model over named features: every answer can be taken apart into the words that spoke for and against it.
"""

from __future__ import annotations

from error_classification.classification.model.features import Features, features
from error_classification.classification.model.judge import FILE, NAME, ModelJudge, built_in, probabilities
from error_classification.classification.model.weights import Header, Weights, packed, unpacked

__all__ = [
    "FILE",
    "NAME",
    "Features",
    "Header",
    "ModelJudge",
    "Weights",
    "built_in",
    "features",
    "packed",
    "probabilities",
    "unpacked",
]
