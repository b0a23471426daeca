"""A server with the security plug-in: https by a certificate authority of its own, the plug-in's default users, its REST API."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ADMIN = ("admin", "admin")

_CA = (
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "30",
    "-subj",
    "/CN=test-ca",
)
_REQUEST = ("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=localhost")
_SIGN = (
    *("x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "node.pem"),
    *("-days", "30", "-extfile", "extensions"),
)
_EXTENSIONS = "subjectAltName=DNS:localhost,IP:127.0.0.1,RID:1.2.3.4.5.5\nextendedKeyUsage=serverAuth,clientAuth\n"


def settings(home: Path, plugin: Path) -> list[str]:
    """The settings of the server; makes its certificates and copies the plug-in's own configuration first."""
    config = home / "config"
    if not (config / "node.pem").is_file():
        shutil.copytree(plugin / "config", config / "opensearch-security", dirs_exist_ok=True)
        (config / "opensearch-security" / "whitelist.yml").unlink(missing_ok=True)
        (config / "extensions").write_text(_EXTENSIONS)
        for arguments in (_CA, _REQUEST, _SIGN):
            subprocess.run(["openssl", *arguments], cwd=config, check=True, capture_output=True)
    prefix = "plugins.security"
    files = [
        f"{prefix}.ssl.{layer}.{key}_filepath={name}"
        for layer in ("transport", "http")
        for key, name in (("pemcert", "node.pem"), ("pemkey", "node.key"), ("pemtrustedcas", "ca.pem"))
    ]
    return [
        *files,
        f"{prefix}.ssl.transport.enforce_hostname_verification=false",
        f"{prefix}.ssl.http.enabled=true",
        f"{prefix}.allow_default_init_securityindex=true",
        f"{prefix}.restapi.roles_enabled=all_access",
        f"{prefix}.nodes_dn=CN=localhost",
        "http.type=org.opensearch.security.http.SecurityHttpServerTransport",
        "transport.type=org.opensearch.security.ssl.http.netty.SecuritySSLNettyTransport",
    ]
