"""What an evaluation looks like: the same numbers everywhere, and nothing that an input could steer."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.reporting.evaluation import (
    Bin,
    ClassFigures,
    Evaluation,
    Figure,
    GroupEvaluation,
    JudgeEvaluation,
    Measure,
    RiskPoint,
    Wrong,
)
from error_classification.reporting.evaluation.page import page
from error_classification.reporting.evaluation.record import record
from error_classification.reporting.evaluation.text import full, headline, percent, sections, short

SHARE = Figure(0.75, (0.3, 0.95), 3, 4)
SCORE = Figure(0.8, (0.61, 0.92))
FIGURES = {
    **dict.fromkeys(Measure, SHARE),
    Measure.MACRO_F1: SCORE,
    Measure.ECE: Figure(0.0712, (0.05, 0.09)),
    Measure.SILENT: Figure(count=0, of=0),
}
WRONG = Wrong("job.log", "curl", "dns", "network_error/dns", "timeout", 0.92, "Could not resolve", "says timeout", True)
JUDGE = JudgeEvaluation(
    judge="rules",
    inputs=4,
    quiet=1,
    figures=FIGURES,
    classes=(
        ClassFigures("timeout", 2, 3, Figure(2 / 3, (0.2, 0.9), 2, 3), Figure(1.0, (0.3, 1.0), 2, 2), SCORE),
        ClassFigures("network_error", 1, 0, Figure(count=0, of=0), Figure(0.0, (0.0, 0.8), 0, 1), Figure(0.0, (0.0, 0.5))),
    ),
    confusion={("timeout", "timeout"): 2, ("network_error", "timeout"): 1, ("unclassified", "unclassified"): 1},
    bins=(Bin(0.5, 0.6, 0.55, SHARE), Bin(0.9, 1.0, 0.93, Figure(1.0, (0.4, 1.0), 2, 2))),
    curve=(RiskPoint(0.95, 0.25, 0.0), RiskPoint(0.55, 0.75, 1 / 3)),
    wrong=(WRONG,),
)
EMPTY = JudgeEvaluation("rules", 0, 0, dict.fromkeys(Measure, Figure()), (), {}, (), (), ())
EVALUATION = Evaluation((JUDGE,), "source_type", (GroupEvaluation("job_log", 4, {Measure.ACCURACY: SHARE} | FIGURES),))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.0 %"), (0.0001, "0.1 %"), (0.125, "12.5 %"), (0.99999, "99.9 %"), (1, "100.0 %")]
)
def test_percent_is_never_all_nor_nothing_by_rounding(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("measure", "figure", "briefly", "fully"),
    [
        (Measure.ACCURACY, SHARE, "75.0 %", "75.0 % (30-95)"),
        (Measure.MACRO_F1, SCORE, "0.800", "0.800 (0.610-0.920)"),
        (Measure.ECE, Figure(0.5), "0.500", "0.500"),
        (Measure.ECE, Figure(), "–", "–"),
    ],
)
def test_figures(measure: Measure, figure: Figure, briefly: str, fully: str) -> None:
    assert (short(measure, figure), full(measure, figure)) == (briefly, fully)


def test_the_tables() -> None:
    found = {section.title: section for section in sections(EVALUATION, with_wrong=True)}
    assert list(found) == ["Judges", "By category", "Most frequent confusions", "By source type", "Wrong answers"]
    assert [column.title for column in found["Judges"].columns] == ["Measure", "rules", "Meaning"]
    names = [row[0] for row in found["Judges"].rows]
    assert "macro-f1" in names
    assert "silent" not in names  # there is nothing to say about it
    assert found["By category"].rows[1] == ["network_error", "1", "–", "0.0 % (0-80)", "0.00 (0.00-0.50)"]
    assert found["By source type"].rows == [["job_log", "4", "75.0 % (30-95)", "75.0 %", "75.0 %", "75.0 %"]]
    assert found["Most frequent confusions"].rows == [["network_error", "timeout", "1"]]
    assert found["Wrong answers"].rows[0][:4] == ["job.log", "network_error/dns (ambiguous)", "timeout", "0.92"]


def test_judges_stand_side_by_side_and_the_last_is_in_force() -> None:
    second = replace(JUDGE, judge="model", figures=FIGURES | {Measure.MACRO_F1: Figure(0.9)}, confusion={})
    both = Evaluation((JUDGE, second))
    [judges, _] = sections(both)
    assert next(row for row in judges.rows if row[0] == "macro-f1")[1:3] == ["0.800 (0.610-0.920)", "0.900"]
    assert "macro-F1 0.900" in headline(both)


def test_the_headline() -> None:
    text = headline(replace(EVALUATION, unread=2))
    assert text == (
        "4 failed inputs and 1 in which nothing failed: macro-F1 0.800, accuracy 75.0 %, confident errors 75.0 %; "
        "2 rows could not be read"
    )


def test_the_record() -> None:
    found = json.loads(json.dumps(record(EVALUATION, with_wrong=True)))
    [judge] = found["judges"]
    assert (judge["judge"], judge["inputs"], judge["nothing_failed"]) == ("rules", 4, 1)
    assert judge["measures"]["accuracy"] == {"value": 0.75, "low": 0.3, "high": 0.95, "count": 3, "of": 4}
    assert judge["measures"]["ece"] == {"value": 0.0712, "low": 0.05, "high": 0.09}
    assert judge["measures"]["silent"] is None
    assert judge["confusion"][1] == {"truth": "network_error", "answer": "timeout", "inputs": 1}
    assert judge["reliability"][0]["count"] == 4
    assert judge["risk_coverage"][1] == {"threshold": 0.55, "coverage": 0.75, "risk": 1 / 3}
    assert judge["wrong"][0]["label"] == "network_error/dns"
    assert found["groups"][0]["group"] == "job_log"
    assert "wrong" not in json.loads(json.dumps(record(EVALUATION)))["judges"][0]


VOID = {"meta", "rect", "line", "circle", "path"}
FRAME = {"html", "head", "title", "style", "body", "h1", "h2", "h3", "p", "b", "div", "small", "i", "span"}
KNOWN_TAGS = VOID | FRAME | {"figure", "figcaption", "svg", "g", "text", "details", "summary", "code"}
KNOWN_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("evaluation", [EVALUATION, Evaluation((EMPTY,)), Evaluation((JUDGE, replace(JUDGE, judge="model")))])
def test_the_page_is_well_formed_and_loads_nothing(evaluation: Evaluation) -> None:
    text = page(evaluation)
    found = Page(text)
    assert found.open == []
    assert set(found.tags) <= KNOWN_TAGS
    assert not found.attributes & {"src", "href", "onclick", "onload", "onerror", "xlink:href"}
    assert "url(" not in text
    assert "@import" not in text


def test_the_plots() -> None:
    text = page(EVALUATION)
    found = Page(text)
    assert found.tags.count("svg") == 4
    assert text.count('class="dot judge0"') == len(JUDGE.curve)
    assert text.count('class="bar"') == text.count('class="count"') == len(JUDGE.bins)
    assert text.count('class="right"') == 2
    assert text.count('class="wrong"') == 1
    assert "macro-F1" in found.words
    assert "no answers" in found.words  # network_error has no precision


def test_a_confidence_that_is_too_high_is_another_colour() -> None:
    too_sure = replace(JUDGE, bins=(Bin(0.9, 1.0, 0.95, Figure(0.2, (0.1, 0.4), 2, 10)),))
    assert 'class="over"' in page(Evaluation((too_sure,)))
    assert 'class="under"' not in page(Evaluation((too_sure,)))


MARKUP = ("<script>alert(1)</script>", '" onload="x', "</svg><img src=x>", "&lt;b&gt;", "--><!--", "</style><style>*{}")
HOSTILE = st.sampled_from((*MARKUP, "\x1b[31mred", "\u202eabc", "a\nb")) | st.text(max_size=20)


@settings(deadline=None, max_examples=60)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_input_can_steer_the_page(name: str, category: str, judge: str) -> None:
    wrong = replace(WRONG, input=name, truth=category, answer=judge, line=name, reason=category)
    classes = (replace(JUDGE.classes[0], name=category),)
    confusion = {(category, category): 1, (category, judge): 2}
    hostile = replace(JUDGE, judge=judge, classes=classes, confusion=confusion, wrong=(wrong,))
    found = Page(page(Evaluation((hostile,), name, (GroupEvaluation(name, 1, FIGURES),)), title=name))
    assert found.open == []
    assert set(found.tags) <= KNOWN_TAGS
    assert not found.attributes & {"src", "href", "onload"}
    assert not set("\x1b\u202e") & set(found.words)
