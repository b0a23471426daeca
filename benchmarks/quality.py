"""Measures what the program gets right, on inputs whose truth is known.

Usage: python benchmarks/quality.py [FOLDER ...] [--format text|json] [--details]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from measures import builds, classification, github_annotations, green, job_logs, judges, junit
from measures.cases import LABELS, MANIFEST, read_cases
from measures.running import run
from measures.tables import Table, as_json, as_text

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

TABLES = (
    junit.table,
    builds.table,
    github_annotations.table,
    job_logs.table,
    green.table,
    classification.first_table,
    classification.every_table,
    judges.table,
)


def measure(folder: Path) -> list[Table]:
    """The tables for which the folder has inputs. Raises ``FileNotFoundError`` where it has no labels."""
    results = list(run(read_cases(folder)))
    return [table for make in TABLES if (table := make(results)) is not None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables of every folder; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        measured = [(folder.resolve().name, measure(folder)) for folder in options.folders or [SAMPLES]]
    except FileNotFoundError as error:
        _parser().error(str(error))
    if options.format == "json":
        values = [{"folder": name, "tables": [as_json(table, options.details) for table in tables]} for name, tables in measured]
        print(json.dumps(values, indent=1))
        return 0
    for name, tables in measured:
        print(f"# {name}\n")
        print("\n\n".join(as_text(table, options.details) for table in tables), end="\n\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help=f"has {LABELS} or {MANIFEST} (default: samples)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--details", action="store_true", help="name what is wrong, case by case")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
