"""The end of a run over sites: ranks, images and files of results are made where the placement says, and
go to the site where they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ionloom.errors import IonloomError, UsageError
from ionloom.lithops.geds_place import geds_place
from ionloom.lithops.inputs import is_url
from ionloom.lithops.site import Site
from ionloom.lithops.site_worker import SiteCall, SiteOutcome

_FILES = ("--molecules", "--scoring-model")


class Ending:
    """The last step of planning, and the way of what it makes.

    run        the run's name
    source     where the dataset lies; results: where they are wanted, None: that site is not there
    arguments  of ionloom annotate; ibd: the dataset's other file
    make_call  a call of a kind, with a name, at a site
    ask        has a site do one, and raises what it failed with
    """

    def __init__(
        self,
        run: str,
        source: Site,
        results: Callable[[], Site | None],
        arguments: Sequence[str],
        ibd: str,
        make_call: Callable[[str, str, Site], SiteCall],
        ask: Callable[[Site, SiteCall], SiteOutcome],
        say: Callable[[str], None],
    ) -> None:
        self._run = run
        self._source = source
        self._results = results
        self._ibd = ibd
        self._make_call = make_call
        self._ask = ask
        self._say = say
        self._place = geds_place(source.store)
        self._lent = {} if is_url(arguments[0]) or self._place is None else _named(arguments)
        self.names: list[str] = []  # of what was put into the sites' store

    def _name(self, what: str) -> str:
        assert self._place is not None
        name = self._place.name(f"ionloom-raw/{self._run}/{what}")
        if name not in self.names:
            self.names.append(name)
        return name

    def make_at(self, site: Site, plan: SiteCall) -> SiteOutcome | None:
        """Has the last step done at another site than the source; None where that fails.

        plan  the call that the source would get
        """
        call = self.with_way(site, {**self._make_call("finish", plan["name"], site),
                                    "memory_mb": plan["memory_mb"],
                                    "arguments": plan["arguments"],
                                    "memory_folder": plan["memory_folder"],
                                    "ibd": self._ibd})
        try:
            if self._lent:
                files: SiteCall = {"lent": self._lent, "lent_as": self._name("header"), "ibd": self._ibd}
                self._ask(self._source, {**self._make_call("lend", "lend", self._source), **files})
                call |= files
            outcome = self._ask(site, call)
        except UsageError:
            raise
        except IonloomError as error:
            self._say(f"{self._source.name} ranks and makes images instead of {site.name}: {error}")
            return None
        return outcome if "results" in outcome else None

    def with_way(self, site: Site, call: SiteCall) -> SiteCall:
        """The same call, which leaves results where another site that wants them can take them."""
        wanted_at = self._results()
        if self._place is None or wanted_at is None or wanted_at is site:
            return call
        return {**call, "results_as": self._name("results")}

    def storage_with(self, made_at: Site, keys: list[str]) -> Any:
        """Lithops' storage of the site where results are wanted, once they are there; where that fails, of
        the one that made them.

        keys  of the results' parts
        """
        wanted_at = self._results()
        if self._place is None or wanted_at is None or wanted_at is made_at:
            return made_at.storage
        call = self._make_call("take", "take-results", wanted_at)
        call |= {"results": keys, "results_as": self._name("results")}
        try:
            self._ask(wanted_at, call)
        except IonloomError as error:
            self._say(f"results come from {made_at.name}, not by way of {wanted_at.name}: {error}")
            return made_at.storage
        return wanted_at.storage

    def given_path(self, path: str) -> str:
        """What the user called a file that was lent."""
        dataset = next(iter(self._lent.values()), "")
        names = {**self._lent, self._ibd: str(Path(dataset).with_name(Path(self._ibd).name))}
        return next((given for given, name in names.items() if path.endswith(f"/files/{name}")), path)


def _named(arguments: Sequence[str]) -> dict[str, str]:
    """Files that an engine is given, and names that differ and end as they do."""
    named: dict[str, str] = {}
    for number, argument in enumerate(arguments):
        option, _, path = argument.rpartition("=")
        if number == 0 or (option in _FILES and not is_url(path)):
            named[path] = f"{number}/{Path(path).name}"
    return named
