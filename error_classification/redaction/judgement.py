"""Is this value a secret? For what stands behind ``password=`` or ``token:``, where a pattern would take prose and code too.

All expressions are plain classes without nesting: linear in a value, and values are short.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"[*xX.•_?-]+$|[<\[{(]|\$\{|\$\(|\$[A-Za-z_]\w*$|\$$|%[A-Za-z_]\w*%?$|%[sdrv]\b|.{0,8}\*\*\*"
    r"|(?:null|nil|none|undefined|true|false|yes|no|on|off|empty|unset|missing|required|redacted|masked|hidden|secret|string|str|bytes|optional"
    r"|example|placeholder|your[\w-]*|invalid|expired|n/a)\W*$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:[A-Za-z_]\w*(?:\.|::|->))+[A-Za-z_]\w*\W*$|[A-Za-z_][\w.]*[(\[]|(?:self|this|os|process|env|secrets|config|vars)\."
)
_NAME = re.compile(r"[A-Za-z]+(?:[-_./:][A-Za-z]+)*[-_]?\d{0,2}$")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_VERSION = re.compile(r"[~^<>=v]*\d+(?:\.\d+|\.x)+(?:$|[-+\s])")
_PATH = re.compile(r"(?:~|\.{1,2})?/|[A-Za-z]:[\\/]|[\w.-]+/[\w./-]+\.\w{1,4}$")
_PUBLIC_KEYS = re.compile(r"(?i)public|cancellation|tokenizer|max[_-]tokens|num[_-]tokens")
_KEY_LIKE = re.compile(r"(?i)[\w.]*(?:password|passwd|pwd|passphrase)\W*$")
_MIN_RANDOM = 8
_MIN_SECRET = 4


def is_any(match: str, value: str) -> bool:
    """The pattern itself is proof enough; only the marker of an earlier pass is not a secret."""
    return not _PLACEHOLDER.match(value)


def is_word_free(match: str, value: str) -> bool:
    """Anything but a placeholder, in a place where only a credential can stand."""
    return not _PLACEHOLDER.match(value) and value not in _PROSE


_PROSE = frozenset(
    ("is", "was", "must", "not", "for", "and", "or", "required", "authentication", "auth", "token", "tokens", "realm", "failed")
)


def is_random(match: str, value: str) -> bool:
    """Looks made by a machine: long enough, digits among letters or mixed case, and no version, path, name or piece of code."""
    if len(value) < _MIN_RANDOM or _is_text(value) or _NAME.match(value) or _PUBLIC_KEYS.search(match[: len(match) - len(value)]):
        return False
    if _VERSION.match(value) or _PATH.match(value):
        return False
    has_digit = any(c.isdigit() for c in value)
    has_lower, has_upper = any(c.islower() for c in value), any(c.isupper() for c in value)
    return (has_digit and (has_lower or has_upper)) or (has_lower and has_upper and len(value) >= 2 * _MIN_RANDOM)


def is_secret(match: str, value: str) -> bool:
    """A value behind an option such as ``--token``: not a word of a sentence."""
    return len(value) >= _MIN_SECRET and not (value.isalpha() or _is_text(value) or _PATH.match(value))


def is_password(match: str, value: str) -> bool:
    """A value behind a password's name: ``password=word`` is one, ``password: word`` is prose, ``password=password`` is code."""
    if _is_text(value) or _KEY_LIKE.match(value) or _PATH.match(value):
        return False
    before = match[: match.rfind(value)].rstrip(" \t")
    if before.endswith(("=", '"', "'")) and not before.endswith((': "', ": '")):
        return not value.isdigit() or len(value) >= _MIN_SECRET
    if match.endswith(value) or before.endswith(('"', "'")):
        return not value.isalpha() and len(value) >= _MIN_SECRET
    return False


def _is_text(value: str) -> bool:
    return bool(_PLACEHOLDER.match(value) or _REFERENCE.match(value) or _VARIABLE.match(value)) or value.count(" ") >= 2
