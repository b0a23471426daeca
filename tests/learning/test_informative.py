from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.learning.informative import most_informative
from error_classification.models import Abstention, Group, Verdict
from error_classification.ports import JudgedGroup

NOW = datetime(2026, 1, 1, tzinfo=UTC)
UNKNOWN = Abstention("rules", "no rule matches the text")


def said(judge: str, category: str = "timeout", confidence: float = 0.9) -> Verdict:
    return Verdict(judge, category, "", confidence, "cause")


def judged(error_hash: str, *answers: Verdict | Abstention, count: int = 1, text: str = "") -> JudgedGroup:
    """The last of ``answers`` is in force."""
    return JudgedGroup(Group(error_hash, answers[-1], count, NOW, NOW, NOW, text or error_hash), answers)


def order(*groups: JudgedGroup, number: int = 9) -> str:
    return " ".join(item.judged.group.error_hash for item in most_informative(groups, number))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (judged("unknown", UNKNOWN), judged("known", said("rules", confidence=0.6))),
        (judged("doubt", said("rules", confidence=0.5)), judged("sure", said("rules", confidence=0.95))),
        (judged("often", said("llm"), count=30), judged("once", said("llm"), count=1)),
        (judged("split", said("rules"), said("llm", "network_error")), judged("united", said("rules"), said("llm"))),
        (judged("split", said("rules"), said("llm", "network_error")), judged("silent", UNKNOWN, said("llm"))),
        (judged("aa", UNKNOWN), judged("bb", UNKNOWN)),
    ],
)
def test_what_comes_first(one: JudgedGroup, other: JudgedGroup) -> None:
    assert order(other, one).split()[0] == one.group.error_hash


def test_one_of_several_that_are_alike_comes_first_and_the_others_last() -> None:
    text = "quota of tenant {} is exceeded on this cluster"
    groups = [judged(name, UNKNOWN, count=9 - index, text=text.format(name)) for index, name in enumerate(("blue", "red", "tan"))]
    other = judged("zz", said("rules"), text="the linker found no symbol")
    assert order(*groups, other) == "blue zz red tan"
    assert order(*groups, other, number=2) == "blue zz"


@pytest.mark.parametrize(
    ("group", "why"),
    [
        (judged("a", UNKNOWN, count=1200), "no judge knows it; seen 1,200 times"),
        (judged("a", said("llm", confidence=0.62)), "llm is only 62% sure; seen once"),
        (
            judged("a", said("rules", "network_error"), said("llm", confidence=0.95), count=2),
            "llm is 95% sure; the judges disagree: rules says network_error, llm says timeout; seen 2 times",
        ),
    ],
)
def test_it_says_why(group: JudgedGroup, why: str) -> None:
    assert most_informative([group], 1)[0].why == why


ANSWERS = st.one_of(
    st.just(UNKNOWN),
    st.builds(said, st.sampled_from(["rules", "model", "llm"]), st.sampled_from(["timeout", "runtime_error"]), st.floats(0, 1)),
)


@given(st.lists(st.tuples(st.lists(ANSWERS, min_size=1, max_size=3), st.integers(1, 9)), max_size=12), st.integers(0, 14))
def test_each_group_comes_once_and_all_measures_are_shares(
    drawn: list[tuple[list[Verdict | Abstention], int]], number: int
) -> None:
    groups = [judged(f"{index:02}", *answers, count=count, text="x") for index, (answers, count) in enumerate(drawn)]
    found = most_informative(groups, number)
    hashes = [item.judged.group.error_hash for item in found]
    assert len(hashes) == len(set(hashes)) == min(number, len(groups))
    assert all(0 <= item.uncertainty <= 1 and 0 <= item.disagreement <= 1 and item.score > 0 for item in found)
