"""A run whose calls are done in the runtime of deploy/ instead of by Lithops' localhost runner: by
Lithops' entry point for AWS Lambda, unpacked as the Dockerfile does, in a Python with the wheel.

    python deployed_runtime.py PYTHON FOLDER DATASET LIST OUTPUT

PYTHON has the wheel; FOLDER is empty, and gets what the image has in /function.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import ionloom.lithops
import lithops
from lithops.localhost.v2.localhost import LocalhostHandlerV2
from lithops.utils import create_handler_zip

_HANDLER = """
import json, sys, types
from entry_point import lambda_handler
printed, sys.stdout = sys.stdout, sys.stderr
told = lambda_handler(json.load(sys.stdin), types.SimpleNamespace(aws_request_id="test"))
json.dump(told, printed)
"""


def unpacked(folder: Path) -> None:
    """Makes Lithops' archive for a runtime, and unpacks it."""
    archive = folder / "lithops_lambda.zip"
    backends = Path(lithops.__file__).parent / "serverless" / "backends"
    create_handler_zip(str(archive), str(backends / "aws_lambda" / "entry_point.py"), "entry_point.py")
    zipfile.ZipFile(archive).extractall(folder)
    archive.unlink()


def main() -> None:
    python, folder, dataset, molecules, output = sys.argv[1:]
    unpacked(Path(folder))
    clean = {name: os.environ[name] for name in ("HOME", "TMPDIR")} | {"PATH": "/usr/bin:/bin"}

    def handled(event: dict[str, Any]) -> Any:
        done = subprocess.run(
            [python, "-c", _HANDLER], input=json.dumps(event), text=True, cwd=folder, env=clean,
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            sys.stderr.write(done.stderr)
            raise SystemExit("the entry point failed")
        return json.loads(done.stdout)

    def invoke(self: Any, payload: dict[str, Any]) -> None:
        threading.Thread(target=handled, args=(payload,)).start()

    LocalhostHandlerV2.invoke = invoke
    LocalhostHandlerV2.deploy_runtime = lambda self, *_: handled({"get_metadata": True})
    LocalhostHandlerV2.clear = lambda self, *_, **__: None
    ionloom.lithops.annotate(
        dataset, molecules, output, images="none",
        config={"lithops": {"backend": "localhost", "storage": "localhost"}},
    )  # fmt: skip


if __name__ == "__main__":
    main()
