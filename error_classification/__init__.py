"""error_classification: finds, fingerprints, classifies and stores the errors of failed CI jobs."""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_PUBLIC = {
    "ERROR_CATEGORIES": "config",
    "Config": "config",
    "ErrorClassification": "classifier",
    "ErrorClassifier": "classifier",
    "ErrorContext": "error_extractor",
    "ErrorDeduplicator": "deduplicator",
    "ErrorExtractor": "error_extractor",
    "create_index_if_not_exists": "opensearch_schema",
}
"""Public names and their modules, imported when they are first used (PEP 562): a script pays for no other."""

__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
