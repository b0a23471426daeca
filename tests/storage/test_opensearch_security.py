"""The security plug-in, for real: https, users, and whether the roles that we print suffice and are no more than that."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from opensearch_node.node import Node, started
from opensearch_node.security import ADMIN
from opensearch_stores import server_at
from store_builders import HASH, at, occurrence

from error_classification.errors import StoreError, UsageError
from error_classification.opensearch_schema import roles
from error_classification.opensearch_schema.metric_fields import metrics_body, metrics_template
from error_classification.ports import Pruned
from error_classification.sources.opensearch import JOBS, OpenSearchSource
from error_classification.storage.opensearch.connection import Endpoint, connect
from error_classification.storage.opensearch.preparing import prepare, prepare_metrics
from error_classification.storage.opensearch.replacing import make_index, replace_all
from error_classification.storage.opensearch.server import OutOfReachError, Server
from error_classification.storage.opensearch.store import OpenSearchStore

INDEX, METRICS = "errors", "ci-jobs"
PASSWORD = "a-Rather-l0ng-passphrase"


@pytest.mark.opensearch
def test_roles_suffice_and_allow_no_more(tmp_path: Path) -> None:
    with started(tmp_path, secured=True) as node:
        ca = str(tmp_path / "config" / "ca.pem")
        admin = server_at(node.url, username=ADMIN[0], password=ADMIN[1], ca_file=ca)
        _wait_for_the_plugin(admin)
        _a_certificate_is_trusted_by_authority_or_fingerprint_only(node, ca)
        with pytest.raises(StoreError, match="does not know this user"):
            server_at(node.url, username="admin", password="wrong", ca_file=ca).search(INDEX, {})
        for kind in ("uploader", "reader", "metrics_uploader"):
            _make_user(admin, kind)
        uploader, reader, metrics, nobody = (
            server_at(node.url, username=kind, password=PASSWORD, ca_file=ca)
            for kind in ("uploader", "reader", "metrics_uploader", "nobody")
        )
        with pytest.raises(StoreError, match="does not allow it"):
            OpenSearchStore(uploader, INDEX).save([occurrence("early")])
        assert prepare(admin, INDEX)
        with OpenSearchStore(uploader, INDEX) as store:
            _does_its_work(store)
        _may_not(uploader, lambda: uploader.client.indices.delete(index=f"{INDEX}-2025.03"))
        _may_not(uploader, lambda: uploader.client.delete(index=f"{INDEX}_groups", id=HASH))
        _may_not(uploader, lambda: uploader.client.index(index="other", body={}))
        _may_not(uploader, lambda: uploader.client.search(index="other"))
        _may_not(uploader, lambda: uploader.client.search(index=f"{INDEX}-private"))
        _may_not(uploader, lambda: uploader.client.indices.put_index_template(name="x", body={"index_patterns": ["x"]}))
        with OpenSearchStore(reader, INDEX) as store:
            assert store.groups([HASH])[HASH].occurrence_count == 3
            assert store.stats().occurrences == 1
            assert (len(store.recent()), store.find_hashes(HASH[:3])) == (1, [HASH])
            for use in (lambda: store.save([occurrence("x")]), lambda: store.label(HASH, "timeout", "job", "ann", at(9))):
                with pytest.raises(StoreError, match=r"\(403\)"):
                    use()
        with pytest.raises(StoreError, match="does not know this user"):
            OpenSearchStore(nobody, INDEX).groups([HASH])
        _metrics_are_written_by_who_may_do_nothing_else(admin, metrics)
        _errors_are_read_from_metrics_by_the_uploader(admin, uploader)
        assert reader.search(METRICS, {})["hits"]["total"]["value"] == 1
        _may_not(reader, lambda: reader.client.index(index=METRICS, body={}))


def _metrics_are_written_by_who_may_do_nothing_else(admin: Server, metrics: Server) -> None:
    body, template = metrics_body(), metrics_template(METRICS)
    with pytest.raises(StoreError, match="does not allow it"):
        make_index(metrics, METRICS, body, template)
    assert prepare_metrics(admin, METRICS)
    assert not prepare_metrics(admin, METRICS)
    job = {"@timestamp": "2025-03-01T12:00:00.000000Z", "s_status": "failure", "s_annotation_messages": "it broke"}
    for _ in range(2):
        assert not make_index(metrics, METRICS, body, template)
        assert replace_all(metrics, METRICS, [("github-job-1-attempt-1", job)]) == []
    refused = replace_all(metrics, METRICS, [("github-job-2-attempt-1", {"s_unheard_of": "x"})])
    assert "strict" in refused[0].reason
    _may_not(metrics, lambda: metrics.client.search(index=METRICS))
    _may_not(metrics, lambda: metrics.client.delete(index=METRICS, id="github-job-1-attempt-1"))
    _may_not(metrics, lambda: metrics.client.indices.delete(index=METRICS))
    _may_not(metrics, lambda: metrics.client.search(index=INDEX))
    with pytest.raises(StoreError, match=r"\(403\)"):
        replace_all(metrics, "other", [("1", job)])
    admin.refresh([METRICS])


def _errors_are_read_from_metrics_by_the_uploader(admin: Server, uploader: Server) -> None:
    source = OpenSearchSource(uploader.client, {JOBS: METRICS}, at(-60 * 24 * 365), at(60 * 24 * 365))
    (artefact,) = source.artefacts()
    assert (artefact.name, source.warnings) == (f"{METRICS}/github-job-1-attempt-1", [])
    left = admin.client.transport.perform_request("GET", "/_search/point_in_time/_all")["pits"]
    assert left == [], "what was opened has to be closed"


def _wait_for_the_plugin(admin: Server) -> None:
    """Until it has made its index it answers 503."""
    Server(admin.client, admin.name).ask(admin.client.cluster.health)


def _a_certificate_is_trusted_by_authority_or_fingerprint_only(node: Node, ca: str) -> None:
    credentials = {"username": ADMIN[0], "password": ADMIN[1]}
    with pytest.raises(OutOfReachError, match="its certificate is not trusted"):
        server_at(node.url, **credentials).search(INDEX, {})
    pinned = _fingerprint(node)
    assert server_at(node.url, **credentials, fingerprint=pinned).search(INDEX, {})["hits"]
    with pytest.raises(OutOfReachError, match="certificate is not trusted"):
        server_at(node.url, **credentials, fingerprint=pinned[::-1]).search(INDEX, {})
    with_colons = ":".join(pinned[start : start + 2].upper() for start in range(0, 64, 2))
    in_address = node.url.replace("https://", "https://admin:admin@")
    assert server_at(in_address, fingerprint=with_colons).search(INDEX, {})["hits"]


def _fingerprint(node: Node) -> str:
    host, port = node.url.removeprefix("https://").split(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port))) as plain, context.wrap_socket(plain) as secure:
        certificate = secure.getpeercert(binary_form=True)
    assert certificate
    return sha256(certificate).hexdigest()


def _make_user(admin: Server, kind: str) -> None:
    """A user with the role that ``setup opensearch --print-roles`` prints, and none besides."""
    perform, api = admin.client.transport.perform_request, "/_plugins/_security/api"
    role = f"{INDEX}_{kind}"
    perform("PUT", f"{api}/roles/{role}", body=roles(INDEX, [METRICS], [METRICS])[role])
    perform("PUT", f"{api}/internalusers/{kind}", body={"password": PASSWORD, "opendistro_security_roles": [role]})


def _does_its_work(store: OpenSearchStore) -> None:
    assert store.save([occurrence("a"), occurrence("b", minute=1), occurrence("c", minute=2)])[HASH].occurrence_count == 3
    assert store.prune(at(2)) == Pruned(2, 1)
    assert store.label(HASH, "timeout", "job", "ann", at(3)).answer.judge == "human"
    assert store.find_hashes(HASH[:4]) == [HASH]
    assert store.stats().groups == len(store.recent()) == 1


def _may_not(server: Server, call: Callable[[], object]) -> None:
    with pytest.raises(StoreError, match=r"does not allow it \(403\)"):
        server.ask(call)


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        (Endpoint("https://host", fingerprint="ab:cd"), "'ab:cd' is no SHA-256 fingerprint"),
        (Endpoint("https://host", ca_file="/no/such/file"), "there is no file /no/such/file"),
        (Endpoint("ftp://host"), "'ftp://host' is not the address of a server"),
        (Endpoint("https://user:secret@"), "'https:' is not the address of a server"),
        (Endpoint("https://host", region="eu-central-1", service="s3"), "'s3' is no service of AWS with OpenSearch"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_refused_before_anything_is_sent(endpoint: Endpoint, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        connect(endpoint)
    assert caught.value.message == said


def test_credentials_never_show() -> None:
    endpoint = Endpoint("https://user:secret@host:9200/path/", password="also secret")
    assert endpoint.name == "https://host:9200/path"
    assert "secret" not in repr(endpoint)
    with pytest.raises(OutOfReachError) as caught:
        server_at("http://user:secret@127.0.0.1:9").search("errors", {})
    assert "secret" not in str(caught.value)
