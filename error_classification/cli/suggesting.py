"""``rules suggest`` and ``rules accept``: from what people and the language model settled to rules, through a person's hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches, unified_diff
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import click

from error_classification import wiring
from error_classification.classification.rules import Rule, RuleSet, RulesJudge, check, load_rules, parse_rules
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE
from error_classification.cli.files import replace_file
from error_classification.cli.terminal import Session, product, session
from error_classification.errors import UsageError
from error_classification.learning.rule_texts import appended
from error_classification.learning.settled import read
from error_classification.learning.suggesting import Suggestion, Suggestions, Thresholds, suggest
from error_classification.reporting import json
from error_classification.reporting.escape import one_line, visible
from error_classification.reporting.summary import counted

F = TypeVar("F", bound=Callable[..., Any])

NEW_FILE = "rules.toml"
"""Against which the suggestions are shown where the project has no rules of its own."""


def _selection(command: F) -> F:
    """What both commands must be told alike: the same store and thresholds give the same suggestions."""
    shares = click.FloatRange(0.5, 1.0)
    for decorate in (
        options.setting("store", metavar="FILE"),
        options.setting("rules", metavar="FILE", multiple=True),
        click.option("--into", metavar="FILE", help="The file that gets the rule; by default the first of the project's own."),
        click.option("--share", type=shares, default=0.9, show_default=True, help="Share of them that has one category."),
        click.option("--least", type=click.IntRange(1), default=10, show_default=True, help="Times that errors were seen."),
    ):
        command = decorate(command)
    return command


@click.command("suggest", cls=Command)
@click.option("--format", "format_", type=click.Choice(("diff", "json")), default="diff", show_default=True)
@_selection
def suggest_(least: int, share: float, into: str | None, format_: str) -> int:
    """Suggest rules for errors that only people or Claude settled.

    Errors whose lines are alike, seen often enough and nearly always with one answer, make a rule: with its hits and near misses
    from the store, as a diff against the project's own rules file. A pattern that matches any error of another answer is refused.
    Nothing is written: `rules accept` does that.

    \b
    Examples:
      error-classification rules suggest
      error-classification rules suggest --least 5 --format json
    """
    here = session()
    thresholds = Thresholds(least, share)
    found = _found(here, thresholds)
    if format_ == "json":
        product(json.indented(_records(found)))
    elif found.suggestions:
        product("".join(_change(_target(here, into), [item.rule for item in found.suggestions]).diff()))
    refusals = counted(len(found.refusals), "refusal")
    here.say(f"{counted(len(found.suggestions), 'suggestion')}" + (f", {refusals}" if found.refusals else ""))
    if not found.suggestions and not found.refusals:
        here.say(_why_none(found, thresholds))
    for refusal in found.refusals if here.verbose else ():
        here.say(f"no rule for {refusal.line!r} (seen {refusal.occurrences:,} times): {refusal.reason}")
    return DONE


@click.command("accept", cls=Command)
@click.argument("name")
@_selection
def accept(name: str, least: int, share: float, into: str | None) -> int:
    """Write a suggested rule, with its examples, to the end of the project's own rules file.

    Give the same --least and --share as to `rules suggest`. The rule is not written where `rules check` would then find more.

    \b
    Example:
      error-classification rules accept suggested.quota_exceeded --into my-rules.toml
    """
    here = session()
    found = {item.rule.name: item.rule for item in _found(here, Thresholds(least, share)).suggestions}
    if name not in found:
        near = ", ".join(get_close_matches(name, found, 3))
        raise UsageError(f"no suggestion {name!r}", f"close to it: {near}" if near else "`rules suggest` names them all")
    target = _target(here, into)
    if not target.parent.is_dir():
        raise UsageError(f"{target}: there is no such folder", "name a file that can be written")
    change = _change(target, [found[name]])
    _refuse_findings(here, change, name)
    replace_file(target, change.after)
    product("".join(change.diff()))
    here.say(f"written to {target}" + ("" if _is_used(here, target) else f": name it by --rules {target}, or by the key `rules`"))
    return DONE


def _why_none(found: Suggestions, thresholds: Thresholds) -> str:
    """What a suggestion takes, and how far the store is from it."""
    seen = counted(thresholds.least, "time")
    takes = f"a rule takes errors alike that were seen {seen} (--least), {thresholds.share:.0%} of them with one category"
    if not found.considered:
        return f"{takes}, settled only by people or Claude: the store has none (`label --next`)"
    known, most = counted(found.considered, "error"), counted(found.most_alike, "time")
    return f"{takes}; of {known} that only people or Claude settled the most frequent kind was seen {most}"


def _found(here: Session, thresholds: Thresholds) -> Suggestions:
    rules = wiring.rule_set(here.resolve().config)
    opened = archive.opened(here)
    with opened.archive:
        settled = read(opened.archive, RulesJudge(rules))
    return suggest(settled, rules.rules, thresholds)


def _target(here: Session, into: str | None) -> Path:
    own = here.resolve().config.rules
    return wiring.expanded(into or (own[0] if own else NEW_FILE))


def _is_used(here: Session, target: Path) -> bool:
    own = (wiring.expanded(name) for name in here.resolve().config.rules)
    return any(name.resolve() == target.resolve() for name in own)


@dataclass(frozen=True, slots=True)
class _Change:
    """The rules file ``target`` as it is and as it will be, to the last byte."""

    target: Path
    before: str
    after: str

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff that ``patch`` applies; nothing in a log can end or begin one."""
        name = str(self.target)
        # Not splitlines(): for ``patch`` only a line feed ends a line.
        return map(_diff_line, unified_diff(list(StringIO(self.before)), list(StringIO(self.after)), name, name))


