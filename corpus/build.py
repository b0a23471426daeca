"""Makes what comes with the program from the recordings: the distilled corpus, and the model that is trained on it.

Usage: python -m corpus.build [--model-only]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from corpus.inputs import recorded
from error_classification import wiring
from error_classification.classification import model
from error_classification.config import Config
from error_classification.learning import training
from error_classification.learning.training import distilled
from error_classification.learning.training.corpus import program_examples
from error_classification.learning.training.recipe import train
from error_classification.learning.training.worked import worked_examples


def distil() -> bytes:
    """The corpus in one file. Raises ``InputError`` for a recording that cannot be read."""
    redactor = wiring.redactor(Config())
    return distilled.distil([*distilled.errors_of(recorded(redactor), redactor), *worked_examples()])


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--model-only", action="store_true", help="train on the distilled corpus as it is")
    options = parser.parse_args(arguments)
    if not options.model_only:
        corpus = distil()
        (Path(training.__path__[0]) / distilled.FILE).write_bytes(corpus)
        print(f"{len(distilled.distilled(corpus))} errors, {len(corpus)} bytes")
    trained = train(program_examples())
    (Path(model.__path__[0]) / model.FILE).write_bytes(trained.data)
    print(f"model {trained.version}, {len(trained.data)} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
