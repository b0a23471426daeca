"""Where metrics go, and who gets to see which credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from error_classification.config import resolve
from error_classification.errors import UsageError
from error_classification.wiring.metrics.targets import Target, targets

OWN = {
    "OPENSEARCH_URL": "https://search.example:9200",
    "OPENSEARCH_USERNAME": "ada",
    "OPENSEARCH_PASSWORD": "s3cret",
    "OPENSEARCH_FINGERPRINT": "ab" * 32,
    "OPENSEARCH_AWS_REGION": "eu-west-1",
    "OPENSEARCH_CA_FILE": "/etc/ca.pem",
}


def target(value: str, folder: Path, **more: str) -> Target:
    return targets(resolve({}, OWN | {"JOB_INDEX": value} | more, folder))["job"]


def credentials(found: Target) -> tuple[str, str, str, str]:
    config = found.config
    return config.opensearch_username, config.opensearch_password, config.opensearch_fingerprint, config.opensearch_aws_region


ALL = ("ada", "s3cret", "ab" * 32, "eu-west-1")
NONE = ("", "", "", "")


@pytest.mark.parametrize(
    ("value", "url", "index", "given"),
    [
        ("jobs", "https://search.example:9200", "jobs", ALL),
        ("https://search.example:9200/jobs", "https://search.example:9200", "jobs", ALL),
        ("https://SEARCH.example:9200/jobs/_doc/", "https://SEARCH.example:9200", "jobs", ALL),
        ("https://search.example:9200/behind/a/jobs", "https://search.example:9200/behind/a", "jobs", ALL),
        ("https://bob:pw@search.example:9200/jobs", "https://bob:pw@search.example:9200", "jobs", ("", "", *ALL[2:])),
        ("https://other.example:9200/jobs", "https://other.example:9200", "jobs", NONE),
        ("https://search.example/jobs", "https://search.example", "jobs", NONE),
        ("http://search.example:9200/jobs", "http://search.example:9200", "jobs", NONE),
        ("https://search.example:9200.evil.example/jobs", None, "", NONE),
        ("https://search.example:9200@evil.example/jobs", "https://search.example:9200@evil.example", "jobs", NONE),
        ("https://bob:pw@other.example/jobs?x=1#y", "https://bob:pw@other.example", "jobs", NONE),
    ],
)
def test_credentials_are_for_the_configured_server_alone(
    value: str, url: str | None, index: str, given: tuple[str, ...], tmp_path: Path
) -> None:
    if url is None:
        with pytest.raises(UsageError):
            target(value, tmp_path)
        return
    found = target(value, tmp_path)
    assert (found.config.opensearch_url, found.index, credentials(found)) == (url, index, given)
    assert found.config.opensearch_ca_file == "/etc/ca.pem"


def test_a_user_in_the_configured_address_goes_along(tmp_path: Path) -> None:
    address = {"OPENSEARCH_URL": "https://ada:s3cret@search.example", "OPENSEARCH_USERNAME": ""}
    found = target("https://search.example:443/jobs", tmp_path, **address)
    assert found.config.opensearch_url == "https://ada:s3cret@search.example:443"
    assert "s3cret" not in target("https://other.example/jobs", tmp_path, **address).config.opensearch_url


@pytest.mark.parametrize("value", ["https://host", "https://host/", "https://host/_bulk", "ftp://host/x", "://", "https://h:x/y"])
def test_what_is_no_index_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="JOB_INDEX is neither"):
        target(value, tmp_path)


def test_kinds_without_an_index_are_left_out(tmp_path: Path) -> None:
    assert targets(resolve({}, OWN, tmp_path)) == {}
    names = {"WORKFLOW_INDEX": "runs", "STEPS_INDEX": "steps"}
    assert {kind: each.index for kind, each in targets(resolve({}, OWN | names, tmp_path)).items()} == {
        "workflow": "runs",
        "step": "steps",
    }


def test_a_projects_file_names_no_other_server(tmp_path: Path) -> None:
    file = tmp_path / ".error-classification.toml"
    file.write_text('job_index = "https://elsewhere.example/jobs"\n')
    with pytest.raises(UsageError, match="may not name another server"):
        targets(resolve({}, OWN, tmp_path))
    file.write_text('job_index = "https://search.example:9200/jobs"\n')
    assert targets(resolve({}, OWN, tmp_path))["job"].index == "jobs"
