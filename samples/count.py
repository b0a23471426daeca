"""Prints how many samples there are, by category, kind, format and tool: ``python3 -m samples.count``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

LABELS = Path(__file__).resolve().parent / "labels.jsonl"


def main() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    failing = [row for row in rows if row["label"] != "none"]
    passing = [row for row in rows if row["label"] == "none"]
    print(f"failing {len(failing)} (ambiguous {sum(row['ambiguous'] for row in failing)})")
    print(f"passing {len(passing)} (nasty {sum(row['nasty'] for row in passing)})")
    for title, names in (
        ("category", (row["label"].split("/")[0] for row in failing)),
        ("kind, failing", (row["kind"] for row in failing)),
        ("kind, passing", (row["kind"] for row in passing)),
        ("format", (row["format"] for row in rows)),
        ("how", (row["how"] for row in rows)),
        ("tool", (row["tool"] for row in rows)),
    ):
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in Counter(names).most_common()))


if __name__ == "__main__":
    main()
