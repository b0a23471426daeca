"""All extractors by the name of their parameter, and what is known of a parameter without them."""

from __future__ import annotations

from collections.abc import Callable

from error_classification.classification.parameters import code, requirements, surroundings
from error_classification.classification.parameters.forms import Extractor
from error_classification.models import ErrorContext, SourceType

EXTRACTORS: dict[str, Extractor] = {**requirements.EXTRACTORS, **surroundings.EXTRACTORS, **code.EXTRACTORS}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "path": ("file",),
    "requirement": ("package", "version"),
    "package": ("module", "tool"),
    "module": ("package",),
    "tool": ("package",),
    "command": ("tool",),
    "key": ("variable",),
    "duration": ("limit",),
    "ref": ("image",),
}
"""Names that rules use, and the parameters of which they say enough."""


def _test_name(context: ErrorContext) -> str:
    """Of ``classname::name`` the name, which every framework shows."""
    return context.test_name.rpartition("::")[2]


def _file(context: ErrorContext) -> str:
    """Of an image build that would be the Dockerfile, whatever failed in it."""
    return "" if context.source_type is SourceType.BUILDKIT else context.file


FROM_CONTEXT: dict[str, Callable[[ErrorContext], str]] = {"test": _test_name, "file": _file}
"""What the extraction of errors knows already."""
