#!/usr/bin/env python3
"""A private bad internet: brings up the loopback of this network namespace, gives names to it and listens with bad manners.

``badnet.py [--hosts NAME[,NAME]] [--dns nxdomain|servfail|silent] PORT=MANNER...`` returns when everything listens and goes on in
the background for 45 seconds. Run as root inside ``unshare -m -n``.

Manners that wait for no request: ``close`` (accepts and closes), ``rst`` (accepts and resets), ``stall``, ``banner:TEXT``
(says TEXT, then closes). Manners behind a request: ``status:503[:BODY]``, ``flaky:503:2`` (twice 503, then fine), ``reset``,
``hangup``, ``hang``, ``short`` (fewer bytes than announced), ``cutreset`` (the same, then a reset), ``garbage``, ``slow``,
``loop`` (redirects to itself), ``file:PATH``, ``proxy:STATUS`` (answers CONNECT with it).
``tls+CERT+MANNER`` speaks TLS first; CERT is good, self, expired, wronghost, unknownca or old (no version newer than 1.1).
"""

from __future__ import annotations

import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

CERTIFICATES = "/home/runner/ops/certificates"
REASONS = {
    200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    413: "Request Entity Too Large", 418: "I'm a teapot", 422: "Unprocessable Entity", 429: "Too Many Requests",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Time-out", 507: "Insufficient Storage", 520: "Web Server Returned an Unknown Error",
}  # fmt: skip
BODIES = {
    "nginx": "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    "json": '{{"message":"{1}","status":{0}}}\n',
    "limit": '{{"message":"API rate limit exceeded for 10.0.0.12.","documentation_url":"https://docs.example.test/rate-limits"}}\n',
    "integration": '{{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest"}}\n',
    "credentials": '{{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest"}}\n',
    "conflict": '{{"code":"already_exists","msg":"an artifact with this name already exists on the workflow run"}}\n',
    "plain": "{1}\n",
    "empty": "",
    "s3": '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code>'
    "<Message>Please reduce your request rate.</Message></Error>",
    "s3denied": '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>'
    "<Message>Access Denied</Message></Error>",
    "s3nobucket": '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code>'
    "<Message>The specified bucket does not exist</Message></Error>",
    "s3key": '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidAccessKeyId</Code>'
    "<Message>The AWS Access Key Id you provided does not exist in our records.</Message></Error>",
    "registry": '{{"errors":[{{"code":"UNAVAILABLE","message":"{1}"}}]}}\n',
    "toomany": '{{"errors":[{{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}}]}}\n',
    "denied": '{{"errors":[{{"code":"DENIED","message":"requested access to the resource is denied"}}]}}\n',
    "unauthorized": '{{"errors":[{{"code":"UNAUTHORIZED","message":"authentication required"}}]}}\n',
    "manifest": '{{"errors":[{{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}}]}}\n',
}
served: dict[int, int] = {}


