"""What a call does at one of several sites, beside what every call can do (worker.py)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ionloom.command import command_path
from ionloom.errors import IonloomError, RemoteError, UsageError, error_of, exit_code_of
from ionloom.lithops.geds_place import GedsPlace, geds_place
from ionloom.lithops.inputs import local_arguments, ranges_in
from ionloom.lithops.share_out import input_bytes
from ionloom.lithops.worker import Call, Outcome, do_call, run_call, work

class SiteCall(Call, total=False):
    """A call at a site: kinds "alive", "check", "place", "put_raw" and "drop_raw" beside those of Call."""

    raw: str  # the .ibd's name in the store of the sites; absent: `ibd` is a file there
    keeps_raw: bool  # check: no object that is put into the site's store may lie elsewhere too
    files: dict[str, str]  # place: name and text of files that --sites needs, the first is its own
    called: dict[str, str]  # place: what messages call the files


class SiteOutcome(Outcome, total=False):
    """What a call at a site did."""

    version: str  # check
    placement: dict[str, Any]  # place: as ionloom plan --sites --json prints it
    seconds: float  # by the site's own clock, which may be wrong but not fast or slow


def _run(arguments: Sequence[str]) -> str:
    """What the command prints. Raises what its exit code stands for."""
    done = subprocess.run([command_path(), *arguments], check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout
    _, _, said = done.stderr.rpartition("error: ")
    raise error_of(done.returncode, said.strip() or f"ionloom ended with {done.returncode}")


def _alive(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    """To answer is all that is asked for."""


def _check(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    version = _run(["--version"]).strip()
    if call["runtime"] == "wasm":
        module = Path(command_path()).resolve().parent / "stages.wasm"
        if not module.exists():
            raise UsageError(f"there is no module of the stages: expected {module.name} beside the command")
        version += f", stages {hashlib.sha256(module.read_bytes()).hexdigest()[:12]}"
    outcome["version"] = version
    place = geds_place(str(call["store"]))
    if place is not None and place.node is not None:
        _try_node(place, call["keeps_raw"])


def _try_node(place: GedsPlace, keeps_raw: bool) -> None:
    """Puts a small object on the site's node, and looks at where it lies."""
    assert place.node is not None
    name = place.name(f"ionloom-probe/{uuid.uuid4().hex}")
    with tempfile.NamedTemporaryFile() as small:
        small.write(b"probe")
        small.flush()
        _run(["geds", "put", small.name, name, f"--node={place.node}"])
    told = json.loads(_run(["geds", "stat", name, f"--metadata={place.metadata}", "--json"]))
    _run(["geds", "rm", name, f"--metadata={place.metadata}"])
    copies = [at for at in (told["location"], *told.get("copies", [])) if at != f"geds://{place.node}"]
    if keeps_raw and copies:
        raise UsageError(
            f"raw data must stay, but what node {place.node} keeps lies at {', '.join(copies)} too: "
            "start it without --copies"
        )


def _with_file(argument: str, files: Mapping[str, str], folder: str) -> str:
    """An option whose value is one of the files, with its place here."""
    option, _, value = argument.partition("=")
    return f"{option}={folder}/{value}" if value in files else argument


def _place(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    """Asks where the stages should run; here, as only here the dataset may be read."""
    with tempfile.TemporaryDirectory(prefix="ionloom-") as folder:
        for name, text in call["files"].items():
            Path(folder, name).write_text(text, encoding="utf-8")
        own = str(Path(folder, next(iter(call["files"]))))
        given = [_with_file(argument, call["files"], folder) for argument in call["arguments"]]
        arguments = local_arguments(storage, given, Path(folder))
        try:
            printed = _run(["plan", *arguments, f"--sites={own}", "--json"])
        except IonloomError as error:
            said = str(error)
            for name, called in call["called"].items():
                said = said.replace(f"{folder}/{name}", called)
            raise error_of(exit_code_of(error), said.replace(f"{folder}/", "")) from None
    outcome["placement"] = json.loads(printed)


def _put_raw(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    """Has the node of this site, where the .ibd lies, keep it for the others."""
    place = _geds_of(call)
    try:
        _run(["geds", "put", call["ibd"], call["raw"], f"--node={place.node}"])
    except RemoteError as error:
        if "ALREADY_EXISTS" not in str(error):
            raise


def _drop_raw(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    _run(["geds", "rm", call["raw"], f"--metadata={_geds_of(call).metadata}"])


def _geds_of(call: Call) -> GedsPlace:
    place = geds_place(str(call["store"]))
    assert place is not None
    return place


def _fetch_raw(call: Call, storage: Any, texts: bytes, folder: Path) -> str:
    """A file that holds what tasks read of the .ibd, at its place, and nothing else."""
    path = folder / "part.ibd"
    raw = cast(SiteCall, call)["raw"]
    place = _geds_of(call)
    how = [f"--metadata={place.metadata}", *([f"--mbit-s={place.mbit_s}"] if place.mbit_s else [])]
    with path.open("wb") as file:
        for begin, size in ranges_in(texts):
            done = subprocess.run(
                [command_path(), "geds", "get", raw, *how, f"--range={begin}:{size}"],
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            if done.returncode != 0 or len(done.stdout) != size:
                said = done.stderr.decode(errors="replace").rpartition("error: ")[2].strip()
                raise RemoteError(f"{raw}: {said or f'{len(done.stdout)} of {size} bytes came'}")
            file.seek(begin)
            file.write(done.stdout)
    return str(path)


def _work_on_raw(call: Call, storage: Any, outcome: Outcome) -> None:
    work(call, storage, outcome, _fetch_raw)


def _measure_inputs(outcome: Outcome, storage: Any) -> None:
    """Notes what each task reads, which decides how tasks are divided among sites."""
    if "texts" not in outcome:
        return
    texts = storage.get_object(storage.bucket, outcome["texts"])
    for task in outcome["tasks"]:
        offset, length = task["range"]
        task["input_bytes"] = input_bytes(texts[offset : offset + length].decode())


def run_site_call(call: SiteCall, storage: Any) -> SiteOutcome:
    """Does a call. `storage` is Lithops' own of the site."""
    begin = time.monotonic()
    outcome: SiteOutcome = {"name": call["name"]}
    kinds = {
        "alive": _alive,
        "check": _check,
        "place": _place,
        "put_raw": _put_raw,
        "drop_raw": _drop_raw,
    }
    try:
        if call["kind"] in kinds:
            kinds[call["kind"]](call, storage, outcome)
            outcome["exit_code"] = 0
        elif call["kind"] == "work" and "raw" in call:
            outcome |= do_call(call, storage, _work_on_raw)  # type: ignore[typeddict-item]
        else:
            outcome |= run_call(call, storage)  # type: ignore[typeddict-item]
            _measure_inputs(outcome, storage)
    except IonloomError as error:
        outcome["exit_code"] = exit_code_of(error)
        outcome["error"] = str(error)
    outcome["seconds"] = time.monotonic() - begin
    return outcome
