"""Shapes: what there is to know of the SDK's response types to complete a partial answer, and to judge one.

A `Shape` knows the fields of a type by their wire names, the shapes of what they hold, its smallest valid value, and
how one layer of an answer goes over another. Shapes are made lazily, one type at a time, from pydantic's descriptions
of fields; nothing is built or validated for it. How layers merge:

- Models merge field by field, recursively. A field set to None becomes null.
- A list replaces the lower list as a whole; each element is completed as the item's type. Elements that carry their
  own position (the item's type requires an integer ``index``, as chat choices and embeddings do) go over the lower
  element at the same position.
- Free-form objects (metadata, schemas, arguments) are values: they replace.
- Where a field may hold several types, the upper object's tag (``type``, ``role``, ...) says which. Without a tag it
  goes on being what the lower layer made it if that type knows all its keys, else it is the one that fits best.

Which layers there are is `assemble`'s business, which alone imports this module.
"""

from __future__ import annotations

import collections.abc
import datetime
import enum
import functools
import inspect
import marshal
import pathlib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypeGuard, Union, get_args, get_origin

import pydantic
from typing_extensions import TypeAliasType, override

from .builtin import ABSENT, FULL, builtin_for
from .defaults import Level, entry_for
from .errors import UnknownField, UsageError, nearest
from .snapshot import plain

__all__ = [
    "UNSET",
    "WAY_OUT",
    "ListShape",
    "LiteralShape",
    "Mismatch",
    "ModelShape",
    "Run",
    "Shape",
    "UnionShape",
    "dotted",
    "example_name",
    "mapping",
    "meant",
    "shape_of",
    "short",
]

Path: TypeAlias = tuple[str | int, ...]

UNSET: Any = object()
WAY_OUT = " To answer with something that the API would not send, use fakeopenai.raw(...): it is returned as it is."

_SCALARS = frozenset({str, int, float, bool, type(None)})
_PLAIN = (str, int, float, enum.Enum, datetime.date, datetime.time, bytes, bytearray, pathlib.PurePath)
_LISTS = (collections.abc.Sequence, collections.abc.Set, collections.abc.ValuesView, types.GeneratorType, map, filter)
_ATOMS: dict[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}
_ATOM_NAMES: dict[Any, str] = {str: "a string", int: "an integer", float: "a number", bool: "true or false"}
_TAGS = ("type", "object", "role", "status", "mode", "event")


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
        if type(value) in _SCALARS:
            return value
        if _is_mapping(value):
            return {_key(key): self.json(item) for key, item in value.items()}
        if _is_list(value):
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


class _Null(Shape):
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


class _Atom(Shape):
    """A string, number or boolean."""

    __slots__ = ()

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return _ATOMS[self.type]

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


class ListShape(Shape):
    """A list, whose elements are completed as the item's type."""

    __slots__ = ("_positional", "item")

    def __init__(self, type_: Any, item: Shape) -> None:
        super().__init__(type_)
        self.item = item
        self._positional: bool | None = None

    @property
    def positional(self) -> bool:
        """Whether elements carry their own position, so that layers merge element by element."""
        if self._positional is None:
            index = self.item.fields.get("index") if isinstance(self.item, ModelShape) else None
            self._positional = index is not None and index.required and index.shape.type is int
        return self._positional

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return []

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        if not _is_list(upper):
            return run.json(upper)
        item, path = self.item, run.path
        if isinstance(item, _Atom) and not run.checked:
            return list(upper)
        positional = self.positional
        below: list[Any] = lower if positional and _is_made_list(lower) else []
        merged: list[Any] = []
        for index, value in enumerate(upper):
            path.append(index)
            if index < len(below):
                element = item.merge(below[index], value, run)
            elif positional and (partial := mapping(value)) is not None:
                element = item.merge(UNSET, {"index": index, **partial}, run)
            else:
                element = item.merge(UNSET, value, run)
            merged.append(element)
            path.pop()
        return merged

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        return [self.item.overlay(element, level, run) for element in value] if _is_made_list(value) else value

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not _is_made_list(value):
            yield Mismatch(path, self, value)
            return
        for index, element in enumerate(value):
            yield from self.item.mismatches(element, (*path, index))

    @override
    def __str__(self) -> str:
        return f"a list of {_plural(self.item)}"


