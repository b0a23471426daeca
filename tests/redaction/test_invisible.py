"""What nobody sees hides nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.redaction import Redactor
from error_classification.redaction.invisible import hits_through

TOKEN = "gh" + "p_" + "A1b2C3d4" * 5
VALUE = "tr0ub4dor-and-three"
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u200e", "\ufe0f", "\U000e0041", "\u200b\u200b\u2060"]


@pytest.mark.parametrize("character", INVISIBLE)
@pytest.mark.parametrize("place", [1, 4, 20, 43])
def test_a_token_is_one_whatever_stands_unseen_in_it(character: str, place: int) -> None:
    text = f"é before {TOKEN[:place]}{character}{TOKEN[place:]} after\n"
    assert Redactor().redact(text) == "é before <redacted:github_token> after\n"


@pytest.mark.parametrize("character", INVISIBLE)
def test_so_is_what_the_environment_calls_secret(character: str) -> None:
    assert Redactor([VALUE]).redact(f"login {character.join(VALUE)}!") == "login <redacted:environment_secret>!"


def test_a_key_word_may_be_split_too() -> None:
    assert Redactor().redact("pass\u200bword=hun\u200bter2!x") == "pass\u200bword=<redacted:password>"


@pytest.mark.parametrize("text", ["\ufeffall is well\u200b", "नमस्ते \u200dक्\u200dष", "👩\u200d👩\u200d👧 ❤\ufe0f"])
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert Redactor([VALUE]).redact(text) == text


def test_what_stands_at_its_edge_stays() -> None:
    assert Redactor().redact(f"\u200b{TOKEN}\u200b") == "\u200b<redacted:github_token>\u200b"


@given(st.lists(st.sampled_from(["\u200b", "\ufeff", "x", "SECRET", "é", "\n"]), max_size=20))
def test_every_find_has_its_place(parts: list[str]) -> None:
    data = "".join(parts).encode()

    def find(seen: bytes) -> list[tuple[int, int, str]]:
        starts = [at for at in range(len(seen)) if seen.startswith(b"SECRET", at)]
        return [(at, at + 6, "kind") for at in starts]

    found = [data[start:end] for start, end, _ in hits_through(data, find)]
    assert found == [b"SECRET"] * parts.count("SECRET")