def _diff_line(line: str) -> str:
    text = line.removesuffix("\n")
    end = "\r\n" if text.endswith("\r") else "\n"
    shown = "\t".join(map(visible, text.removesuffix("\r").split("\t")))
    return f"{shown}{end}" if line.endswith("\n") else f"{shown}\n\\ No newline at end of file\n"


def _change(target: Path, rules: Sequence[Rule]) -> _Change:
    before = _text(target)
    return _Change(target, before, appended(before, rules))


def _text(target: Path) -> str:
    """What is in the file, with its mark of UTF-8 and its ends of lines; nothing where there is none."""
    try:
        return target.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{target}: {reason}", "name a file with rules") from error


def _refuse_findings(here: Session, change: _Change, name: str) -> None:
    """Checks the rules as they will be with that of ``name``. Raises UsageError where that finds more than before."""
    config, target = here.resolve().config, change.target
    after = parse_rules(change.after.removeprefix("\ufeff"), str(target), user=True)
    others = load_rules([path for path in map(wiring.expanded, config.rules) if path.resolve() != target.resolve()])
    wanted = RuleSet((*others.rules, *after.rules), others.labels | after.labels)
    found = check(wanted)
    known = {(item.kind, item.rule, item.message) for item in check(wiring.rule_set(config))} if found else set()
    new = [item for item in found if (item.kind, item.rule, item.message) not in known]
    if new:
        reason = f"{new[0].rule}: {new[0].kind.replace('_', ' ')}: {new[0].message}"
        raise UsageError(f"{name} would not pass `rules check`: {one_line(reason)}", "write a rule by hand")


def _records(found: Suggestions) -> Iterator[json.Record]:
    yield from map(_record, found.suggestions)
    for refusal in found.refusals:
        yield {"line": refusal.line, "occurrences": refusal.occurrences, "refused": refusal.reason}


def _record(item: Suggestion) -> json.Record:
    rule = replace(item.rule, file="")
    return {
        "name": rule.name,
        "pattern": rule.pattern,
        "category": rule.category,
        "subcategory": rule.subcategory or None,
        "summary": rule.summary,
        "confidence": rule.confidence,
        "priority": rule.priority,
        "hits": list(rule.hits),
        "near_misses": list(rule.near_misses),
        "hashes": list(item.hashes),
        "occurrences": item.occurrences,
        "share": round(item.share, 4),
        "toml": appended("", [rule]),
    }
