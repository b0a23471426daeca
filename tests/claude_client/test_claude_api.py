"""What Claude's own API may answer, and what the surroundings may do to its library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from claude_client_calls import asking

from error_classification.claude_client import ServiceError, connect
from error_classification.claude_client.exchange import Trouble
from stand_ins.claude import ClaudeServer, garbage

MESSAGE = (
    '{"id": "m", "type": "message", "role": "assistant", "model": "x", "stop_reason": %s, "content": %s, "usage": %s}'
)
END, TEXT, USAGE = '"end_turn"', '[{"type": "text", "text": "{}"}]', '{"input_tokens": 1, "output_tokens": 1}'
SHAPES = [
    *((END, content, USAGE) for content in ('"abc"', "null", '["x"]', "[null]", '[{"type": "text"}]')),
    (END, '[{"type": "text", "text": 5}]', USAGE),
    *((END, TEXT, usage) for usage in ("null", "[]", '{"input_tokens": "a"}', '{"input_tokens": -5, "output_tokens": 1}')),
    *((END, TEXT, f'{{"input_tokens": 1, "output_tokens": {count}}}') for count in ("Infinity", "NaN", "1e400")),
    ('["a"]', TEXT, USAGE),
]


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with ClaudeServer() as started:
        yield started


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_what_is_no_message(server: ClaudeServer, shape: tuple[str, str, str]) -> None:
    server.script(garbage((MESSAGE % shape).encode()))
    with pytest.raises(ServiceError) as raised:
        connect("anthropic", "test-key", server.url).complete(asking(), 5)
    assert raised.value.trouble is Trouble.NONSENSE


@pytest.mark.parametrize("api_format", ["anthropic", "openai"])
@pytest.mark.parametrize("key", ["te\nst-hidden", "tést-hidden", "\x7ftest-hidden"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(api_format: str, key: str) -> None:
    with pytest.raises(ServiceError, match="characters that no key has") as raised:
        connect(api_format, key, "http://127.0.0.1:9").complete(asking(), 5)
    assert "hidden" not in str(raised.value)
    assert raised.value.trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize("api_format", ["anthropic", "openai"])
def test_an_address_that_is_none_is_not_tried_again(api_format: str) -> None:
    with pytest.raises(ServiceError) as raised:
        connect(api_format, "k", f"http://{'a' * 80}.exämple..com").complete(asking(), 5)
    assert raised.value.trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTP_PROXY", "foo://bar"), ("SSL_CERT_FILE", "/nonexistent/certificates")],
)
def test_what_the_surroundings_lack_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ServiceError, match="no way to Claude"):
        connect("anthropic", "k", "http://127.0.0.1:9").complete(asking(), 5)
    assert capsys.readouterr().err == ""
