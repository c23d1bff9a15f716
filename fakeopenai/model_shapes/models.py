"""The shapes of models and lists, which merge with what lies below: field by field, element by element.

What the API sends in models unasked comes in here, from `fakeopenai.builtin` and the documented examples.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pydantic
from typing_extensions import override

from ..builtin import ABSENT, FULL, builtin_for
from ..defaults import Level, entry_for
from ..errors import UnknownField, nearest
from .run import SCALARS, UNSET, WAY_OUT, Run, is_list, is_made_dict, is_made_list, mapping
from .shapes import FREE, AtomShape, LiteralShape, Mismatch, Path, Shape

__all__ = ["Field", "ListShape", "ModelShape", "example_name", "unknown"]


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
        if not is_list(upper):
            return run.json(upper)
        item, path = self.item, run.path
        if isinstance(item, AtomShape) and not run.checked:
            return list(upper)
        positional = self.positional
        below: list[Any] = lower if positional and is_made_list(lower) else []
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
        return [self.item.overlay(element, level, run) for element in value] if is_made_list(value) else value

    @override
    def mismatches(self, value: Any, path: Path = ()) -> Iterator[Mismatch]:
        if not is_made_list(value):
            yield Mismatch(path, self, value)
            return
        for index, element in enumerate(value):
            yield from self.item.mismatches(element, (*path, index))

    @override
    def __str__(self) -> str:
        return f"a list of {self.item.several}"


class Field(NamedTuple):
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
        self._fields: dict[str, Field] | None = None
        self._known: dict[str, Shape] | None = None
        self._listing = False

    @property
    def fields(self) -> dict[str, Field]:
        """The declared fields by their wire names."""
        if self._fields is None:
            from . import fields_of

            self._fields = fields_of(self.type)
        return self._fields

    @property
    def known(self) -> dict[str, Shape]:
        """Shapes by key: of the declared fields, and of what the API sends though this SDK does not declare it."""
        if self._known is None:
            undeclared: dict[str, Shape] = dict.fromkeys(builtin_for(self.type), FREE)
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

    @property
    @override
    def several(self) -> str:
        return f"{self} objects"

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
            if not self._listing or not is_list(upper):
                return run.json(upper)
            partial = {"data": upper}  # a list stands for the elements of a page
        # An empty object below (the error of a healthy job) is complete as long as nothing is put into it.
        merged: dict[str, Any] = lower if (lower or not partial) and is_made_dict(lower) else self.build(run)
        checked = run.checked
        for key, value in partial.items():
            shape = known.get(key)
            if shape is None and checked:
                raise unknown(key, [self], run)
            if type(value) in SCALARS:
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
        if not is_made_dict(value):
            return value
        for key, shape in self.known.items():
            item = value.get(key)
            if type(item) not in SCALARS:
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
        if not is_made_dict(value):
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


def example_name(model: type[pydantic.BaseModel]) -> str:
    """What a response type is called in the table of examples."""
    return f"{model.__module__}.{model.__name__}".removeprefix("openai.types.")


def _examples() -> dict[str, dict[str, Any]]:
    """The table of examples, imported with the first answer."""
    from .._examples import EXAMPLES

    return EXAMPLES


def _mark_ends(page: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let the first and last id of a page follow its elements, unless the layer itself says what they are."""
    elements = page["data"]
    for key, position in (("first_id", 0), ("last_id", -1)):
        if key in page and key not in given and is_made_list(elements):
            end = elements[position] if elements else None
            page[key] = end.get("id") if is_made_dict(end) else None


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
