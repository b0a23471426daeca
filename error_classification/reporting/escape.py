"""Text from logs made harmless where it is shown: whoever writes a log must not steer a terminal, a comment or a page.

Escape sequences follow ECMA-48; the bidirectional and invisible characters are those of Unicode TR36 and of "Trojan Source"
(CVE-2021-42574).
"""

from __future__ import annotations

import re
from html import escape

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINKED = re.compile(r"://|www\.|@\w|\w@|#\w|\bGH-\d|:[\w+-]+:", re.IGNORECASE)
"""What GitHub makes a link, a mention, a reference or a picture of, inside a word too, and backslashes or not."""
_QUOTED = re.compile(r"([(\[{\"'<]*)(.*?)([)\]}\"'>.,;!?]*)")
_PAIRED = "*_~$"
_ACTING = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\](?=[(\[])|[`|]|^#(?=#*$)")
_HTML = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_BACKTICKS = re.compile("`+")
_BLANKS = re.compile(r"\s+")
_TAB = "    "
_ZERO_WIDTH_SPACE = "\u200b"


def visible(text: str) -> str:
    """The text without terminal sequences; other control, bidirectional and invisible characters written out. Lines stay."""
    if "\x1b" in text or "\x9b" in text:
        text = _SEQUENCES.sub("", text)
    return _UNSAFE.sub(_written_out, text).replace("\t", _TAB)


def one_line(text: str) -> str:
    """``visible`` on one line, white space collapsed."""
    return _BLANKS.sub(" ", visible(text.replace("\r\n", "\n"))).strip()


def markdown(text: str, *, in_table: bool = False) -> str:
    """One line of prose for Markdown: it reads as it is, and no markup, HTML, table cell, link, mention or reference comes of it.

    Escaped is only what could act where it is; a word that GitHub would link is shown as code, which it leaves alone.
    """
    line = one_line(text)
    paired = "".join(character for character in _PAIRED if line.count(character) > 1)
    return " ".join(_word(word, paired, in_table) for word in line.split(" "))


def _word(word: str, paired: str, in_table: bool) -> str:
    quoted = _QUOTED.fullmatch(word)
    if quoted and _LINKED.search(word):
        before, linked, after = quoted.groups()
        return _escaped(before, paired) + code_span(linked, in_table=in_table) + _escaped(after, paired)
    return _escaped(word, paired)


def _escaped(word: str, paired: str) -> str:
    """``paired`` are the characters with a partner in the line. Alone between blanks, or ``_`` within a word, they do not act."""
    escaped = _ACTING.sub(r"\\\g<0>", word)
    for character in paired:
        if word.strip(character):
            acting = r"(?<!\w)_+|_+(?!\w)" if character == "_" else re.escape(character)
            escaped = re.sub(acting, lambda found: "".join(f"\\{each}" for each in found[0]), escaped)
    return _HTML.sub(lambda found: escape(found[0]), escaped)


def html(text: str) -> str:
    """One line as the text of an HTML element or attribute."""
    return escape(one_line(text))


def code_span(text: str, *, in_table: bool = False) -> str:
    """One line as Markdown code; a pipe in a table's cell is escaped even in code (GFM, section 4.10)."""
    line = one_line(text)
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    if in_table:
        line = line.replace("|", r"\|")
    return f"{fence}{padding}{line}{padding}{fence}"


def code_block(text: str) -> str:
    """Lines as a fenced Markdown block that nothing in the text can close."""
    lines = visible(text)
    fence = "`" * max(3, _longest_run(lines) + 1)
    return f"{fence}text\n{lines}\n{fence}"


def shortened(line: str, limit: int) -> str:
    """A line of at most ``limit`` characters; a cut is marked."""
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
