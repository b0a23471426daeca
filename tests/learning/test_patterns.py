from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from error_classification.classification.rules.matching import options, source
from error_classification.learning.patterns import MOST_VALUES, Pattern, patterns
from error_classification.learning.templates import template


def of(*lines: str) -> list[Pattern]:
    return list(patterns(template(lines)))


@pytest.mark.parametrize(
    ("lines", "pattern", "summary"),
    [
        (["the disk (sda) is gone"], r"the disk \(sda\) is gone", "the disk (sda) is gone"),
        (["no module a.b", "no module c"], r"no module (?P<module>[\w.@+~-]{1,100})", "no module {module}"),
        (["host a1 is down", "host b2 is down"], r"host (?P<host>\w{1,100}) is down", "host {host} is down"),
        (["zone 7 lost", "zone 12 lost"], r"zone \d{1,20} lost", "zone … lost"),
        (["on port 80 now", "on port 8080 now"], r"on port (?P<port>\d{1,20}) now", "on port {port} now"),
        (["test 7 lost", "test 12 lost"], r"test \d{1,20} lost", "test … lost"),
        (["needs v1.2", "needs v2.0.1-rc"], r"needs (?P<version>v?\d[\w.+-]{0,99})", "needs {version}"),
        (["kept /tmp/a1/x.py open"], r"kept (?P<file>[\w.@+~:/\\-]{1,400}) open", "kept {file} open"),
        (["ab: gone", "cd: gone"], r"(?P<name>\w{1,100}): gone", "{name}: gone"),
        (["10:11:12 lost it"], "lost it", "lost it"),
        (["ERROR: lost it"], "lost it", "lost it"),
        (["lost it at once", "lost it"], "lost it", "lost it"),
        (["it is 'a b' now", "it is 'c' now"], r"""it is '[^'"\n]{1,200}' now""", "it is '…' now"),
        (["lost the key now", "lost key now"], r"""lost (?:[^'"\n]{1,200})?key now""", "lost …key now"),
        (["two\t\tblanks {x}"], r"two[ \t]{1,40}blanks \{x\}", "two blanks x"),
        (["a b of c d", "e f of g h"], r"(?P<name>[^\n]{1,400}) of", ""),
    ],
)
def test_the_most_general_pattern(lines: list[str], pattern: str, summary: str) -> None:
    found = of(*lines)[0]
    if summary:
        assert (found.source, found.summary) == (pattern, summary)
    assert all(re2.compile(source(found.source), options()).search(line) for line in lines)


def test_the_exact_pattern_lists_the_values() -> None:
    _, exact = of("tenant blue is full", "tenant a.b is full")
    assert exact == Pattern(r"tenant (?P<name>a\.b|blue) is full", "tenant {name} is full")


def test_names_are_numbered_where_they_repeat() -> None:
    assert of("ab beats cd here", "ef beats gh here")[0].summary == "{name} beats {name2} here"


@pytest.mark.parametrize("lines", [["a", "b"], ["12", "13"], ["...", "---"], [""]])
def test_where_all_varies_there_is_no_pattern(lines: list[str]) -> None:
    assert of(*lines) == []


def test_many_values_are_never_listed() -> None:
    assert len(of(*(f"tenant t{'x' * number} is full" for number in range(1, MOST_VALUES + 3)))) == 1


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SYNTAX = st.text(r"\()[]{}?*+.^$|<>P:'\"-,0 az", max_size=40)
WORDS = st.lists(st.sampled_from(["quota", "of", "tenant", "12", "/a/b.py", "1.2.3", "'x'", "é", "\t", "(?i)"])).map(" ".join)


@given(st.lists(st.one_of(HOSTILE, SYNTAX, WORDS).map(lambda text: text.replace("\n", " ")), min_size=1, max_size=4))
def test_every_pattern_compiles_and_matches_its_own_lines(lines: list[str]) -> None:
    for pattern in of(*lines):
        compiled = re2.compile(source(pattern.source), options())
        assert all(compiled.search(line) for line in lines)
        assert set(compiled.groupindex) >= {name for name in ("name", "version") if f"{{{name}}}" in pattern.summary}
        assert "\n" not in pattern.summary
