"""``rules``: look at the rules, check them, and learn new ones."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from error_classification import wiring
from error_classification.cli import options
from error_classification.cli.app import Command, LazyGroup
from error_classification.cli.exit_codes import DONE, GATE
from error_classification.cli.terminal import product, session, width
from error_classification.errors import UsageError
from error_classification.reporting import json, markdown
from error_classification.reporting.columns import Column, Kind
from error_classification.reporting.escape import visible

if TYPE_CHECKING:
    from error_classification.classification.rules import Rule, RuleSet

_COLUMNS = (
    Column("Rule", breaks="._"),
    Column("Category", breaks="/"),
    Column("Confidence", Kind.NUMBER),
    Column("File", breaks="/"),
)


def _rules() -> RuleSet:
    return wiring.rule_set(session().resolve().config)


def _label(rule: Rule) -> str:
    return f"{rule.category}/{rule.subcategory}" if rule.subcategory else rule.category


def _record(rule: Rule) -> json.Record:
    return {
        "name": rule.name,
        "category": rule.category,
        "subcategory": rule.subcategory or None,
        "confidence": rule.confidence,
        "priority": rule.priority,
        "pattern": rule.pattern,
        "summary": rule.summary,
        "hits": list(rule.hits),
        "near_misses": list(rule.near_misses),
        "file": rule.file,
    }


@click.command("list", cls=Command)
@click.argument("category", required=False, metavar="[CATEGORY]")
@options.output_format()
@options.setting("rules", metavar="FILE", multiple=True)
def list_(category: str | None, format_: str) -> int:
    """List the rules, all or those of a category.

    \b
    Examples:
      error-classification rules list network_error
      error-classification rules list --format ndjson
    """
    rules = [rule for rule in _rules().rules if category in (None, rule.category, _label(rule))]
    if category and not rules:
        raise UsageError(f"no rule answers {category!r}")
    lines = [(rule.name, _label(rule), f"{rule.confidence:.2f}", rule.file) for rule in rules]
    if format_ == "json":
        product(json.indented(map(_record, rules)))
    elif format_ == "ndjson":
        product("\n".join(json.line(_record(rule)) for rule in rules))
    elif format_ == "markdown":
        product(markdown.tables(f"{len(rules)} rules", [(_COLUMNS, lines)]))
    else:
        from error_classification.cli.listing import listing

        product(listing(_COLUMNS, lines, width(), session().has_color()))
        session().say(f"{len(rules)} rules")
    return 0


@click.command("show", cls=Command)
@click.argument("name")
@options.output_format("table", "json")
@options.setting("rules", metavar="FILE", multiple=True)
def show(name: str, format_: str) -> int:
    """Show one rule: its pattern, its answer, and its examples.

    \b
    Example:
      error-classification rules show python_module_not_found
    """
    by_name = {rule.name: rule for rule in _rules().rules}
    if name not in by_name:
        near = get_close_matches(name, by_name, 3)
        raise UsageError(f"no rule {name!r}", f"close to it: {', '.join(near)}" if near else "`rules list` names them all")
    record = _record(by_name[name])
    if format_ == "json":
        product(json.line(record))
        return 0
    for key, value in record.items():
        for item in value if isinstance(value, list) else [value]:
            first, *rest = visible(str(item)).split("\n")
            product("\n".join([f"{key:<12} {first}", *(f"{'':<12} {line}" for line in rest)]))
    return 0


@click.command("check", cls=Command)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path())
@options.output_format("table", "json", "ndjson")
@options.setting("rules", metavar="FILE", multiple=True)
def check(files: tuple[str, ...], format_: str) -> int:
    """Check the rules against their examples, and against each other.

    FILEs are rule files of your own, checked with the ones that come with the program. Exit code 1 where something is found: a
    rule that misses an example or hits a near miss, that never decides, or that repeats another.

    \b
    Examples:
      error-classification rules check
      error-classification rules check my-rules.toml
    """
    from error_classification.classification.rules import check as check_rules

    here = session()
    own = (*here.resolve().config.rules, *files)
    rules = wiring.rule_set(here.resolve({"rules": own}).config, written=True)
    findings = check_rules(rules)
    records: list[json.Record] = [
        {"kind": item.kind, "rule": item.rule, "file": item.file, "message": item.message} for item in findings
    ]
    if format_ == "json":
        product(json.indented(records))
    else:
        for item, record in zip(findings, records, strict=True):
            text = f"{item.file}: {item.rule}: {item.kind.replace('_', ' ')}: {item.message}"
            product(json.line(record) if format_ == "ndjson" else visible(text))
    here.say(f"{len(rules.rules)} rules, {len(findings)} finding{'' if len(findings) == 1 else 's'}")
    return GATE if findings else DONE


_COMMANDS = {item.name or "": item for item in (list_, show, check)}
_LEARNED = {"suggest": "suggest_", "accept": "accept"}


def _load(name: str) -> click.Command:
    if name in _LEARNED:
        from error_classification.cli import suggesting

        command: click.Command = getattr(suggesting, _LEARNED[name])
        return command
    return _COMMANDS[name]


command = LazyGroup(
    "rules",
    table={
        "list": "List the rules.",
        "show": "Show one rule.",
        "check": "Check the rules against their examples.",
        "suggest": "Suggest rules for errors that only people or Claude settled.",
        "accept": "Write a suggested rule to your own rules.",
    },
    load=_load,
    help="""List, show and check the rules, and learn new ones.

    Rules of your own are TOML files named by --rules FILE, or by the key `rules` of .error-classification.toml.

    \b
    Examples:
      error-classification rules list dependency_error
      error-classification rules check my-rules.toml
      error-classification rules suggest
    """,
)
