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
from ionloom.lithops.engine_output import engine_output
from ionloom.lithops.geds_files import put_file, reading_options, remove_file
from ionloom.lithops.geds_place import GedsPlace, geds_place
from ionloom.lithops.inputs import local_arguments, ranges_in
from ionloom.lithops.lent_inputs import lend, on_lent_inputs
from ionloom.lithops.results_at_sites import offer_results, take_results
from ionloom.lithops.share_out import input_bytes
from ionloom.lithops.worker import Call, Outcome, do_call, ibd_record_key, run_call, run_plan, work


class SiteCall(Call, total=False):
    """A call at a site. Kinds beside those of Call: "alive", "check", "place", "put_raw", "lend", "finish" (a
    plan, done elsewhere than at the source), "take" and "drop"."""

    raw: str  # the .ibd's name in the store of the sites; absent: `ibd` is a file there
    dropped: list[str]  # drop: names in the store of the sites
    lent: dict[str, str]  # lend, finish: paths at the source, and what they are called in what it lends
    lent_as: str  # the same: its name in the store of the sites
    results: list[str]  # take: the keys that their parts get in Lithops' storage
    results_as: str  # their name in the store of the sites, where another site wants them
    keeps_raw: bool  # check: no object that is put into the site's store may lie elsewhere too
    files: dict[str, str]  # place: name and text of files that --sites needs, the first is its own
    called: dict[str, str]  # place: what messages call the files


class SiteOutcome(Outcome, total=False):
    """What a call at a site did."""

    version: str  # check
    placement: dict[str, Any]  # place: as ionloom plan --sites --json prints it
    seconds: float  # by the site's own clock, which may be wrong but not fast or slow


def _alive(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    """To answer is all that is asked for."""


def _check(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    version = engine_output(["--version"]).strip()
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
        engine_output(["geds", "put", small.name, name, f"--node={place.node}"])
    told = json.loads(engine_output(["geds", "stat", name, f"--metadata={place.metadata}", "--json"]))
    engine_output(["geds", "rm", name, f"--metadata={place.metadata}"])
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
            printed = engine_output(["plan", *arguments, f"--sites={own}", "--json"])
        except IonloomError as error:
            said = str(error)
            for name, called in call["called"].items():
                said = said.replace(f"{folder}/{name}", called)
            raise error_of(exit_code_of(error), said.replace(f"{folder}/", "")) from None
    outcome["placement"] = json.loads(printed)


def _put_raw(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    """Has the node of this site, where the .ibd lies, keep it for the others."""
    put_file(_geds_of(call), call["ibd"], call["raw"])


def _lend(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    record = storage.get_object(storage.bucket, ibd_record_key(call["run"]))
    lend(_geds_of(call), call["lent"], call["ibd"], record, call["lent_as"])


def _take(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    take_results(_geds_of(call), storage, call["results_as"], call["results"])


def _drop(call: SiteCall, storage: Any, outcome: SiteOutcome) -> None:
    for name in call["dropped"]:
        remove_file(_geds_of(call), name)


def _geds_of(call: Call) -> GedsPlace:
    place = geds_place(str(call["store"]))
    assert place is not None
    return place


def _fetch_raw(call: Call, storage: Any, texts: bytes, folder: Path) -> str:
    """A file that holds what tasks read of the .ibd, at its place, and nothing else."""
    path = folder / "part.ibd"
    raw = cast(SiteCall, call)["raw"]
    place = _geds_of(call)
    how = reading_options(place)
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


def _plan(call: SiteCall, storage: Any) -> SiteOutcome:
    """A step of planning; the last may be done where the dataset does not lie, on what the source lends."""
    if "lent_as" in call:
        with on_lent_inputs(_geds_of(call), call["lent"], call["ibd"], call["lent_as"]) as local:
            given = [*map(local.argument, call["arguments"]), *local.options]
            outcome = run_plan(cast(SiteCall, {**call, "arguments": given}), storage)
    else:
        outcome = run_plan(call, storage)
    _measure_inputs(outcome, storage)
    if "results" in outcome and "results_as" in call:
        offer_results(_geds_of(call), storage, outcome["results"], call["results_as"])
    return outcome  # type: ignore[return-value]


def run_site_call(call: SiteCall, storage: Any) -> SiteOutcome:
    """Does a call. `storage` is Lithops' own of the site."""
    begin = time.monotonic()
    outcome: SiteOutcome = {"name": call["name"]}
    kinds = {
        "alive": _alive,
        "check": _check,
        "place": _place,
        "put_raw": _put_raw,
        "lend": _lend,
        "take": _take,
        "drop": _drop,
    }
    try:
        if call["kind"] in kinds:
            kinds[call["kind"]](call, storage, outcome)
            outcome["exit_code"] = 0
        elif call["kind"] == "work" and "raw" in call:
            outcome |= do_call(call, storage, _work_on_raw)  # type: ignore[typeddict-item]
        elif call["kind"] in ("plan", "finish"):
            outcome |= _plan(call, storage)
        else:
            outcome |= run_call(call, storage)  # type: ignore[typeddict-item]
    except IonloomError as error:
        outcome["exit_code"] = exit_code_of(error)
        outcome["error"] = str(error)
    outcome["seconds"] = time.monotonic() - begin
    return outcome
