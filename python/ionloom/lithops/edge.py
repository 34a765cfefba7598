"""The border to Lithops: what it, its backends and its storages raise becomes a sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from ionloom.errors import DataError, IonloomError, RemoteError, ResourceError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def one_line(error: BaseException) -> str:
    """What an exception says, in one line; its kind when it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


def is_of_this_disk(error: BaseException) -> bool:
    """Whether an exception says that a disk is full, or a quota or limit of files used up."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def told() -> Iterator[None]:
    """What is raised within by Lithops, or by a library that it called, becomes a RemoteError; a full
    disk of this machine a ResourceError, other trouble with its files a DataError. All else stays
    what it is: of faults of ionloom the traceback is wanted."""
    try:
        yield
    except IonloomError:
        raise
    except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
        if _is_of_lithops(error.__traceback__) and not is_of_this_disk(error):
            raise RemoteError(f"Lithops: {one_line(error)}") from None
        if isinstance(error, OSError):
            kind = ResourceError if is_of_this_disk(error) else DataError
            raise kind(one_line(error)) from None
        raise


def _is_of_lithops(trace: TracebackType | None) -> bool:
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == "lithops":
            return True
        trace = trace.tb_next
    return False
