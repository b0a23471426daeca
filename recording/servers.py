"""A small bad internet on the loopback device: what it answers is in the path. Port 8098 stays closed: refused.

``http://files.example.test:8099/status/503/...``  that status, with a short body (429 and 503 carry Retry-After)
``/reset/...``      the connection is reset        ``/short/...``  fewer bytes than announced
``/stall/...``      nothing, for a long time       ``/bytes/...``  a body that no checksum will fit
``/v2/...``         an image registry that has nothing
``https://files.example.test:8443/``  a certificate that nobody signed; port 8444: plain text where TLS is expected
"""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        status = int(rest.split("/")[0]) if kind == "status" else 404 if kind == "v2" and rest else 200
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if kind == "stall":
            time.sleep(30)
        self.answer(status, short=kind == "short")

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 (the library's names)

    def answer(self, status: int, *, short: bool) -> None:
        body = b"<html><body><h1>demo server</h1></body></html>\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body) * (1000 if short else 1)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="demo"')
        if status in (429, 503):
            self.send_header("Retry-After", "1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = short

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        return


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        return


def _certificate(folder: str) -> ssl.SSLContext:
    key, certificate = f"{folder}/key.pem", f"{folder}/cert.pem"
    subject = ["-subj", "/CN=files.example.test", "-addext", "subjectAltName=DNS:files.example.test"]
    output = ["-keyout", key, "-out", certificate]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", *output, *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Serves as long as the block runs; or, where another recorder does so already, leaves it to that one."""
    with tempfile.TemporaryDirectory() as folder:
        servers = _listening(folder)
        for server in servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            for server in servers:
                server.shutdown()
                server.server_close()


def _listening(folder: str) -> tuple[QuietServer, ...]:
    try:
        plain, tls, not_tls = (QuietServer(("127.0.0.1", port), Handler) for port in (8099, 8443, 8444))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return ()
        raise
    tls.socket = _certificate(folder).wrap_socket(tls.socket, server_side=True)
    return plain, tls, not_tls
