"""``completion``: the scripts that make a shell complete our commands, options and categories."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from error_classification.cli.app import Command, program
from error_classification.cli.terminal import product

_NAME = "error-classification"
_VARIABLE = "_ERROR_CLASSIFICATION_COMPLETE"


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    Once, and then in every new shell:
      bash  error-classification completion bash > ~/.local/share/bash-completion/completions/error-classification
      zsh   error-classification completion zsh > ~/.zfunc/_error-classification   (with ~/.zfunc in fpath)
      fish  error-classification completion fish > ~/.config/fish/completions/error-classification.fish

    \b
    Only in this shell:
      source <(error-classification completion bash)
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"no completion for {shell}.")
    product(script(program, {}, _NAME, _VARIABLE).source())
    return 0