class _Map(Shape):
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
            name = _key(key)
            run.path.append(name)
            merged[name] = self.value.merge(UNSET, value, run)
            run.path.pop()
        return merged

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        if not _is_made_dict(value):
            return value
        return {key: self.value.overlay(item, level, run) for key, item in value.items()}

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not _is_made_dict(value):
            yield Mismatch(path, self, value)
            return
        for key, item in value.items():
            yield from self.value.mismatches(item, (*path, key))

    @override
    def __str__(self) -> str:
        return "an object" if self.value.free else f"an object of {_plural(self.value)}"


class _Field(NamedTuple):
    """A declared field of a model."""

    shape: Shape
    required: bool
    nullable: bool


class ModelShape(Shape):
    """An object with declared fields: one of the SDK's response models."""

    __slots__ = ("_blob", "_fields", "_known", "_listing")

    def __init__(self, type_: type[pydantic.BaseModel]) -> None:
        super().__init__(type_)
        self._blob: bytes | None = None
        self._fields: dict[str, _Field] | None = None
        self._known: dict[str, Shape] | None = None
        self._listing = False

    @property
    def fields(self) -> dict[str, _Field]:
        """The declared fields by their wire names."""
        if self._fields is None:
            self._fields = {name: _field(info) for name, info in _declared(self.type)}
        return self._fields

    @property
    def known(self) -> dict[str, Shape]:
        """Shapes by key: of the declared fields, and of what the API sends though this SDK does not declare it."""
        if self._known is None:
            undeclared: dict[str, Shape] = dict.fromkeys(builtin_for(self.type), _FREE)
            known = undeclared | {name: field.shape for name, field in self.fields.items()}
            self._listing = isinstance(known.get("data"), ListShape)
            self._known = known
        return self._known

    @property
    def blob(self) -> bytes:
        """`default()`, marshalled: loading it is the fastest way to a fresh copy."""
        if self._blob is None:
            self._blob = marshal.dumps(self._default(()))
        return self._blob

    def literals(self, key: str) -> tuple[Any, ...]:
        """The constants that a field is limited to; none if it isn't."""
        field = self.fields.get(key)
        return field.shape.values if field is not None and isinstance(field.shape, LiteralShape) else ()

    def strangers(self, partial: Mapping[str, Any]) -> int:
        """How many keys of a partial it does not know."""
        return sum(key not in self.known for key in partial)

    def coverage(self, partial: Mapping[str, Any]) -> float:
        """Which share of its required fields a partial gives, constants aside."""
        required = [name for name, field in self.fields.items() if field.required and not self.literals(name)]
        return sum(key in partial for key in required) / len(required) if required else 1.0

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return {
            name: None if field.nullable else field.shape.minimal((*within, self))
            for name, field in self.fields.items()
            if field.required
        }

    @override
    def default(self, within: tuple[Shape, ...] = ()) -> Any:
        if within:
            return self._default(within)
        return marshal.loads(self._blob or self.blob)  # noqa: S302 - our own bytes, from this process

    def _default(self, within: tuple[Shape, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        fields, row, examples = self.fields, builtin_for(self.type), _examples().get(example_name(self.type), {})
        demanded = (name for name, field in fields.items() if field.required and name not in row)
        for key in dict.fromkeys([*row, *demanded, *(name for name in examples if name in fields)]):
            field, value = fields.get(key), row.get(key, ...)
            if value is ABSENT:
                continue
            if value is ... and key in examples and examples[key] != {}:
                made[key] = examples[key]
            elif field is not None and (value is FULL or (value is ... and (key in examples or not field.nullable))):
                made[key] = field.shape.default((*within, self))
            elif value is not FULL:
                made[key] = None if value is ... else value
        return made

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        known = self._known or self.known
        partial = mapping(upper, self)
        if partial is None:
            if not self._listing or not _is_list(upper):
                return run.json(upper)
            partial = {"data": upper}  # a list stands for the elements of a page
        # An empty object below (the error of a healthy job) is complete as long as nothing is put into it.
        merged: dict[str, Any] = lower if (lower or not partial) and _is_made_dict(lower) else self.build(run)
        checked = run.checked
        for key, value in partial.items():
            shape = known.get(key)
            if shape is None and checked:
                raise unknown(key, [self], run)
            if type(value) in _SCALARS:
                merged[key] = value
            elif value is ABSENT:
                merged.pop(key, None)
            elif shape is None:
                merged[key] = run.json(value)
            else:
                run.path.append(key)
                merged[key] = shape.merge(merged.get(key, UNSET), value, run)
                run.path.pop()
        if self._listing and "data" in partial:
            _mark_ends(merged, partial)
        return merged

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        if not _is_made_dict(value):
            return value
        for key, shape in self.known.items():
            item = value.get(key)
            if type(item) not in _SCALARS:
                value[key] = shape.overlay(item, level, run)
        entry = entry_for(level, self.type)
        me = id(level), self.type
        if entry is None or me in run.busy:
            return value
        run.busy.append(me)
        made = run.lay(self, value, entry, str(self))
        run.busy.remove(me)
        return made

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not _is_made_dict(value):
            yield Mismatch(path, self, value)
            return
        row = builtin_for(self.type)
        for name, field in self.fields.items():
            if name not in value:
                if field.required:
                    yield Mismatch((*path, name), field.shape, UNSET)
            elif row.get(name, ...) != value[name] and not (value[name] is None and field.nullable):
                yield from field.shape.mismatches(value[name], (*path, name))

    @override
    def __str__(self) -> str:
        return str(self.type.__name__).partition("[")[0]


class UnionShape(Shape):
    """One of several types. Null is not among them: whether it is possible belongs to the field."""

    __slots__ = ("_tag", "lists", "members", "models")

    def __init__(self, type_: Any, members: list[Shape], tag: str | None) -> None:
        super().__init__(type_)
        self.members = members
        self.models = [member for member in members if isinstance(member, ModelShape)]
        self.lists = [member for member in members if isinstance(member, ListShape)]
        self._tag: str | tuple[str, dict[Any, list[ModelShape]]] | None = tag

    @property
    def tag(self) -> tuple[str, dict[Any, list[ModelShape]]]:
        """The key that tells the models apart, and the models by its values; ``("", {})`` if there is none."""
        if not isinstance(self._tag, tuple):
            if self._tag:
                names = [self._tag]
            else:
                first = self.models[0].fields if len(self.models) > 1 else {}
                ordered = dict.fromkeys([*_TAGS, *first])
                names = [name for name in ordered if first and all(model.literals(name) for model in self.models)]
            nothing: tuple[str, dict[Any, list[ModelShape]]] = ("", {})
            self._tag = max(map(self._by, names), key=lambda found: len(found[1]), default=nothing)
        return self._tag

    def _by(self, tag: str) -> tuple[str, dict[Any, list[ModelShape]]]:
        table: dict[Any, list[ModelShape]] = {}
        for model in self.models:
            for value in model.literals(tag):
                table.setdefault(value, []).append(model)
        return tag, table

    @override
    def minimal(self, within: tuple[Shape, ...] = ()) -> Any:
        return self._first(within).minimal(within)

    @override
    def default(self, within: tuple[Shape, ...] = ()) -> Any:
        return self._first(within).default(within)

    def _first(self, within: tuple[Shape, ...]) -> Shape:
        return next((member for member in self.members if member not in within), self.members[0])

    @override
    def merge(self, lower: Any, upper: Any, run: Run) -> Any:
        partial = mapping(upper)
        if partial is not None:
            member = self.pick(partial, lower, run)
            if member is None:
                return run.json(partial)
            return member.merge(lower if self._holding(lower) is member else UNSET, upper, run)
        if self.lists and _is_list(upper):
            elements = list(upper)
            return self._list_for(elements).merge(UNSET, elements, run)
        atom = next((member for member in self.members if isinstance(member, _Atom)), _FREE)
        return atom.merge(lower, upper, run)

    @override
    def overlay(self, value: Any, level: Level, run: Run) -> Any:
        member = self._holding(value)
        return value if member is None else member.overlay(value, level, run)

    def _holding(self, value: Any) -> Shape | None:
        """The member that a complete object or list is."""
        if self.lists and _is_made_list(value):
            return self._list_for(value)
        return self.pick(value, UNSET, None) if _is_made_dict(value) else None

    def _list_for(self, elements: list[Any]) -> ListShape:
        """The member that a list means: the one in which most elements fit."""

        def misfits(member: ListShape) -> int:
            item = member.item
            models = item.models if isinstance(item, UnionShape) else [item] if isinstance(item, ModelShape) else []
            partials = [mapping(element) for element in elements]
            if not models:
                return sum(not item.fits(element) for element in elements)
            return sum(p is None or min(model.strangers(p) for model in models) > 0 for p in partials)

        return self.lists[0] if len(self.lists) == 1 else min(self.lists, key=misfits)

    def pick(self, partial: Mapping[str, Any], lower: Any, run: Run | None) -> Shape | None:
        """The member that an object means, or None to keep it as it is.

        Args:
            partial: the object.
            lower: what the field holds in the layers below.
            run: for errors; without one, and where the layer is our own, nothing is an error.
        """
        checked = run is not None and run.checked
        models = self.models
        tag, table = self.tag
        given = partial.get(tag) if tag else None
        if isinstance(given, enum.Enum):
            given = given.value
        if given is not None:
            models = (table.get(given) if isinstance(given, (str, int)) else None) or [
                model for model in models if tag in model.fields and not model.literals(tag)
            ]
            if len(models) == 1:
                return models[0]
        open_member = next((member for member in self.members if isinstance(member, _Map) or member.free), None)
        if not models:
            if checked and run is not None and (right := meant(given, table)):
                raise UsageError(
                    f"There is no {tag} {given!r} {run.where()}; did you mean {right!r}?{WAY_OUT}",
                    operation=run.operation,
                )
            return open_member
        models = [model for model in models if _constants_fit(model, partial)] or models
        fitting = [model for model in models if not model.strangers(partial)]
        if not fitting:
            nearest_first = sorted(models, key=lambda model: model.strangers(partial))
            if open_member is None and checked and run is not None and len(models) > 1:
                strange = next(key for key in partial if key not in nearest_first[0].known)
                raise unknown(strange, nearest_first, run)
            return open_member or nearest_first[0]
        held = self._holding(lower)
        if isinstance(held, ModelShape) and held in fitting:
            return held
        return max(fitting, key=lambda model: model.coverage(partial))

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if any(member.fits(value) for member in self.members):
            return
        member = self._holding(value)
        if member is None:
            yield Mismatch(path, self, value)
        else:
            yield from member.mismatches(value, path)

    @override
    def __str__(self) -> str:
        shown = [str(member) for member in self.members]
        return " or ".join(shown if len(shown) <= 6 else [*shown[:5], f"{len(shown) - 5} more"])


_FREE = Shape()


# ---------------------------------------------------------------------------------------------- types to shapes


@functools.cache
def shape_of(type_: Any) -> Shape:
    """The shape of a response type: a model class, a union, ``List[...]``, a parametrized page, ``str``, ...

    Made when first asked for and kept. Types that hold no JSON (binary content) are free-form.
    """
    return _compile(type_)


def _shape(type_: Any, tag: str | None = None) -> Shape:
    """The shape of a type within another. Models share theirs; unions must not, since their members' order counts."""
    return shape_of(type_) if _is_model(type_) else _compile(type_, tag)


def _compile(type_: Any, tag: str | None = None) -> Shape:
    if isinstance(type_, TypeAliasType):
        type_ = type_.__value__
    if _is_model(type_):
        return ModelShape(type_)
    if type_ in _ATOMS:
        return _Atom(type_)
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _shape(arguments[0], _discriminator(arguments[1:]) or tag)
    if origin is Union or origin is types.UnionType:
        members = list(_flat(type_))
        return _shape(members[0]) if len(members) == 1 else UnionShape(type_, [*map(_shape, members)], tag)
    if origin is Literal:
        return LiteralShape(type_)
    if type_ is list or origin in {list, collections.abc.Sequence, collections.abc.Iterable}:
        return ListShape(type_, _shape(arguments[0]) if arguments else _FREE)
    if type_ is dict or origin in {dict, collections.abc.Mapping}:
        return _Map(type_, _shape(arguments[1]) if arguments else _FREE)
    return _Null(type_) if type_ is None or type_ is type(None) else Shape(type_)


def example_name(model: type[pydantic.BaseModel]) -> str:
    """What a response type is called in the table of examples."""
    return f"{model.__module__}.{model.__name__}".removeprefix("openai.types.")


def _examples() -> dict[str, dict[str, Any]]:
    """The table of examples, imported with the first answer."""
    from ._examples import EXAMPLES

    return EXAMPLES


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, pydantic.BaseModel)


def _flat(union: Any) -> Iterator[Any]:
    """The members of a union, null left out, with unions among them, which annotations may hide, taken apart."""
    for member in get_args(union):
        inner = get_args(member)[0] if get_origin(member) is Annotated else member
        if get_origin(inner) in {Union, types.UnionType}:
            yield from _flat(inner)
        elif inner is not type(None):
            yield inner


def _discriminator(extras: Iterable[Any]) -> str | None:
    return next((found for extra in extras if (found := getattr(extra, "discriminator", None))), None)


def _declared(model: type[pydantic.BaseModel]) -> Iterator[tuple[str, Any]]:
    """Wire names and descriptions of a model's fields."""
    if any(isinstance(info.annotation, (str, typing.ForwardRef)) for info in model.model_fields.values()):
        model.model_rebuild()
    for name, info in model.model_fields.items():
        yield info.alias or name, info


def _field(info: Any) -> _Field:
    annotation = info.annotation
    nullable = get_origin(annotation) in {Union, types.UnionType} and type(None) in get_args(annotation)
    return _Field(_shape(annotation, _discriminator(info.metadata)), required=info.is_required(), nullable=nullable)


# ---------------------------------------------------------------------------------------------- partials


def mapping(value: Any, shape: ModelShape | None = None) -> dict[str, Any] | None:
    """The partial that an object gives, one level deep, with its values as they are; None if it is no object."""
    if _is_made_dict(value):
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


def _key(key: Any) -> str:
    return key if type(key) is str else str(plain(key))


def _is_made_dict(value: Any) -> TypeGuard[dict[str, Any]]:
    return type(value) is dict


def _is_made_list(value: Any) -> TypeGuard[list[Any]]:
    return type(value) is list


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether a value of the user's is to become a JSON list. Not just anything that can be iterated: a mock can."""
    return isinstance(value, (list, tuple)) or (
        isinstance(value, _LISTS) and not isinstance(value, (str, bytes, bytearray, memoryview))
    )


def _mark_ends(page: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let the first and last id of a page follow its elements, unless the layer itself says what they are."""
    elements = page["data"]
    for key, position in (("first_id", 0), ("last_id", -1)):
        if key in page and key not in given and _is_made_list(elements):
            end = elements[position] if elements else None
            page[key] = end.get("id") if _is_made_dict(end) else None


def _constants_fit(model: ModelShape, partial: Mapping[str, Any]) -> bool:
    return all(not (constants := model.literals(key)) or value in constants for key, value in partial.items())


# ---------------------------------------------------------------------------------------------- words


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


def unknown(key: Any, models: Sequence[ModelShape], run: Run) -> UnknownField:
    """The error for a key that none of the possible models knows, the best fitting model first."""
    model = models[0]
    suggestion = nearest(str(key), model.known)
    within = {name: shape.item if isinstance(shape, ListShape) else shape for name, shape in model.known.items()}
    inside = [name for name, shape in within.items() if isinstance(shape, ModelShape) and key in shape.known]
    if suggestion:
        hint = f"; did you mean {suggestion!r}?"
    elif inside:
        hint = f", but its {inside[0]!r} has."
    else:
        hint = ", nor has any other type that may stand there." if len(models) > 1 else "."
        for other in models[1:]:
            if suggestion := nearest(str(key), other.known):
                hint = f"; did you mean {suggestion!r} of {other}?"
                break
    return UnknownField(
        f"{model} has no field {key!r}{hint} It was given {run.where()}. "
        f"Fields of {model}: {', '.join(model.known)}.{WAY_OUT}",
        type_name=str(model),
        field=str(key),
        suggestion=suggestion,
        operation=run.operation,
    )


def _plural(shape: Shape) -> str:
    return f"{shape} objects" if isinstance(shape, ModelShape) else f"elements, each {shape}"


def short(value: Any) -> str:
    """A value's repr, cut where it would be too much for a message."""
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
