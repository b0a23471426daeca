from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from error_classification.errors import InputError
from error_classification.learning.json_lines import json_object, numbered


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=6), st.integers(1, 12))
def test_no_line_is_longer_than_it_may_be_and_none_is_lost(lines: list[bytes], longest: int) -> None:
    wanted = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    found = list(numbered(BytesIO(b"\n".join(lines)), longest))
    shown = {number: line.removesuffix(b"\n") for number, line in found}
    assert all(len(line) <= longest + 1 for _, line in found)
    assert shown == {number: line[: longest + 1] for number, line in wanted if line[: longest + 1].strip()}


def test_an_endless_line_is_read_in_pieces() -> None:
    class Endless(BytesIO):
        most = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.most = max(self.most, size or 0)
            return super().readline(size)

    stream = Endless(b" " * 1_000_000 + b"\n{}")
    assert list(numbered(stream, 100)) == [(2, b"{}")]
    assert stream.most == 101


def test_an_object() -> None:
    assert json_object(b'\xef\xbb\xbf{"a": 1}\r\n', 100) == {"a": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{" + b" " * 100, "longer than 0 MB"),
        (b"{", "no JSON: "),
        (b"[1]", "no JSON object"),
        (b'{"a": "\xff"}', "no JSON: 'utf-8'"),
        (b"[" * 100, "no JSON: "),
        (b"1" * 90, "no JSON object"),
    ],
)
def test_no_object(line: bytes, said: str) -> None:
    with pytest.raises(InputError) as raised:
        json_object(line, 100)
    assert raised.value.message.startswith(said)


def test_depth_is_no_way_in() -> None:
    with pytest.raises(InputError):
        json_object(b"[" * 100_000, 1_000_000)
