"""Hashes and earlier answers under the names that scripts of the first generation import."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from error_classification import wiring
from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.models import ErrorClassification, Group
from error_classification.normalisation.fingerprint import error_hash
from error_classification.normalisation.normalise import normalise
from error_classification.opensearch_schema import answer_to_document, to_document, utc_text
from error_classification.ports import Archive
from error_classification.redaction import Redactor

_NO_CLIENT = "a client of OpenSearch is not taken: the program makes its own"


class ErrorDeduplicator:
    """Tells whether an error was seen before, by its hash, in the store of the configuration.

    ``index_name`` names an index of OpenSearch in scripts of the first generation. Today it is accepted and changes nothing: all
    errors are in the one store of the configuration.
    """

    def __init__(self, opensearch_client: object = None, config: Config | None = None) -> None:
        """Raises ``UsageError`` for a client: the configuration says which store it is, and connects to it."""
        if opensearch_client is not None:
            raise UsageError(_NO_CLIENT, "pass none; ERROR_CLASSIFICATION_STORE=opensearch and OPENSEARCH_URL name the store")
        self._config = config or Config.from_env()

    @cached_property
    def archive(self) -> Archive:
        """The store, opened when it is first needed."""
        return wiring.open_store(self._config).archive

    @cached_property
    def redactor(self) -> Redactor:
        """What takes secrets out before anything is hashed."""
        return wiring.redactor(self._config)

    def normalize_error_text(self, text: str) -> str:
        """The text with what varies from run to run replaced by names."""
        return normalise(self.redactor.redact(text)).text

    def compute_error_hash(self, text: str) -> str:
        """16 hexadecimal digits that are the same wherever the same failure is seen."""
        return error_hash(self.redactor.redact(text))

    def find_similar_classification(self, error_hash: str, index_name: str | None = None) -> dict[str, Any] | None:
        """The newest stored document with this hash, with the answer and the counts in force; None where there is none."""
        group = self.archive.groups([error_hash]).get(error_hash)
        if group is None:
            return None
        newest = next(iter(self.archive.occurrences(error_hash, 1)), None)
        return _document(group, newest)

    def increment_occurrence_count(self, error_hash: str, index_name: str | None = None) -> bool:
        """Whether the hash is known. Counts follow from the stored occurrences: nothing is incremented."""
        return bool(self.archive.groups([error_hash]))


def _document(group: Group, newest: ErrorClassification | None) -> dict[str, Any]:
    """A group whose occurrences were all pruned still says its answer."""
    found = to_document(replace(newest, answer=group.answer)) if newest else {"s_error_hash": group.error_hash}
    return {
        **found,
        **answer_to_document(group.answer),
        "l_occurrence_count": group.occurrence_count,
        "ts_first_seen": utc_text(group.first_seen),
        "ts_last_seen": utc_text(group.last_seen),
    }
