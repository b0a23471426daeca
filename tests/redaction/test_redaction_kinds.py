"""The table of what is a secret and of what only looks like one."""

from __future__ import annotations

import pytest

from error_classification.redaction import Redactor

# Token-like texts are put together here, so that no scanner of a code host takes this file for a leak.
ALNUM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6"
HEX = "0123456789abcdef" * 8
JWT = "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N"
PRIVATE = "PRIVATE" + " KEY-----"

TOKENS = [
    ("github_token", "gh" + "p_" + ALNUM[:36]),
    ("github_token", "gh" + "o_" + ALNUM[:36]),
    ("github_token", "gh" + "s_" + ALNUM[:36]),
    ("github_token", "gh" + "r_" + ALNUM[:40]),
    ("github_token", "github" + "_pat_" + ALNUM[:22] + "_" + ALNUM[:30]),
    ("gitlab_token", "gl" + "pat-" + ALNUM[:20]),
    ("gitlab_token", "gl" + "rt-" + ALNUM[:20]),
    ("gitlab_token", "gl" + "cbt-64_" + ALNUM[:20]),
    ("aws_access_key_id", "AK" + "IA" + "ABCDEFGH12345678"),
    ("aws_access_key_id", "AS" + "IA" + "ABCDEFGH12345678"),
    ("slack_token", "xo" + "xb-123456789012-" + ALNUM[:24]),
    ("slack_token", "xa" + "pp-1-A0123-123456-" + HEX[:32]),
    ("stripe_key", "sk" + "_live_" + ALNUM[:24]),
    ("stripe_key", "rk" + "_test_" + ALNUM[:24]),
    ("openai_key", "sk" + "-proj-" + ALNUM[:40]),
    ("openai_key", "sk" + "-" + ALNUM[:48]),
    ("anthropic_key", "sk" + "-ant-api03-" + ALNUM[:40]),
    ("google_key", "AI" + "za" + ALNUM[:35]),
    ("google_key", "ya" + "29." + ALNUM[:40]),
    ("npm_token", "np" + "m_" + ALNUM[:36]),
    ("pypi_token", "py" + "pi-AgEIcHlwaS5vcmc" + ALNUM[:40]),
    ("docker_token", "dc" + "kr_pat_" + ALNUM[:27]),
    ("huggingface_token", "h" + "f_" + ALNUM[:34]),
    ("sendgrid_key", "S" + "G." + ALNUM[:22] + "." + ALNUM[:43]),
    ("twilio_key", "S" + "K" + HEX[:32]),
    ("databricks_token", "da" + "pi" + HEX[:32]),
    ("vault_token", "hv" + "s." + ALNUM[:30]),
    ("digitalocean_token", "do" + "p_v1_" + HEX[:64]),
    ("atlassian_token", "AT" + "ATT3xFf" + ALNUM[:40]),
    ("grafana_token", "gl" + "sa_" + ALNUM[:32] + "_" + HEX[:8]),
    ("jwt", JWT),
    ("slack_webhook", "https://hooks.slack" + ".com/services/T0000000/B0000000/" + ALNUM[:24]),
]

