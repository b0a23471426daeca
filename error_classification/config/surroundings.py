"""What else the environment tells: secrets to take out, the user's name and folders, whether to use colours."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_FOLDER = "error-classification"
_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|PAT|KEYS?|APIKEY|CREDENTIALS?|COOKIE|SIGNATURE|DSN)(?:$|_\d*$)"
    r"|(?:TOKEN|SECRET|PASSWORD|PASSWD|APIKEY)(?:_|$)"
)
_CI_VARIABLES = re.compile(
    r"(?:GITHUB|RUNNER|CI|GITLAB|BUILD|CHANGE|GIT|SYSTEM|AGENT|BUILDKITE|CIRCLE|TRAVIS)_[A-Z0-9_]+"
    r"|CI|GITLAB|JENKINS_URL|JOB_NAME|STAGE_NAME|BRANCH_NAME|WORKSPACE|TF_BUILD|BUILDKITE|CIRCLECI|TRAVIS|COMMON_TESTRESULTSDIRECTORY"
)
_NOT_SECRET = re.compile(r"(?i)true|false|yes|no|none|null|on|off|\d{1,5}|/[^\0]*|[a-z]:\\.*")
_SHORTEST_SECRET = 6


def secret_values(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Values of the variables whose names say that they are secret; longest first, so that none hides inside another."""
    environment = os.environ if environment is None else environment
    found = {
        value
        for name, value in environment.items()
        if _SECRET_WORDS.search(name.upper()) and len(value) >= _SHORTEST_SECRET and not _NOT_SECRET.fullmatch(value)
    }
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def ci_variables(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a CI system tells the processes of a job about it, without tokens and passwords."""
    environment = os.environ if environment is None else environment
    return {
        name: value for name, value in environment.items() if _CI_VARIABLES.fullmatch(name) and not _SECRET_WORDS.search(name)
    }


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
