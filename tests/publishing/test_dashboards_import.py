"""Importing saved objects over a socket: what is sent, and every way in which it is not taken."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from error_classification.errors import UsageError
from error_classification.opensearch_schema.dashboards import ndjson, saved_objects
from error_classification.publishing.dashboards import Dashboards, DashboardsError, checked, import_objects
from stand_ins.dashboards import DashboardsServer, Switches
from stand_ins.github import disconnect, garbage, redirect, stall
from stand_ins.github.replies import Instead, Reply
from stand_ins.github.response import Response

FILE = ndjson("errors")
HELD = {(each["type"], each["id"]): each for each in saved_objects("errors")}


@pytest.fixture
def server() -> Iterator[DashboardsServer]:
    with DashboardsServer() as started:
        yield started


def at(server: DashboardsServer) -> Dashboards:
    return Dashboards(server.url, server.switches.username, server.switches.password, timeout=5)


def failure(server: DashboardsServer, file: str = FILE) -> DashboardsError:
    with pytest.raises(DashboardsError) as raised:
        import_objects(at(server), file)
    return raised.value


def said(status: int, message: str) -> Reply:
    body = {"statusCode": status, "error": "An Error", "message": message}
    return Instead(Response(status, json.dumps(body).encode()))


def test_everything_is_taken_and_may_be_taken_again(server: DashboardsServer) -> None:
    assert import_objects(at(server), FILE) == len(HELD)
    assert server.objects == HELD
    assert import_objects(at(server), FILE) == len(HELD)
    assert server.objects == HELD


def test_two_indices_have_their_dashboards_side_by_side(server: DashboardsServer) -> None:
    import_objects(at(server), FILE)
    import_objects(at(server), ndjson("errors-2"))
    assert len(server.objects) == 2 * len(HELD)


def test_the_request_names_neither_a_tenant_nor_a_workspace_nor_anybody(
    server: DashboardsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    import_objects(at(server), FILE)
    (request,) = server.requests
    assert request.query == {"overwrite": "true"}
    assert request.headers["osd-xsrf"] == "true"
    assert "securitytenant" not in request.headers
    assert "authorization" not in request.headers


@pytest.mark.parametrize(("username", "password"), [("ada", "secret"), ("ådä", "pässwörd:€")])
def test_the_user_is_let_in(username: str, password: str) -> None:
    with DashboardsServer(switches=Switches(username, password)) as server:
        assert import_objects(at(server), FILE) == len(HELD)
        for other in ("wrong", ""):
            with pytest.raises(DashboardsError, match=r"answers 401: Authentication required \(OPENSEARCH_USERNAME"):
                import_objects(replace(at(server), password=other), FILE)
        assert len(server.objects) == len(HELD)


def test_a_base_path_is_kept() -> None:
    with DashboardsServer("/team/dashboards") as server:
        for address in (server.url, f"{server.url}/"):
            assert import_objects(Dashboards(address), FILE) == len(HELD)
        with pytest.raises(DashboardsError, match="answers 404: Not Found"):
            import_objects(Dashboards(server.url.removesuffix("/team/dashboards")), FILE)


def test_every_object_that_is_not_taken_is_named_with_its_reason(server: DashboardsServer) -> None:
    server.refuse("search", {"type": "unknown", "message": "mapping\x1b[31m set to\nstrict", "statusCode": 400})
    server.refuse("dashboard", {"type": "conflict"})
    message = failure(server).message
    assert f"took {len(HELD) - 3} of {len(HELD)} objects: " in message
    assert "search '[errors] Unclassified errors': unknown mapping [31m set to strict; " in message
    assert "search '[errors] Recent errors': unknown mapping" in message
    assert message.endswith("dashboard '[errors] Errors in CI': conflict")


def test_references_that_lead_nowhere_are_named(server: DashboardsServer) -> None:
    lines = FILE.splitlines(keepends=True)
    missing = json.loads(lines[1])["id"]
    message = failure(server, "".join([lines[0], *lines[2:]])).message
    assert f"visualization '[errors] Top groups': missing references index-pattern {missing}" in message
    assert message.count("missing references") == 1


def test_an_object_of_an_unknown_type_is_named(server: DashboardsServer) -> None:
    message = failure(server, FILE + '{"id":"7","type":"canvas-workpad"}\n').message
    assert message.endswith("took 17 of 18 objects: canvas-workpad '7': unsupported type")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"success": True, "successCount": 3}, "took 3 of 17 objects$"),
        ({"success": False, "successCount": 0}, "took 0 of 17 objects$"),
        (
            {"success": True, "successCount": 17, "errors": [{"id": "7", "type": "search", "error": {}}]},
            "'7': it does not say why",
        ),
        ({"success": False, "successCount": 0, "errors": [None, 5]}, "took 0 of 17 objects:  '': it does not say why; "),
        ({"success": False, "successCount": 0, "errors": [{"error": {"references": [1], "message": 2}}]}, "does not say why"),
        ({"success": "yes", "successCount": 17}, "answers what OpenSearch Dashboards does not"),
        ({"success": True}, "answers what OpenSearch Dashboards does not"),
        ([], "answers what OpenSearch Dashboards does not"),
    ],
)
def test_a_200_is_not_believed_before_it_is_read(server: DashboardsServer, body: object, words: str) -> None:
    server.script(garbage(json.dumps(body).encode()))
    assert re.search(words, failure(server).message)


@pytest.mark.parametrize("body", [b"", b"<html>log in</html>", b'{"success": true', b"[" * 100_000, b"\xff\xfe"])
def test_a_200_of_something_else_is_none(server: DashboardsServer, body: bytes) -> None:
    server.script(garbage(body))
    assert "answers what OpenSearch Dashboards does not" in failure(server).message


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "does not take"),
        (401, "OPENSEARCH_PASSWORD"),
        (403, "opensearch_dashboards_user"),
        (404, "base path"),
        (409, "try again"),
        (413, "maxImportPayloadBytes"),
        (429, "later"),
        (500, "later"),
        (503, "later"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(server: DashboardsServer, status: int, advice: str) -> None:
    server.script(said(status, "not\x07 today"))
    error = failure(server)
    assert error.message == f"{server.url} answers {status}: not today"
    assert advice in error.advice
    assert server.objects == {}


def test_a_server_that_is_starting_answers_in_plain_text(server: DashboardsServer) -> None:
    server.script(Instead(Response(503, b"OpenSearch Dashboards server is not ready yet", content_type="text/plain")))
    assert failure(server).message == f"{server.url} answers 503"


def test_what_a_server_says_is_cut(server: DashboardsServer) -> None:
    server.script(said(400, "x" * 10_000))
    assert len(failure(server).message) < 400


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_does_not_take_the_password_along(server: DashboardsServer, status: int) -> None:
    with DashboardsServer() as other:
        server.script(redirect(f"{other.url}/api/saved_objects/_import", status))
        assert f"redirects ({status})" in failure(server).message
        assert other.requests == []


@pytest.mark.parametrize("reply", [disconnect(), disconnect(share=0.5)])
def test_an_answer_that_breaks_off_is_none(server: DashboardsServer, reply: Reply) -> None:
    server.script(reply)
    assert failure(server).message.startswith(f"no answer from {server.url}")


def test_silence_ends(server: DashboardsServer) -> None:
    server.script(stall(30))
    with pytest.raises(DashboardsError, match="no answer in time"):
        import_objects(replace(at(server), timeout=0.1), FILE)


def test_an_answer_without_end_is_not_read(server: DashboardsServer) -> None:
    server.script(garbage(b" " * (5 << 20)))
    assert "too long" in failure(server).message


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DashboardsError, match=f"no answer from {address}: ConnectionError"):
            import_objects(Dashboards(address), FILE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:5601",
        "ftp://host",
        "http://",
        "https://host:port",
        "https://host:0",
        "https://[host",
        "https://h/?a=b",
        "https://h#x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the address of a server"):
        checked(Dashboards(url))


def test_a_password_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="must not name a user") as raised:
        checked(Dashboards("ftp://ada:secret@host"))
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(Dashboards("https://host", "ada", "secret"))


def test_a_file_of_authorities_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        checked(Dashboards("https://host", ca_file=str(tmp_path / "ca.pem")))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``cert.pem``, which vouches for itself, and ``key.pem``."""
    folder = tmp_path_factory.mktemp("certificate")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "30")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def serve_once(listener: socket.socket, folder: Path) -> None:
    """An answer over TLS, unless the client does not want to hear it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    body = b'{"success":true,"successCount":1}'
    connection, _ = listener.accept()
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                received = b""
                while not received.endswith(b"--\r\n"):
                    received += secure.recv(1 << 16)
                secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        except (ssl.SSLError, ConnectionError):
            return


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_must_be_vouched_for(certificate: Path, trusted: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve_once, args=(listener, certificate))
        thread.start()
        server = Dashboards(
            f"https://127.0.0.1:{listener.getsockname()[1]}", ca_file=str(certificate / "cert.pem") if trusted else ""
        )
        try:
            if trusted:
                assert import_objects(server, "{}\n") == 1
            else:
                with pytest.raises(DashboardsError, match=r"certificate is not trusted \(OPENSEARCH_CA_FILE"):
                    import_objects(server, "{}\n")
        finally:
            thread.join()


def test_a_file_that_holds_no_certificates_is_told(certificate: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Dashboards(f"https://127.0.0.1:{listener.getsockname()[1]}", ca_file=str(certificate / "key.pem"))
        with pytest.raises(DashboardsError, match="OPENSEARCH_CA_FILE"):
            import_objects(server, "{}\n")
