"""Puts the parts together: the one place that chooses adapters, and the one that knows the time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from error_classification.config import Config, data_folder, secret_values
from error_classification.errors import InputError, NewerStoreError, StoreError, UsageError
from error_classification.models import LLM, MODEL, RULES, SourceType
from error_classification.pipeline import Policy
from error_classification.ports import Archive, Judge
from error_classification.wiring.clock import SystemClock as SystemClock

if TYPE_CHECKING:
    from error_classification.classification.model import ModelJudge, Weights
    from error_classification.classification.rules import RuleSet
    from error_classification.redaction import Redactor

MEMORY = ":memory:"
STORE_FILE = "errors.sqlite3"
SERVICES = ("opensearch",)
MODELS_FOLDER = "models"


@dataclass(frozen=True, slots=True)
class Opened:
    """A store, where it is (empty for memory), and what the user should be told about it."""

    archive: Archive
    location: str
    notices: tuple[str, ...] = ()
    together: int = 0
    """So many occurrences are best written at once, where nobody waits for them; 0: as they come."""


def redactor(config: Config) -> Redactor:
    """Knows the environment's secrets and those of the configuration files by value."""
    from error_classification.redaction import Redactor

    own = (config.anthropic_api_key, config.opensearch_password, config.github_token)
    return Redactor((*secret_values(), *(value for value in own if value)), config.redact_emails)


def rule_set(config: Config, *, written: bool = False) -> RuleSet:
    """The rules that come with the program (see ``load_rules``) and those of ``config.rules``. Raises ``UsageError`` for a file
    that is wrong."""
    from error_classification.classification.rules import load_rules

    try:
        return load_rules([expanded(name) for name in config.rules], written=written)
    except InputError as error:
        raise UsageError(error.message, "the file is named as one with rules") from error


def judges(config: Config) -> tuple[Judge, ...]:
    """The judges of ``config.judges`` that answer at once. Raises ``UsageError`` for one that there is not.

    The language model is not among them: see ``consulting``.
    """
    advice = f"use --judges {RULES},{MODEL} or --judges {RULES},{MODEL},{LLM}"
    for name in config.judges:
        if name not in (RULES, MODEL, LLM):
            raise UsageError(f"unknown judge {name!r}", advice)
    local = {name: make for name, make in _LOCAL_JUDGES.items() if name in config.judges}
    if not local:
        said = f"without {RULES} or {MODEL} every error would go to a service" if config.judges else "no judge named"
        raise UsageError(said, advice)
    return tuple(local[name](config) for name in dict.fromkeys(config.judges) if name in local)


def _rules(config: Config) -> Judge:
    return _rules_judge(rule_set(config)) if config.rules else _built_in_rules()


@cache
def _built_in_rules() -> Judge:
    """One for the process: it compiles its rules when it is first asked, and keeps them."""
    return _rules_judge(None)


def _rules_judge(rules: RuleSet | None) -> Judge:
    from error_classification.classification.rules import RulesJudge

    return RulesJudge(rules)


def _model(config: Config) -> Judge:
    return _model_judge(model_file(config))


def model_file(config: Config) -> Path | None:
    """The file of the local model in force; None for the program's own."""
    if config.model:
        return expanded(config.model)
    folder = models_folder()
    if folder is None or not folder.is_dir():
        return None
    from error_classification.learning.training.kept import Kept

    return Kept(folder).in_force()


def models_folder() -> Path | None:
    """Where models that the user trained are kept; None where there is no home for them."""
    folder = data_folder()
    return folder / MODELS_FOLDER if folder else None


@cache
def _model_judge(file: Path | None) -> ModelJudge:
    """One for the process and file: it reads its weights when it is first asked, and keeps them."""
    from error_classification.classification.model import ModelJudge
    from error_classification.learning.training.kept import read_model

    return ModelJudge() if file is None else ModelJudge(lambda: read_model(file))


def model_weights(config: Config) -> Weights:
    """The local model in force. Raises ``InputError`` where its file cannot be read."""
    return _model_judge(model_file(config)).weights


_LOCAL_JUDGES: Mapping[str, Callable[[Config], Judge]] = {RULES: _rules, MODEL: _model}


def policy(config: Config, method: str = "batch", source_type: SourceType | None = None) -> Policy:
    """How the pipeline does its work under ``config``."""
    return Policy(
        ttl=timedelta(hours=config.classification_cache_ttl_hours),
        min_confidence=config.min_confidence_for_reuse,
        batch_size=config.batch_size,
        max_error_length=config.max_error_length,
        method=method,
        source_type=source_type,
    )


def store_path(config: Config) -> Path | None:
    """Where the local store is, or would be; None where there is no home for it."""
    if config.store:
        try:
            return Path(os.path.abspath(expanded(config.store)))
        except FileNotFoundError as error:
            raise UsageError(f"store {config.store}: the working folder is gone") from error
    folder = data_folder()
    return folder / STORE_FILE if folder else None


def expanded(name: str) -> Path:
    """The path that ``name`` stands for. Raises ``UsageError`` where there is none."""
    if "\0" in name:
        raise UsageError(f"{name!r} is not the path of a file")
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{name}: there is no such home folder") from error


def open_store(config: Config, *, existing: bool = False) -> Opened:
    """The store that was named, else the user's own; where that can't be written memory takes its place.

    ``existing``: to look into a store, none is made. Raises ``StoreError`` for a named store that can't be opened,
    ``NewerStoreError`` for one of a newer version.
    """
    if config.store == MEMORY:
        return memory()
    if config.store in SERVICES:
        from error_classification.wiring.opensearch import open_opensearch

        return open_opensearch(config, existing=existing)
    path = store_path(config)
    if path is None:
        return memory("no home folder for the store: what is found is forgotten at the end (--store FILE keeps it)")
    if existing and not path.exists():
        if config.store:
            raise StoreError(f"no store at {path}", "check the name; `error-classification classify` makes one")
        return memory(f"no store at {path} yet")
    from error_classification.storage.sqlite import SQLiteStore

    try:
        archive = SQLiteStore(path)
    except NewerStoreError:
        raise
    except StoreError as error:
        if config.store:
            raise
        return memory(f"{error.message}: what is found is forgotten at the end (--store FILE keeps it)")
    return Opened(archive, str(path), tuple(archive.warnings))


def memory(*notices: str) -> Opened:
    """A store that ends with the process."""
    from error_classification.storage.memory import MemoryStore

    return Opened(MemoryStore(), "", notices)


def known_labels(config: Config) -> frozenset[tuple[str, str]]:
    """Every ``(category, subcategory)`` that an answer may have, the project's own included."""
    return rule_set(config).labels
