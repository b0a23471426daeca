"""``--fail-on``: which errors make the command say "fail" by its exit code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from error_classification.errors import UsageError
from error_classification.models import UNCLASSIFIED, ErrorClassification, Outcome
from error_classification.taxonomy import BY_NAME, Domain, subcategory_of

ANY = "any"
FLAKY = "flaky_test"
_DOMAIN = "domain="


@dataclass(frozen=True, slots=True)
class Gate:
    """Fails on errors of the named categories, of a domain, or on any; an empty gate never does.

    What passed on a retry is flaky_test, whatever its text says, and is no reason for ``any`` or a domain to fail.
    """

    categories: frozenset[str] = frozenset()
    domain: Domain | None = None

    def fails_on(self, classification: ErrorClassification) -> bool:
        """Whether this error closes the gate."""
        if classification.error.context.outcome is Outcome.FLAKY:
            return FLAKY in self.categories
        if ANY in self.categories or classification.category in self.categories:
            return True
        return self.domain is not None and self.domain in _domains(classification)


def parse(text: str, own: Collection[str] = ()) -> Gate:
    """``any``, ``CATEGORY,...`` or ``domain=code``; ``own`` are the project's own categories. Raises ``UsageError``."""
    if text.startswith(_DOMAIN):
        return Gate(domain=_domain(text.removeprefix(_DOMAIN)))
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    known = {ANY, UNCLASSIFIED, *BY_NAME, *own}
    for name in sorted(names - known):
        raise UsageError(f"--fail-on: unknown category {name!r}", f"known are {', '.join(sorted(known))}")
    if not names:
        raise UsageError("--fail-on: no category named")
    return Gate(names)


def _domain(name: str) -> Domain:
    try:
        return Domain(name)
    except ValueError as error:
        raise UsageError(f"--fail-on: unknown domain {name!r}", "known are code, platform") from error


def _domains(classification: ErrorClassification) -> set[Domain]:
    """The domain of the subcategory; without one all that the category may have."""
    exact = subcategory_of(classification.category, classification.subcategory)
    if exact:
        return {exact.domain}
    category = BY_NAME.get(classification.category)
    return {sub.domain for sub in category.subcategories} if category else set()
