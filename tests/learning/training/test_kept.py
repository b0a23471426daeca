"""Models that a user keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_examples import corpus

from error_classification.errors import InputError, UsageError
from error_classification.learning.training.examples import example
from error_classification.learning.training.kept import HISTORY, Kept, read_model
from error_classification.learning.training.recipe import RECIPE_IN_FORCE, train

EXAMPLES = [example(one) for one in corpus()]


@pytest.fixture(scope="module")
def models() -> list[bytes]:
    return [train(EXAMPLES[start:], RECIPE_IN_FORCE).data for start in (0, 1)]


def test_a_kept_model_is_listed_put_in_force_and_taken_back(tmp_path: Path, models: list[bytes]) -> None:
    kept = Kept(tmp_path / "models")
    assert (kept.versions(), kept.in_force()) == ([], None)
    first, second = map(kept.keep, models)
    assert kept.versions() == sorted([first, second])
    assert kept.in_force() is None
    kept.activate(first)
    kept.activate(second)
    kept.activate(second)
    assert kept.history() == [first, second]
    assert kept.in_force() == kept.path(second)
    assert kept.roll_back() == first
    assert kept.roll_back() == ""
    with pytest.raises(UsageError, match="program's own"):
        kept.roll_back()


def test_keeping_a_model_again_changes_nothing(tmp_path: Path, models: list[bytes]) -> None:
    kept = Kept(tmp_path)
    version = kept.keep(models[0])
    assert kept.keep(models[0]) == version
    assert kept.path(version).read_bytes() == models[0]
    assert [file.name for file in tmp_path.iterdir()] == [kept.path(version).name]


@pytest.mark.parametrize("version", ["", "0123456789ab", "../../etc/passwd", "x" * 12])
def test_a_version_that_is_not_kept_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match="is kept"):
        Kept(tmp_path).activate(version)


def test_a_damaged_model_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the new model"):
        Kept(tmp_path).keep(b"nothing")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_version_in_the_list_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / HISTORY).write_text("0123456789ab\n../../elsewhere\n")
    assert Kept(tmp_path).history() == ["0123456789ab"]
    (tmp_path / HISTORY).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=HISTORY):
        Kept(tmp_path).history()


def test_a_model_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.model"):
        read_model(tmp_path / "gone.model")
