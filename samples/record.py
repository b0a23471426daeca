"""Records the samples: ``python3 -m samples.record [id, tool or table ...]`` (as root, after recording/setup.sh).

Writes samples/failing, samples/passing and samples/labels.jsonl. A recording that does not show its cause, or that ends other
than its label says, is named and not kept.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from recording.producing import cause_lines, check, produce, surroundings
from samples.tables import Sample, load

SAMPLES = Path(__file__).resolve().parent
LABELS = SAMPLES / "labels.jsonl"


def write(sample: Sample, text: str) -> None:
    path = SAMPLES / sample.path
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode(sample.encoding, errors="surrogateescape")
    path.write_bytes(gzip.compress(data, mtime=0) if sample.gzip else data)


def row(sample: Sample, text: str, exit_code: int) -> dict[str, object]:
    return {
        "file": sample.path,
        "kind": sample.kind,
        "tool": sample.tool,
        "command": sample.command or " && ".join(step.run for step in sample.steps if step.run),
        "exit_code": exit_code,
        "label": sample.label,
        "cause_lines": cause_lines(text, sample.cause),
        "cause": list(sample.cause),
        "how": "recorded",
        "format": sample.format or "plain",
        "nasty": sample.nasty,
        "ambiguous": sample.ambiguous,
    }


def keep(sample: Sample) -> dict[str, object]:
    """Records ``sample`` and returns its row. Raises ValueError or LookupError where the recording is not what it should be."""
    text, exit_code = produce(sample)
    try:
        check(sample, exit_code)
        made = row(sample, text, exit_code)
    except (LookupError, ValueError):
        print(text[-3000:], file=sys.stderr)
        raise
    write(sample, text)
    print(f"{sample.path}  exit {exit_code}  {len(text)} characters")
    return made


def read_labels() -> dict[str, dict[str, object]]:
    if not LABELS.exists():
        return {}
    rows = (json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines())
    return {str(item["file"]): item for item in rows}


def save_labels(rows: dict[str, dict[str, object]]) -> None:
    kept = (rows[name] for name in sorted(rows) if (SAMPLES / name).exists())
    LABELS.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in kept), encoding="utf-8")


def main(arguments: list[str]) -> int:
    rows, refused = read_labels(), 0
    samples = list(load(frozenset(arguments)))
    with surroundings(samples):
        for sample in samples:
            try:
                rows[sample.path] = keep(sample)
            except (LookupError, ValueError, OSError) as error:
                refused += 1
                print(f"REFUSED {sample.id}: {error}", file=sys.stderr)
            save_labels(rows)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
