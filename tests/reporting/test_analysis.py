"""The report on recent failures: right numbers, advice that follows from them, and nothing that a log could steer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from model_strategies import CLASSIFICATIONS

from error_classification.models import (
    Abstention,
    ErrorClassification,
    ErrorContext,
    Evidence,
    FingerprintedError,
    RunContext,
    SourceType,
    Usage,
    Verdict,
)
from error_classification.reporting.analysis import Analysis, Period, analysed
from error_classification.reporting.analysis.advice import advice
from error_classification.reporting.analysis.page import page
from error_classification.reporting.analysis.text import document, trend

NOW = datetime(2026, 1, 31, tzinfo=UTC)
DAY = timedelta(days=1)
PERIOD = Period(NOW - DAY, NOW)


def occurrence(
    hash_: str = "a" * 16,
    label: str = "network_error/dns",
    at: datetime = NOW - DAY / 2,
    *,
    count: int = 1,
    confidence: float = 0.9,
    test: str = "",
    first: datetime | None = None,
    text: str = "Could not resolve host: example.org",
    cost: float = 0.0,
) -> ErrorClassification:
    category, _, subcategory = label.partition("/")
    context = ErrorContext(
        SourceType.JOB_LOG, "job.log", text, 3, 3, count=count, test_name=test, framework="pytest" if test else ""
    )
    answer: Verdict | Abstention = Abstention("rules", "no rule matches")
    if label != "unclassified":
        answer = Verdict(
            "rules", category, subcategory, confidence, "It broke.", "so", (Evidence(3, text),), usage=Usage(cost_usd=cost)
        )
    error = FingerprintedError(context, text, hash_, 1)
    return ErrorClassification("id", error, RunContext(workflow_name="build"), answer, at, at, first_seen=first)


def analysis(*now: ErrorClassification, before: tuple[ErrorClassification, ...] = ()) -> Analysis:
    return analysed("me/project", PERIOD, now, before)


def test_the_numbers() -> None:
    found = analysis(
        occurrence(count=3, first=NOW - 9 * DAY, cost=0.25),
        occurrence(count=2, first=NOW - 9 * DAY),
        occurrence("b" * 16, "timeout/test", confidence=0.5, test="T::a", first=NOW - DAY / 2),
        occurrence("c" * 16, "unclassified"),
        before=(occurrence(count=4), occurrence("d" * 16, "lost")),
    )
    assert (found.occurrences, found.before) == (7, 5)
    assert [(line.name, line.occurrences, line.errors, line.before) for line in found.categories] == [
        ("network_error", 5, 1, 4),
        ("timeout", 1, 1, 0),
        ("unclassified", 1, 1, 0),
        ("lost", 0, 0, 1),
    ]
    assert found.categories[0].confidence == pytest.approx(0.9)
    assert found.coverage == pytest.approx(6 / 7)
    assert [(entry.error_hash[0], entry.is_new, entry.retryable) for entry in found.entries] == [
        ("a", False, True),
        ("b", True, True),
        ("c", True, False),
    ]
    assert [entry.error_hash[0] for entry in found.unclassified] == ["c"]
    assert found.usage.cost_usd == 0.25
    assert [line.name for line in found.workflows] == ["build"]
    assert [line.name for line in found.frameworks] == ["pytest"]


def test_the_timeline_holds_every_occurrence_of_the_period() -> None:
    moments = [PERIOD.since, NOW - DAY / 2, NOW - timedelta(seconds=1), NOW]
    found = analysis(*(occurrence(at=moment) for moment in moments))
    assert sum(sum(slot.values()) for slot in found.timeline) == 4
    assert found.timeline[0] == {"network_error": 1}
    assert found.timeline[-1] == {"network_error": 2}


@pytest.mark.parametrize(
    ("now", "before", "said"), [(0, 0, "="), (3, 0, "new"), (3, 3, "="), (6, 3, "+100 %"), (1, 3, "-67 %"), (0, 3, "-100 %")]
)
def test_trends(now: int, before: int, said: str) -> None:
    assert trend(now, before) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (
            [occurrence(label="compilation_error/types", count=9)],
            (),
            "Mend aaaaaaaaaa first: It broke. It alone makes 9 of 9 occurrences (100%).",
        ),
        ([occurrence(count=9)], (occurrence(count=2),), "Look at what changed: network_error rose from 2 to 9 occurrences"),
        ([occurrence(count=9)], (), "9 occurrences may pass on the same commit (network_error/dns)."),
        ([occurrence(count=9)], (), "100% of the occurrences are not the code's."),
        (
            [occurrence(label="flaky_test/timing", count=9, test="T::a")],
            (),
            "Set 1 error of flaky tests apart and mend them: T::a.",
        ),
        (
            [occurrence(label="unclassified", count=9)],
            (),
            "Label or write a rule for aaaaaaaaaa: 100% of the occurrences are unclassified",
        ),
        (
            [occurrence(confidence=0.4, count=9)],
            (),
            "Check what is called network_error: the mean confidence of its 9 occurrences is 40%.",
        ),
    ],
)
def test_advice_names_its_numbers(now: list[ErrorClassification], before: tuple[ErrorClassification, ...], said: str) -> None:
    assert any(said in text for text in advice(analysis(*now, before=before)))


@pytest.mark.parametrize(
    "now",
    [
        [],
        [occurrence(count=4)],
        [occurrence(f"{number:016x}", "compilation_error/types") for number in range(30)],
    ],
    ids=["nothing", "too little", "nothing stands out"],
)
def test_no_advice_without_reason(now: list[ErrorClassification]) -> None:
    assert advice(analysis(*now)) == []


def test_a_quiet_period() -> None:
    found = analysis(before=(occurrence(),))
    assert "Nothing failed in this period; 1 occurrence in the one before." in document(found)
    assert "<svg" not in page(found)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag


KNOWN_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "ol",
    "li",
    "svg",
    "text",
    "rect",
    "span",
    "i",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
}
KNOWN_ATTRIBUTES = {
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "style",
    "viewbox",
    "role",
    "aria-label",
    "x",
    "y",
    "width",
    "height",
    "fill",
    "text-anchor",
}
HOSTILE = "<script>alert(1)</script><img src=x onerror=y>\"'&lt;|`![a](b)\x1b[31m"


def test_a_page_has_no_element_but_its_own() -> None:
    found = analysed(
        HOSTILE, PERIOD, [occurrence(text=HOSTILE, test=HOSTILE, count=6), occurrence("b" * 16, "unclassified", text=HOSTILE)], ()
    )
    seen = Page()
    seen.feed(page(found))
    assert seen.tags <= KNOWN_TAGS
    assert seen.attributes <= KNOWN_ATTRIBUTES
    assert seen.open == []
    assert "\x1b" not in page(found) + document(found)


@settings(deadline=None, max_examples=30)
@given(CLASSIFICATIONS)
def test_any_classification_can_be_reported(item: ErrorClassification) -> None:
    found = analysis(item)
    seen = Page()
    seen.feed(page(found))
    assert seen.open == []
    assert document(found)
