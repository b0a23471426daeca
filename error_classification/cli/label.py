"""``label``: a person's correction."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from error_classification import wiring
from error_classification.cli import archive, options
from error_classification.cli.app import Command
from error_classification.cli.show import print_group
from error_classification.cli.terminal import session
from error_classification.config import Config, user_name
from error_classification.errors import UsageError
from error_classification.models import UNCLASSIFIED
from error_classification.taxonomy import SUBCATEGORIES


def _complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    names = sorted({category for category, _ in SUBCATEGORIES}) + [f"{category}/{sub}" for category, sub in SUBCATEGORIES]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("label", cls=Command)
@click.argument("hash_", metavar="HASH")
@click.argument("category", required=False, metavar="[CATEGORY[/SUBCATEGORY]]", shell_complete=_complete)
@click.option("--withdraw", is_flag=True, help="Take the newest label back.")
@click.option("--author", default="", help="Who says so; by default the name of the user.")
@options.setting("rules", metavar="FILE", multiple=True)
@options.setting("store", metavar="FILE")
def command(hash_: str, category: str | None, withdraw: bool, author: str) -> int:
    """Correct the classification of an error, for all its occurrences from now on.

    A label wins over every judge; of several labels the newest is in force. HASH may be abbreviated. "unclassified" takes a
    category away; --withdraw takes the newest label back, so that the one before it is in force again, or what the judges say.

    \b
    Examples:
      error-classification label 3f2a9c network_error/dns
      error-classification label 3f2a9c flaky_test --author ada
      error-classification label 3f2a9c --withdraw
    """
    here = session()
    if withdraw == (category is not None):
        raise UsageError("name either a category or --withdraw")
    name, sub = _checked(category, here.resolve().config) if category is not None else ("", "")
    opened = archive.opened(here)
    with opened.archive:
        group = archive.group_of(opened.archive, hash_)
        author, now = author or user_name(), wiring.SystemClock().now()
        if withdraw:
            group = opened.archive.withdraw(group.error_hash, author, now)
        else:
            group = opened.archive.label(group.error_hash, name, sub, author, now)
        print_group(opened.archive, group, here)
    return 0


def _checked(text: str, config: Config) -> tuple[str, str]:
    """Raises ``UsageError`` for a label that is not in the taxonomy, nor in the project's rules."""
    category, _, sub = text.strip().partition("/")
    known = wiring.known_labels(config)
    categories = sorted({name for name, _ in known})
    if category not in (*categories, UNCLASSIFIED):
        raise UsageError(f"unknown category {category!r}", f"known are {', '.join([*categories, UNCLASSIFIED])}")
    if sub and (category, sub) not in known:
        subs = sorted(name for owner, name in known if owner == category)
        raise UsageError(f"unknown subcategory {sub!r} of {category}", f"known are {', '.join(subs)}" if subs else "it has none")
    return category, sub
