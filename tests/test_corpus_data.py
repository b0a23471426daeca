"""The zoo is what its tables say: everything is recorded, shows its cause, and has a label of the taxonomy."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from corpus import tables
from corpus.measure import counted, decisions
from corpus.record import RECORDINGS, Row, read
from corpus.tables import Specimen
from error_classification.classification.rules import Rule, RuleSet
from error_classification.learning.labelled import LabelledError, labelled_errors, read_inputs
from error_classification.models import UNCLASSIFIED, ErrorContext, SourceType
from error_classification.normalisation.fingerprint import fingerprint
from error_classification.redaction import Redactor
from error_classification.taxonomy import CATEGORIES, subcategory_of
from recording.producing import cause_lines

TABLES = [tables.read(path) for path in tables.paths()]
SPECIMENS = {specimen.id: specimen for table in TABLES for specimen in table.specimens}
ROWS: dict[str, Row] = {name: row for table in TABLES for name, row in read(table.name).items()}
WITHOUT_CAUSE = ("none", "unclassified")
LABELS = Counter(str(row["label"]) for row in ROWS.values())


def test_no_id_is_there_twice() -> None:
    assert len(SPECIMENS) == sum(len(table.specimens) for table in TABLES)


def test_everything_is_recorded() -> None:
    assert SPECIMENS.keys() == ROWS.keys()


def test_there_is_enough() -> None:
    assert len({row["provocation"] for row in ROWS.values()}) >= 400
    assert sum(label not in WITHOUT_CAUSE for label in LABELS.elements()) >= 1_500
    assert len({row["tool"] for row in ROWS.values()}) >= 40
    assert sum(row["how"] == "template" for row in ROWS.values()) <= 0.2 * len(ROWS)


def test_every_label_of_the_taxonomy_is_there() -> None:
    wanted = {f"{category.name}/{sub.name}" for category in CATEGORIES for sub in category.subcategories}
    assert wanted <= LABELS.keys()
    assert LABELS["none"] >= 50


def test_every_label_is_one_of_the_taxonomy() -> None:
    for label in LABELS.keys() - set(WITHOUT_CAUSE):
        category, _, subcategory = label.partition("/")
        assert subcategory_of(category, subcategory) is not None, label


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_recording_is_of_its_provocation(table: str) -> None:
    for name, row in read(table).items():
        specimen = SPECIMENS[name]
        assert (row["provocation"], row["family"], row["tool"]) == (specimen.provocation, specimen.family, specimen.tool), name
        assert (row["label"], row["how"], row["kind"]) == (specimen.label, specimen.how, specimen.kind), name
        assert tuple(_list(row["cause"])) == specimen.cause, name
        assert specimen.how == "recorded" or specimen.source, f"{name}: a template names its source"


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_recording_shows_its_cause(table: str) -> None:
    for name, row in read(table).items():
        causes = tuple(_list(row["cause"]))
        assert causes or row["label"] in WITHOUT_CAUSE, name
        assert cause_lines(str(row["text"]), causes) or not causes, name


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_no_recording_shows_where_it_was_made(table: str) -> None:
    for name, row in read(table).items():
        found = re.search(r"/root/|@users\.noreply|PRIVATE KEY-----\n[A-Za-z0-9+/]{40}|\.recording-\d", str(row["text"]))
        assert found is None, f"{name}: {found}"


def test_one_fingerprint_has_one_category() -> None:
    categories: dict[str, set[str]] = defaultdict(set)
    for one in labelled_errors(read_inputs([RECORDINGS], Redactor())):
        if not (one.error.generic or one.ambiguous or one.category == UNCLASSIFIED):
            categories[one.error.error_hash].add(one.category)
    mixed = [name for name, found in categories.items() if len(found) > 1]
    assert len(categories) >= 3_000
    assert len(mixed) <= 3, "texts that name no cause: make them wrappers in normalisation/generic.toml"


def test_a_variant_fills_all_places(tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text(
        """
        [[provocation]]
        id = "cat"
        family = "missing-file"
        tool = "cat"
        label = "configuration_error/missing_file"
        command = "cat @name@"
        cause = ["cat: @name@: No such file"]
        parameters = { file = "@name@" }
        files."@name@.bak" = "old @name@"
        variants = [{ name = "notes.txt" }, { name = "plan.md", format = "gitlab" }]
        """,
        encoding="utf-8",
    )
    first, second = tables.read(tmp_path / "few.toml").specimens
    assert (first.id, first.command, first.cause) == ("cat-1", "cat notes.txt", ("cat: notes.txt: No such file",))
    assert first.files == {"notes.txt.bak": "old notes.txt"}
    assert (second.parameters, second.format) == ({"file": "plan.md"}, "gitlab")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("variants = [{ other = 'x' }]", KeyError),
        ("colour = 'red'", TypeError),
        ("variants = [", ValueError),
    ],
    ids=["open place", "unknown key", "no TOML"],
)
def test_a_bad_table_is_refused(tmp_path: Path, line: str, wrong: type[Exception]) -> None:
    row = "[[provocation]]\nid = 'a'\nfamily = 'f'\ntool = 't'\nlabel = 'none'\ncommand = 'echo @name@'\n"
    (tmp_path / "bad.toml").write_text(row + line, encoding="utf-8")
    with pytest.raises(wrong):
        tables.read(tmp_path / "bad.toml")


def test_an_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    row = "[[provocation]]\nid = 'a'\nfamily = 'f'\ntool = 't'\nlabel = 'none'\ncommand = 'true'\n"
    (tmp_path / "bad.toml").write_text(row * 2, encoding="utf-8")
    with pytest.raises(ValueError, match="a-1"):
        tables.read(tmp_path / "bad.toml")


def test_how_a_specimen_came_about() -> None:
    specimen = Specimen("x", "kubectl", "none", output="Evicted", source="the API's reference")
    assert specimen.how == "template"
    assert Specimen("x", "kubectl", "none", command="true").how == "recorded"


def test_recordings_of_one_provocation_count_as_one_decision() -> None:
    found = [("r.a", "pip", True), ("r.a", "pip", False), ("r.a", "npm", True), ("r.b", "pip", False)]
    assert counted(found) == {"r.a": [1.5, 2], "r.b": [0, 1]}


@pytest.mark.parametrize("confidence", [0.9, 0.2])
def test_a_rule_has_decided_whether_or_not_it_is_sure_enough_to_answer(confidence: float) -> None:
    """Otherwise a rule that was measured to be weak would not be measured again, and return to its prior."""
    text = "pear juice everywhere"
    rule = Rule("fruit.pear", "pear juice", "timeout", "job", "No time", confidence, (text,), ())
    error = fingerprint(ErrorContext(SourceType.TEXT, "x", text, 1))
    labelled = LabelledError(error, "timeout/job", frozenset({"timeout"}), input="fruit-1")
    assert list(decisions([labelled], RuleSet((rule,)))) == [("fruit.pear", "fruit", True)]


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value
