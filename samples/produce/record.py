"""Records the provocations: ``python3 samples/produce/record.py [id, tool or table ...]`` (as root, after setup.sh).

Writes samples/failing, samples/passing and samples/labels.jsonl. A recording that does not show its cause, or that ends other
than its label says, is named and not kept.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import sys
from pathlib import Path

import buildkit
import jobs
import sandbox
import servers
from provocations import Provocation, load

SAMPLES = Path(__file__).resolve().parent.parent
LABELS = SAMPLES / "labels.jsonl"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def cause_lines(text: str, causes: tuple[str, ...]) -> list[list[int]]:
    """The ranges (1-based, lines split at ``"\\n"``) of the lines that hold a text of ``causes``, colours aside.

    Raises LookupError where a text is absent.
    """
    lines = [ANSI.sub("", line) for line in text.split("\n")]
    missing = [cause for cause in causes if not any(cause in line for line in lines)]
    if missing:
        raise LookupError(f"cause not in the output: {missing}")
    ranges: list[list[int]] = []
    for number, line in enumerate(lines, start=1):
        if any(cause in line for cause in causes):
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
    return ranges


def produce(sample: Provocation) -> tuple[str, int]:
    """The recorded text and the exit code."""
    sandbox.prepare(sample.files)
    if sample.steps:
        return jobs.record(sample)
    done = sandbox.run(sample.command, sample.machine)
    if not sample.collect:
        return done.text, done.exit_code
    collected = (sandbox.WORK / sample.collect).read_text(encoding="utf-8", errors="surrogateescape")
    return sandbox.neutral(collected), done.exit_code


def check(sample: Provocation, exit_code: int) -> None:
    """Raises ValueError where the run ended otherwise than it should."""
    wanted = 0 if sample.label == "none" else sample.exit_code
    if wanted is not None and exit_code != wanted:
        raise ValueError(f"exit code {exit_code} instead of {wanted}")
    if wanted is None and exit_code == 0:
        raise ValueError("it passed")


def write(sample: Provocation, text: str) -> None:
    path = SAMPLES / sample.path
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode(sample.encoding, errors="surrogateescape")
    path.write_bytes(gzip.compress(data, mtime=0) if sample.gzip else data)


def row(sample: Provocation, text: str, exit_code: int) -> dict[str, object]:
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


def keep(sample: Provocation) -> dict[str, object]:
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
    sandbox.require_root()
    rows, refused = read_labels(), 0
    samples = list(load(frozenset(arguments)))
    with contextlib.ExitStack() as stack:
        stack.enter_context(servers.running())
        if any(sample.needs_buildkit for sample in samples):
            stack.enter_context(buildkit.running())
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
