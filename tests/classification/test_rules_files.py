"""A project's own rule files: what is wrong in them is said on one line with file, rule and key; ``check`` finds the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from rules_support import error, rule

from error_classification.classification.rules import RulesJudge, check, load_rules, loading, parse_rules
from error_classification.classification.rules.loading import measured
from error_classification.classification.rules.matching import Matcher
from error_classification.errors import InputError, UsageError
from error_classification.models import Verdict

GOOD = rule("mine.apple", "apple", hit="an apple")

WRONG = [
    ("not = [valid", "mine.toml: not valid TOML"),
    ("[surprise]", "mine.toml: unknown table surprise"),
    ("rule = 3", "mine.toml: rule must be written as [[rule]] tables"),
    ("[[rule]]\nname = 'x'", "mine.toml: rule x: key pattern: missing"),
    ("[[rule]]\npattern = 'x'", "mine.toml: rule 1: key name: missing"),
    (GOOD.replace("summary =", "sumary ="), "mine.toml: rule mine.apple: key sumary: unknown key"),
    (GOOD.replace('"timeout"', '"tiemout"'), "mine.toml: rule mine.apple: key category: unknown category tiemout"),
    (GOOD.replace('"step"', '"dns"'), "mine.toml: rule mine.apple: key subcategory: timeout has no subcategory dns"),
    (
        GOOD.replace("confidence = 0.9", "confidence = 1.5"),
        "mine.toml: rule mine.apple: key confidence: must be from 0.5 to 0.99",
    ),
    (GOOD.replace("confidence = 0.9", "confidence = 'high'"), "mine.toml: rule mine.apple: key confidence: must be a number"),
    (GOOD.replace("priority = 0", "priority = true"), "mine.toml: rule mine.apple: key priority: must be a whole number"),
    (GOOD.replace("priority = 0", "priority = 9"), "mine.toml: rule mine.apple: key priority: must be from -2 to 1"),
    (
        GOOD.replace('hits = ["an apple"]', "hits = []"),
        "mine.toml: rule mine.apple: key hits: must be a list of texts, not empty",
    ),
    (
        GOOD.replace('hits = ["an apple"]', "hits = [3]"),
        "mine.toml: rule mine.apple: key hits: must be a list of texts, not empty",
    ),
    (
        GOOD.replace("'''apple'''", "'''a(?=b)'''"),
        "mine.toml: rule mine.apple: key pattern: invalid perl operator: (?= (at character 2)",
    ),
    (GOOD.replace("'''apple'''", "'''x[a'''"), "mine.toml: rule mine.apple: key pattern: missing ]: [a (at character 2)"),
    (GOOD.replace("'''apple'''", "'''a*'''"), "mine.toml: rule mine.apple: key pattern: matches the empty text"),
    (
        GOOD.replace('"mine.apple"\nconf', '"{fruit} is gone"\nconf'),
        "mine.toml: rule mine.apple: key summary: the pattern has no group fruit",
    ),
    (GOOD + GOOD, "mine.toml: rule mine.apple: key name: already used in mine.toml"),
    ("[[category]]\nname = 'x'\nsubs = []", "mine.toml: category x: key subs: unknown key"),
    ("[[category]]\nsubcategories = ['a']", "mine.toml: category 1: key name: must be text"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_wrong_is_said_on_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_rules(text, "mine.toml", user=True)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 2


def test_a_file_of_the_project_is_merged_and_wins_ties(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(rule("mine.yaml", "No module named 'yaml'", "configuration_error/invalid_config"))
    rules = load_rules([path])
    assert len(rules.rules) == len(load_rules().rules) + 1
    given = RulesJudge(rules).judge(error("ModuleNotFoundError: No module named 'yaml'"))
    assert isinstance(given, Verdict)
    assert given.category == "configuration_error"
    assert given.reason.endswith("it is a rule of the project")


def test_a_project_may_have_categories_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[category]]\nname = 'board'\nsubcategories = ['reset']\n" + rule("mine.board", "brown-out", "board/reset"))
    given = RulesJudge(load_rules([path])).judge(error("board 3: brown-out"))
    assert isinstance(given, Verdict)
    assert (given.category, given.subcategory) == ("board", "reset")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.toml: No such file"):
        load_rules([tmp_path / "gone.toml"])
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# \xe9")
    with pytest.raises(UsageError, match="not UTF-8 at byte 2"):
        load_rules([path])


@pytest.mark.parametrize(
    ("tables", "kinds"),
    [
        (GOOD, []),
        (rule("m.a", "apple", hit="pear"), ["missed_hit"]),
        (GOOD.replace("something else", "another apple"), ["false_hit"]),
        (GOOD + rule("m.same", "apple", hit="an apple"), ["duplicate", "hidden"]),
        (rule("m.wide", "apple", hit="apple") + rule("m.long", "apple pie"), []),
        (rule("m.root", "apple", priority=1, hit="apple") + rule("m.long", "apple pie"), ["hidden"]),
        (
            rule("m.root", "apple", "network_error/dns", priority=1, hit="apple") + rule("m.long", "apple pie"),
            ["wrong_answer", "hidden"],
        ),
    ],
)
def test_check_finds_rules_that_do_not_do_their_work(tables: str, kinds: list[str]) -> None:
    assert [finding.kind for finding in check(parse_rules(tables, "mine.toml", user=True))] == kinds


def test_no_rules_at_all_is_a_judge_that_abstains() -> None:
    assert not isinstance(RulesJudge(parse_rules("", "empty.toml")).judge(error("KeyError: 'x'")), Verdict)


@pytest.mark.parametrize(
    ("prior", "right", "decided", "confidence"),
    [(0.9, 0, 0, 0.9), (0.9, 8, 8, 0.95), (0.9, 0, 8, 0.45), (0.5, 92, 92, 0.96), (0.9, 1.5, 2, 0.87)],
)
def test_a_confidence_moves_from_the_prior_to_what_was_measured(
    prior: float, right: float, decided: float, confidence: float
) -> None:
    assert measured(prior, right, decided) == confidence


def test_the_compiled_rules_are_those_of_the_files() -> None:
    shipped = resources.files(loading.__package__).joinpath(loading.COMPILED).read_text("utf-8")
    assert shipped == loading.compile_rules(), "a rule was changed: python3 -m corpus.compile"
    written = load_rules(written=True).rules
    assert [replace(rule, confidence=0) for rule in load_rules().rules] == [replace(rule, confidence=0) for rule in written]


def test_literals_that_are_known_give_the_same_answers() -> None:
    rules, literals = loading.compiled().rules, loading.compiled().literals
    texts = [hit.encode() for rule in rules[::7] for hit in rule.hits]
    plain, known = Matcher(rules), Matcher(rules, literals)
    assert [[match.rule.name for match in plain.matches(text)] for text in texts] == [
        [match.rule.name for match in known.matches(text)] for text in texts
    ]


def test_what_was_measured_is_of_the_programs_rules_and_moves_their_confidence() -> None:
    counts = json.loads(resources.files(loading.__package__).joinpath(loading.MEASURED).read_text("utf-8"))
    rules = {rule.name: rule for rule in load_rules().rules}
    assert counts.keys() <= rules.keys()
    assert len(counts) >= 400
    assert all(0 <= right <= decided for right, decided in counts.values())
    priors = {rule.name: rule.confidence for rule in loading.as_written()}
    moved = [name for name, rule in rules.items() if rule.confidence != priors[name]]
    assert set(moved) <= counts.keys()
    assert len(moved) >= 400
