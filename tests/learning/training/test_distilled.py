"""The training corpus in one file."""

from __future__ import annotations

import gzip

import pytest
from training_examples import corpus, labelled

from error_classification.classification.model import features
from error_classification.errors import InputError
from error_classification.learning.training import distilled
from error_classification.learning.training.examples import Origin, example
from error_classification.taxonomy import BY_NAME, SUBCATEGORIES


def test_what_was_distilled_has_the_same_features_and_labels() -> None:
    errors = [*corpus(), labelled("one\x85two\u2028three: permission denied", "configuration_error/permission", "f", "t")]
    read = distilled.distilled(distilled.distil(errors))
    kept, given = ({(features(one.error), one.label, one.family, one.tool) for one in some} for some in (read, errors))
    assert kept == given
    assert len(read) == len(errors)


def test_equal_errors_are_kept_once_and_order_does_not_matter() -> None:
    errors = list(corpus())
    assert distilled.distil([*errors, *errors]) == distilled.distil(reversed(errors))


@pytest.mark.parametrize(
    "data",
    [b"no gzip", gzip.compress(b"{", mtime=0), gzip.compress(b"[]\n", mtime=0), gzip.compress(b'{"text": "x"}\n', mtime=0)],
)
def test_a_damaged_corpus_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="damaged"):
        distilled.distilled(data, "zoo")


def test_the_programs_corpus_has_every_category_many_families_and_no_unknown_label() -> None:
    errors = distilled.built_in()
    assert len(errors) > 3000
    labels = {tuple(one.label.split("/")) for one in errors if "/" in one.label}
    assert labels <= set(SUBCATEGORIES)
    origins = [example(one).origin for one in errors[::50]]
    assert Origin.ZOO in origins
    zoo = [one for one in errors if one.how not in ("rule", "prompt")]
    assert {one.category for one in zoo} == {*BY_NAME, "unclassified"}
    assert len({one.family for one in zoo}) > 100
    assert len({one.tool for one in zoo}) > 40
