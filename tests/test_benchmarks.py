"""The benchmarks' arithmetic on rows made by hand, and one run over the program's own samples. Nothing here is timed."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import quality  # noqa: E402
import speed  # noqa: E402
from keywords import KEYWORDS  # noqa: E402
from measures import builds, github_annotations, green, job_logs, junit  # noqa: E402
from measures.arithmetic import Fraction, Share, covered, found, hits, mean, overlaps, share  # noqa: E402
from measures.cases import (  # noqa: E402
    AnnotationTruth,
    BuildTruth,
    Case,
    Kind,
    ReportTruth,
    State,
    decoded_lines,
    read_cases,
)
from measures.classification import Judged, every_table, first_table  # noqa: E402
from measures.job_logs import Found, measured  # noqa: E402
from measures.running import Result, run  # noqa: E402
from measures.tables import Table, as_json, as_text, cell_text  # noqa: E402
from timing import processes, tasks  # noqa: E402
from timing.inputs import write_junit, write_log  # noqa: E402
from timing.rates import Rate, medians, ratios  # noqa: E402

from error_classification.models import UNCLASSIFIED, ErrorContext, Report, SourceType, TestCounts  # noqa: E402

SAMPLES = ROOT / "samples"
CASE = Case("one", Path("one.log"), Kind.JOB_LOG, "timeout", frozenset())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1, 3), (3, 5), True),
        ((1, 3), (4, 5), False),
        ((4, 5), (1, 3), False),
        ((2, 2), (1, 9), True),
        ((1, 9), (2, 2), True),
        ((7, 7), (7, 7), True),
    ],
)
def test_overlaps(one: tuple[int, int], other: tuple[int, int], expected: bool) -> None:
    assert overlaps(one, other) is expected


def test_one_range_that_overlaps_one_cause_is_a_hit() -> None:
    assert hits([(1, 2), (10, 20)], [(50, 60), (20, 21)])
    assert not hits([(1, 2), (10, 19)], [(50, 60), (20, 21)])
    assert not hits([], [(1, 1)])


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))))
def test_covered_counts_each_line_once(ranges: list[tuple[int, int]]) -> None:
    assert covered(ranges) == len({line for first, last in ranges for line in range(first, last + 1)})


def test_found_counts_repeats() -> None:
    assert found(["a", "a", "b"], ["a", "b", "b"]) == 2
    assert found([], ["a"]) == 0


def test_share_and_mean_of_nothing_are_zero() -> None:
    assert share([]).value == 0
    assert mean([]) == 0
    assert share([True, False, True]) == Share(2, 3)


def test_logs_are_pooled_and_averaged() -> None:
    long = Found(blocks=((1, 5), (4, 6)), first=(1, 5), causes=((6, 6),), lines=60)
    short = Found(blocks=(), first=None, causes=((1, 1),), lines=2)
    exact = Found(blocks=((1, 1),), first=(1, 1), causes=((1, 1),), lines=2)
    inputs, returned, first, pooled, average = measured([long, short, exact])
    assert (inputs, returned, first) == (3, Share(2, 3), Share(1, 3))
    assert pooled == Fraction(7 / 64)
    assert average.value == pytest.approx((6 / 60 + 0 + 1 / 2) / 3)


def test_the_keyword_search_takes_its_last_match_first(tmp_path: Path) -> None:
    path = tmp_path / "job.log"
    path.write_text("ok\nERROR: cause\nok\n0 failures\nend\n", encoding="utf-8")
    rival = job_logs.by_keywords(Result(replace(CASE, path=path, causes=((2, 2),)), (), None))
    assert rival == Found(((2, 2), (4, 4)), (4, 4), ((2, 2),), 5)
    assert (rival.is_returned, rival.is_first) == (True, False)


def test_lines_are_split_at_line_feeds_alone(tmp_path: Path) -> None:
    path = tmp_path / "utf16.log"
    path.write_bytes("a\u2028b\r\nc\n".encode("utf-16"))
    assert decoded_lines(path) == ["a\u2028b\r", "c"]


REPORT = ReportTruth(State.JUNIT, {"testcases": 2, "failed": 0, "skipped": 1})


def _report_of(counts: TestCounts | None, case: Case = CASE) -> Result:
    return Result(case, (), Report("one", SourceType.JUNIT, counts=counts))


@pytest.mark.parametrize(
    ("counts", "truth", "expected"),
    [
        (TestCounts(testcases=2, skipped=1), REPORT, True),
        (TestCounts(testcases=2), REPORT, False),
        (TestCounts(testcases=3, skipped=1), REPORT, False),
        (None, REPORT, False),
        (None, ReportTruth(State.OTHER), True),
        (TestCounts(testcases=1), ReportTruth(State.OTHER), False),
        (TestCounts(testcases=3), replace(REPORT, state=State.DAMAGED, start_tags=(3, 0)), True),
        (TestCounts(testcases=2, skipped=1), replace(REPORT, state=State.DAMAGED, start_tags=(3, 0)), True),
        (TestCounts(testcases=1), replace(REPORT, state=State.DAMAGED, start_tags=(3, 0)), False),
    ],
)
def test_report_counts(counts: TestCounts | None, truth: ReportTruth, expected: bool) -> None:
    assert junit.counts_are_exact(_report_of(counts), truth) is expected


def test_failing_tests_are_counted() -> None:
    assert junit.failing_are_exact(_report_of(None), REPORT)
    assert not junit.failing_are_exact(_report_of(None), replace(REPORT, failing=1))
    assert junit.failing_are_exact(_report_of(None), replace(REPORT, state=State.DAMAGED, failing=1))


def _error(text: str, **fields: object) -> ErrorContext:
    return replace(ErrorContext(SourceType.BUILDKIT, "one", text), **fields)


def test_builds() -> None:
    truth = BuildTruth("[2/3] RUN  make", "make", 2, ("#9 0.51 \x1b[31mmain.c:1: error\x1b[0m",))
    right = _error("x\nmain.c:1: error", step_name="[2/3] RUN make", command="make", exit_code=2)
    assert builds.checks(right, truth) == (True, True, True, True)
    assert builds.checks(replace(right, exit_code=None, text="x"), truth) == (True, True, False, False)
    assert builds.checks(None, truth) == (False, False, False, False)


def test_annotations() -> None:
    same = [AnnotationTruth("a\n  b", "src/a.py", 3), AnnotationTruth("a\n  b", "src/b.py", None)]
    error = _error("Title\na b", file="src/a.py", line=3)
    assert github_annotations.checks([error], same) == (True, True, True)
    assert github_annotations.checks([replace(error, line=4)], same) == (True, True, False)
    assert github_annotations.checks([replace(error, file="c.py")], same) == (True, False, False)
    assert github_annotations.checks([replace(error, text="c")], same) == (False, False, False)
    assert github_annotations.checks([error], [AnnotationTruth("a b", ".github", None)])[:2] == (True, True)


def test_repeated_annotations_are_one_error_with_a_count() -> None:
    truths = [AnnotationTruth("a", "", None), AnnotationTruth("a", "", None), AnnotationTruth("b", "", None)]
    assert [len(same) for same in github_annotations.by_message(truths)] == [2, 1]
    assert github_annotations.count_is_exact([_error("a", count=2), _error("b")], truths)
    assert not github_annotations.count_is_exact([_error("a"), _error("b")], truths)


def test_an_answer_is_right_by_its_label_or_among_the_labels() -> None:
    nothing = Judged(replace(CASE, labels=frozenset((UNCLASSIFIED,))), None)
    assert (nothing.is_answered, nothing.is_right, nothing.is_among_labels) == (False, False, True)
    assert not Judged(CASE, None).is_among_labels


def _manifest(folder: Path, rows: list[dict[str, object]], text: str) -> Path:
    folder.mkdir()
    (folder / "one.txt").write_text(text, encoding="utf-8")
    lines = (json.dumps({"file": "one.txt"} | row) for row in rows)
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_corpus_row_is_read(tmp_path: Path) -> None:
    expected = {
        "annotations": [
            {"level": "failure", "path": None, "line": None, "message": "ModuleNotFoundError: No module named 'six'"},
            {"level": "notice", "path": "a", "line": 1, "message": "2 tests"},
        ],
        "count": 2,
    }
    row = {
        "id": "an",
        "kind": "annotation",
        "label": "none",
        "labels": ["none"],
        "label_confidence": "medium",
        "expected": expected,
    }
    [case] = read_cases(_manifest(tmp_path / "corpus", [row], ""))
    assert case.annotations == (AnnotationTruth("ModuleNotFoundError: No module named 'six'", "", None),)
    assert (case.label, case.labels, case.is_doubtful, case.is_green) == (UNCLASSIFIED, {UNCLASSIFIED}, True, False)


def test_a_corpus_is_measured(tmp_path: Path) -> None:
    counts = {"testcases": 2, "failed": 1, "errored": 0, "skipped": 0, "flaky": 0}
    test = {"suites": ["s"], "classname": "t.T", "name": "fails", "file": "t.py"}
    expected = {"well_formed": True, "is_junit": True, "failing_tests": [test]} | counts
    row = {"id": "ju", "kind": "junit", "label": "dependency_error", "labels": ["dependency_error"], "expected": expected}
    folder = _manifest(
        tmp_path / "corpus",
        [row],
        '<testsuite name="s"><testcase classname="t.T" name="fails" file="t.py"><error message="ModuleNotFoundError: '
        "No module named 'six'\"/></testcase><testcase name='passes'/></testsuite>",
    )
    tables = {table.title: table.rows for table in quality.measure(folder)}
    # The case failed with an error element, where the row says failure: the counts are wrong, the number of failing tests is not.
    assert tables["JUnit reports"] == (("well-formed", 1, Share(0, 1), Share(1, 1), Share(1, 1), Share(1, 1), Share(0, 1)),)
    assert tables["Classification: every error"][0] == ("junit", 1, Share(1, 1), Share(1, 1))


CHOSEN = ("failing/text/error-text-module.txt", "failing/text/exit-code-only.txt", "passing/junit/pytest-junit-green.xml")


@pytest.fixture
def few_samples(tmp_path: Path) -> Path:
    lines = (SAMPLES / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if json.loads(line)["file"] in CHOSEN]
    (tmp_path / "labels.jsonl").write_text("\n".join(chosen), encoding="utf-8")
    for name in CHOSEN:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLES / name, tmp_path / name)
    return tmp_path


def test_quality_of_a_few_samples(few_samples: Path) -> None:
    results = list(run(read_cases(few_samples)))
    classified, silent = first_table(results), green.table(results)
    assert classified is not None
    assert classified.rows[0] == ("text", 2, 0, Share(1, 2), Share(1, 1), Share(1, 1), Share(1, 1), Fraction(1.0))
    assert silent is not None
    assert silent.rows[-1][:3] == ("all", 1, Share(1, 1))
    assert every_table(results) is None  # samples have one label each


def test_the_command_prints_json(few_samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main([str(few_samples), "--format", "json", "--details"]) == 0
    [measured_folder] = json.loads(capsys.readouterr().out)
    titles = [table["title"] for table in measured_folder["tables"]]
    assert titles == ["Where the cause is", "Green inputs", "Classification: one error of each input", "Judges"]


def test_the_command_prints_tables(few_samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main([str(few_samples)]) == 0
    assert "Green inputs\n\n         inputs" in capsys.readouterr().out


def test_a_folder_without_labels_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        quality.main([str(tmp_path)])
    assert ended.value.code == 2
    assert "labels.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("x", "x"), (3, "3"), (Share(0, 0), "-"), (Fraction(0.0123), "1.2 %"), (Share(5, 10), "5/10 50.0 % (24-76)")],
)
def test_cells(cell: str | int | Share | Fraction, expected: str) -> None:
    assert cell_text(cell) == expected


def test_details_are_shown_on_request() -> None:
    table = Table("T", ("", "n"), (("a", 1),), ("wrong",))
    assert as_text(table, details=False) == "T\n\n     n\n  a  1"
    assert as_text(table, details=True).endswith("\n\n  - wrong")
    assert as_json(table, details=False) == {"title": "T", "rows": [{"group": "a", "n": 1}]}
    assert as_json(table, details=True)["details"] == ["wrong"]


def test_ratios_are_those_of_pairs() -> None:
    runs = [
        {"ours": Rate(100, 1, 1, 5), "rival": Rate(100, 2, 2, 1)},
        {"ours": Rate(100, 9, 8, 7), "rival": Rate(50, 9, 8, 1)},
        {"ours": Rate(100, 2, 2, 6), "rival": Rate(100, 1, 1, 1)},
    ]
    assert ratios("ours", runs) == {"rival": 2}
    assert medians(runs)["ours"] == Rate(100, 2, 2, 7)
    assert medians(runs)["rival"].per_cpu == 50


def test_a_big_log_repeats_whole_lines(tmp_path: Path) -> None:
    one, two, target = tmp_path / "one.log", tmp_path / "two.log.gz", tmp_path / "big.log"
    one.write_bytes("a\u00e4\nb".encode("utf-16"))
    two.write_bytes(gzip.compress(b"cd\nef\n", mtime=0))
    assert write_log(target, [one, two], 17) == 16
    assert target.read_text(encoding="utf-8") == "a\u00e4\nb\ncd\nef\na\u00e4\n"


def test_a_line_that_is_too_long_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    log.write_text("0123456789\n", encoding="utf-8")
    assert write_log(tmp_path / "big.log", [log], 5) == 0


def test_a_big_report_is_well_formed(tmp_path: Path) -> None:
    target = tmp_path / "report.xml"
    written = write_junit(target, 10_000)
    cases = ElementTree.parse(target).getroot().findall("./testsuite/testcase")
    assert written == target.stat().st_size >= 10_000
    assert sum(case.find("failure") is not None for case in cases) == len(cases) // 100


def test_the_cost_of_a_process() -> None:
    cost, printed = processes.run([sys.executable, "-c", "print('x' * 3)"])
    assert printed == "xxx\n"
    assert cost.cpu > 0
    assert cost.peak > 1_000_000
    with pytest.raises(subprocess.CalledProcessError):
        processes.run([sys.executable, "-c", "raise SystemExit(3)"])


def test_the_naive_rival_has_all_signals(tmp_path: Path) -> None:
    assert tasks.signal_pattern().search(b"ModuleNotFoundError: No module named 'six'")
    log = tmp_path / "one.log"
    log.write_bytes(b"12345\n" * 100)
    assert tasks.by_lines(log, 13, tasks.signal_pattern()) == 18
    assert tasks.in_one_pass(log, KEYWORDS) == 600


def test_errors_that_all_differ() -> None:
    texts = [context.text for context in islice(tasks.different([_error("a"), _error("b")]), 5)]
    assert len(set(texts)) == 5
    assert [text[0] for text in texts] == ["a", "b", "a", "b", "a"]


def test_rates_are_printed_in_columns() -> None:
    rows = [{"": "a", "MB": 0.0, "peak MB": 1234.5}, {"": "bcd", "MB": 2.5, "peak MB": 1.0}]
    assert speed.as_text("T", rows) == "T\n\n         MB  peak MB\n  a       -    1,234\n  bcd  2.50     1.00\n"
