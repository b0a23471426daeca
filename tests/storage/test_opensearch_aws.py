"""Signed requests, verified by an implementation of our own, on their way to a real server: all that the store asks."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from opensearch_node.node import Node
from opensearch_stores import server_at
from store_builders import HASH, at, occurrence

from error_classification.errors import StoreError, UsageError
from error_classification.ports import Pruned
from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.server import Server
from error_classification.storage.opensearch.store import OpenSearchStore
from stand_ins.aws import Account, AwsServer, Call, flaw

TEMPORARY = Account(token="FwoGZXIvYXdzEXAMPLE//token==")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the command line of AWS takes them; nothing of this machine's."""
    account = TEMPORARY
    for name, value in (("ACCESS_KEY_ID", account.key), ("SECRET_ACCESS_KEY", account.secret), ("SESSION_TOKEN", account.token)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(f"AWS_{name}", str(tmp_path / "none"))


def signing(aws: AwsServer) -> Server:
    endpoint = Endpoint(aws.url, region=aws.account.region, service=aws.account.service)
    return Server(connect(endpoint), endpoint.name, endpoint.refreshes, time.sleep)


@pytest.mark.opensearch
@pytest.mark.parametrize("service", ["es", "aoss"])
def test_all_that_the_store_asks_is_signed_as_it_should_be(opensearch_node: Node, index_name: str, service: str) -> None:
    with AwsServer(opensearch_node.url, replace(TEMPORARY, service=service)) as aws:
        with OpenSearchStore(signing(aws), index_name) as store:
            last = occurrence("c", minute=60 * 24 * 40)
            assert store.save([occurrence("a"), occurrence("ä ö/ü", minute=1), last])[HASH].occurrence_count == 3
            assert store.save([occurrence("d", minute=2), last])[HASH].occurrence_count == 4
            server_at(opensearch_node.url).refresh([f"{index_name}*"])
            assert store.save([last])[HASH].occurrence_count == 4
            assert [each.error_id for each in store.recent()] == ["c", "d", "ä ö/ü", "a"]
            assert (store.stats().occurrences, store.find_hashes(HASH[:4])) == (4, [HASH])
            assert store.label(HASH, "timeout", "job", "ann", at(3)).answer.judge == "human"
            assert store.prune(at(1)) == Pruned(1, 1)
        assert aws.refused == []
        paths = " ".join(call.path for call in aws.calls)
        assert "*" in paths or "," in paths, "nothing that has to be encoded was asked for"
        assert ("_refresh" in paths) is (service == "es")


@pytest.mark.opensearch
@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"key": "AKIDOTHER"}, {"region": "us-east-1"}, {"token": "expired"}])
def test_who_signs_otherwise_stays_outside(opensearch_node: Node, index_name: str, wrong: dict[str, str]) -> None:
    with AwsServer(opensearch_node.url, TEMPORARY) as aws:
        server = signing(aws)
        aws.account = replace(TEMPORARY, **wrong)
        with pytest.raises(StoreError, match=r"does not allow it \(403\)"):
            OpenSearchStore(server, index_name).groups([HASH])
        assert len(aws.refused) == 1


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        monkeypatch.delenv(f"AWS_{name}")
    with pytest.raises(UsageError, match="there are no credentials for AWS"):
        connect(Endpoint("https://search.example", region="eu-central-1"))


NOON = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
PLAIN = Account(region="us-east-1", service="service")


def called(body: bytes = b"{}", query: str = "b=2&a=1&a=%20") -> Call:
    """What botocore signs at this time."""
    request = AWSRequest("POST", f"https://host.example/a%20b/c,d*/?{query}", data=body)
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    auth = SigV4Auth(Credentials(PLAIN.key, PLAIN.secret), PLAIN.service, PLAIN.region)
    auth.add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()} | {"host": "host.example"}
    return Call("POST", "/a%20b/c,d*/", query, headers, body)


def test_the_verifier_agrees_with_the_makers_own_signer_and_sees_every_change() -> None:
    call, now = called(), datetime.now(UTC)
    assert flaw(call, PLAIN, now) == ""
    assert "does not match" in flaw(replace(call, path="/other"), PLAIN, now)
    assert "does not match" in flaw(replace(call, query="a=1"), PLAIN, now)
    assert "does not match" in flaw(replace(call, method="PUT"), PLAIN, now)
    assert "content-sha256" in flaw(replace(call, body=b"[]"), PLAIN, now)
    assert "does not match" in flaw(replace(call, headers={**call.headers, "host": "other.example"}), PLAIN, now)
    assert flaw(call, PLAIN, NOON) == "Signature expired."
    assert flaw(replace(call, headers={}), PLAIN, now) == "Missing Authentication Token"
