"""From what lines have in common to the pattern and the summary of a rule: gaps become bounded classes, named where that says
something (``module``, ``host``, ``version``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from error_classification.learning.templates import Gap, Template

MOST_VALUES = 8
"""A gap with more values than these is never written as their list."""
_LONGEST_VALUE = 60
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_LEVEL = re.compile(r"^[\W_]*(?:(?:error|fatal|critical|warning)\b[\W_]*)*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_ALONE = re.compile(r"(?<![\w.-])[a-z]{2,}(?![\w.-])")
_NAME = re.compile(r"[^\W\d]\S{0,200}")

_NUMBER = r"\d{1,20}"
_COUNTED = frozenset(("port", "limit"))
"""Names that a number may have: behind most words it is the number of a line, or one of many."""
_CLASSES = (
    (_NUMBER, _NUMBER, ""),
    (r"v?\d{1,9}(?:\.\d{1,9}){1,5}(?:[-+]\w[\w.]{0,60})?", r"v?\d[\w.+-]{0,99}", "version"),
    (r"(?:0x)?[0-9a-fA-F]{4,128}", r"\w{1,130}", ""),
    (r"\w{1,100}", r"\w{1,100}", "name"),
    (r"[A-Za-z][A-Za-z0-9+.-]{0,20}://\S{1,400}", r"[A-Za-z][\w+.-]{0,20}://\S{1,400}", "url"),
    (r"(?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{0,62}:\d{2,5}", r"[\w.-]{1,100}:\d{2,5}", "host"),
    (r"[\w.@+~-]{1,100}", r"[\w.@+~-]{1,100}", "name"),
    (r"(?=.{0,400}[/\\])[\w.@+~:/\\-]{1,400}", r"[\w.@+~:/\\-]{1,400}", "file"),
    (r"""[^\s'"]{1,200}""", r"""[^\s'"]{1,200}""", "name"),
    (r"""[^'"\n]{1,200}""", r"""[^'"\n]{1,200}""", ""),
)
"""What all variants of a gap may look like (in Python's syntax, ASCII as in RE2), what then stands in the pattern, its name."""
_ANYTHING = r"[^\n]{1,400}"

_NAMES = {
    "module": "module",
    "package": "package",
    "crate": "package",
    "gem": "package",
    "library": "package",
    "dependency": "package",
    "host": "host",
    "hostname": "host",
    "server": "host",
    "port": "port",
    "version": "version",
    "file": "file",
    "path": "file",
    "directory": "file",
    "test": "test",
    "symbol": "symbol",
    "function": "symbol",
    "method": "symbol",
    "class": "symbol",
    "variable": "variable",
    "option": "option",
    "flag": "option",
    "argument": "option",
    "image": "image",
    "command": "command",
    "tool": "tool",
    "key": "key",
    "limit": "limit",
    "quota": "limit",
    "url": "url",
    "expected": "expected",
    "actual": "actual",
}
"""Words before a gap that say what stands in it, and the name of the parameter."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in RE2's syntax, and a summary with the names of its groups."""

    source: str
    summary: str


def patterns(template: Template) -> Iterator[Pattern]:
    """Patterns that match whatever ``template`` was made of, the most general one first; nothing where all of it varies."""
    trimmed = _trimmed(template)
    if not any(isinstance(part, str) and _WORD.search(part) for part in trimmed):
        return
    general = _pattern(trimmed, listed=False)
    yield general
    if any(isinstance(part, Gap) and _is_short(part) for part in trimmed):
        exact = _pattern(trimmed, listed=True)
        if exact.source != general.source:
            yield exact


def _trimmed(template: Template) -> Template:
    """Without gaps at the ends that are no names: what stands before and behind a message is not part of it."""
    parts = list(template)
    while parts and not _may_begin(parts[0]):
        parts.pop(0)
    while parts and isinstance(parts[-1], Gap) and not _is_name(parts[-1]):
        parts.pop()
    if parts and isinstance(parts[0], str):
        parts[0] = _LEVEL.sub("", parts[0]) or parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part)


def _may_begin(part: str | Gap) -> bool:
    return _WORD.search(part) is not None if isinstance(part, str) else _is_name(part)


def _is_name(gap: Gap) -> bool:
    return all(_NAME.fullmatch(text) for text in gap.variants)


def _is_short(gap: Gap) -> bool:
    return len(gap.variants) <= MOST_VALUES and all(0 < len(text) <= _LONGEST_VALUE for text in gap.variants)


def _pattern(template: Template, *, listed: bool) -> Pattern:
    source, summary = "", ""
    taken: set[str] = set()
    for part in template:
        if isinstance(part, str):
            source += _literal(part)
            summary += part
            continue
        wanted, name = _class(part, summary)
        if listed and _is_short(part):
            wanted = "|".join(sorted(map(_literal, part.variants)))
        name = _free(name, taken)
        optional = "?" if "" in part.variants else ""
        source += (f"(?P<{name}>{wanted})" if name else f"(?:{wanted})" if optional or "|" in wanted else wanted) + optional
        summary += f"{{{name}}}" if name else "…"
    return Pattern(source, _sentence(summary, taken))


def _class(gap: Gap, before: str) -> tuple[str, str]:
    """What stands in the pattern for ``gap``, and its name, if it has one; ``before`` is the summary so far."""
    texts = [text for text in gap.variants if text]
    for looks, wanted, name in _CLASSES:
        if all(re.fullmatch(looks, text, re.ASCII) for text in texts):
            told = _told(before)
            return wanted, name if wanted == _NUMBER and told not in _COUNTED else told or name
    return _ANYTHING, ""


def _told(before: str) -> str:
    """What the last two words before a gap say of it."""
    words = _ALONE.findall(before.rpartition("}")[2][-40:].lower())
    return next((_NAMES[word] for word in reversed(words[-2:]) if word in _NAMES), "")


def _free(name: str, taken: set[str]) -> str:
    """``name``, with a number where it is taken."""
    if not name:
        return ""
    free = next(each for each in (name, *(f"{name}{number}" for number in range(2, 500))) if each not in taken)
    taken.add(free)
    return free


def _literal(text: str) -> str:
    """The pattern of a text; runs of blanks may be of another length."""
    return "".join(_blanks_or_literal(part) for part in re.split(r"((?:[ \t]{2,}|\t))", text))


def _blanks_or_literal(part: str) -> str:
    if _BLANKS.fullmatch(part):
        return r"[ \t]{1,40}"
    escaped = _SPECIAL.sub(r"\\\g<0>", part)
    return "".join(each if each.isprintable() else f"\\x{{{ord(each):x}}}" for each in escaped)


def _sentence(text: str, names: set[str]) -> str:
    """A summary of one line, in which only ``names`` stand in braces."""
    bare = re.sub(r"\{(\w*)\}|[{}]", lambda found: found[0] if found[1] in names else found[1] or "", text)
    return " ".join(bare.split())
