"""Prints how many recordings there are, by category, tool, kind and format: ``python3 -m corpus.count``."""

from __future__ import annotations

from collections import Counter

from corpus import tables
from corpus.record import Row, read


def rows() -> list[Row]:
    """The recordings of all tables."""
    return [row for path in tables.paths() for row in read(path.stem).values()]


def main() -> None:
    recorded = rows()
    failing = [row for row in recorded if row["label"] not in ("none", "unclassified")]
    templates = sum(row["how"] == "template" for row in recorded)
    print(f"recordings {len(recorded)}, of them failing with a cause {len(failing)}, templates {templates}")
    print(f"provocations {len({row['provocation'] for row in recorded})}, families {len({row['family'] for row in recorded})}")
    for title, names in (
        ("category", (str(row["label"]).split("/")[0] for row in recorded)),
        ("label", (row["label"] for row in recorded)),
        ("tool", (row["tool"] for row in recorded)),
        ("kind", (row["kind"] for row in recorded)),
        ("format", (row["format"] or "tool's own" for row in recorded)),
    ):
        counts = Counter(map(str, names))
        print(f"{title} ({len(counts)}): " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))


if __name__ == "__main__":
    main()
