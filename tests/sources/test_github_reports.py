"""JUnit reports from artifacts, and zip files that mean no good."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from github_support import HOUR, START, Repository, content, log_of, read

from error_classification.errors import InputError
from error_classification.sources.github import archives, reports
from error_classification.sources.github.archives import xml_in
from stand_ins.github import Run, failure, server_error

XML = b'<testsuite><testcase name="t"><failure message="no"/></testcase></testsuite>'


def found(repo: Repository, **more: object) -> dict[str, bytes | str]:
    """What was read of artifacts, by the part of the name that is about the artifact."""
    named = read(repo.source(**more).artefacts())  # type: ignore[arg-type]
    return {name.partition(" artifact ")[2]: text for name, text in named.items() if " artifact " in name}


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file in which a name may come twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files:
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return target.getvalue()


def test_xml_files_of_artifacts_with_their_run(repo: Repository) -> None:
    run, job = repo.failed()
    files = {"z/b.xml": b"<b/>", "a.XML": b"<a/>", "notes.txt": b"no", "inner.zip": packed(("x.xml", b"<x/>")), "d.xml/": b""}
    artifact = repo.server.add_artifact(run, "test results", files)
    _, first, second = repo.source().artefacts()
    assert [first.name, second.name] == [
        f"acme/shop run {run.id} artifact {artifact.id} (test results): {name}" for name in ("a.XML", "z/b.xml")
    ]
    assert [content(second), content(first), content(second)] == [b"<b/>", b"<a/>", b"<b/>"]
    assert first.digest() == first.digest() != second.digest()
    assert (first.context.workflow_id, first.context.job_id) == (str(run.id), str(job.id))
    assert (repo.asked("/zip"), len(repo.server.downloads)) == (1, 1)


def test_an_artifact_belongs_to_the_attempt_and_job_that_alone_can_have_left_it(repo: Repository) -> None:
    run = repo.server.add_run(created_at=START, minutes=180, attempt=3)

    def job(attempt: int, begin: float, end: float, conclusion: str = "failure") -> str:
        times = {"started_at": START + begin * HOUR, "completed_at": START + end * HOUR}
        return str(repo.server.add_job(run, attempt=attempt, conclusion=conclusion, log=log_of("x"), **times).id)  # type: ignore[arg-type]

    one, _, _ = job(1, 0, 0.9), job(1, 0, 0.4), job(1, 0, 0.9, "success")
    job(2, 1, 1.9)
    job(3, 2, 2.9, "success")
    for hours in (0.2, 0.6, 1.95, 2.5):
        repo.server.add_artifact(run, f"at {hours}", {"a.xml": XML}, created_at=START + hours * HOUR)
    told = [artefact for artefact in repo.source().artefacts() if "artifact" in artefact.name]
    where = [(artefact.name.split("(")[1][:6], artefact.context.attempt, artefact.context.job_id) for artefact in told]
    assert where == [("at 0.2", 1, ""), ("at 0.6", 1, one), ("at 1.9", 2, "")]


@pytest.mark.parametrize(("patterns", "names"), [(("*",), ["junit", "logs"]), (("j*", "x"), ["junit"]), (("x",), []), ((), [])])
def test_artifacts_are_chosen_by_name(repo: Repository, patterns: tuple[str, ...], names: list[str]) -> None:
    run, _ = repo.failed()
    for name in ("junit", "logs"):
        repo.server.add_artifact(run, name, {"a.xml": XML})
    assert [name.partition("(")[2].partition(")")[0] for name in found(repo, artifacts=patterns)] == names
    assert repo.asked("/artifacts") == bool(patterns)


def test_runs_in_which_nothing_failed_are_not_asked_for_artifacts(repo: Repository) -> None:
    run = repo.server.add_run(created_at=START, conclusion="success", attempt=2)
    repo.server.add_job(run, conclusion="success")
    repo.server.add_artifact(run, "junit", {"a.xml": XML})
    assert found(repo) == {}
    assert repo.asked("/artifacts") == 0


def test_expired_and_huge_artifacts_are_said(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "LARGEST_ARTIFACT", 1_000)
    run, _ = repo.failed()
    repo.server.add_artifact(run, "old", {"a.xml": XML}, expired=True)
    repo.server.add_artifact(run, "huge", b"x" * 1_001)
    source = repo.source()
    assert len(read(source.artefacts())) == 1
    assert [warning.rpartition(": ")[2] for warning in source.warnings] == ["has expired", "is too large for reports"]
    assert repo.asked("/zip") == 0


def test_an_artifact_that_is_larger_than_it_says(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "LARGEST_ARTIFACT", 1 << 20)
    run, _ = repo.failed()
    artifact = repo.server.add_artifact(run, "junit", bytes((1 << 20) + 1), claimed_size=7)
    assert list(found(repo).values()) == [f"acme/shop run {run.id} artifact {artifact.id} (junit): larger than 1 MB"]


@pytest.mark.parametrize(("status", "held"), [(410, False), (502, True)])
def test_an_artifact_that_is_not_given(repo: Repository, status: int, held: bool) -> None:
    run, _ = repo.failed()
    repo.failed(1)
    for name in ("first", "second"):
        repo.server.add_artifact(run, name, {"a.xml": XML})
    reply = server_error(status) if held else failure(status, "Artifact has expired")
    repo.server.script(*[reply] * (4 if held else 1), at="GET */zip")
    source = repo.source()
    texts = list(read(source.artefacts()).values())
    assert [isinstance(text, bytes) for text in texts] == [True, False, True, True]
    assert f"answers {status}" in str(texts[1])
    assert (source.covered_until == run.updated_at) is held


def members(content: bytes) -> dict[str, bytes | str]:
    """Content by name, or why it can't be read."""
    read_members: dict[str, bytes | str] = {}
    for member in xml_in(io.BytesIO(content)).members:
        try:
            read_members[member.name] = b"".join(member.chunks())
        except InputError as error:
            read_members[member.name] = error.message
    return read_members


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.xml", "etc/passwd.xml"),
        ("/etc/passwd.xml", "etc/passwd.xml"),
        ("..\\..\\windows\\x.xml", "windows/x.xml"),
        ("C:\\x.xml", "C:/x.xml"),
        ("a\x1b[31m\nb.xml", "a [31m b.xml"),
        ("./a//b.xml", "a/b.xml"),
        ("tést/名.xml", "tést/名.xml"),
    ],
)
def test_names_lead_nowhere(name: str, shown: str) -> None:
    assert members(packed((name, XML))) == {shown: XML}


