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

Here is which shape a type has. What shapes do is in `shapes`, `models` and `unions`; what holds throughout one
assembly, and what its layers may be given as, in `run`. Which layers there are is `assemble`'s business.
"""

from __future__ import annotations

import collections.abc
import functools
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from typing_extensions import TypeAliasType

from .models import Field, ListShape, ModelShape, example_name
from .run import UNSET, WAY_OUT, Run, dotted, mapping, meant, short
from .shapes import ATOMS, FREE, AtomShape, LiteralShape, MapShape, Mismatch, NullShape, Shape
from .unions import UnionShape

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
    "fields_of",
    "mapping",
    "meant",
    "shape_of",
    "short",
]


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
    if type_ in ATOMS:
        return AtomShape(type_)
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _shape(arguments[0], _discriminator(arguments[1:]) or tag)
    if origin is Union or origin is types.UnionType:
        members = list(_flat(type_))
        return _shape(members[0]) if len(members) == 1 else UnionShape(type_, [*map(_shape, members)], tag)
    if origin is Literal:
        return LiteralShape(type_)
    if type_ is list or origin in {list, collections.abc.Sequence, collections.abc.Iterable}:
        return ListShape(type_, _shape(arguments[0]) if arguments else FREE)
    if type_ is dict or origin in {dict, collections.abc.Mapping}:
        return MapShape(type_, _shape(arguments[1]) if arguments else FREE)
    return NullShape(type_) if type_ is None or type_ is type(None) else Shape(type_)


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


def fields_of(model: type[pydantic.BaseModel]) -> dict[str, Field]:
    """The fields of a model by their wire names."""
    if any(isinstance(info.annotation, (str, typing.ForwardRef)) for info in model.model_fields.values()):
        model.model_rebuild()
    return {info.alias or name: _field(info) for name, info in model.model_fields.items()}


def _field(info: Any) -> Field:
    annotation = info.annotation
    nullable = get_origin(annotation) in {Union, types.UnionType} and type(None) in get_args(annotation)
    return Field(_shape(annotation, _discriminator(info.metadata)), required=info.is_required(), nullable=nullable)
