from __future__ import annotations

import pytest
from cli_runner import Program


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Error: connect ECONNREFUSED 10.1.2.3:5432", {"host": "10.1.2.3", "port": "5432"}),
        ("ModuleNotFoundError: No module named 'numpy'", {"module": "numpy"}),
    ],
)
def test_an_answer_says_what_it_is_about_the_first_time_and_when_it_is_reused(
    run: Program, text: str, wanted: dict[str, str]
) -> None:
    for _ in range(2):
        (record,) = run("classify", "--judges", "rules", "--format", "ndjson", stdin=text).records
        assert record["parameters"] == wanted
    assert record["is_duplicate"]
    found = run("show", record["error_hash"], "--format", "json").records[0]
    assert found["parameters"] == wanted
