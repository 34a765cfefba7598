"""Annotates imaging mass-spectrometry datasets: METASPACE's results, on your own machine.

    import ionloom
    result = ionloom.annotate("brain.imzML", "lipids.tsv", adducts=["+H", "+Na"])
    result.results(fdr=0.1)                          # as metaspace2020's SMDataset.results
    result.isotope_images("C42H82NO8P", "+K")[0]     # height x width, detector units

Names are imported when they are first used, so that `import ionloom` costs a cloud function nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionloom.annotation import AnnotationOptions as AnnotationOptions
    from ionloom.annotation import annotate as annotate
    from ionloom.command import Progress as Progress
    from ionloom.errors import DataError as DataError
    from ionloom.errors import IonloomError as IonloomError
    from ionloom.errors import IonloomWarning as IonloomWarning
    from ionloom.errors import RemoteError as RemoteError
    from ionloom.errors import ResourceError as ResourceError
    from ionloom.errors import UsageError as UsageError
    from ionloom.images import IsotopeImages as IsotopeImages
    from ionloom.result import Result as Result
    from ionloom.result import read as read

_HOMES = {
    "annotate": "annotation",
    "AnnotationOptions": "annotation",
    "Progress": "command",
    "DataError": "errors",
    "IonloomError": "errors",
    "IonloomWarning": "errors",
    "RemoteError": "errors",
    "ResourceError": "errors",
    "UsageError": "errors",
    "IsotopeImages": "images",
    "Result": "result",
    "read": "result",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ionloom' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"ionloom.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
