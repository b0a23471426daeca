"""Labelled errors by hand: enough of them to train a small model in no time."""

from __future__ import annotations

from collections.abc import Iterator

from error_classification.learning.labelled import LabelledError
from error_classification.models import ErrorContext, SourceType
from error_classification.normalisation.fingerprint import fingerprint

WORDS = ("ledger", "parcel", "invoice", "tariff", "berth", "census", "freight", "anchor")
FORMS = {
    "network_error/dns": "could not resolve host {}.example.test",
    "network_error/connection": "connection refused by {}.example.test",
    "compilation_error/types": "{}.c:3: error: incompatible types in assignment",
    "dependency_error/missing_module": "No module named {}",
    "unclassified": "{} finished its round and all is well",
}


def labelled(text: str, label: str, family: str = "", tool: str = "", how: str = "recorded") -> LabelledError:
    error = fingerprint(ErrorContext(SourceType.JOB_LOG, "a.log", text, 1, headline=text.partition("\n")[0], command=tool))
    return LabelledError(error, label, frozenset([label.partition("/")[0]]), family, tool, how, input=text)


def corpus() -> Iterator[LabelledError]:
    """Every form with every word, by two tools; a family is a form with one half of the words."""
    for label, form in FORMS.items():
        for index, word in enumerate(WORDS):
            yield labelled(form.format(word), label, f"{label} {index % 4}", ("make", "ninja", "just")[index % 3])
