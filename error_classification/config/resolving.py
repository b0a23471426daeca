"""Where the values of the settings are found."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from error_classification.config.surroundings import config_folder
from error_classification.config.table import SETTINGS, Config, Setting
from error_classification.errors import UsageError

PROJECT_FILE = ".error-classification.toml"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, and for each where its value was found (never the value)."""

    config: Config
    origins: Mapping[str, str]


def resolve(
    options: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Resolved:
    """Reads all sources. ``options`` holds parsed values by name; ``environment`` and ``folder`` default to the process's own.

    Raises ``UsageError`` where a value or a file is wrong.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    origins = {setting.name: DEFAULT for setting in SETTINGS}
    for path, trusted in reversed(list(_config_files(environment, folder))):
        for name, value in _read_file(path, trusted).items():
            values[name], origins[name] = value, str(path)
    for setting in SETTINGS:
        if setting.variable and (text := environment.get(setting.variable, "").strip()):
            values[setting.name] = _parsed(setting, text, f"environment variable {setting.variable}")
            origins[setting.name] = f"environment variable {setting.variable}"
    for name, value in (options or {}).items():
        values[name], origins[name] = value, "option"
    return Resolved(Config(**values), origins)  # type: ignore[arg-type]  # each value went through the parser of its setting


def _parsed(setting: Setting, text: str, where: str) -> object:
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = "" if setting.secret else f" {text[:60]!r}"
        raise UsageError(f"{where}:{shown} {error}") from error


def _config_files(environment: Mapping[str, str], folder: Path | None) -> Iterator[tuple[Path, bool]]:
    """The files there are, the one that wins first, and whether it is the user's own."""
    with suppress(FileNotFoundError):  # the working folder was removed meanwhile
        start = (folder or Path.cwd()).absolute()
        yield from [(path, False) for parent in (start, *start.parents) if (path := parent / PROJECT_FILE).is_file()][:1]
    user = config_folder(environment)
    if user and (user / "config.toml").is_file():
        yield user / "config.toml", True


def _read_file(path: Path, trusted: bool) -> dict[str, object]:
    import tomllib

    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    known = {setting.name: setting for setting in SETTINGS}
    values: dict[str, object] = {}
    for key, value in content.items():
        if key not in known:
            raise UsageError(f"{path}: unknown setting {key!r}", "`error-classification doctor --settings` lists them")
        if known[key].own and not trusted:
            raise UsageError(f"{path}: {key} may not stand in a project's file", "set it in your own, or in the environment")
        values[key] = _from_toml(known[key], value, path)
    return values


def _from_toml(setting: Setting, value: object, path: Path) -> object:
    """Paths in a file are relative to that file."""
    where = f"{path}: {setting.name}"
    if isinstance(setting.default, tuple):
        items = value if isinstance(value, list) else [value]
        names = [item for item in items if isinstance(item, str)]
        if len(names) < len(items):
            raise UsageError(f"{where}: must be a list of strings")
        return tuple(str(path.parent / name) for name in names) if setting.name == "rules" else tuple(names)
    if not isinstance(value, str | int | float):
        raise UsageError(f"{where}: must be a single value")
    text = _parsed(setting, str(value).lower() if isinstance(value, bool) else str(value), where)
    return str(path.parent / text) if setting.name == "store" and isinstance(text, str) else text
