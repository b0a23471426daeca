"""Every rule against its own examples, and all rules together against ``check``."""

from __future__ import annotations

import pytest
import re2
from rules_support import judge

from error_classification.classification.rules import Rule, check, load_rules
from error_classification.classification.rules.matching import Matcher, options, source

RULES = load_rules()
MATCHER = Matcher(RULES.rules)


def by_name(rule: Rule) -> str:
    return rule.name


def test_there_are_rules_for_every_ecosystem() -> None:
    files = {rule.file.removesuffix(".toml") for rule in RULES.rules}
    wanted = "python node rust go java cpp dotnet ruby php docker kubernetes github_actions gitlab git cuda database shell"
    assert set(wanted.split()) <= files
    assert len(RULES.rules) >= 200


@pytest.mark.parametrize("rule", RULES.rules, ids=by_name)
def test_its_name_begins_with_its_file(rule: Rule) -> None:
    assert rule.name.partition(".")[0] == rule.file.removesuffix(".toml")


@pytest.mark.parametrize("rule", RULES.rules, ids=by_name)
def test_it_compiles_and_does_not_match_everything(rule: Rule) -> None:
    assert re2.compile(source(rule.pattern), options()).search("") is None


def test_the_examples_hold_and_no_rule_hides_another() -> None:
    assert [f"{finding.rule}: {finding.message}" for finding in check(RULES)] == []


def test_the_prefilter_loses_nothing() -> None:
    """What all patterns, run one by one without it, find in each other's examples."""
    expressions = [(rule.name, re2.compile(source(rule.pattern).encode(), options())) for rule in RULES.rules]
    for text in [hit for rule in RULES.rules for hit in rule.hits][::7]:
        data = text.encode()
        alone = {name for name, expression in expressions if expression.search(data)}
        assert {match.rule.name for match in MATCHER.matches(data)} == alone, text


def test_nothing_is_read_before_it_is_needed() -> None:
    assert judge().name == "rules"
