"""`ionloom annotate --executor lithops` and `ionloom runs`: the command hands its job to this."""

from __future__ import annotations

import json
import signal
import sys
import warnings
from types import FrameType
from typing import Any

from ionloom.errors import IonloomError, exit_code_of

_INTERRUPTED = 130


def main() -> int:
    """Does the job of the command's last argument, and gives the exit code."""
    job: dict[str, Any] = json.loads(sys.argv[-1])
    signal.signal(signal.SIGTERM, _stop)
    warnings.showwarning = _say_warning
    try:
        if job["action"] == "annotate":
            from ionloom.lithops.run import annotate_job

            annotate_job(job, lambda line: print(line, flush=True))
        else:
            from ionloom.lithops.runs import clean_runs, list_runs

            {"runs list": list_runs, "runs clean": clean_runs}[job["action"]](job)
    except IonloomError as error:
        sys.stderr.write(f"error: {error}\n")
        return exit_code_of(error)
    except KeyboardInterrupt:
        sys.stderr.write("error: stopped; --resume goes on where it was\n")
        return _INTERRUPTED
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    sys.stderr.write(f"warning: {message}\n")
