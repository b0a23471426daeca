"""``train``, and the models that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runner import Program

from error_classification.classification import model
from error_classification.classification.model import unpacked
from error_classification.learning.training import distilled
from error_classification.learning.training.corpus import program_examples
from error_classification.learning.training.kept import Kept
from error_classification.learning.training.recipe import RECIPE_IN_FORCE, train

OWN = Path(model.__path__[0]) / model.FILE


@pytest.fixture(scope="module")
def small() -> bytes:
    """A model of a fiftieth of the corpus."""
    return train(program_examples()[::50], RECIPE_IN_FORCE).data


@pytest.fixture
def kept(run: Program) -> Kept:
    return Kept(run.store.parent / "models")


def test_the_programs_own_model_is_rebuilt_bit_for_bit(run: Program) -> None:
    done = run("train", "--rebuild", "--output", "again.model")
    assert done.code == 0, done.err
    assert Path("again.model").read_bytes() == OWN.read_bytes()
    assert "the program's corpus" in done.out
    version = unpacked(OWN.read_bytes(), "own").header.version
    assert done.err.strip() == f"model {version}, written to again.model"


def test_the_programs_model_is_small_enough_and_its_corpus_too() -> None:
    assert OWN.stat().st_size <= 3 << 20
    assert (Path(distilled.__file__).parent / distilled.FILE).stat().st_size <= 1 << 20


def test_labels_of_ones_own_are_learnt_kept_and_put_in_force(run: Program, kept: Kept, log: Path) -> None:
    rows = [
        {"text": f"FATAL the {word} clerk sealed nothing, the day stays open", "label": "timeout/job"}
        for word in ("evening", "morning", "harbour", "ledger", "parcel", "tariff")
    ]
    Path("mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("train", "--extra", "mine.jsonl", "--activate")
    assert done.code in (0, 1), done.err
    (version,) = kept.versions()
    assert version in done.err
    if done.code == 0:
        assert kept.history() == [version]
        assert "put in force" in done.err
    else:
        assert kept.history() == []
        assert "it is worse" in done.err
    assert run("train", "--use", version).code == 0
    Path("new.log").write_text("FATAL the census clerk sealed nothing, the day stays open\n")
    (record,) = run("classify", "new.log", "--judges", "model", "--no-store", "--format", "ndjson").records
    assert record["model_version"] == version
    assert record["primary_category"] in ("timeout", "unclassified")


def test_a_model_is_listed_used_and_taken_back(run: Program, kept: Kept, small: bytes) -> None:
    version = kept.keep(small)
    assert run("train", "--list").out == f"{version}\n"
    used = run("train", "--use", version)
    assert (used.code, used.err) == (0, f"in force: {version}\n")
    assert run("train", "--list").out == f"{version} (in force)\n"
    back = run("train", "--rollback")
    assert (back.code, back.err) == (0, "in force: the program's own\n")
    assert run("train", "--rollback").code == 2


def test_the_model_of_the_configuration_judges(run: Program, small: bytes, log: Path) -> None:
    Path("mine.model").write_bytes(small)
    Path(".error-classification.toml").write_text('model = "mine.model"\njudges = ["model"]\n')
    record = run("classify", log, "--no-store", "--format", "ndjson").records[0]
    assert record["model_version"] == unpacked(small, "small").header.version


def test_a_damaged_model_is_named_and_nothing_is_guessed(run: Program, log: Path) -> None:
    Path("broken.model").write_bytes(b"nothing")
    Path(".error-classification.toml").write_text('model = "broken.model"\n')
    done = run("classify", log, "--no-store")
    assert done.code == 3
    assert "broken.model: no model of this version" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name one of"),
        (["--list", "--rollback"], "name one of"),
        (["--rebuild", "--activate", "--output", "x"], "--output keeps none"),
        (["--use", "0123456789ab"], "no model '0123456789ab' is kept"),
        (["--extra", "a.jsonl", "--extra-weight", "0"], "0.1<=x<=100"),
    ],
)
def test_usage_errors_say_what_is_wrong(run: Program, arguments: list[str], said: str) -> None:
    done = run("train", *arguments)
    assert done.code == 2
    assert said in done.err


def test_labels_that_cannot_be_read_are_named(run: Program) -> None:
    Path("bad.jsonl").write_text('{"text": "x", "label": "sabotage"}\n')
    done = run("train", "--extra", "bad.jsonl")
    assert done.code == 3
    assert "bad.jsonl, line 1: unknown category 'sabotage'" in done.err
    assert "no label could be read" in done.err
