from __future__ import annotations

import json
from datetime import UTC, datetime

from error_classification.reporting.evaluation import Figure
from error_classification.reporting.evaluation.drift import (
    Agreement,
    CategoryDrift,
    Drift,
    advice,
    drift_headline,
    drift_record,
    drift_sections,
)

SINCE, UNTIL = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 31, tzinfo=UTC)
BEFORE, NOW = Figure(0.95, (0.91, 0.97), 190, 200), Figure(0.7, (0.6, 0.78), 70, 100)
FALLEN = CategoryDrift("rules", "timeout", BEFORE, NOW, Figure(-0.25, (-0.35, -0.16)), True)
STEADY = CategoryDrift("model", "flaky_test", NOW, NOW, Figure(0.0, (-0.1, 0.1)), False)
DRIFT = Drift(300, 30, (Agreement("rules", SINCE, UNTIL, NOW),), (STEADY, FALLEN))


def test_the_tables_have_alarms_first() -> None:
    periods, categories = drift_sections(DRIFT)
    assert periods.rows == [["rules", "2026-05-01", "2026-05-31", "70.0 % (60-78) of 100"]]
    assert categories.rows == [
        ["rules", "timeout", "95.0 % (91-97) of 200", "70.0 % (60-78) of 100", "-25.0 (-35 to -16)", "fell"],
        ["model", "flaky_test", "70.0 % (60-78) of 100", "70.0 % (60-78) of 100", "+0.0 (-10 to +10)", ""],
    ]
    assert list(drift_sections(Drift(0, 30, (), ()))) == []


def test_the_headline_and_the_advice() -> None:
    assert drift_headline(DRIFT) == "300 labelled errors: precision fell: timeout (rules)"
    assert "train --extra labels.jsonl" in advice(DRIFT)
    steady = Drift(1, 30, (), (STEADY,))
    assert drift_headline(steady) == "1 labelled error: no category's precision fell"
    assert advice(steady) == ""


def test_the_record() -> None:
    found = json.loads(json.dumps(drift_record(DRIFT)))
    assert (found["labelled"], found["days"]) == (300, 30)
    assert found["periods"][0]["since"] == "2026-05-01T00:00:00.000000Z"
    assert found["categories"][1] == {
        "judge": "rules",
        "category": "timeout",
        "before": {"value": 0.95, "low": 0.91, "high": 0.97, "count": 190, "of": 200},
        "now": {"value": 0.7, "low": 0.6, "high": 0.78, "count": 70, "of": 100},
        "change": {"value": -0.25, "low": -0.35, "high": -0.16},
        "alarm": True,
    }
