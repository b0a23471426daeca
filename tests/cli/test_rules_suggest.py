from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cli_runner import Program

NAME = "suggested.quota_tenant_used_this_cluster"
MINE = "# ours\n"


@pytest.fixture
def filled(run: Program) -> Program:
    """Errors that no rule knows, labelled by a person, and one that the rules know."""
    texts = {f"{name}.txt": f"error: quota of tenant {name} is used up on this cluster\n" for name in ("blue", "red")}
    for number in range(3):
        for name, text in texts.items():
            Path(name).write_text(text)
            run("classify", name, "--judges", "rules", "--repo", "me/it", "--run", str(number))
    for record in run("stats", "--format", "ndjson").records:
        run("label", record["error_hash"], "resource_exhaustion/quota")
    Path("rules.toml").write_text(MINE)
    return run


def test_a_suggestion_is_a_diff_that_applies(filled: Program) -> None:
    done = filled("rules", "suggest", "--least", "6", "--rules", "rules.toml")
    assert (done.code, done.err) == (0, "1 suggestion\n")
    assert Path("rules.toml").read_text() == MINE
    subprocess.run(["patch", "-p0"], input=done.out, text=True, check=True, capture_output=True)
    checked = filled("rules", "check", "rules.toml")
    assert (checked.code, checked.out) == (0, "")
    assert Path("rules.toml").read_text().startswith(MINE)


@pytest.mark.parametrize("mine", [b"# no end", b"\xef\xbb\xbf# marked\n", b"#\ttab\n", "# a\u2028b\n\n#\n#\n".encode()])
def test_patch_and_accept_make_the_same_of_every_file(filled: Program, mine: bytes) -> None:
    Path("rules.toml").write_bytes(mine)
    Path("mine.toml").write_bytes(mine)
    diff = filled("rules", "suggest", "--least", "6", "--into", "mine.toml").out
    subprocess.run(["patch", "-p0"], input=diff.encode(), check=True, capture_output=True)
    assert filled("rules", "accept", NAME, "--least", "6", "--into", "rules.toml").code == 0
    assert Path("rules.toml").read_bytes() == Path("mine.toml").read_bytes()
    assert Path("rules.toml").read_bytes().startswith(mine)
    assert filled("rules", "check", "rules.toml").code == 0


def test_what_stands_in_the_file_stays_to_the_last_byte(filled: Program) -> None:
    Path("rules.toml").write_bytes(b"# one\r\n# two\r\n")
    filled("rules", "accept", NAME, "--least", "6", "--into", "rules.toml")
    text = Path("rules.toml").read_bytes()
    assert text.startswith(b"# one\r\n# two\r\n\r\n[[rule]]\r\n")
    assert text.count(b"\n") == text.count(b"\r\n")


def test_a_suggestion_as_json(filled: Program) -> None:
    (found,) = json.loads(filled("rules", "suggest", "--least", "6", "--format", "json").out)
    assert (found["name"], found["occurrences"], found["share"]) == (NAME, 6, 1.0)
    assert len(found["hashes"]) == len(found["hits"]) == 2
    assert found["toml"].startswith(f'[[rule]]\nname = "{NAME}"\n')


def test_below_the_threshold_there_is_none(filled: Program) -> None:
    done = filled("rules", "suggest")
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "0 suggestions\na rule takes errors alike that were seen 10 times (--least), 90% of them with one category; "
        "of 2 errors that only people or Claude settled the most frequent kind was seen 6 times\n"
    )


def test_without_labels_it_says_what_is_missing(run: Program) -> None:
    assert "settled only by people or Claude: the store has none (`label --next`)" in run("rules", "suggest").err


def test_what_is_accepted_is_written_and_answers_from_then_on(filled: Program) -> None:
    done = filled("rules", "accept", NAME, "--least", "6", "--rules", "rules.toml")
    assert (done.code, done.err) == (0, "written to rules.toml\n")
    assert done.out.startswith("--- rules.toml\n+++ rules.toml\n")
    text = "error: quota of tenant green is used up on this cluster"
    (record,) = filled("classify", "--judges", "rules", "--rules", "rules.toml", "--format", "ndjson", stdin=text).records
    assert (record["primary_category"], record["subcategory"]) == ("resource_exhaustion", "quota")
    assert record["parameters"] == {"name": "green"}
    again = filled("rules", "suggest", "--least", "6", "--rules", "rules.toml")
    assert again.out == ""
    assert again.err.startswith("0 suggestions\na rule takes ")


def test_a_new_file_is_made_and_named(filled: Program) -> None:
    done = filled("rules", "accept", NAME, "--least", "6", "--into", "new.toml")
    assert (done.code, done.err) == (0, "written to new.toml: name it by --rules new.toml, or by the key `rules`\n")
    assert Path("new.toml").read_text().startswith("[[rule]]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["suggested.quota", "--least", "6"], "no suggestion 'suggested.quota'"),
        ([NAME], f"no suggestion '{NAME}'"),
        ([NAME, "--least", "6", "--into", "no/folder.toml"], "no/folder.toml"),
        ([NAME, "--least", "6", "--into", "bad.toml"], "bad.toml: not valid TOML"),
        ([NAME, "--least", "6", "--into", "."], ".: Is a directory"),
    ],
)
def test_what_cannot_be_accepted(filled: Program, arguments: list[str], said: str) -> None:
    Path("bad.toml").write_text("[[rule]\n")
    done = filled("rules", "accept", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert Path("bad.toml").read_text() == "[[rule]\n"


def test_refusals_are_counted_and_told_on_request(filled: Program) -> None:
    """Another error has the line of this one in its text."""
    lines = ("error: quota of tenant blue is used up on this cluster", "curl: (6) Could not resolve host: x.y")
    Path("other.txt").write_text("\n".join(lines))
    filled("classify", "other.txt", "--judges", "rules", "--source-type", "text")
    done = filled("rules", "suggest", "--least", "6")
    assert (done.code, done.out, done.err) == (0, "", "0 suggestions, 1 refusal\n")
    told = filled("rules", "suggest", "--least", "6", "-v").err
    assert "no rule for 'error: quota of tenant " in told
    assert "which is network_error/dns" in told
    (refused,) = json.loads(filled("rules", "suggest", "--least", "6", "--format", "json").out)
    assert refused["refused"].startswith("its pattern also matches ")
