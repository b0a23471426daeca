"""What holds for any text: lines, idempotence, the environment's own secrets, whole errors."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_classification.models import ErrorContext, SourceType
from error_classification.redaction import Redactor

SECRET = "tr0ub4dor & three/3"
FRAGMENTS = st.sampled_from(
    [
        "password=",
        "token: ",
        "secret=",
        '"',
        "'",
        "\n",
        " ",
        "\\n",
        "://",
        "u:",
        "@h",
        "?sig=",
        "&",
        "abc123def456",
        "***",
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----END " + "PRIVATE KEY-----",
        "gh" + "p_",
        "A1b2C3d4" * 5,
        "Authorization: Bearer ",
        "<redacted:",
        ">",
        "curl -u ",
        "--token ",
        "=",
        ":",
        "é",
        "\ud800",
        "$X",
        "\r\n",
        "mysql -p",
        "cookie: a=",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join))


@settings(max_examples=300)
@given(TEXTS)
def test_any_text_keeps_its_lines_and_needs_no_second_pass(text: str) -> None:
    redactor = Redactor([SECRET], emails=True)
    once = redactor.redact(text)
    assert once.count("\n") == text.count("\n")
    assert redactor.redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"login with {SECRET}!",
        "value " + base64.b64encode(SECRET.encode()).decode(),
        "basic " + base64.b64encode(f"user:{SECRET}".encode()).decode(),
        "basic " + base64.b64encode(f"me:{SECRET}".encode()).decode(),
        "url https://x/?q=" + quote(SECRET, safe=""),
    ],
)
def test_the_environments_own_secrets_go_in_every_encoding(text: str) -> None:
    result = Redactor([SECRET]).scan(text)
    assert "environment_secret" in result.kinds
    assert SECRET not in result.text
    assert Redactor().redact(text) == text or "basic" in text


def test_each_line_of_a_secret_of_several_lines_is_a_secret() -> None:
    redactor = Redactor(["first-part-1\nsecond-part-2"])
    assert redactor.redact("got second-part-2") == "got <redacted:environment_secret>"


@pytest.mark.parametrize("value", ["", "ab1", "true", "production", "Production", "aaaaaaaa", "  \n "])
def test_short_or_ordinary_values_are_no_secrets(value: str) -> None:
    text = f"the {value} value is true in production, aaaaaaaa ab1"
    assert Redactor([value]).redact(text) == text


def test_the_longer_of_two_secrets_wins() -> None:
    redactor = Redactor(["swordfish", "swordfish-deluxe"])
    assert redactor.redact("swordfish-deluxe swordfish") == "<redacted:environment_secret> <redacted:environment_secret>"


def test_every_free_text_of_an_error_is_redacted() -> None:
    leak = "password=hunter2"
    names = ("text", "headline", "source", "test_name", "file", "job_name", "step_name", "stage", "target", "command")
    context = ErrorContext(
        source_type=SourceType.TEXT, **{**dict.fromkeys(names, leak), "source": leak, "text": leak}, line_start=3, rank=2
    )
    clean = Redactor().redact_context(context)
    assert {getattr(clean, name) for name in names} == {"password=<redacted:password>"}
    assert (clean.line_start, clean.rank, clean.source_type) == (3, 2, SourceType.TEXT)


@pytest.mark.parametrize(
    "unit",
    ["token=", "token:", "a" * 50, "password:'", "(", "-----BEGIN ", "https://", "curl ", "A", "cookie: a=", "\\", "eyJ", "é"],
)
def test_hostile_text_comes_back(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert Redactor().redact(text).count("\n") == 0


TOKEN = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0" * 2
KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7v\n" * 1500 + "-----END RSA " + "PRIVATE KEY-----"


@pytest.mark.parametrize("filler", ["x ", "password is ", "curl ", "a,b;c=d "])
@pytest.mark.parametrize("before", [*range(16_200, 16_500, 23), 12_280, 28_700, 50_000])
def test_a_secret_goes_wherever_in_a_long_line_it_stands(filler: str, before: int) -> None:
    line = (filler * before)[:before] + " " + TOKEN + " " + filler * 9000
    assert TOKEN[:20] not in Redactor().redact(line)
    assert TOKEN[-20:] not in Redactor().redact(line)


def test_a_long_secret_goes_as_a_whole() -> None:
    text = f"{'x ' * 7000}{KEY}\nafter"
    assert Redactor().redact(text).split() == [*["x"] * 7000, "<redacted:private_key>", "after"]


def test_every_address_goes_though_they_touch_each_other() -> None:
    assert Redactor(emails=True).redact("a@b.cc.dd.e@f.gg") == "<redacted:email>.<redacted:email>"


def test_a_secret_that_is_not_utf8_goes_as_logs_show_it() -> None:
    value = b"p\xe4ssw\xf6rd-\xff-1".decode("utf-8", "surrogateescape")  # as os.environ has it
    assert Redactor([value, "\ud800 lone half"]).redact("is pässwörd-ÿ-1.") == "is <redacted:environment_secret>."
