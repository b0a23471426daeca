"""``label``: what people say an error is."""

from __future__ import annotations

import sys

import click
from click.shell_completion import CompletionItem

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.labelling import asking, exchanging
from error_classification.cli.show import print_group
from error_classification.cli.terminal import Session, is_terminal, session
from error_classification.config import Config, user_name
from error_classification.errors import UsageError
from error_classification.models import UNCLASSIFIED
from error_classification.reporting.summary import counted
from error_classification.taxonomy import SUBCATEGORIES


def _complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    names = sorted({category for category, _ in SUBCATEGORIES}) + [f"{category}/{sub}" for category, sub in SUBCATEGORIES]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("label", cls=Command)
@click.argument("hash_", metavar="[HASH]", required=False)
@click.argument("category", required=False, metavar="[CATEGORY[/SUBCATEGORY]]", shell_complete=_complete)
@click.option("--withdraw", is_flag=True, help="Take the newest label back.")
@click.option(
    "--next",
    "next_",
    metavar="[N]",
    type=click.IntRange(1, 1_000),
    is_flag=False,
    flag_value=10,
    help="The N (10) errors whose label teaches most: asked one by one on a terminal, else listed.",
)
@click.option("--export", metavar="FILE", help="Write the labels in force as JSON lines; - for standard output.")
@click.option("--anonymised", is_flag=True, help="Export without names: only public words of the texts stay.")
@click.option("--import", "import_", metavar="FILE", help="Read such labels; - for standard input.")
@click.option("--author", default="", help="Who says so; by default the name of the user.")
@options.output_format()
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
def command(
    hash_: str | None,
    category: str | None,
    withdraw: bool,
    next_: int | None,
    export: str | None,
    anonymised: bool,
    import_: str | None,
    author: str,
    format_: str,
) -> int:
    """Correct classifications, and say what to label next.

    A label is for an error with all its occurrences, from now on. It wins over every judge; of several labels the newest is in
    force. HASH may be abbreviated. "unclassified" takes a category away; --withdraw takes the newest label back, so that the one
    before it is in force again, or what the judges say.

    --next shows what to label: first what judges are unsure of or disagree on, and what is seen often. An export is a labelled
    file that `evaluate` and `train` read; importing it twice changes nothing.

    \b
    Examples:
      error-classification label 3f2a9c network_error/dns
      error-classification label 3f2a9c --withdraw
      error-classification label --next
      error-classification label --export labels.jsonl
      error-classification label --import labels.jsonl --store other.sqlite3
    """
    here = session()
    if [hash_ is not None, next_ is not None, export is not None, import_ is not None].count(True) != 1:
        raise UsageError("name either a HASH, --next, --export or --import")
    if (withdraw or category is not None) and hash_ is None:
        raise UsageError("--withdraw and CATEGORY need a HASH")
    if anonymised and export is None:
        raise UsageError("--anonymised goes with --export")
    if export is not None:
        return exchanging.export(export, here, anonymised=anonymised)
    if import_ is not None:
        return exchanging.import_(import_, here)
    if next_ is not None:
        return _next(next_, author or user_name(), here, format_)
    return _one(hash_ or "", category, withdraw, author or user_name(), here)


def _one(hash_: str, category: str | None, withdraw: bool, author: str, here: Session) -> int:
    if withdraw == (category is not None):
        raise UsageError("name either a category or --withdraw")
    name, sub = _checked(category, here.resolve().config) if category is not None else ("", "")
    opened = archive.opened(here)
    with opened.archive:
        group = archive.group_of(opened.archive, hash_)
        now = wiring.SystemClock().now()
        if withdraw:
            group = opened.archive.withdraw(group.error_hash, author, now)
        else:
            group = opened.archive.label(group.error_hash, name, sub, author, now)
        print_group(opened.archive, group, here)
    return 0


def _next(number: int, author: str, here: Session, format_: str) -> int:
    labels = wiring.known_labels(here.resolve().config)
    opened = archive.opened(here)
    with opened.archive:
        items = asking.candidates(opened.archive, number)
        if format_ == "table" and is_terminal(sys.stdin) and is_terminal(sys.stdout):
            given = asking.Asking(opened.archive, labels, author, wiring.SystemClock(), _read_key).ask(items)
            here.say(f"{counted(given, 'label')} given" if items else "nothing to label")
        else:
            asking.show(items, here, format_)
    return 0


def _read_key() -> str:
    """One key from the terminal; empty where the input ends."""
    try:
        return click.getchar()
    except EOFError:
        return ""


def _checked(text: str, config: Config) -> tuple[str, str]:
    """Raises ``UsageError`` for a label that is not in the taxonomy, nor in the project's rules."""
    category, _, sub = text.strip().partition("/")
    known = wiring.known_labels(config)
    categories = sorted({name for name, _ in known})
    if category not in (*categories, UNCLASSIFIED):
        names = ", ".join([*categories, UNCLASSIFIED])
        raise UsageError(f"unknown category {category!r}", f"known are {names}; one of your own needs its file, --rules FILE")
    if sub and (category, sub) not in known:
        subs = sorted(name for owner, name in known if owner == category)
        raise UsageError(f"unknown subcategory {sub!r} of {category}", f"known are {', '.join(subs)}" if subs else "it has none")
    return category, sub
