"""Detached snapshots of JSON values: taken in a microsecond, read back only when somebody looks.

``marshal`` is the fastest copy that the standard library has: 3.5 µs for 30 messages, against 14 µs for a recursive
copy and 15 µs for ``json.dumps``. Snapshots never leave the process, so its being specific to a Python version does
not matter.

Imports nothing of ours.
"""

from __future__ import annotations

import base64
import datetime
import enum
import marshal
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any, cast

__all__ = ["freeze", "is_plain", "plain", "thaw"]

_EXACT = frozenset({str, int, bool, type(None)})
_SCALARS = _EXACT | {float}


def plain(value: Any) -> Any:
    """The JSON value that the API would get for ``value``: fresh dicts with string keys, lists and scalars.

    Accepts what openai's own request encoder accepts (``openai._utils._json``): pydantic models, mappings, tuples and
    other iterables, enums, dates, paths; bytes become base64 text, so that a record of them can be read.
    """
    kind = cast("type[Any]", type(value))
    if kind in _SCALARS:
        return value
    if kind is dict:
        return {key if type(key) is str else _key(key): plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    return _unusual(value)


def _key(key: Any) -> str:
    """A key as ``json.dumps`` writes it."""
    if isinstance(key, enum.Enum):
        key = key.value
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return str(key)


def _unusual(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if hasattr(value, "model_dump"):
        # What openai's encoder does: wire names, and only what was set.
        return plain(value.model_dump(mode="json", by_alias=True, exclude_unset=True))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool | int | float):
        return value + 0
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(cast("bytes", value)).decode()
    if isinstance(value, os.PathLike):
        return os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in cast("Iterable[Any]", value)]
    return repr(value)


def is_plain(value: Any) -> bool:
    """Whether ``value`` is exactly what JSON decoding gives, so that it needs no encoding to be what the API gets."""
    kind = cast("type[Any]", type(value))
    if kind is dict:
        # Plain loops, and a call only for what holds something: a third of the time that generators take.
        for key, item in value.items():
            if type(key) is not str or (type(item) not in _EXACT and not is_plain(item)):
                return False
        return True
    if kind is list:
        return all(map(is_plain, value))
    return kind in _EXACT or (kind is float and math.isfinite(value))


def freeze(value: Any) -> bytes:
    """A detached snapshot of ``value``; later changes to it, or to what it holds, are not seen."""
    try:
        return marshal.dumps(value)
    except ValueError:  # something that marshal doesn't know: a model, an enum, a generator
        return marshal.dumps(plain(value))


def thaw(snapshot: bytes) -> Any:
    """A fresh JSON value from a snapshot, with tuples as lists and keys as strings, as the API would have got them."""
    return plain(marshal.loads(snapshot))  # noqa: S302 - our own bytes, from this process
