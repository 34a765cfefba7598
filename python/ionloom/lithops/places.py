"""Where a run's objects lie, by Lithops' configuration, and what is wrong with one that cannot be used."""

from __future__ import annotations

import copy
import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ionloom.errors import IonloomError, RemoteError, UsageError
from ionloom.lithops.edge import one_line

# Of Lithops' storage backends those whose objects the engine itself can read and write.
_S3 = ("minio", "aws_s3", "ceph")
_PREFIX = "ionloom"


@dataclass(frozen=True)
class Place:
    """A store of objects as the engine's --store names it, and the environment that it needs."""

    url: str
    environment: Mapping[str, str] = field(default_factory=dict)


def store_of(storage: Any, named: str | None = None) -> Place:
    """The store that Lithops' storage is, or the one that was named."""
    if named is not None:
        return Place(named)
    backend, bucket = storage.backend, storage.bucket
    section = storage.get_storage_config().get(backend) or {}
    if backend == "localhost":
        from lithops.constants import LITHOPS_TEMP_DIR

        return Place(f"file:{Path(LITHOPS_TEMP_DIR, bucket, _PREFIX)}")
    if backend not in _S3:
        raise UsageError(
            f"Lithops' storage is {backend!r}, which ionloom cannot read objects from: use "
            f"localhost, {', '.join(_S3)}, or name a store with --store (s3://, geds://)"
        )
    environment = {
        variable: section[key]
        for variable, key in (
            ("AWS_ACCESS_KEY_ID", "access_key_id"),
            ("AWS_SECRET_ACCESS_KEY", "secret_access_key"),
            ("AWS_SESSION_TOKEN", "session_token"),
        )
        if section.get(key)
    }
    # What stages exchange has checksums inside, so that ranges need no others beside.
    query = ["checksums=none", f"region={quote(section.get('region') or 'us-east-1', safe='')}"]
    if section.get("endpoint"):
        query.append(f"endpoint={section['endpoint'].rstrip('/')}")
    return Place(f"s3://{bucket}/{_PREFIX}?{'&'.join(query)}", environment)


def read_config(config: Mapping[str, Any] | str | os.PathLike[str] | None) -> dict[str, Any] | None:
    """Lithops' configuration: a mapping as it is, the content of a YAML file, or None for what
    Lithops itself finds. Raises UsageError for a file that cannot be read."""
    if importlib.util.find_spec("lithops") is None:
        raise UsageError(
            "Lithops is not installed for this Python: pip install lithops (or ionloom[lithops]) for "
            f"{sys.executable}"
        )
    if config is None:
        return None
    if isinstance(config, Mapping):
        return _checked(copy.deepcopy(dict(config)), "the configuration")
    import yaml

    path = Path(config).expanduser()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        problem = getattr(error, "problem", None) or "the text is not UTF-8"
        raise UsageError(f"{path}{line}: is no YAML: {problem}") from None
    return _checked(content, str(path))


def _checked(content: object, place: str) -> dict[str, Any]:
    """Refuses what Lithops would answer with a traceback."""
    if not isinstance(content, dict) or not isinstance(content.get("lithops"), dict):
        raise UsageError(
            f"{place}: has no section `lithops`; expected at least `lithops: {{backend: NAME, "
            "storage: NAME}}`, see https://lithops-cloud.github.io/docs"
        )
    for name, section in content.items():
        if section is not None and not isinstance(section, dict):
            raise UsageError(
                f"{place}: section `{name}` is {section!r}; expected names and values"
            )
    _check_names(content["lithops"], place)
    return content


def _names_in(*packages: str) -> list[str]:
    """Backends that the installed Lithops has, by the folders of its packages."""
    import lithops

    root = Path(lithops.__file__).parent
    folders = [folder for package in packages for folder in (root / package).iterdir()]
    return sorted(f.name for f in folders if (f / "__init__.py").exists())


def _check_names(section: Mapping[str, Any], place: str) -> None:
    computes = ["localhost", *_names_in("serverless/backends", "standalone/backends")]
    for key, known in (("backend", computes), ("storage", _names_in("storage/backends"))):
        name = section.get(key)
        if name is not None and name not in known:
            raise UsageError(
                f"{place}: lithops.{key} is {name!r}, which Lithops does not have; it has "
                f"{', '.join(known)}"
            )


def check_storage(storage: Any) -> None:
    """Asks for the bucket, so that wrong credentials and missing buckets are told before any call.
    Without a name in the configuration Lithops makes one of its own. Raises RemoteError."""
    if storage.backend == "localhost":
        Path(store_of(storage).url.removeprefix("file:")).mkdir(parents=True, exist_ok=True)
        return
    if not storage.bucket:
        return
    try:
        # Not head_bucket(): its answer has no body that tells an unknown key from a missing bucket.
        storage.list_keys(storage.bucket, f"{_PREFIX}/lithops/none/")
    except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
        raise RemoteError(
            f"Lithops' storage {storage.backend!r}: {_reason(error, storage.bucket)}"
        ) from None


def refusal(error: BaseException) -> IonloomError:
    """What Lithops raised instead of starting: its own checks of the configuration raise bare
    exceptions, libraries that talk to a backend have kinds of their own."""
    if isinstance(error, OSError) or type(error).__module__ != "builtins":
        return RemoteError(f"Lithops cannot begin: {one_line(error)}")
    return UsageError(f"Lithops cannot use its configuration: {one_line(error)}")


def _reason(error: Exception, bucket: str) -> str:
    response = getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = response.get("Error", {}).get("Code", "")
    if code in ("NoSuchBucket", "404") or type(error).__name__ == "StorageNoSuchKeyError":
        return f"there is no bucket {bucket!r}: make it, or name another one as storage_bucket"
    if status in (401, 403, 404):  # 404: of versitygw for a key that it does not know
        return (
            f"refuses the credentials of the configuration for bucket {bucket!r} (HTTP {status}, {code}): "
            "check access_key_id and secret_access_key"
        )
    return f"bucket {bucket!r} cannot be reached: {one_line(error)}"


def open_storage(config: Mapping[str, Any] | str | os.PathLike[str] | None) -> Any:
    """Lithops' storage without its functions. Raises UsageError for a bad configuration."""
    settings = read_config(config)
    import lithops

    try:
        return lithops.Storage(config=settings)
    except Exception as error:  # noqa: BLE001 - Lithops checks its configuration with bare ones
        raise refusal(error) from None
