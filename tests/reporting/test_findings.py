from __future__ import annotations

from dataclasses import replace

import pytest
from front_builders import MISSING_MODULE, NOW, UNKNOWN, classified

from error_classification.models import Outcome, Verdict
from error_classification.reporting.findings import Finding, Findings, Past

PAST = Past(12, NOW)


def test_each_error_once_with_its_place_and_its_past() -> None:
    findings = Findings()
    findings.add(classified(file="/srv/app/src/main.py", line=3))
    findings.add(classified(file="/srv/app/src/other.py", line=4, occurrence_count=12))
    findings.add(classified(UNKNOWN, error_hash="f" * 16, occurrence_count=9))
    asked: list[tuple[str, int]] = []

    def remember(error_hash: str, now: int) -> Past:
        asked.append((error_hash, now))
        return PAST

    found = findings.sorted(lambda name: name.removeprefix("/srv/app/"), remember, "https://git.example/a/b/blob/c0ffee", 9)
    assert len(findings) == 2
    assert [(item.place, item.url, item.past) for item in found] == [
        ("src/main.py:3", "https://git.example/a/b/blob/c0ffee/src/main.py#L3", PAST),
        ("", "", PAST),
    ]
    assert asked == [("0123456789abcdef", 2), ("f" * 16, 1)]


def test_only_the_first_are_looked_into() -> None:
    findings = Findings()
    for number in range(5):
        findings.add(classified(error_hash=f"{number:016}", file="a.py", line=1, occurrence_count=2))
    found = findings.sorted(str, lambda error_hash, now: PAST, "", 2)
    assert [bool(item.past) for item in found] == [True, True, False, False, False]
    assert [item.url for item in found] == [""] * 5


def test_what_the_store_has_not_seen_before_has_no_past() -> None:
    findings = Findings()
    findings.add(classified(count=3, occurrence_count=3))
    assert findings.sorted(str, lambda error_hash, now: PAST, "", 1)[0].past is None


@pytest.mark.parametrize(
    ("file", "line", "place", "url"),
    [
        ("src/a b/(x)#?.py", 3, "src/a b/(x)#?.py:3", "https://h/src/a%20b/%28x%29%23%3F.py#L3"),
        ("src/app.py", None, "src/app.py", "https://h/src/app.py"),
    ],
)
def test_the_address_of_a_line(file: str, line: int | None, place: str, url: str) -> None:
    findings = Findings()
    findings.add(classified(file=file, line=line))
    (found,) = findings.sorted(str, lambda error_hash, now: None, "https://h", 1)
    assert (found.place, found.url) == (place, url)


@pytest.mark.parametrize(
    ("verdict", "outcome", "retryable"),
    [
        (MISSING_MODULE, Outcome.FAILED, False),
        (replace(MISSING_MODULE, category="network_error", subcategory="dns"), Outcome.FAILED, True),
        (replace(MISSING_MODULE, subcategory="of_our_own"), Outcome.FAILED, None),
        (MISSING_MODULE, Outcome.FLAKY, True),
    ],
)
def test_whether_a_retry_helps(verdict: Verdict, outcome: Outcome, retryable: bool | None) -> None:
    findings = Findings()
    findings.add(classified(verdict, outcome=outcome))
    assert Finding(findings.rows()[0]).retryable is retryable
