from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.rules import Rule, parse_rules
from error_classification.learning.rule_texts import appended, rule_table

RULE = Rule("own.one", r"a(\d)b", "timeout", "job", "It {x}", 0.75, ("a1b",), ("ab", 'a"b\\'), file="own.toml", user=True)


def test_a_table_reads_as_a_person_would_write_it() -> None:
    assert rule_table(RULE) == (
        '[[rule]]\nname = "own.one"\n'
        "pattern = '''a(\\d)b'''\n"
        'category = "timeout"\nsubcategory = "job"\nsummary = "It {x}"\nconfidence = 0.75\n'
        'hits = [\n  "a1b",\n]\nnear_misses = [\n  "ab",\n  "a\\"b\\\\",\n]\n'
    )


@pytest.mark.parametrize("before", ["", "# mine\n", "# mine", "[[category]]\nname = 'own'\nsubcategories = ['x']\n"])
def test_rules_are_added_at_the_end(before: str) -> None:
    text = appended(before, [RULE, RULE])
    assert text.startswith(before)
    assert len(tomllib.loads(text)["rule"]) == 2
    assert "\n\n[[rule]]" in text


def test_lines_that_are_added_end_as_those_of_the_file() -> None:
    text = appended("# mine\r\n# too", [RULE])
    assert text.startswith("# mine\r\n# too\r\n\r\n[[rule]]\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert tomllib.loads(text)["rule"][0]["name"] == RULE.name


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
PATTERN = st.one_of(TEXT, st.text("'ab\\\"\n", min_size=1)).map(lambda text: "x" + text)


@given(TEXT, PATTERN, TEXT, st.lists(TEXT, min_size=1, max_size=3), st.integers(-2, 1))
def test_what_is_written_is_read(name: str, pattern: str, summary: str, texts: list[str], priority: int) -> None:
    rule = Rule(name, pattern, "timeout", "job", summary, 0.8, tuple(texts), tuple(texts[::-1]), priority)
    (table,) = tomllib.loads(rule_table(rule))["rule"]
    assert table == {
        "name": name,
        "pattern": pattern,
        "category": "timeout",
        "subcategory": "job",
        "summary": summary,
        "confidence": 0.8,
        "hits": texts,
        "near_misses": texts[::-1],
        **({"priority": priority} if priority else {}),
    }


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    (rule,) = parse_rules(rule_table(Rule("a", "x", "timeout", "job", "s", 0.8, ("x\ud800",), ("y",))), "f").rules
    assert rule.hits == ("x?",)
