"""Settings: one table of them, and the only place that reads the environment.

Each setting is a field of ``Config``; its metadata names the environment variable, the parser and the documentation. Values come
from, in this order: an option of the command line, the environment, ``.error-classification.toml`` in the working folder or
above, ``config.toml`` in the user's configuration folder, the default. An empty environment variable counts as not set:
that is how CI systems pass an absent secret.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from error_classification.errors import UsageError
from error_classification.taxonomy import CATEGORIES

ERROR_CATEGORIES = [category.name for category in CATEGORIES]
PROJECT_FILE = ".error-classification.toml"
DEFAULT = "default"

_FOLDER = "error-classification"
_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|PAT|KEYS?|APIKEY|CREDENTIALS?|COOKIE|SIGNATURE|DSN)(?:$|_\d*$)"
    r"|(?:TOKEN|SECRET|PASSWORD|PASSWD|APIKEY)(?:_|$)"
)
_NOT_SECRET = re.compile(r"(?i)true|false|yes|no|none|null|on|off|\d{1,5}|/[^\0]*|[a-z]:\\.*")
_SHORTEST_SECRET = 6

T = TypeVar("T")


def _setting(default: T, variable: str, parse: Callable[[str], T], doc: str, *, secret: bool = False) -> T:
    return field(default=default, repr=not secret, metadata={"variable": variable, "parse": parse, "doc": doc, "secret": secret})


def _text(value: str) -> str:
    return value


def _url(value: str) -> str:
    if not re.match(r"https?://[^/\s]", value):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def _whole(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < least:
            raise ValueError(f"must be a whole number of at least {least}")
        return int(value)

    return parse


def _fraction(value: str) -> float:
    if not re.fullmatch(r"[01]|[01]?\.\d{1,17}|1\.0*", value) or float(value) > 1:
        raise ValueError("must be a number from 0 to 1")
    return float(value)


def _flag(value: str) -> bool:
    if value.lower() not in _FLAGS:
        raise ValueError("must be true or false")
    return _FLAGS[value.lower()]


_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value.lower()

    return parse


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for item in value.split(",") if (name := item.strip()))


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force. The environment variable of each, its meaning and its default stand in its line.

    ``judges`` has no variable: no environment may turn on what costs money.
    """

    anthropic_api_key: str = _setting("", "ANTHROPIC_API_KEY", _text, "Key for Claude, or for a gateway of its kind", secret=True)
    anthropic_model: str = _setting("claude-haiku-5-5", "ANTHROPIC_MODEL", _text, "Model that judges")
    api_format: str = _setting("anthropic", "API_FORMAT", _one_of("anthropic", "openai"), "Protocol of the gateway")
    api_base_url: str = _setting("", "API_BASE_URL", _url, "Address of the gateway, if it is not the maker's own")
    opensearch_url: str = _setting("", "OPENSEARCH_URL", _url, "Address of OpenSearch")
    opensearch_username: str = _setting("", "OPENSEARCH_USERNAME", _text, "User of OpenSearch")
    opensearch_password: str = _setting("", "OPENSEARCH_PASSWORD", _text, "Password of that user", secret=True)
    error_classification_index: str = _setting(
        "error_classifications", "ERROR_CLASSIFICATION_INDEX", _text, "Index of the classified errors"
    )
    workflow_index: str = _setting("", "WORKFLOW_INDEX", _text, "Index of workflow metrics")
    job_index: str = _setting("", "JOB_INDEX", _text, "Index of job metrics")
    steps_index: str = _setting("", "STEPS_INDEX", _text, "Index of step metrics")
    tests_index: str = _setting("", "TESTS_INDEX", _text, "Index of test results")
    github_token: str = _setting("", "GITHUB_TOKEN", _text, "Token for GitHub", secret=True)
    repo: str = _setting("", "REPO", _text, "Repository, as owner/name")
    hours_back: int = _setting(24, "HOURS_BACK", _whole(1), "How far back to look, in hours")
    enable_error_classification: bool | None = _setting(
        None, "ENABLE_ERROR_CLASSIFICATION", _flag, "Classify in CI and in metrics uploads; not set: each in its own way"
    )
    max_error_length: int = _setting(10_000, "MAX_ERROR_LENGTH", _whole(200), "Characters kept of an error's text")
    batch_size: int = _setting(10, "BATCH_SIZE", _whole(1), "Errors judged and stored per transaction")
    max_rpm: int = _setting(50, "MAX_RPM", _whole(1), "Requests a minute to Claude, at most")
    classification_cache_ttl_hours: int = _setting(
        168, "CLASSIFICATION_CACHE_TTL_HOURS", _whole(0), "Hours for which an earlier answer is reused"
    )
    min_confidence_for_reuse: float = _setting(
        0.8, "MIN_CONFIDENCE_FOR_REUSE", _fraction, "Least confidence of an earlier answer that is reused"
    )
    classify_realtime_threshold: str = _setting(
        "infrastructure",
        "CLASSIFY_REALTIME_THRESHOLD",
        _one_of("infrastructure", "all", "none"),
        "Which errors of a running job may go to Claude",
    )
    store: str = _setting("", "ERROR_CLASSIFICATION_STORE", _text, "File of the local store; default: in the user's data folder")
    judges: tuple[str, ...] = _setting(("rules",), "", _names, "Judges, in the order in which they are asked")
    rules: tuple[str, ...] = _setting((), "", _names, "Files with rules of your own")
    redact_emails: bool = _setting(False, "", _flag, "Take e-mail addresses out too, as secrets are")

    @property
    def enable_realtime_classification(self) -> bool:
        """Whether errors are classified in the CI step: yes unless it was turned off."""
        return self.enable_error_classification is not False

    @classmethod
    def from_env(cls) -> Config:
        """The settings of this process, without options. Raises ``UsageError`` that names the variable or file of a bad value."""
        return resolve().config

    def validate(self, needs: Iterable[str] = ("anthropic_api_key", "opensearch_url")) -> list[str]:
        """One line for each of the settings ``needs`` that is empty; an empty list: nothing is lacking."""
        documentation = {setting.name: setting for setting in SETTINGS}
        return [f"{documentation[name].label} is not set: {documentation[name].doc}" for name in needs if not getattr(self, name)]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: ``name`` is the attribute of ``Config`` and the key in a file; ``variable`` may be empty."""

    name: str
    variable: str
    doc: str
    default: object
    secret: bool
    parse: Callable[[str], object]

    @property
    def label(self) -> str:
        """How people know it: by its variable, or by its key where it has none."""
        return self.variable or self.name


SETTINGS = tuple(Setting(item.name, default=item.default, **item.metadata) for item in fields(Config))


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
    for path in reversed(list(_config_files(environment, folder))):
        for name, value in _read_file(path).items():
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


def _config_files(environment: Mapping[str, str], folder: Path | None) -> Iterator[Path]:
    """The files there are, the one that wins first."""
    with suppress(FileNotFoundError):  # the working folder was removed meanwhile
        start = (folder or Path.cwd()).absolute()
        yield from [path for parent in (start, *start.parents) if (path := parent / PROJECT_FILE).is_file()][:1]
    user = config_folder(environment)
    if user and (user / "config.toml").is_file():
        yield user / "config.toml"


def _read_file(path: Path) -> dict[str, object]:
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


def secret_values(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Values of the variables whose names say that they are secret; longest first, so that none hides inside another."""
    environment = os.environ if environment is None else environment
    found = {
        value
        for name, value in environment.items()
        if _SECRET_WORDS.search(name.upper()) and len(value) >= _SHORTEST_SECRET and not _NOT_SECRET.fullmatch(value)
    }
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def user_name(environment: Mapping[str, str] | None = None) -> str:
    """The login name of the user; empty where the environment does not say."""
    environment = os.environ if environment is None else environment
    return next((name for key in ("USER", "LOGNAME", "USERNAME") if (name := environment.get(key, ""))), "")


def no_color(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the user wants no colour anywhere (https://no-color.org), or the terminal has none."""
    environment = os.environ if environment is None else environment
    return bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"


def config_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The user's folder for our configuration; None where there is no home."""
    environment = os.environ if environment is None else environment
    return _user_folder(environment, "XDG_CONFIG_HOME", "APPDATA", Path(".config"))


def data_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The user's folder for our data; None where there is no home, as in many containers."""
    environment = os.environ if environment is None else environment
    below_home = Path("Library", "Application Support") if sys.platform == "darwin" else Path(".local", "share")
    return _user_folder(environment, "XDG_DATA_HOME", "LOCALAPPDATA", below_home)


def _user_folder(environment: Mapping[str, str], xdg: str, windows: str, below_home: Path) -> Path | None:
    """By the XDG Base Directory specification, where a path that is not absolute is ignored; on Windows by its own variable."""
    variable, home = (windows, "USERPROFILE") if sys.platform == "win32" else (xdg, "HOME")
    base = Path(environment.get(variable, ""))
    if base.is_absolute():
        return base / _FOLDER
    own = Path(environment.get(home, ""))
    return own / below_home / _FOLDER if own.is_absolute() else None
