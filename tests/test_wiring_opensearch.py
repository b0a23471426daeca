from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from error_classification.config import Config
from error_classification.errors import UsageError
from error_classification.sources.opensearch import JOBS, STEPS, TESTS
from error_classification.wiring.opensearch import connected, open_for_jobs, source

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
URL = "https://search.example:9200"


def test_the_source_reads_what_is_named_on_the_server_that_is_configured() -> None:
    config = Config(
        opensearch_url=URL, tests_index="ci-tests", job_index=f"{URL}/ci-jobs/", steps_index="https://user:secret@other.example/steps"
    )
    found = source(config, NOON, NOON)
    assert found is not None
    assert dict(found.indices) == {TESTS: "ci-tests", JOBS: "ci-jobs"}
    assert found.warnings == ["steps are on another server than OPENSEARCH_URL: not read"]
    assert STEPS not in found.indices


@pytest.mark.parametrize("config", [Config(), Config(opensearch_url=URL), Config(tests_index="ci-tests")])
def test_without_an_index_or_a_server_there_is_no_source(config: Config) -> None:
    assert source(config, NOON, NOON) is None


def test_a_job_uses_opensearch_where_that_is_configured_unless_a_store_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with open_for_jobs(Config(opensearch_url=URL)).archive as archive:
        assert type(archive).__name__ == "SpoolingStore"
    named = open_for_jobs(Config(opensearch_url=URL, store=str(tmp_path / "own.sqlite3")))
    with named.archive:
        assert named.location == str(tmp_path / "own.sqlite3")


def test_without_a_home_nothing_can_wait_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    opened = open_for_jobs(Config(opensearch_url=URL))
    with opened.archive:
        assert opened.notices == ("no home folder: what OpenSearch can't take while it is out of reach is lost",)


def test_signing_for_aws_needs_its_library_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(UsageError, match="to sign for AWS botocore is needed"):
        connected(Config(opensearch_url=URL, opensearch_aws_region="eu-central-1"))
