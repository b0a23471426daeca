"""What tools say in other languages, and what scanners and gates say: found in a failed job, silent in a good one."""

from __future__ import annotations

import pytest

from error_classification.extraction.job_log import extract

FOUND = [
    "a.c:3:5: Fehler: »x« nicht deklariert (erste Benutzung in dieser Funktion)",
    "a.c:3:5: erreur: « x » non déclaré (première utilisation dans cette fonction)",
    "a.c:3:5: 错误：‘x’未声明(在此函数内第一次使用)",
    "a.c:3:5: エラー: ‘x’ が宣言されていません",
    "a.c:(.text+0x5): Nicht definierter Verweis auf »f«",
    'Der Befehl "npm" ist entweder falsch geschrieben oder',
    "'npm' n'est pas reconnu en tant que commande interne",
    '"npm" no se reconoce como un comando interno o externo,',
    "'npm' 不是内部或外部命令，也不是可运行的程序",
    "/bin/bash: Zeile 1: npm: Kommando nicht gefunden.",
    "/bin/bash: ligne 1: npm : commande introuvable",
    "/bin/bash: 第 1 行: npm: 未找到命令",
    "cat: nope.txt: Datei oder Verzeichnis nicht gefunden",
    "cat: nope.txt: Aucun fichier ou dossier de ce nom",
    "cat: nope.txt: そのようなファイルやディレクトリはありません",
    "bash: ./run.sh: Permiso denegado",
    "cp: Fehler beim Schreiben von 'x': Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
    "E: 无法定位软件包 nope",
    "fatal: Konnte nicht vom Remote-Repository lesen.",
    "Speicherzugriffsfehler (Speicherabzug geschrieben)",
    "3:04PM WRN leaks found: 1",
    " >> Secret detected: AWS Keys",
    "Total: 2 (HIGH: 1, CRITICAL: 1)",
    "1 critical severity vulnerability",
    "│ https://osv.dev/GHSA-xvch-5gv4-984h │ 9.8 │ npm │",
]


def job(*lines: str, code: int) -> bytes:
    ends = [f"##[error]Process completed with exit code {code}."] if code else []
    return "\n".join(["##[group]Run ./it", "##[endgroup]", *lines, *ends, "Post job cleanup."]).encode()


@pytest.mark.parametrize("line", FOUND)
def test_it_is_the_cause_of_a_failed_job(line: str) -> None:
    (error,) = extract("job.log", [job("working", line, "make: *** [Makefile:2: a.o] Fehler 1", code=2)])
    assert error.headline == line


@pytest.mark.parametrize("line", FOUND)
def test_it_is_nothing_in_a_job_that_passed(line: str) -> None:
    assert list(extract("job.log", [job("working", line, "goes on", code=0) + b"\nCleaning up orphan processes"])) == []


@pytest.mark.parametrize(
    "line",
    [
        "a.c:3:5: Warnung: Variable »x« wird nicht verwendet",
        "0 Fehler, 0 Warnungen",
        "no leaks found",
        "Total: 0 (HIGH: 0, CRITICAL: 0)",
        "found 0 vulnerabilities",
    ],
)
def test_what_is_no_error_is_no_proof(line: str) -> None:
    assert list(extract("job.log", ["\n".join(["working", line, *["goes on"] * 9]).encode()])) == []


def test_an_exception_that_hides_a_childs_failure_is_not_its_cause() -> None:
    lines = [
        "a.cc:1:10: fatal error: nope.h: No such file or directory",
        "Traceback (most recent call last):",
        '  File "b.py", line 3, in <module>',
        '    subprocess.run(["make"], check=True)',
        "subprocess.CalledProcessError: Command '['make']' returned non-zero exit status 2.",
    ]
    first = next(iter(extract("job.log", [job(*lines, code=1)])))
    assert "nope.h" in first.headline
