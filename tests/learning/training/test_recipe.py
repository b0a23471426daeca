"""From examples to a model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from training_examples import WORDS, corpus, labelled

from error_classification.classification.model import ModelJudge, unpacked
from error_classification.errors import UsageError
from error_classification.learning.training.comparing import compared
from error_classification.learning.training.examples import PLENTY, Example, Origin, balanced, distinct, example
from error_classification.learning.training.recipe import (
    CLASSES,
    RECIPE_IN_FORCE,
    Trained,
    folds,
    held_out,
    rows_of,
    share_right,
    train,
    vocabulary,
)
from error_classification.models import Abstention, Verdict

SMALL = replace(RECIPE_IN_FORCE, least_known=0.0, folds=2)


def examples() -> list[Example]:
    return [example(one) for one in corpus()]


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(examples(), SMALL)


def judge(trained: Trained) -> ModelJudge:
    return ModelJudge(lambda: unpacked(trained.data, "new"))


def test_the_same_examples_give_the_same_bytes(trained: Trained) -> None:
    assert train(examples(), SMALL).data == trained.data


def test_another_example_is_another_version(trained: Trained) -> None:
    more = [*examples(), example(labelled("lock order inversion", "timeout/deadlock", "locks", "tsan"))]
    assert train(more, SMALL).version != trained.version


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("could not resolve host quarry.example.test", "network_error/dns"),
        ("connection refused by quarry.example.test", "network_error/connection"),
        ("No module named quarry", "dependency_error/missing_module"),
    ],
)
def test_what_it_learnt_holds_for_words_it_never_saw(trained: Trained, text: str, label: str) -> None:
    answer = judge(trained).judge(labelled(text, label).error)
    assert isinstance(answer, Verdict), answer
    assert f"{answer.category}/{answer.subcategory}" == label


def test_what_was_labelled_as_no_cause_gets_no_answer(trained: Trained) -> None:
    assert isinstance(judge(trained).judge(labelled("quarry finished its round and all is well", "").error), Abstention)


def test_the_file_says_what_was_learnt_and_how_well(trained: Trained) -> None:
    header = unpacked(trained.data, "new").header
    assert header.trained_on == {"zoo": len(examples())}
    assert header.measured["inputs"] == 2 * len(examples())
    assert header.measured["accuracy"] == round(share_right(trained.points(Origin.ZOO)), 4)
    assert header.version == trained.version


def test_no_family_and_no_tool_stands_on_both_sides() -> None:
    rows = rows_of(examples(), vocabulary(examples(), SMALL))
    for group in ("family", "tool"):
        parts = folds(examples(), group, 3)
        assert sum(map(len, parts)) == len(set().union(*parts)) == len({getattr(one, group) for one in examples()})
        columns = len(vocabulary(examples(), SMALL).columns)
        assert len(list(held_out(rows, columns, group, SMALL))) == len(rows)


def test_worked_examples_are_never_held_out() -> None:
    mixed = [*examples(), example(labelled("connection refused", "network_error/connection", "rule x", "net.toml", "rule"))]
    known = vocabulary(mixed, SMALL)
    origins = {one.origin for one, _ in held_out(rows_of(mixed, known), len(known.columns), "family", SMALL)}
    assert origins == {Origin.ZOO}


def test_a_name_of_one_family_is_not_learnt() -> None:
    known = vocabulary([*examples(), example(labelled("only once upon a time", "timeout/job", "x", "y"))], SMALL)
    assert "head once" not in known.columns
    assert {"head refused", f"head {WORDS[0]}"} <= set(known.columns)


def test_many_copies_of_a_provocation_weigh_less_each() -> None:
    copies = [replace(one, family="f", tool="t") for one in examples()[: 4 * PLENTY]]
    assert [one.weight for one in balanced(copies)] == [0.5] * (4 * PLENTY)
    assert [one.weight for one in balanced(copies[:PLENTY])] == [1.0] * PLENTY


def test_what_looks_alike_and_is_labelled_alike_is_one_example() -> None:
    assert len(distinct([*examples(), *examples()])) == len(examples())


def test_one_label_alone_teaches_nothing() -> None:
    with pytest.raises(UsageError, match="one label alone"):
        train([one for one in examples() if one.category == "network_error"], SMALL)


def test_a_new_model_is_compared_with_the_one_in_force_on_what_it_did_not_learn(trained: Trained) -> None:
    own = [example(labelled(f"the {word} clerk sealed nothing", "timeout/job", f"clerk {word}"), Origin.EXTRA) for word in WORDS]
    better = train([*examples(), *own], SMALL)
    rows = {row.what: row for row in compared(better, own, unpacked(trained.data, "old"))}
    theirs = rows["your labels"]
    assert (theirs.inputs, theirs.is_worse) == (len(own), False)
    assert theirs.new > theirs.in_force
    assert [row.what for row in compared(trained, (), unpacked(better.data, "old"))] == ["the program's corpus"]


def test_classes_are_the_taxonomys_and_no_cause() -> None:
    assert len(CLASSES) == 11
    assert CLASSES[-1] == "unclassified"
