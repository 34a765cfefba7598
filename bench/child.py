"""Runs a command and prints what it took, as JSON: `python -I child.py COMMAND ...`

A process of its own, because a child's peak memory counts from its parent's at the time of the
fork: measured from a Python with large arrays, every command would seem to need as much.
"""

import json
import os
import sys
import time

start = time.perf_counter()
process = os.posix_spawn(
    sys.argv[1],
    sys.argv[1:],
    os.environ,
    file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
)
_, status, usage = os.wait4(process, 0)
json.dump(
    {
        "seconds": time.perf_counter() - start,
        "exit": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_rss_bytes": usage.ru_maxrss * 1024,
    },
    sys.stdout,
)
