"""What holds throughout one assembly, and what its layers may be given as: partials, and whatever has a JSON form.

How a layer goes over another is the shapes' business (`shapes`, `models`, `unions`).
"""

from __future__ import annotations

import collections.abc
import datetime
import enum
import inspect
import pathlib
import types
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import pydantic

from ..defaults import Level
from ..errors import UsageError
from ..snapshot import plain

if TYPE_CHECKING:
    from .models import ModelShape
    from .shapes import Shape

__all__ = [
    "SCALARS",
    "UNSET",
    "WAY_OUT",
    "Run",
    "dotted",
    "is_list",
    "is_made_dict",
    "is_made_list",
    "key_of",
    "mapping",
    "meant",
    "short",
]

UNSET: Any = object()
WAY_OUT = " To answer with something that the API would not send, use fakeopenai.raw(...): it is returned as it is."

SCALARS = frozenset({str, int, float, bool, type(None)})
_PLAIN = (str, int, float, enum.Enum, datetime.date, datetime.time, bytes, bytearray, pathlib.PurePath)
_LISTS = (collections.abc.Sequence, collections.abc.Set, collections.abc.ValuesView, types.GeneratorType, map, filter)


class Run:
    """What holds throughout one assembly.

    Attributes:
        checked: whether the layer at hand is the user's: unknown keys are errors.
        levels: the user's registry, the farthest level first; empty while the computed layer is merged.
        request: what functions in the registry are asked with.
        operation: for messages.
        source: whose words the layer at hand are, for messages.
        path: keys and positions from the top of the answer to where merging is.
        busy: registry entries being applied, so that a type whose default contains itself ends.
        given: the partial that the user gave for the whole answer, if any.
        laid: the defaults of the user's that were laid somewhere in it, with their targets.
    """

    __slots__ = ("busy", "checked", "given", "laid", "levels", "operation", "path", "request", "source")

    def __init__(self, operation: str | None = None, request: Any = None, path: str = "") -> None:
        self.checked = False
        self.levels: list[Level] = []
        self.operation = operation
        self.request = request
        self.source = f"the reply to {operation}" if operation else "the reply"
        self.path: list[str | int] = [path] if path else []
        self.busy: list[tuple[int, type]] = []
        self.given: Any = UNSET
        self.laid: list[tuple[str, Any]] = []

    def where(self, *further: str | int) -> str:
        """Where merging is, in words: ``at choices[0].message of the reply to chat.completions.create``."""
        path = dotted([*self.path, *further])
        return f"at {path} of {self.source}" if path else f"in {self.source}"

    def lay(self, shape: Shape, lower: Any, entry: Any, target: str) -> Any:
        """A registry entry, or what it says for this request, over ``lower``."""
        partial = entry(self.request) if callable(entry) else entry
        if partial is None:
            return lower
        source = f"the defaults set for {target}"
        self.laid.append((source, partial))
        kept = self.checked, self.source, self.path
        self.checked, self.source, self.path = True, source, []
        merged = shape.merge(lower, partial, self)
        self.checked, self.source, self.path = kept
        return merged

    def json(self, value: Any) -> Any:
        """``value`` as JSON, detached. What has no JSON form is an error that says where it stands."""
        if type(value) in SCALARS:
            return value
        if _is_mapping(value):
            return {key_of(key): self.json(item) for key, item in value.items()}
        if is_list(value):
            return [self.json(item) for item in value]
        if isinstance(value, pydantic.BaseModel):
            return self.json(_dump(value))
        tolist: Any = inspect.getattr_static(value, "tolist", None)
        if callable(tolist):  # numpy's arrays and numbers
            return self.json(value.tolist())
        if isinstance(value, _PLAIN):
            return plain(value)
        raise UsageError(
            f"{short(value)} {self.where()} is of type {type(value).__name__}, which has no JSON form. Give what the "
            "API would send: strings, numbers, booleans, None, lists and dicts of them, or the SDK's response models.",
            operation=self.operation,
        )


def mapping(value: Any, shape: ModelShape | None = None) -> dict[str, Any] | None:
    """The partial that an object gives, one level deep, with its values as they are; None if it is no object."""
    if is_made_dict(value):
        return value
    if isinstance(value, pydantic.BaseModel):
        return _dump(value, shape)
    return dict(value) if _is_mapping(value) else None


def _dump(model: pydantic.BaseModel, shape: ModelShape | None = None) -> dict[str, Any]:
    """The set fields of a model under their wire names, one level deep.

    What only the model's own subclass of the wanted type declares (``parsed`` of a parsed completion) was never sent.
    """
    kind = type(model)
    known = shape.known if shape is not None and issubclass(kind, shape.type) else None
    dumped: dict[str, Any] = {}
    for name, info in kind.model_fields.items():
        key = info.alias or name
        if name in model.model_fields_set and (known is None or key in known):
            dumped[key] = getattr(model, name)
    dumped.update(model.model_extra or {})
    return dumped


def key_of(key: Any) -> str:
    """A key of a JSON object."""
    return key if type(key) is str else str(plain(key))


def is_made_dict(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is an object of ours, to be changed in place."""
    return type(value) is dict


def is_made_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a list of ours."""
    return type(value) is list


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def is_list(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether a value of the user's is to become a JSON list. Not just anything that can be iterated: a mock can."""
    return isinstance(value, (list, tuple)) or (
        isinstance(value, _LISTS) and not isinstance(value, (str, bytes, bytearray, memoryview))
    )


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: ``choices[0].message``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def meant(value: Any, constants: Iterable[Any]) -> str | None:
    """The constant that a value was probably meant to be: nearly the same, or the same cut short.

    The API learns new constants all the time, so that one which is merely unknown may well be right.
    """
    known = [constant for constant in constants if isinstance(constant, str)]
    if not isinstance(value, str) or not value:
        return None
    import difflib

    close = difflib.get_close_matches(value, known, n=1, cutoff=0.8)
    return next(iter(close), None) or next((constant for constant in known if constant.startswith(value)), None)


def short(value: Any) -> str:
    """A value's repr, cut where it would be too much for a message."""
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