def test_equal_names_are_different_files() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        content = packed(("a.xml", b"<one/>"), ("a.xml", b"<two/>"))
    assert [b"".join(member.chunks()) for member in xml_in(io.BytesIO(content)).members] == [b"<one/>", b"<two/>"]


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_FILE", 1 << 20)
    bomb = packed(("a.xml", XML), ("bomb.xml", bytes(5 << 20)), ("c.xml", XML))
    assert len(bomb) < 10_000
    assert members(bomb) == {"a.xml": XML, "bomb.xml": "bomb.xml: larger than 1 MB", "c.xml": XML}


def test_a_bomb_that_lies_about_its_size() -> None:
    """It says 100 bytes, in both places; so many are unpacked, and then its checksum is wrong."""
    honest = packed(("a.xml", bytes(5 << 20)))
    liar = honest.replace(struct.pack("<L", 5 << 20), struct.pack("<L", 100))
    assert liar != honest
    (member,) = xml_in(io.BytesIO(liar)).members
    unpacked: list[bytes] = []
    with pytest.raises(InputError, match="can't be unpacked"):
        unpacked.extend(member.chunks())
    assert sum(map(len, unpacked)) <= 100


def test_files_and_bytes_of_one_archive_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    many = packed(*((f"{number:03}.xml", XML) for number in range(30)))
    monkeypatch.setattr(archives, "MOST_FILES", 20)
    contents = xml_in(io.BytesIO(many))
    assert ([member.name for member in contents.members][-1], contents.left_out) == ("019.xml", 10)
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 5 * len(XML))
    assert (len(xml_in(io.BytesIO(many)).members), xml_in(io.BytesIO(many)).left_out) == (5, 25)


def test_what_is_left_out_is_said(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    run, _ = repo.failed()
    repo.server.add_artifact(run, "junit", {"a.xml": XML, "b.xml": XML, "c.xml": XML})
    source = repo.source()
    assert len(read(source.artefacts())) == 2
    assert [": 2 XML files are left out" in warning for warning in source.warnings] == [True]


def test_a_table_of_contents_that_claims_to_be_huge_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    many = packed(*((f"{number:03}.xml", b"") for number in range(99)))
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 1_000)
    with pytest.raises(InputError, match="table of contents is too large"):
        xml_in(io.BytesIO(many))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounds_are_not_used(method: int) -> None:
    assert members(packed(("a.xml", XML), method=method)) == {"a.xml": "a.xml: packed in a way that is not read"}


def _with_flag(content: bytes, flag: int) -> bytes:
    """The flags of the only file, in both of its headers."""
    changed = bytearray(content)
    changed[6] |= flag
    changed[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [
        _with_flag(packed(("a.xml", XML)), 1),
        packed(("a.xml", XML * 50)).replace(b"PK\x03\x04", b"PK\x03\x05"),
        packed(("a.xml", XML), method=zipfile.ZIP_STORED).replace(b"testcase", b"testCase"),
    ],
    ids=["password", "no header", "checksum"],
)
def test_damaged_files_are_said(content: bytes) -> None:
    (said,) = members(content).values()
    assert isinstance(said, str)
    assert said.startswith("a.xml: can't be unpacked: ")
    assert said.isprintable()


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", packed(("a.xml", XML))[:-30], packed(("a.xml", XML))[:40]])
def test_what_is_no_zip_file_is_said(repo: Repository, content: bytes) -> None:
    run, _ = repo.failed()
    artifact = repo.server.add_artifact(run, "junit", content)
    source = repo.source()
    (_, said) = read(source.artefacts()).values()
    assert str(said).startswith(f"acme/shop run {run.id} artifact {artifact.id} (junit): no readable zip file: ")
    assert source.covered_until > run.updated_at


def test_every_cut_of_an_archive_is_survived() -> None:
    whole = packed(("a.xml", XML), ("b.xml", XML * 9))
    for length in range(len(whole)):
        with pytest.raises(InputError):
            xml_in(io.BytesIO(whole[:length]))


def test_artifacts_on_many_pages(repo: Repository) -> None:
    run: Run
    run, _ = repo.failed()
    for number in range(250):
        repo.server.add_artifact(run, f"junit {number}", {"a.xml": XML})
    assert len(found(repo)) == 250
    assert repo.asked("/artifacts") == 3
