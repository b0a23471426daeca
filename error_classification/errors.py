"""What can go wrong for the user: one line that says what happened, one that says what to do next."""

from __future__ import annotations


class Error(Exception):
    """A failure that the user can act on; the command line prints it as one line and exits with ``exit_code``."""

    exit_code = 3

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} ({self.advice})" if self.advice else self.message


class UsageError(Error):
    """The command line or the configuration is wrong: nothing was done."""

    exit_code = 2


class InputError(Error):
    """One input could not be read; the rest of the work goes on."""


class StoreError(Error):
    """The store refused or is out of reach; what could not be written is named."""


class NewerStoreError(StoreError):
    """The store was written by a newer version of this program and is left untouched."""

    exit_code = 2
