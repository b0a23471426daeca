from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from labelled_files import write_rows

from error_classification.learning.asking import COMBINED, Panel, Stored, asked
from error_classification.learning.evaluation import Answered
from error_classification.learning.labelled import LabelledInput, read_inputs
from error_classification.models import Abstention, FingerprintedError, Group, SourceType, Verdict
from error_classification.pipeline import Policy
from error_classification.redaction import Redactor
from error_classification.storage.memory import MemoryStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOG = """\
E   AssertionError: invoice total is 12
FAILED test_billing.py::test_total - AssertionError: invoice total is 12
+ curl -f https://registry.example.test/up
curl: (6) Could not resolve host: registry.example.test
##[error]Process completed with exit code 6.
"""


class Noon:
    def now(self) -> datetime:
        return NOW


class Says:
    """Always the same, and counts how often."""

    def __init__(self, name: str, category: str, confidence: float = 0.8) -> None:
        self.name, self.asked = name, 0
        self._answer = Verdict(name, category, "", confidence, "cause") if category else Abstention(name, "unknown")

    def judge(self, error: FingerprintedError) -> Verdict | Abstention:
        self.asked += 1
        return self._answer


def panel(*judges: Says | Stored) -> Panel:
    return Panel(judges, Redactor(), Noon(), Policy())


def labelled(tmp_path: Path, **row: object) -> LabelledInput:
    [found] = read_inputs([write_rows(tmp_path / "l.jsonl", {"text": LOG, "label": "network_error/dns"} | row)], Redactor())
    assert isinstance(found, LabelledInput)
    return found


def answers(one: LabelledInput, panel: Panel, each_error: bool = False) -> list[tuple[str, str, float]]:
    return [(name, answer.point.answer, answer.point.confidence) for name, answer in asked(one, panel, each_error)]


def test_each_judge_alone_and_all_together(tmp_path: Path) -> None:
    found = answers(labelled(tmp_path), panel(Says("rules", "timeout", 0.5), Says("model", "network_error", 0.8)))
    assert found[:2] == [("rules", "timeout", 0.5), ("model", "network_error", 0.8)]
    name, category, confidence = found[2]
    assert (name, category) == (COMBINED, "network_error")
    assert 0.1 < confidence < 0.8  # they disagree


def test_together_all_are_asked_however_sure_the_first_is(tmp_path: Path) -> None:
    model = Says("model", "network_error")
    name, category, confidence = answers(labelled(tmp_path), panel(Says("rules", "timeout", 0.95), model))[-1]
    assert (name, category) == (COMBINED, "timeout")
    assert confidence < 0.95
    assert model.asked == 2  # alone, and together


def test_abstentions(tmp_path: Path) -> None:
    found = answers(labelled(tmp_path), panel(Says("rules", ""), Says("model", "timeout")))
    assert [name for name, category, _ in found if category == "unclassified"] == ["rules"]
    assert found[-1] == (COMBINED, "timeout", 0.8)


def test_no_answer_serves_another_input(tmp_path: Path) -> None:
    rules = Says("rules", "timeout", 0.95)
    for _ in range(3):
        answers(labelled(tmp_path), panel(rules))
    assert rules.asked == 6


def test_where_nothing_is_found_nobody_is_asked(tmp_path: Path) -> None:
    rules = Says("rules", "timeout")
    quiet = labelled(tmp_path, text="all 3 steps passed\n" * 30, label="none")
    [(_, rules_said), (_, together)] = asked(quiet, panel(rules))
    assert rules.asked == 0
    assert (rules_said.verdict, together.verdict, rules_said.nothing_failed) == (None, None, True)


def test_which_error_is_asked_about(tmp_path: Path) -> None:
    one = labelled(tmp_path, cause=["##[error]Process completed"], text=LOG.replace("##[error]", "fatal: ##[error]"))
    marked = labelled(tmp_path, cause=["Could not resolve host"])
    assert one.first is not None
    [(_, first), _] = asked(one, panel(Says("rules", "timeout")))
    [(_, about), _] = asked(marked, panel(Says("rules", "timeout")), each_error=True)
    assert first.line == one.first.context.headline
    assert "Could not resolve host" in about.line


def test_an_input_none_of_whose_errors_is_meant_is_unanswered(tmp_path: Path) -> None:
    one = labelled(tmp_path, cause=["no such words"])
    assert answers(one, panel(Says("rules", "timeout")), each_error=True) == [
        ("rules", "unclassified", 0.0),
        (COMBINED, "unclassified", 0.0),
    ]


def test_what_an_answer_keeps_of_its_input(tmp_path: Path) -> None:
    one = labelled(tmp_path, id="i", family="dns", tool="curl", ambiguous=True, accepted=["timeout"])
    [(_, answer), _] = asked(one, panel(Says("rules", "timeout")))
    assert isinstance(answer, Answered)
    assert (answer.input, answer.family, answer.tool, answer.ambiguous) == ("i", "dns", "curl", True)
    assert answer.source_type is SourceType.JOB_LOG
    assert answer.point.is_right


class Known(MemoryStore):
    """Has one answer for whatever it is asked."""

    def __init__(self, answer: Verdict | Abstention) -> None:
        super().__init__()
        self._answer = answer

    def groups(self, hashes: object) -> Mapping[str, Group]:
        [hash_] = list(hashes)  # type: ignore[call-overload]
        return {hash_: Group(hash_, self._answer, 1, NOW, NOW, NOW)}


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        (Verdict("llm", "network_error", "dns", 0.9, "cause"), "network_error"),
        (Verdict("rules", "network_error", "dns", 0.9, "cause"), "unclassified"),
        (Abstention("llm", "not sure"), "unclassified"),
    ],
)
def test_stored_answers_of_the_language_model(tmp_path: Path, answer: Verdict | Abstention, category: str) -> None:
    found = answers(labelled(tmp_path), panel(Stored(Known(answer))))
    assert found[0][:2] == ("llm", category)


def test_what_is_not_stored_is_not_known(tmp_path: Path) -> None:
    assert answers(labelled(tmp_path), panel(Stored(MemoryStore())))[0][1] == "unclassified"
