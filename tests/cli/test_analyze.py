"""``analyze``: a report from what the store holds."""

from __future__ import annotations

from pathlib import Path

from cli_runner import Program


def test_a_report_in_both_formats(run: Program, log: Path) -> None:
    run("classify", log, "--repo", "me/project", "--run", "1")
    printed = run("analyze", "--hours", "48")
    assert printed.code == 0
    assert printed.out.startswith("# Failures, ")
    assert "`dependency_error`" in printed.out
    for name in ("report.md", "report.html"):
        done = run("analyze", "--repo", "me/project", "-o", name)
        assert (done.code, done.out) == (0, "")
        assert "1 occurrence of 1 error, 1 of them new" in done.err
    assert Path("report.md").read_text().startswith("# Failures of me/project, ")
    assert Path("report.html").read_text().startswith("<!DOCTYPE html>")


def test_another_repository_had_no_failures(run: Program, log: Path) -> None:
    run("classify", log, "--repo", "me/project", "--run", "1")
    assert "Nothing failed in this period" in run("analyze", "--repo", "me/other").out


def test_without_a_store(run: Program) -> None:
    done = run("analyze")
    assert done.code == 0
    assert "no store at" in done.err


def test_a_file_that_cannot_be_written(run: Program, log: Path) -> None:
    run("classify", log)
    done = run("analyze", "-o", "no/such/folder/report.md")
    assert done.code == 2
    assert done.err.splitlines()[-1].startswith("error-classification: no/such/folder/report.md: No such file or directory")
