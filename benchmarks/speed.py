"""Measures how fast the program is and how much memory it takes, beside rivals on the same input.

Usage: python benchmarks/speed.py [--log PATH ... | --samples] [--size MB] [--runs N] [--format text|json]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from keywords import KEYWORDS
from timing.inputs import MB, files_in, sample_logs
from timing.processes import run
from timing.rates import Rate, medians, ratios

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
PROGRAM = (sys.executable, "-m", "error_classification")
INPUTS = (sys.executable, str(HERE / "timing" / "inputs.py"))
TASKS = (sys.executable, str(HERE / "timing" / "tasks.py"))

OURS = "extract"
NAIVE_MB, SIGNALS_MB = 20, 1
"""So much of the log is enough for the slow rivals; their rates are those of that part."""
SMALL_LOG_MB = 5
JUNIT_MB = 100
ERRORS = 5000

Measure = Callable[[], Rate]


def of_process(amount: float, *command: str) -> Rate:
    """A whole process, its start included."""
    cost, _ = run(command)
    return Rate(amount, cost.wall, cost.cpu, cost.peak)


def of_task(*arguments: str) -> Rate:
    """What a task measured of itself."""
    cost, printed = run((*TASKS, *arguments))
    return Rate(**json.loads(printed), peak=cost.peak)


def on_log(log: Path) -> dict[str, Measure]:
    """The program and its rivals on one big log."""
    name, size = str(log), log.stat().st_size
    rivals: dict[str, Measure] = {
        OURS: lambda: of_process(size, *PROGRAM, "--quiet", "extract", name, "--format", "ndjson"),
        "RE2, keywords, one pass": lambda: of_task("re2", name, KEYWORDS),
        f"re, keywords, line by line (first {NAIVE_MB} MB)": lambda: of_task("re", name, str(NAIVE_MB * MB), KEYWORDS),
        f"re, own signals, line by line (first {SIGNALS_MB} MB)": lambda: of_task("signals", name, str(SIGNALS_MB * MB)),
    }
    if shutil.which("grep"):
        rivals["grep -ciE, keywords"] = lambda: of_process(size, "env", "LC_ALL=C", "grep", "-ciE", KEYWORDS, name)
    return rivals


def of_commands(log: Path, report: Path, folder: Path) -> dict[str, Measure]:
    """Whole commands as people run them."""
    store = str(folder / "errors.sqlite3")
    classify = (*PROGRAM, "--quiet", "classify", str(log), "--store", store, "--format", "ndjson")
    return {
        f"classify, log of {SMALL_LOG_MB} MB": lambda: of_process(log.stat().st_size, *classify),
        f"extract, JUnit report of {JUNIT_MB} MB": lambda: of_process(
            report.stat().st_size, *PROGRAM, "--quiet", "extract", str(report), "--format", "ndjson"
        ),
        "--help": lambda: of_process(0, *PROGRAM, "--help"),
    }


def of_judge(runs: int) -> dict[str, Rate]:
    """Classification by rules, in process and warm."""
    results = []
    for _ in range(runs):
        cost, printed = run((*TASKS, "judge", str(SAMPLES), str(ERRORS)))
        results.append({name: Rate(**rate, peak=cost.peak) for name, rate in json.loads(printed).items()})
    return medians(results)


def repeated(measures: Mapping[str, Measure], runs: int) -> list[dict[str, Rate]]:
    """All of them, one after the other, several times: what disturbs the machine for a while disturbs all."""
    return [{name: measure() for name, measure in measures.items()} for _ in range(runs)]


def measure(logs: Sequence[Path], size: int, runs: int) -> dict[str, list[dict[str, object]]]:
    """All tables, as rows of plain values."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        big, small, report = folder / "big.log", folder / "small.log", folder / "report.xml"
        run((*INPUTS, "log", str(big), str(size * MB), *map(str, logs)))
        run((*INPUTS, "log", str(small), str(SMALL_LOG_MB * MB), *map(str, logs)))
        run((*INPUTS, "junit", str(report), str(JUNIT_MB * MB)))
        on_big = repeated(on_log(big), runs)
        commands = medians(repeated(of_commands(small, report, folder), runs))
    faster = {OURS: 1.0} | ratios(OURS, on_big)
    return {
        f"log of {size} MB": [_row(name, rate, MB) | {f"{OURS} / it": faster[name]} for name, rate in medians(on_big).items()],
        "whole commands": [_row(name, rate, MB) for name, rate in commands.items()],
        "classification by rules": [_row(name, rate, 1) for name, rate in of_judge(runs).items()],
    }


def _row(name: str, rate: Rate, unit: int) -> dict[str, object]:
    what = "MB" if unit == MB else "errors"
    return {
        "": name,
        what: rate.amount / unit,
        "wall s": rate.wall,
        "CPU s": rate.cpu,
        f"{what}/s (wall)": rate.per_wall / unit,
        f"{what}/s (CPU)": rate.per_cpu / unit,
        "peak MB": rate.peak / MB,
    }


def as_text(title: str, rows: Sequence[Mapping[str, object]]) -> str:
    """Aligned columns under the title."""
    lines = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    body = (f"  {line[0]:<{widths[0]}}  " + "  ".join(map(str.rjust, line[1:], widths[1:])) for line in lines)
    return "\n".join([title, "", *body, ""])


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if not value:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--log", nargs="+", type=Path, metavar="PATH", help="logs, or folders of logs, to repeat")
    source.add_argument("--samples", action="store_true", help="repeat the job logs of the samples (the default)")
    parser.add_argument("--size", type=int, default=200, metavar="MB")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="the median of so many counts")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    logs = files_in(options.log) if options.log else sample_logs(SAMPLES)
    if not logs:
        parser.error("there is no log to repeat")
    tables = measure(logs, options.size, options.runs)
    if options.format == "json":
        print(json.dumps(tables, indent=1))
    else:
        print("\n".join(as_text(title, rows) for title, rows in tables.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