CONTEXTS = [
    ("url_password", "git clone https://alice:{}@example.com/x.git", "hunter22"),
    ("url_password", "postgres://app:{}@db:5432/app", "p4ss!word"),
    ("url_password", "https://x-access-token:{}@github.example/x", "abcdefgh"),
    ("url_password", "redis://:{}@cache:6379/0", "s3cr3t"),
    ("url_token", "fetch https://{}@example.com/x", HEX[:40]),
    ("signed_url", "GET https://b.s3.example/x?X-Amz-Date=1&X-Amz-Signature={}&y=1", HEX[:64]),
    ("signed_url", "https://a.blob.example/x?sv=2020&sig={}", "Qf%2Bab12CD34ef56gh%3D"),
    ("signed_url", "https://example.com/x?token={}", ALNUM[:20]),
    ("authorization", "Authorization: Bearer {}", ALNUM[:20]),
    ("authorization", "curl -H 'Authorization: token {}' https://x", HEX[:40]),
    ("authorization", '{{"authorization": "Basic {}"}}', "dXNlcjpodW50ZXIy"),
    ("authorization", "proxy-authorization: Basic {}", "dXNlcjpodW50ZXIy"),
    ("authorization", "Authorization: AWS4-HMAC-SHA256 {}", "Credential=AKID/x, SignedHeaders=host, Signature=" + HEX[:64]),
    ("api_key_header", "X-Api-Key: {}", ALNUM[:12]),
    ("api_key_header", "curl --header 'PRIVATE-TOKEN: {}' https://x", ALNUM[:12]),
    ("cookie", "Set-Cookie: {}", "session=" + ALNUM[:20] + "; Path=/"),
    ("cookie", "cookie: {}", "a=1; b=2"),
    ("password", "curl -sf -u admin:{} https://x", "hunter2"),
    ("password", "mysql -u root -p{} app", "hunter2"),
    ("password", "docker login -u me -p {} registry.example", "hunter2"),
    ("password", "sshpass -p {} ssh host", "hunter2"),
    ("password", "echo {} | docker login -u me --password-stdin", "hunter2"),
    ("password", "openssl rsa -passin pass:{}", "hunter2"),
    ("password", "PGPASSWORD={} psql", "hunter"),
    ("password", 'DB_PASSWORD="{}"', "correct-horse"),
    ("password", "password = '{}'", "hunter2"),
    ("password", "  password: {}", "hunter2"),
    ("password", '{{"user": "a", "password": "{}"}}', "hunter2"),
    ("password", '{{\\"password\\":\\"{}\\"}}', "hunter2"),
    ("password", "Server=db;User Id=sa;Password={};Encrypt=no", "Str0ng!Pass"),
    ("password", "machine example.com login me password {}", "hunter2"),
    ("secret", "tool --token {} run", ALNUM[:16]),
    ("secret", "tool --api-key={} run", ALNUM[:16]),
    ("secret", "tool --password {}", "hunter2"),
    ("secret", "AWS_SECRET_ACCESS_KEY={}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY"),
    ("secret", "client_secret: {}", ALNUM[:20]),
    ("secret", "//registry.example/:_authToken={}", ALNUM[:20]),
    ("secret", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};", ALNUM[:40] + "=="),
    ("secret", "Endpoint=sb://x/;SharedAccessKey={}", ALNUM[:40] + "="),
    ("secret", 'api_key="{}"', ALNUM[:20]),
    ("docker_auth", '{{"auths": {{"x": {{"auth": "{}"}}}}}}', "dXNlcjpodW50ZXIy"),
]

NEAR_MISSES = [
    "commit 1f3870be274f6c49b3e31a0c6728957f2e1d0a3c",
    "HEAD is now at 1f3870b Fix token parsing",
    "id: 123e4567-e89b-12d3-a456-426614174000",
    "Digest: sha256:" + HEX[:64],
    "pulled alpine@sha256:" + HEX[:64],
    '"integrity": "sha512-' + ALNUM + "+/" + ALNUM + '=="',
    '"js-tokens": "^3.0.0 || ^4.0.0"',
    "js-tokens: 4.0.0-rc.1",
    'csrf-token@^1.2.3: resolved "https://registry.example/csrf-token/-/csrf-token-1.2.3.tgz#' + HEX[:40] + '"',
    "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA" + ALNUM * 3,
    "password must be at least 8 characters",
    "password: must be at least 8 characters",
    '{"password": "must be at least 8 characters"}',
    "Password: Required",
    "password: ***",
    "password=***",
    "password: tra***",
    "password=[MASKED]",
    "password=$DB_PASSWORD",
    "password=${DB_PASSWORD}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "server-password: GITHUB_TOKEN",
    "password=<password>",
    "password=null",
    "password: None",
    "connect(password=password)",
    "connect(password=settings.DB_PASSWORD)",
    "connect(password=os.environ['DB_PASSWORD'])",
    "password=get_password()",
    "PWD=/home/runner/work",
    "token: unexpected token '}'",
    "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
    "unexpected token: identifier",
    "secret not found",
    'secret "db-credentials" not found',
    "secret: db-credentials-v2",
    "KeyError: 'token'",
    "Token=IDENT",
    "token=Token(type=IDENTIFIER2, value='x')",
    "System.Web, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a",
    "max_tokens=4096",
    "assert token == other",
    "Error: Input required and not supplied: token",
    "error: --token is required",
    "the option --password requires an argument",
    "Author: Alice <alice@example.com>",
    "src/token.py      120     12    90%   12-18",
    "tests/test_token.py::test_refresh PASSED",
    "src/secrets.py:12:5: E501 line too long",
    "Authorization: failed for user",
    "Bearer authentication is required",
    "Basic authentication failed",
    "cookie: not found",
    "git@github.com:owner/repo.git",
    "ssh://git@github.com/owner/repo.git",
    "https://example.com:8443/path@v1.2.3",
    "github.com/foo/bar@v1.2.3-0.20200101000000-1f3870be274f",
    "http://localhost:8080/?q=token",
    "task-runner-with-a-very-long-name-1",
    "-----BEGIN CERTIFICATE-----",
    "docker://17.9.0,Kubelet:v1.9.3,Images:[a@sha256:00]",
    "mysql --port 3306 -p app",
    "pass: 12, fail: 3",
    "credentials: missing",
    "api_key: str",
    "eyJ is how a token starts",
    "cache-key: node-modules-linux-" + HEX[:32],
]


