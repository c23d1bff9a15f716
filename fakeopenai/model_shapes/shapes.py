"""What every shape does, and the shapes that are replaced as a whole: scalars, constants, maps, any JSON.

Those that merge with what lies below are in `models`, those of types that may be one of several in `unions`.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias, get_args

from typing_extensions import override

from ..defaults import Level
from .run import UNSET, Run, is_made_dict, key_of, mapping

__all__ = [
    "ATOMS",
    "FREE",
    "AtomShape",
    "LiteralShape",
    "MapShape",
    "Mismatch",
    "NullShape",
    "Path",
    "Shape",
]

Path: TypeAlias = tuple[str | int, ...]

ATOMS: dict[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}
_ATOM_NAMES: dict[Any, str] = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}


class Mismatch(NamedTuple):
    """A place where complete JSON does not fit its type; ``value`` is `UNSET` for a missing key."""

    path: Path
    expected: Shape
    value: Any


class Shape:
    """What assembly knows of a response type. This base stands for free-form values: any JSON.

    Attributes:
        type: the type it describes.
    """

    __slots__ = ("type",)

    def __init__(self, type_: Any = object) -> None:
        self.type = type_

    @property
    def free(self) -> bool:
        """Whether any JSON value fits."""
        return type(self) is Shape

    @property
    def several(self) -> str:
        """More than one of it, in words."""
        return f"elements, each {self}"

    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        """A fresh smallest valid value, from the type alone. ``within`` are the shapes around it, to end recursion."""
        return {}

    def default(self, within: tuple[Shape, ...] = ()) -> Any:
        """A fresh value as the API sends it unasked: the smallest one with the built-in defaults."""
        return self.minimal(within)

    def build(self, run: Run) -> Any:
        """`default()`, with the user's registry laid over."""
        value = self.default()
        for level in run.levels:
            value = self.overlay(value, level, run)
        return value

    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        """``upper`` over ``lower``: complete JSON that shares nothing with ``upper``. ``lower`` may be changed."""
        return run.json(upper)

    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        """``value`` with what one level of the registry says of its types laid over. ``value`` may be changed."""
        return value

    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        """Where complete JSON does not fit the type."""
        return iter(())

    def fits(self, value: Any) -> bool:
        """Whether complete JSON fits the type."""
        return next(self.mismatches(value), None) is None

    def __str__(self) -> str:
        return "any JSON value"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class NullShape(Shape):
    """The answer of an operation that has none."""

    __slots__ = ()

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return None

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if value is not None:
            yield Mismatch(path, self, value)

    @override
    def __str__(self) -> str:
        return "null"


class AtomShape(Shape):
    """A string, number or boolean."""

    __slots__ = ()

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return ATOMS[self.type]

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        if isinstance(upper, datetime.datetime) and self.type in {int, float}:
            return self.type(upper.timestamp())
        return run.json(upper)

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if type(value) is not self.type and not (self.type is float and type(value) is int):
            yield Mismatch(path, self, value)

    @override
    def __str__(self) -> str:
        return _ATOM_NAMES[self.type]


class LiteralShape(Shape):
    """One of a few constants."""

    __slots__ = ("values",)

    def __init__(self, type_: Any) -> None:
        super().__init__(type_)
        self.values = tuple(value.value if isinstance(value, enum.Enum) else value for value in get_args(type_))

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return self.values[0]

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not any(value == known and type(value) is type(known) for known in self.values):
            yield Mismatch(path, self, value)

    @override
    def __str__(self) -> str:
        return " or ".join(map(repr, self.values))


class MapShape(Shape):
    """An object with keys of the user's choice, and values of one type."""

    __slots__ = ("value",)

    def __init__(self, type_: Any, value: Shape) -> None:
        super().__init__(type_)
        self.value = value

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        partial = mapping(upper)
        if partial is None:
            return run.json(upper)
        merged: dict[str, Any] = {}
        for key, value in partial.items():
            name = key_of(key)
            run.path.append(name)
            merged[name] = self.value.merge(UNSET, value, run)
            run.path.pop()
        return merged

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        if not is_made_dict(value):
            return value
        return {key: self.value.overlay(item, level, run) for key, item in value.items()}

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not is_made_dict(value):
            yield Mismatch(path, self, value)
            return
        for key, item in value.items():
            yield from self.value.mismatches(item, (*path, key))

    @override
    def __str__(self) -> str:
        return "an object" if self.value.free else f"an object of {self.value.several}"


FREE = Shape()
