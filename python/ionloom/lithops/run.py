"""ionloom.lithops.annotate(): a run whose stages are done by Lithops' functions."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

from ionloom.annotation import AnnotationOptions, PathLike, annotation_options, as_list
from ionloom.errors import DataError, IonloomWarning, RemoteError
from ionloom.lithops.calls import Caller
from ionloom.lithops.edge import one_line, told
from ionloom.lithops.groups import START_S, Group, groups_of, memory_class_mb, offered_mb
from ionloom.lithops.inputs import ibd_of, is_url
from ionloom.lithops.localhost import memory_folder, prepare
from ionloom.lithops.packed_results import ArrivingResults
from ionloom.lithops.places import check_storage, open_storage, read_config, refusal, store_of
from ionloom.lithops.results_folder import check_old_results, new_results
from ionloom.lithops.runs import RunRecord, job_mark, unfinished
from ionloom.lithops.worker import Call, Outcome, is_done, key_of

if TYPE_CHECKING:
    from ionloom.result import Result

Config = Mapping[str, Any] | PathLike | None
Say = Callable[[str], None]
# Plan, ingest and patterns, plan, annotate, rank and render; more rounds mean lost objects.
_MOST_ROUNDS = 6
_PLAN_MEMORY_BYTES = 1 << 30
# Nothing predicts how long one takes; a second copy of one that is slow does no harm.
_PLAN_PATIENCE_S = 60.0
# No Lithops starts calls faster, whatever clocks say.
_LEAST_START_S = 0.05
# Into how many threads' shares the engine cuts tasks; the same in every step of a run.
_CUT_THREADS = 2
# To open an executor, and how long another driver may take to write a file of Lithops.
_TRIES = 4
_UNTIL_WRITTEN_S = 0.5


def annotate(
    dataset: PathLike,
    molecules: PathLike | Sequence[PathLike],
    output: PathLike | None = None,
    *,
    config: Config = None,
    store: str | None = None,
    runtime: Literal["native", "wasm"] = "native",
    scoring_model: PathLike | None = None,
    sites: PathLike | None = None,
    goal: Literal["time", "cost", "energy", "bytes"] = "time",
    keep_raw_at: str = "",
    placement: PathLike = "best",
    force: bool = False,
    progress: Say | None = None,
    **options: Unpack[AnnotationOptions],
) -> Result:
    """Annotates a dataset with Lithops' functions: the results of ionloom.annotate(), byte for byte.

    dataset    imzML file; its .ibd lies beside it. A path that is the same for the functions, or
               s3://BUCKET/KEY, which Lithops' storage reads; so are lists and model
    molecules  molecule list, or several
    output     folder for the results; without one they lie in a temporary folder that goes with the
               Result
    config     Lithops' configuration: a mapping, a YAML file, or None for what Lithops finds
    store      where the run's objects lie instead of in Lithops' storage: s3://, geds://, file:
    runtime    "wasm": the stages run in their WebAssembly module
    sites      a sites file (docs/formats/sites.md): the run goes over several sites, each with a
               configuration and a store of its own; `config` and `store` are for those without
    goal       with sites: what is to be least
    keep_raw_at  with sites: the site that no peak may leave
    placement  with sites: "best", which is planned anew when sites turn out slower, or "runner-up" or a
               file with one as ionloom plan --sites --json prints it, which are kept while their sites answer
    progress   is called with a line for every step
    options    see ionloom.AnnotationOptions

    Objects stay in the store under names that tell what is in them: a run that was stopped or killed
    goes on where it was when it is called again.

    Raises as ionloom.annotate() does, and RemoteError when Lithops, its storage or its functions
    fail. Nothing is written to `output` then.
    """
    temporary = tempfile.TemporaryDirectory(prefix="ionloom-") if output is None else None
    job = {
        "dataset": os.fspath(dataset),
        "molecules": as_list(molecules),
        "output": str(Path(temporary.name, "results")) if temporary else os.fspath(output or ""),
        "force": force,
        "config": config,
        "store": store,
        "runtime": runtime,
        "scoring_model": None if scoring_model is None else os.fspath(scoring_model),
        "sites": None if sites is None else os.fspath(sites),
        "goal": goal,
        "keep_raw_at": keep_raw_at,
        "placement": os.fspath(placement),
        "arguments": annotation_options(**options),
        "resume": False,
        "command_line": None,
    }
    try:
        annotate_job(job, progress or (lambda line: None))
    except BaseException:
        if temporary:
            temporary.cleanup()
        raise
    from ionloom.result import Result

    return Result(Path(str(job["output"])), keep=temporary)


def annotate_job(job: Mapping[str, Any], say: Say) -> None:
    """The same for a job as the command line gives it."""
    if job.get("sites"):
        from ionloom.lithops.sites import annotate_at_sites

        annotate_at_sites(job, say)
        return
    settings = read_config(job["config"])
    folder = Path(os.path.abspath(job["output"]))
    check_old_results(folder, job["force"])
    check_storage(open_storage(job["config"]))  # the executor would make a bucket that is missing
    with told(), open_executor(settings) as executor:
        run = Run(executor, job, say)
        try:
            with new_results(folder, job["force"]) as partial:
                run.annotate(partial)
        finally:
            run.clean()


def _full(path: PathLike) -> str:
    text = os.fspath(path)
    return text if is_url(text) else os.path.abspath(text)


def open_executor(settings: dict[str, Any] | None) -> Any:
    """Lithops' executor. Raises UsageError for a configuration that Lithops refuses, RemoteError for
    a backend that does not answer."""
    import lithops

    if settings is not None and settings["lithops"].get("backend") == "localhost":
        # Else Lithops takes the first python3 of PATH, which may not have this package.
        settings["localhost"] = {"runtime": sys.executable, **(settings.get("localhost") or {})}
        settings["lithops"].setdefault("monitoring_interval", 0.2)
    tries = 0
    while True:
        tries += 1
        try:
            # At ERROR it prints the tracebacks of storages that do not answer for a moment.
            executor = lithops.FunctionExecutor(config=settings, log_level="CRITICAL")
            if executor.backend == "localhost":
                prepare(executor)
            return executor
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - Lithops raises SystemExit too
            # What Lithops keeps of a runtime may be what another driver is just writing.
            if tries == _TRIES or not isinstance(error, json.JSONDecodeError):
                raise refusal(error) from None
        time.sleep(_UNTIL_WRITTEN_S)


class Run:
    """A run from its first call to its last."""

    def __init__(self, executor: Any, job: Mapping[str, Any], say: Say) -> None:
        self._executor = executor
        self._storage = executor.storage
        self._job = job
        self._say = say
        self._name = uuid.uuid4().hex
        self._ibd = ibd_of(_full(job["dataset"]))
        self._arguments = [_full(job["dataset"])]
        self._arguments += [f"--molecules={_full(path)}" for path in job["molecules"]]
        if job["scoring_model"] is not None:
            self._arguments.append(f"--scoring-model={_full(job['scoring_model'])}")
        self._arguments += job["arguments"]
        mark = job_mark(self._arguments)
        self._record = RunRecord(self._storage, self._name, job["dataset"], mark)
        if job["resume"]:
            before = unfinished(self._storage, mark)
            say(f"resumes {before['run']}" if before else "nothing to resume: begins anew")
        self._calls: list[dict[str, Any]] = []
        self._began = time.time()
        self._caller = Caller(executor, self._note, self._beat, self._more_s)
        self._arriving: ArrivingResults | None = None  # once results may come
        self._plan_memory_bytes = _PLAN_MEMORY_BYTES

    def annotate(self, partial: Path) -> None:
        """Puts the results into a folder that is there and empty."""
        self._record.write()
        state = "failed"
        try:
            self._rounds(partial)
            state = "done"
        except KeyboardInterrupt:
            state = "stopped"
            raise
        finally:
            self._record.finish(state)

    def _rounds(self, partial: Path) -> None:
        results = self._results_in(partial)
        lost: Exception | None = None
        planned: Outcome | None = None
        for step in range(_MOST_ROUNDS):
            planned = planned or self._plan(step)
            if "results" in planned:
                results.take(planned["results"])
                self._tell_run(partial)
                return
            self._plan_memory_bytes = planned["memory_bytes"]
            # The plan that follows annotate alone has results, unless objects got lost.
            is_last = all(task["stage"] == "annotate" for task in planned["tasks"])
            self._arriving = results if is_last else None
            try:
                planned = self._work(planned, step)
            except (DataError, RemoteError) as error:
                # A lost object shows as a task that cannot read it: planning anew has it made again.
                if lost is not None:
                    raise
                lost, planned = error, None
                self._say("planning anew what is missing")
        raise DataError(f"objects of the run get lost: after {_MOST_ROUNDS} rounds some are missing")

    def _results_in(self, partial: Path, storage: Any = None) -> ArrivingResults:
        return ArrivingResults(storage or self._storage, key_of(self._name, "results"), partial)

    def _beat(self) -> None:
        self._record.beat()
        if self._arriving is not None:
            self._arriving.look()

    def _plan(self, step: int) -> Outcome:
        (outcome,) = self._caller.all_of([(self._plan_call(step), _PLAN_PATIENCE_S)])
        return outcome

    def _plan_call(self, step: int) -> Call:
        return {
            "kind": "plan",
            "name": f"plan-{step}",
            "run": self._name,
            "store": self._job["store"],
            "arguments": [*self._arguments, f"--threads={_CUT_THREADS}", "--no-pattern-cache",
                          "--no-measurements", f"--runtime={self._job['runtime']}"],
            "memory_mb": self._offered_mb(memory_class_mb(self._plan_memory_bytes)),
            "memory_folder": memory_folder() if self._executor.backend == "localhost" else "",
        }

    def _work(self, planned: Outcome, step: int) -> Outcome | None:
        """Has the tasks done. Gives the next plan, if a call went on with it and it is done."""
        groups = groups_of(
            planned["tasks"], planned["expected"], planned["threads"], self._slots(), self._start_s()
        )
        calls = [(self._call_of(g, f"{step}-{n}", planned["texts"]), g.p99_s)
                 for n, g in enumerate(groups)]
        plan = self._plan_call(step + 1)
        for call, _ in calls:
            call["then"], call["beside"] = plan, [one["name"] for one, _ in calls]
            call["memory_mb"] = max(call["memory_mb"], plan["memory_mb"])
        stages = " and ".join(dict.fromkeys(group.stage for group in groups))
        self._say(f"{stages}: {len(planned['tasks'])} tasks in {len(calls)} calls")
        plans = [outcome["then"] for outcome in self._caller.all_of(calls) if "then" in outcome]
        return next((plan for plan in plans if plan["exit_code"] == 0), None)

    def _more_s(self, call: Call) -> float:
        """A call that has done its work is at the plan that follows."""
        return _PLAN_PATIENCE_S if "then" in call and is_done(call, self._storage) else 0.0

    def _start_s(self) -> float:
        """What starting a call takes."""
        return max(self._caller.start_s or START_S, _LEAST_START_S)

    def _slots(self) -> int:
        """Calls that run at the same time."""
        section = self._executor.config.get(self._executor.backend) or {}
        if self._executor.backend == "localhost":
            return int(section.get("worker_processes") or os.cpu_count() or 1)
        return int(section.get("max_workers") or 100)

    def _offered_mb(self, wanted_mb: int) -> int:
        return offered_mb(self._executor.backend, wanted_mb)

    def _call_of(self, group: Group, number: str, texts: str) -> Call:
        return {
            "kind": "work",
            "name": f"{group.stage}-{number}",
            "run": self._name,
            "store": self._job["store"],
            "tasks": texts,
            "ranges": group.ranges,
            "ibd": self._ibd,
            "runtime": self._job["runtime"],
            "memory_mb": self._offered_mb(group.memory_mb),
        }

    def _note(self, outcome: Outcome, state: str) -> None:
        kept = {k: v for k, v in outcome.items() if k not in ("expected", "texts", "then")}
        self._calls.append({**kept, "state": state})
        if "then" in outcome:
            then = outcome["then"]
            then["within"] = outcome["name"]
            self._note(then, "failed" if then["exit_code"] else "done")

    def _tell_run(self, folder: Path) -> None:
        """Adds to run.json how the run went here."""
        path = folder / "run.json"
        record = json.loads(path.read_text())
        if self._job["command_line"]:
            record["command_line"] = self._job["command_line"]
        record["lithops"] = {
            "backend": self._executor.backend,
            "storage": self._storage.backend,
            "store": store_of(self._storage, self._job["store"]).url,
            "run": self._name,
            "began_unix_s": self._began,
            "seconds": time.time() - self._began,
            "start_s": self._caller.start_s,
            "calls": [self._told(call) for call in self._calls],
        }
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")

    def _told(self, call: dict[str, Any]) -> dict[str, Any]:
        tasks = [task for task in call.get("tasks", []) if "seconds" in task]
        return {
            "name": call["name"],
            "state": call["state"],
            "within": call.get("within"),
            "host": call["host"],
            "began_s": call["started"] - self._began,
            "ended_s": call["ended"] - self._began,
            "memory_mb": call.get("memory_mb"),
            "peak_memory_bytes": call.get("peak_memory_bytes"),
            "tasks": [
                {key: task[key] for key in ("task", "stage", "seconds", "put_bytes", "got_bytes")}
                for task in tasks
            ],
        }

    def clean(self) -> None:
        """Removes what Lithops and the run have put beside the kept objects."""
        try:
            keys = self._storage.list_keys(self._storage.bucket, key_of(self._name, ""))
            gone = [key for key in keys if not key.endswith("/record.json")]
            if gone:
                self._storage.delete_objects(self._storage.bucket, gone)
            self._executor.clean(clean_cloudobjects=False, force=True)
        except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
            warnings.warn(
                f"what the run left in Lithops' storage could not be removed: {one_line(error)}; "
                "ionloom runs clean does it",
                IonloomWarning,
                stacklevel=2,
            )
