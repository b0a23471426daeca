"""Looks for inputs that break a promise: coverage-guided where atheris is installed (``pip install atheris``), else at random.

Usage: python benchmarks/fuzz.py [--target NAME|all] [--seconds N]

The first inputs are the files of samples/. An input that crashes a part, breaks a promise of it or takes too long is written to
the working folder and named; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import gzip
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from time import process_time

from hostile.inputs import UNITS

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NAMES = (
    "junit",
    "buildkit",
    "annotations",
    "job_log",
    "text",
    "detect",
    "chunks",
    "normalise",
    "redact",
    "rules",
    "escape",
    "pipeline",
)
LONGEST = 16 << 10
"""Bytes of an input: what is slow shows at this size."""
SLOWEST = 5
"""CPU seconds that an input of this size may take."""
MEMORY = 1500
"""Megabytes that a process may take."""
FOUND = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzzes the targets one after the other, for an equal share of the time; returns the exit code."""
    options = _parser().parse_args(arguments)
    names = NAMES if options.target == "all" else (options.target,)
    if options.inside:
        _guided(names[0], options.seconds, options.inside)
    guided = find_spec("atheris") is not None
    if not guided:
        print("atheris is not installed: inputs are mutated at random", file=sys.stderr)
    run = _in_process_of_its_own if guided else at_random
    return max(run(name, max(1, options.seconds // len(names))) for name in names)


def at_random(name: str, seconds: float, seed: int = 0) -> int:
    """Mutates samples for some CPU seconds; stops at the first input that breaks something."""
    from hostile.targets import TARGETS

    chance = random.Random(seed)
    inputs = list(seeds())
    count, end = 0, process_time() + seconds
    while process_time() < end:
        data = mutated(chance, inputs)
        count += 1
        start = process_time()
        try:
            TARGETS[name](data)
        except Exception as error:  # whatever it is, it is what is looked for
            return _found(name, data, f"{type(error).__name__}: {error}")
        if process_time() - start > SLOWEST:
            return _found(name, data, f"{process_time() - start:.1f} s")
    print(f"{name}: {count} inputs, nothing found")
    return 0


def mutated(chance: random.Random, inputs: Sequence[bytes]) -> bytes:
    """A part of a sample with pieces of others, words that matter, and repetitions in it."""
    data = bytearray(_part(chance, chance.choice(inputs)))
    for _ in range(chance.choice((1, 2, 4, 8, 16))):
        at = chance.randrange(len(data) + 1)
        piece = chance.choice(UNITS).encode()
        match chance.randrange(5):
            case 0:
                data[at:at] = piece
            case 1:
                data[at:at] = piece * chance.randrange(1, 400)
            case 2:
                data[at:at] = _part(chance, chance.choice(inputs))[:2000]
            case 3:
                del data[at : at + chance.randrange(1, 200)]
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data[:LONGEST])


def _part(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(max(1, len(data) - LONGEST // 2))
    return data[start : start + chance.randrange(1, LONGEST // 2)]


def seeds() -> Iterator[bytes]:
    """The samples, as they are and unpacked, cut to the longest input; and what is hostile in itself."""
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file() and path.suffix in (".log", ".xml", ".json", ".txt", ".gz"):
            data = path.read_bytes()
            yield data[:LONGEST]
            if path.suffix == ".gz":
                yield gzip.decompress(data)[:LONGEST]
    yield from (unit.encode() for unit in UNITS)


def _in_process_of_its_own(name: str, seconds: int) -> int:
    """Atheris ends the process that it fuzzes in."""
    with tempfile.TemporaryDirectory() as folder:
        for data in seeds():
            (Path(folder) / blake2b(data, digest_size=8).hexdigest()).write_bytes(data)
        here = [sys.executable, __file__, "--target", name, "--seconds", str(seconds), "--inside", folder]
        done = subprocess.run(here, check=False)
    return FOUND if done.returncode else 0


def _guided(name: str, seconds: int, folder: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["error_classification"], enable_loader_override=False):
        from hostile.targets import TARGETS
    limits = (f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}")
    dictionary = Path(folder).with_suffix(".dictionary")
    dictionary.write_text("".join(f'"{_quoted(unit)}"\n' for unit in UNITS), encoding="ascii")
    flags = (f"-dict={dictionary}", f"-artifact_prefix={name}-", "-print_final_stats=1", "-len_control=0")
    atheris.Setup([sys.argv[0], *limits, *flags, folder], TARGETS[name])
    atheris.Fuzz()


def _quoted(unit: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in unit.encode())


def _found(name: str, data: bytes, what: str) -> int:
    path = Path(f"{name}-{blake2b(data, digest_size=4).hexdigest()}")
    path.write_bytes(data)
    print(f"{name}: {path} ({len(data)} bytes): {what}")
    return FOUND


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--target", choices=(*NAMES, "all"), default="all")
    parser.add_argument("--seconds", type=int, default=60, help="CPU time in all (default: 60)")
    parser.add_argument("--inside", metavar="FOLDER", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
