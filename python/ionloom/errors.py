"""What can go wrong, as exceptions: one a kind of exit code of the command."""

from __future__ import annotations


class IonloomError(Exception):
    """A run failed. Its text says where, what was found, and what was expected.

    exit_code: of the command, or None when no command was run.
    """

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class DataError(IonloomError, ValueError):
    """The dataset, a list or another input cannot be used (exit code 1)."""


class UsageError(IonloomError, ValueError):
    """The call asks for something that does not exist (exit code 2)."""


class ResourceError(IonloomError):
    """Too little memory or disk; found before the work starts where possible (exit code 3)."""


class RemoteError(IonloomError):
    """A store, a server or a cloud backend failed (exit code 4)."""


class IonloomWarning(UserWarning):
    """A run went on, but its results should be read with this in mind."""


_KINDS: dict[int, type[IonloomError]] = {
    1: DataError,
    2: UsageError,
    3: ResourceError,
    4: RemoteError,
}


def error_of(exit_code: int, message: str) -> IonloomError:
    """The exception for an exit code of the command; a signal's is negative."""
    return _KINDS.get(exit_code, IonloomError)(message, exit_code)


def exit_code_of(error: BaseException) -> int:
    """What a command that fails with this exception should exit with."""
    for code, kind in _KINDS.items():
        if isinstance(error, kind):
            return code
    return 1