@pytest.mark.parametrize(("kind", "token"), TOKENS, ids=lambda value: value[:16])
@pytest.mark.parametrize("frame", ["{}", "before {} after", '"{}"', "x={},y"])
def test_vendor_tokens_leave_a_marker_with_their_kind(kind: str, token: str, frame: str) -> None:
    secret = token.rsplit("/services/", 1)[-1]
    result = Redactor().scan(frame.format(token))
    assert secret not in result.text
    assert result.kinds == (kind,)
    assert result.text == frame.format(token.replace(secret, f"<redacted:{kind}>"))


@pytest.mark.parametrize(("kind", "frame", "secret"), CONTEXTS, ids=lambda value: value[:24])
def test_secrets_known_by_their_place(kind: str, frame: str, secret: str) -> None:
    result = Redactor().scan(frame.format(secret))
    assert result.text == frame.format(f"<redacted:{kind}>")
    assert result.kinds == (kind,)


@pytest.mark.parametrize("text", NEAR_MISSES, ids=lambda value: value[:24])
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor().scan(text).text == text
    assert Redactor().scan(text).kinds == ()


def key_block(lines: int, separator: str = "\n", kind: str = "RSA ") -> str:
    body = [ALNUM[:48] + ALNUM[:16]] * (lines - 3) + ["abcd=="]
    return separator.join(["-----BEGIN " + kind + PRIVATE, *body, "-----END " + kind + PRIVATE])


def test_a_key_block_becomes_a_marker_and_empty_lines() -> None:
    text = "before\n" + key_block(20) + "\nafter"
    assert Redactor().redact(text) == "before\n<redacted:private_key>" + "\n" * 19 + "\nafter"


def test_a_key_cut_off_takes_no_other_text_with_it() -> None:
    whole = key_block(10).split("\n")[:5]
    text = "\n".join([*whole, "make: *** [all] Error 2", "done"])
    assert Redactor().redact(text) == "<redacted:private_key>\n\n\n\n\nmake: *** [all] Error 2\ndone"


@pytest.mark.parametrize("separator", [r"\n", "\n  ", "\r\n", "\n2026-01-02T03:04:05.123Z "])
def test_a_key_in_json_yaml_and_logs(separator: str) -> None:
    text = 'key: "' + key_block(8, separator, "") + '" end'
    clean = Redactor().redact(text)
    assert ALNUM[:16] not in clean
    assert clean.count("\n") == text.count("\n")
    assert clean.endswith('" end')


def test_every_secret_of_a_line_is_taken_out() -> None:
    text = f"password={'hunter2'}&token={ALNUM[:16]} Authorization: Bearer {ALNUM[:20]}"
    assert Redactor().scan(text).kinds == ("password", "signed_url", "authorization")


def test_a_secret_inside_a_refused_value_is_found() -> None:
    token = "gh" + "p_" + ALNUM[:36]
    assert Redactor().redact(f'password: "<see {token}>"') == 'password: "<see <redacted:github_token>>"'


def test_addresses_go_only_on_request() -> None:
    text = "Author: alice@example.com"
    assert Redactor().redact(text) == text
    assert Redactor(emails=True).redact(text) == "Author: <redacted:email>"
