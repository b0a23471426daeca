"""Rules as the text of a rule file, such as a person would write it (see ``classification.rules``)."""

from __future__ import annotations

from collections.abc import Iterable

from error_classification.classification.rules import Rule

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def rule_table(rule: Rule) -> str:
    """The ``[[rule]]`` table of ``rule``, with its examples; it ends with a line feed."""
    lines = [
        "[[rule]]",
        f"name = {_text(rule.name)}",
        f"pattern = {_pattern(rule.pattern)}",
        f"category = {_text(rule.category)}",
        f"subcategory = {_text(rule.subcategory)}",
        f"summary = {_text(rule.summary)}",
        f"confidence = {rule.confidence}",
        *([f"priority = {rule.priority}"] if rule.priority else []),
        f"hits = {_list(rule.hits)}",
        f"near_misses = {_list(rule.near_misses)}",
    ]
    return "\n".join(lines) + "\n"


def appended(file: str, rules: Iterable[Rule]) -> str:
    """The text of a rule file with ``rules`` at its end; their lines end as those of the file do."""
    end = "\r\n" if "\r\n" in file else "\n"
    before = file if not file or file.endswith("\n") else f"{file}{end}"
    tables = (rule_table(rule).replace("\n", end) for rule in rules)
    return end.join(filter(None, (before, *tables)))


def _pattern(pattern: str) -> str:
    """A literal string where that can hold it: nobody likes to read doubled backslashes."""
    plain = pattern.isprintable() and "'''" not in pattern and not pattern.endswith("'")
    return f"'''{pattern}'''" if plain else _text(pattern)


def _list(texts: Iterable[str]) -> str:
    return "[\n" + "".join(f"  {_text(text)},\n" for text in texts) + "]"


def _text(text: str) -> str:
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    """Half of a surrogate pair cannot be written in TOML."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return "?" if 0xD800 <= code < 0xE000 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
