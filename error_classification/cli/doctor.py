"""``doctor``: is everything there, and what is in force."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import click

from error_classification import __version__, wiring
from error_classification.cli import options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, NOT_DONE
from error_classification.cli.terminal import product, session
from error_classification.config import SETTINGS, Config, Resolved, Setting
from error_classification.errors import Error
from error_classification.models import LLM, MODEL
from error_classification.reporting import json
from error_classification.reporting.escape import one_line
from error_classification.storage.diagnosis import SQLITE_VERSION, diagnose

_EXTRAS = {
    "claude": ("anthropic",),
    "opensearch": ("opensearch-py",),
    "aws": ("botocore", "opensearch-py"),
    "train": ("scikit-learn",),
}
_OWN_MODEL = "the program's own"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``problem`` says that something does not work."""

    name: str
    value: str
    problem: bool = False


@click.command("doctor", cls=Command)
@click.option("--settings", "show_settings", is_flag=True, help="Show every setting, its value and where it comes from.")
@click.option("--offline", is_flag=True, help="Ask no service.")
@options.output_format("table", "json")
@options.setting("judges", metavar="NAME,...")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
def command(show_settings: bool, offline: bool, format_: str) -> int:
    """Check the installation, the settings and the store. Secrets are never shown.

    Where there is a key for Claude, its service is asked to count the prompt's tokens, which is free. Exit code 3 where something
    does not work.

    \b
    Examples:
      error-classification doctor
      error-classification doctor --settings
    """
    resolved = session().resolve()
    if show_settings:
        _print_settings(resolved, format_)
        return 0
    config = resolved.config
    services = (*_opensearch(config, offline), *_claude(config, offline))
    findings = [*_versions(), *_store(config), *_rules(config), _model(config), *_extras(), *services, *_settings(resolved)]
    if format_ == "json":
        product(json.indented({"name": item.name, "value": item.value, "problem": item.problem} for item in findings))
    else:
        for item in findings:
            product(f"{item.name:<22} {'PROBLEM: ' if item.problem else ''}{one_line(item.value)}")
    return NOT_DONE if any(item.problem for item in findings) else DONE


def _versions() -> Iterator[Finding]:
    yield Finding("error-classification", __version__)
    yield Finding("python", f"{sys.version.split()[0]} ({sys.platform})")
    yield Finding("sqlite", SQLITE_VERSION)
    for package in ("google-re2", "click", "rich", "requests"):
        installed = _installed(package)
        yield Finding(package, installed or "not installed", not installed)


def _store(config: Config) -> Iterator[Finding]:
    """A store that is not there yet is not created."""
    if config.store in wiring.SERVICES:
        return
    path = wiring.store_path(config)
    if path is None or config.store == wiring.MEMORY:
        yield Finding("store", "memory: nothing is kept (no home folder; --store FILE names a file)")
        return
    yield Finding("store", str(path))
    try:
        found = diagnose(path)
    except Error as error:
        yield Finding("store state", str(error), problem=True)
        return
    state = f"schema version {found.schema_version}" if found.exists else "not there yet"
    yield Finding("store state", f"{state}, {'writable' if found.writable else 'not writable'}", not found.writable)
    yield Finding("store file system", f"{found.network}, shared over a network: slow" if found.network else "local")


def _opensearch(config: Config, offline: bool) -> Iterator[Finding]:
    """Nothing is said of a server that is not configured."""
    if not config.opensearch_url and config.store not in wiring.SERVICES:
        return
    from error_classification.wiring.opensearch import examined

    for name, value, problem in examined(config, offline):
        yield Finding(name, value, problem)


def _rules(config: Config) -> Iterator[Finding]:
    try:
        rules = wiring.rule_set(config).rules
    except Error as error:
        yield Finding("rules", str(error), problem=True)
        return
    own = sum(rule.user for rule in rules)
    yield Finding("rules", f"{len(rules) - own} of the program" + (f", {own} of your own" if own else ""))


def _model(config: Config) -> Finding:
    """Which local model is in force, and whether it is asked."""
    try:
        file, version_ = wiring.model_file(config), wiring.model_weights(config).header.version
    except Error as error:
        return Finding("local model", str(error), problem=MODEL in config.judges)
    asked = "" if MODEL in config.judges else "; not among the judges"
    return Finding("local model", f"{version_}, {file or _OWN_MODEL}{asked}")


def _extras() -> Iterator[Finding]:
    for extra, packages in _EXTRAS.items():
        found = [f"{name} {installed}" for name in packages if (installed := _installed(name))]
        missing = f"not installed (pip install 'error-classification[{extra}]')"
        yield Finding(f"extra [{extra}]", ", ".join(found) if len(found) == len(packages) else missing)


def _claude(config: Config, offline: bool) -> Iterator[Finding]:
    """Nothing is said of a service that is not configured."""
    if not (config.anthropic_api_key or config.api_base_url or LLM in config.judges):
        return
    from error_classification.wiring.examining import examined

    for name, value, problem in examined(config, offline):
        yield Finding(f"claude {name}", wiring.redactor(config).redact(value), problem)


def _settings(resolved: Resolved) -> Iterator[Finding]:
    for setting in SETTINGS:
        if resolved.origins[setting.name] != "default":
            yield Finding(setting.name, f"{_shown(setting, resolved.config)} (from {resolved.origins[setting.name]})")


def _print_settings(resolved: Resolved, format_: str) -> None:
    rows: list[json.Record] = [
        {
            "key": setting.name,
            "variable": setting.variable or None,
            "value": _shown(setting, resolved.config),
            "from": resolved.origins[setting.name],
            "meaning": setting.doc,
        }
        for setting in SETTINGS
    ]
    if format_ == "json":
        product(json.indented(rows))
        return
    for row in rows:
        product(one_line(f"{row['key']} = {row['value'] or '(empty)'}"))
        product(f"    {row['meaning']}. " + one_line(f"{row['variable'] or 'no variable'}; from: {row['from']}"))


def _shown(setting: Setting, config: Config) -> str:
    value = getattr(config, setting.name)
    if setting.secret:
        return "set" if value else "not set"
    if isinstance(value, tuple):
        return ",".join(value)
    shown = "" if value is None else str(value)
    return wiring.redactor(config).redact(shown) if "://" in shown else shown


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
