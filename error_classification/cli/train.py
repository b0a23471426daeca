"""``train``: a local model of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.exit_codes import DONE, GATE, NOT_DONE
from error_classification.cli.terminal import Session, product, session, warn, width
from error_classification.errors import UsageError
from error_classification.reporting.columns import Column, Kind

if TYPE_CHECKING:
    from error_classification.learning.training.comparing import Accuracy
    from error_classification.learning.training.examples import Example
    from error_classification.learning.training.kept import Kept

_COLUMNS = (Column("Measured on"), Column("Inputs", Kind.NUMBER), Column("New", Kind.NUMBER), Column("In force", Kind.NUMBER))
_OWN = "the program's own"


@click.command("train", cls=Command)
@click.option("--extra", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="Labelled errors of your own.")
@click.option("--extra-weight", type=click.FloatRange(0.1, 100), default=3.0, show_default=True, help="What each of them weighs.")
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the model here instead of keeping it.")
@click.option("--activate", is_flag=True, help="Put the new model in force, unless it is worse.")
@click.option("--force", is_flag=True, help="Put it in force even if it is worse.")
@click.option("--use", metavar="VERSION", help="Put a model in force that was kept.")
@click.option("--rollback", is_flag=True, help="Put the model in force that was before.")
@click.option("--list", "list_", is_flag=True, help="List the models that are kept.")
@click.option("--rebuild", is_flag=True, help="Train on the program's corpus alone: makes its own model again, byte for byte.")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("model", metavar="FILE")
def command(
    extra: tuple[Path, ...],
    extra_weight: float,
    output: Path | None,
    activate: bool,
    force: bool,
    use: str | None,
    rollback: bool,
    list_: bool,
    rebuild: bool,
) -> int:
    """Train a local model with labels of your own, and choose which model is in force.

    FILE is JSON lines: {"text": ..., "label": "category/subcategory"}, or what `label --export` writes. The program's own corpus
    is learnt with it. The new model is measured on families of errors that it did not learn from, beside the model in force, and
    kept in the user's data folder; --activate puts it in force. Needs scikit-learn: pip install 'error-classification[train]'.

    Exit codes: 0 done; 1 the new model is worse and was not put in force; 2 usage or configuration; 3 a label could not be read.

    \b
    Examples:
      error-classification train --extra labels.jsonl
      error-classification train --extra labels.jsonl --extra-weight 5 --activate
      error-classification train --list
      error-classification train --rollback
    """
    if sum(map(bool, (extra or rebuild, use, rollback, list_))) != 1:
        raise UsageError("name one of --extra, --rebuild, --use, --rollback and --list")
    if activate and output:
        raise UsageError("--activate puts a kept model in force, --output keeps none", "the configuration's `model` names a file")
    here = session()
    if use or rollback or list_:
        return _choose(_kept(), use, list_, here)
    return _train(extra, extra_weight, output, activate, force, here)


def _kept() -> Kept:
    from error_classification.learning.training.kept import Kept

    folder = wiring.models_folder()
    if folder is None:
        raise UsageError("no home folder to keep models in", "--output FILE writes one, the configuration's `model` names it")
    return Kept(folder)


def _choose(kept: Kept, use: str | None, list_: bool, here: Session) -> int:
    if use:
        kept.activate(use)
    elif not list_:
        here.say(f"in force: {kept.roll_back() or _OWN}")
        return DONE
    in_force = kept.history()[-1:]
    if list_:
        for version in kept.versions():
            product(f"{version}{' (in force)' if [version] == in_force else ''}")
    here.say(f"in force: {in_force[0] if in_force else _OWN}")
    return DONE


def _train(
    extra: Sequence[Path], weight: float, output: Path | None, activate: bool, force: bool, here: Session
) -> int:
    from error_classification.learning.training.comparing import compared
    from error_classification.learning.training.corpus import program_examples
    from error_classification.learning.training.recipe import train

    own, unread = _own(extra, weight, here)
    new = train([*program_examples(), *own])
    rows = compared(new, own, wiring.model_weights(here.resolve().config))
    _print(rows, here)
    if output:
        output.write_bytes(new.data)
        here.say(f"model {new.version}, written to {output}")
        return NOT_DONE if unread else DONE
    kept = _kept()
    kept.keep(new.data)
    is_worse = any(row.is_worse for row in rows)
    if activate and (force or not is_worse):
        kept.activate(new.version)
    here.say(f"model {new.version}, {_state(activate, is_worse and not force)}")
    return NOT_DONE if unread else GATE if activate and is_worse and not force else DONE


def _state(activate: bool, is_refused: bool) -> str:
    if activate:
        return "kept, not put in force: it is worse (--force does it all the same)" if is_refused else "put in force"
    return "kept (`train --use VERSION` puts it in force)"


def _own(extra: Iterable[Path], weight: float, here: Session) -> tuple[list[Example], int]:
    """The user's own examples, and how many labels could not be read."""
    if not extra:
        return [], 0
    from error_classification.errors import InputError
    from error_classification.learning.labelled import read_inputs
    from error_classification.learning.training.corpus import own_examples

    config = here.resolve().config
    redactor = wiring.redactor(config)
    inputs = list(read_inputs(extra, redactor, wiring.policy(config)))
    unread = [one for one in inputs if isinstance(one, InputError)]
    for error in unread:
        warn(f"error-classification: {error}")
    own = own_examples(inputs, redactor, weight)
    if not inputs:
        raise InputError("nothing to learn from: the file is empty", archive.LABEL_FIRST)
    if not own:
        raise InputError("no label could be read", "a row has a text and its label")
    return own, len(unread)


def _print(rows: Sequence[Accuracy], here: Session) -> None:
    from error_classification.cli.listing import listing

    lines = [(row.what, str(row.inputs), f"{row.new:.1%}", f"{row.in_force:.1%}") for row in rows]
    product(listing(_COLUMNS, lines, width(), here.has_color()))