def request(connection: socket.socket) -> str:
    """The head of the next request."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            break
        head += piece
    return head.decode("latin-1")


def answer(
    connection: socket.socket, head: str, status: int, body: bytes, *, announced: int | None = None, extra: str = ""
) -> None:
    kind = "application/json" if body.startswith(b"{") else "application/xml" if body.startswith(b"<?xml") else "text/html"
    length = len(body) if announced is None else announced
    lines = f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    if status == 401:
        lines += 'WWW-Authenticate: Basic realm="Restricted"\r\n'
    if status == 407:
        lines += 'Proxy-Authenticate: Basic realm="corporate proxy"\r\n'
    if status in (429, 503):
        lines += "Retry-After: 1\r\n"
    data = f"{lines}{extra}Connection: close\r\n\r\n".encode()
    connection.sendall(data if head.startswith("HEAD") else data + body)


def reset_on_close(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def page(connection: socket.socket, head: str, status: int, body: str) -> None:
    answer(connection, head, status, BODIES[body].format(status, REASONS.get(status, "")).encode())


def half(connection: socket.socket, head: str) -> None:
    answer(connection, head, 200, b"\x1f\x8b\x08\x00" + os.urandom(3000), announced=4_500_000)


def unasked(connection: socket.socket, manner: str, rest: str) -> bool:
    """The manners of a server that waits for no request; False for the others."""
    if manner == "rst":
        reset_on_close(connection)
    elif manner == "banner":
        connection.sendall(rest.encode().decode("unicode_escape").encode("latin-1"))
    elif manner == "stall":
        time.sleep(40)
    return manner in ("rst", "banner", "stall", "close")


def broken(connection: socket.socket, head: str, manner: str) -> bool:
    """The manners of a server that answers a request with something else than an answer; False for the others."""
    if manner == "reset":
        reset_on_close(connection)
    elif manner == "hang":
        time.sleep(40)
    elif manner == "garbage":
        connection.sendall(b"\x00\x01\x02 no protocol at all\r\n\r\n")
    elif manner == "slow":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.1)
    elif manner in ("short", "cutreset"):
        half(connection, head)
        if manner == "cutreset":
            time.sleep(0.2)
            reset_on_close(connection)
    return manner in ("reset", "hangup", "hang", "garbage", "slow", "short", "cutreset")


def behave(connection: socket.socket, port: int, manner: str) -> None:
    name, _, rest = manner.partition(":")
    if unasked(connection, name, rest):
        return
    head = request(connection)
    if broken(connection, head, name):
        return
    if name == "loop":
        answer(connection, head, 302, b"", extra=f"Location: {head.split(' ')[1]}\r\n")
    elif name == "proxy":
        page(connection, head, int(rest), "nginx")
    elif name == "file":
        with open(rest, "rb") as file:
            answer(connection, head, 200, file.read())
    elif name == "flaky":
        code, _, times = rest.partition(":")
        served[port] = served.get(port, 0) + 1
        page(connection, head, int(code) if served[port] <= int(times) else 200, "json")
    else:
        code, _, body = rest.partition(":")
        page(connection, head, int(code), body or "nginx")


def context(name: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = "good" if name == "old" else name
    made.load_cert_chain(f"{CERTIFICATES}/{certificate}.pem", f"{CERTIFICATES}/key.pem")
    if name == "old":
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


def one(connection: socket.socket, port: int, manner: str) -> None:
    try:
        if manner.startswith("tls+"):
            _, certificate, manner = manner.split("+", 2)
            connection = context(certificate).wrap_socket(connection, server_side=True)
        behave(connection, port, manner)
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def serve(listener: socket.socket, port: int, manner: str) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=one, args=(connection, port, manner), daemon=True).start()


def serve_names(sock: socket.socket, manner: str) -> None:
    """Answers every question about a name with an error."""
    code = {"nxdomain": 3, "servfail": 2}.get(manner)
    while True:
        question, client = sock.recvfrom(4096)
        if code is not None:
            end = question.index(b"\0", 12) + 5
            sock.sendto(question[:2] + bytes([0x81, 0x80 | code]) + b"\0\1\0\0\0\0\0\0" + question[12:end], client)


def bound(path: str, text: str) -> None:
    """Puts ``text`` in the place of the file ``path``, for this mount namespace only."""
    own = f"/tmp/.badnet{os.getpid()}{path.replace('/', '_')}"
    with open(own, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(own, 0o644)
    subprocess.run(["mount", "--bind", own, path], check=True)
    os.unlink(own)


def main() -> None:
    arguments = sys.argv[1:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts: list[str] = []
    ports: dict[int, str] = {}
    dns = ""
    while arguments:
        argument = arguments.pop(0)
        if argument == "--hosts":
            hosts = arguments.pop(0).split(",")
        elif argument == "--dns":
            dns = arguments.pop(0)
        else:
            number, _, manner = argument.partition("=")
            ports[int(number)] = manner
    bound("/etc/hosts", f"127.0.0.1 localhost\n127.0.0.1 {' '.join(hosts) or 'loopback'}\n")
    threads: list[threading.Thread] = []
    if dns:
        bound("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind(("127.0.0.1", 53))
        threads.append(threading.Thread(target=serve_names, args=(names, dns), daemon=True))
    for port, manner in ports.items():
        listener = socket.create_server(("127.0.0.1", port), backlog=50)
        threads.append(threading.Thread(target=serve, args=(listener, port, manner), daemon=True))
    if not threads or os.fork():
        return
    os.setsid()
    signal.alarm(45)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    for thread in threads:
        thread.start()
    signal.pause()


if __name__ == "__main__":
    main()
