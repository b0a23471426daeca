"""Compiles the rule files into the one that is read at start: ``python3 -m corpus.compile``, after every change of a rule."""

from __future__ import annotations

from pathlib import Path

from error_classification.classification.rules import loading

COMPILED = Path(loading.__file__).with_name(loading.COMPILED)


def main() -> None:
    COMPILED.write_text(loading.compile_rules(), encoding="utf-8")
    loading.compiled.cache_clear()
    print(f"{len(loading.compiled().rules)} rules: {COMPILED.name}")


if __name__ == "__main__":
    main()
