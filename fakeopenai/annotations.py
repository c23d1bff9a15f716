"""Reads the SDK's annotations, each once, into the normal form of `shapes`: what JSON may stand where.

Lives here: how annotations are read (`Reader`), and what becomes of their unions (`blend`). Where the API differs from
the types is not decided here, but in `params`, which alone imports this module, for the first validator.
"""

from __future__ import annotations

import collections.abc
import enum
import io
import os
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any, Literal, Union, get_args, get_origin

import typing_extensions

from .shapes import (
    ANY,
    FINITE,
    JSON,
    NULL,
    OPAQUE,
    AnyOf,
    Choice,
    Field,
    Finite,
    Items,
    Keyed,
    Place,
    Record,
    Rule,
    Tagged,
)

__all__ = ["Reader", "blend"]

# ------------------------------------------------------------------------------------------------ unions


def blend(places: Sequence[Place]) -> Place:
    """The place of a union."""
    places = list({id(place): place for place in places}.values())
    if len(places) == 1:
        return places[0]
    for whole in (OPAQUE, JSON):
        if whole in places:
            return whole
    by_kind: dict[type, list[Rule]] = {}
    for place in places:
        for kind, rule in place.kinds.items():
            by_kind.setdefault(kind, []).append(rule)
    return Place({kind: _blend_rules(rules) for kind, rules in by_kind.items()})


def _blend_rules(rules: list[Rule]) -> Rule:
    """The rule of a union of values of one kind."""
    rules = list({id(rule): rule for rule in rules}.values())
    first = rules[0]
    if len(rules) == 1:
        return first
    if all(isinstance(rule, Choice) for rule in rules):
        return Choice(value for rule in rules if isinstance(rule, Choice) for value in rule.values)
    if all(isinstance(rule, Items) for rule in rules):
        return Items(blend([rule.item for rule in rules if isinstance(rule, Items)]))
    if not all(isinstance(rule, Record | Tagged | AnyOf | Keyed) for rule in rules):
        return first if isinstance(first, Finite) else ANY  # ``Union[str, Literal["a"]]`` is any string
    records = [one for rule in rules for one in _members(rule)]
    if any(isinstance(one, Keyed) for one in records):
        return next((one for one in records if isinstance(one, Keyed) and one.value is JSON), AnyOf(records))
    return _blend_records([one for one in records if isinstance(one, Record)], ("type", "role"))


def _members(rule: Rule) -> list[Rule]:
    if isinstance(rule, Tagged):
        return [one for inner in rule.rules.values() for one in _members(inner)]
    return [one for inner in rule.rules for one in _members(inner)] if isinstance(rule, AnyOf) else [rule]


def _blend_records(records: list[Record], tags: Sequence[str], *, alike: bool = False) -> Rule:
    """One rule for several records: told apart by the first of ``tags`` that does, or by any other constant key.

    Those that have all their tags in common (``alike``) are one record said in several ways, and are merged.
    """
    records = list({id(record): record for record in records}.values())
    if len(records) == 1:
        return records[0]
    others = [key for key in records[0].fields if key not in ("type", "role")]
    for tag in [*tags, *others]:
        choices = [_tags_of(record, tag) for record in records]
        if not all(choices) or all(values == choices[0] for values in choices):
            continue
        groups: dict[str, list[Record]] = {}
        for record, values in zip(records, choices, strict=True):
            for value in values:
                groups.setdefault(value, []).append(record)
        left = tags[tags.index(tag) + 1 :] if tag in tags else ()
        blended: dict[tuple[int, ...], Rule] = {}  # several tags may stand for the same records
        rules: dict[str, Rule] = {}
        for value, group in groups.items():
            same = tuple(map(id, group))
            rules[value] = blended.get(same) or blended.setdefault(same, _blend_records(group, left, alike=True))
        return Tagged(tag, rules, _unsaid(tag, groups, rules))
    return _merge(records) if alike else AnyOf(records)


def _tags_of(record: Record, key: str) -> tuple[str, ...]:
    field = record.fields.get(key)
    rule = field.place.kinds.get(str) if field is not None and set(field.place.kinds) <= {str, NULL} else None
    return rule.values if isinstance(rule, Choice) else ()


def _unsaid(tag: str, groups: dict[str, list[Record]], rules: dict[str, Rule]) -> dict[str, str]:
    """The tags that may be left out, each with the key by which such a record is recognized."""
    found: dict[str, str] = {}
    for value, group in groups.items():
        record = next((record for record in group if not record.fields[tag].required), None)
        if record is not None:
            rule = rules[value]
            required = (key for key, field in record.fields.items() if field.required)
            found[value] = rule.tag if isinstance(rule, Tagged) else next(required, tag)
    return found


def _merge(records: list[Record]) -> Record:
    """One record for several that describe the same object.

    The one that says most about it (whose constants have the fewest values) is asked first: where it allows arrays, it
    decides which. So an assistant's message takes the parts that a model puts out, and not those that a user puts in.
    """
    records = sorted(records, key=lambda record: sum(len(_tags_of(record, key)) for key in ("type", "role")))
    fields: dict[str, Field] = {}
    for key in dict.fromkeys(key for record in records for key in record.fields):
        found = [record.fields[key] for record in records if key in record.fields]
        kinds: dict[type, Rule] = {}
        for field in reversed(found):
            kinds.update(field.place.kinds)
        required = len(found) == len(records) and all(field.required for field in found)
        fields[key] = Field(Place(kinds), required=required, lenient=any(field.lenient for field in found))
    return Record(
        records[0].name,
        fields,
        closed=all(record.closed for record in records),
        renamed={name for record in records for name in record.renamed},
    )


# ------------------------------------------------------------------------------------------------ annotations

_SEQUENCES = (list, collections.abc.Iterable, collections.abc.Sequence, collections.abc.Collection, set, frozenset)
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_FILES = (bytes, bytearray, IO, io.IOBase, os.PathLike, tuple)
_QUALIFIERS = (typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)
_UNIONS = (Union, types.UnionType)
_LITERALS = (Literal, typing_extensions.Literal)
_SCALARS: dict[Any, Place] = {
    str: Place({str: ANY}),
    int: Place({int: ANY}),
    float: Place({float: FINITE, int: ANY}),
    bool: Place({bool: ANY}),
    NULL: Place({NULL: ANY}),
    None: Place({NULL: ANY}),
    object: JSON,
    Any: JSON,
}


class Reader:
    """Reads annotations, each TypedDict once.

    Args:
        optional: asked for each required field of a TypedDict: whether the API can do without.
        lenient: asked likewise: whether somebody else judges its absence.
        ruled: given each field's place; gives the place with such rules as the types can't express.
        closed: given a TypedDict's module and name: None if the API overlooks keys that it doesn't know in such an
            object, else the keys that it takes beyond those of the type.
    """

    def __init__(
        self,
        *,
        optional: Callable[[str, str], bool],
        lenient: Callable[[str, str], bool],
        ruled: Callable[[str, str, Place], Place],
        closed: Callable[[str, str], Iterable[str] | None] = lambda _module, _owner: None,
    ) -> None:
        self._optional = optional
        self._lenient = lenient
        self._ruled = ruled
        self._closed = closed
        self._places: dict[Any, Place] = dict(_SCALARS)
        self._records: dict[Any, Record] = {}

    def place(self, annotation: Any) -> Place:
        """What may stand where something is annotated so."""
        key = _key(annotation)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = self._read(annotation)
        return found

    def _read(self, annotation: Any) -> Place:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is typing.Annotated or origin in _QUALIFIERS:
            return self.place(arguments[0])
        if origin in _UNIONS:
            return blend([self.place(member) for member in arguments])
        if origin in _LITERALS:
            return _literal(arguments)
        if origin in _SEQUENCES or annotation in _SEQUENCES:
            return Place({list: Items(self.place(arguments[0] if arguments else Any))})
        if origin in _MAPPINGS or annotation in _MAPPINGS:
            return Place({dict: Keyed(self.place(arguments[1] if arguments else Any))})
        if origin in _FILES or annotation in _FILES:
            return OPAQUE
        if typing_extensions.is_typeddict(annotation):
            return Place({dict: self.record(annotation)})
        aliased = getattr(annotation, "__value__", None)
        return JSON if aliased is None else self.place(aliased)

    def record(self, typed_dict: Any) -> Record:
        """The record of a TypedDict."""
        found = self._records.get(typed_dict)
        if found is None:
            found = self._records[typed_dict] = Record(typed_dict.__name__, {})
            renamed: list[str] = []
            for name, hint in typing_extensions.get_type_hints(typed_dict, include_extras=True).items():
                key = _alias(hint) or name
                if key != name:
                    renamed.append(name)
                found.fields[key] = self._field(typed_dict, name, hint)
            found.renamed = tuple(renamed)
            more = self._closed(typed_dict.__module__, typed_dict.__name__)
            if more is not None:
                found.closed = True
                for key in more:
                    found.fields.setdefault(key, Field(JSON, required=False))
        return found

    def _field(self, typed_dict: Any, name: str, hint: Any) -> Field:
        owner = typed_dict.__name__
        place = self._ruled(owner, name, self.place(hint))
        required = _is_required(hint)
        if required is None:
            required = name in typed_dict.__required_keys__
        if required and (place is OPAQUE or self._optional(owner, name)):
            required = False
        lenient = required and self._lenient(owner, name)
        return Field(place if required else place.nullable(), required=required, lenient=lenient)


def _key(annotation: Any) -> Any:
    """What tells annotations apart; to ``==``, those that differ in the order of their members are equal."""
    origin = get_origin(annotation)
    if origin in _LITERALS:
        return (Literal, *get_args(annotation))
    return (Union, *map(_key, get_args(annotation))) if origin in _UNIONS else annotation


def _literal(values: tuple[Any, ...]) -> Place:
    kinds: dict[type, list[Any]] = {}
    for value in values:
        plain = value.value if isinstance(value, enum.Enum) else value
        kinds.setdefault(plain.__class__, []).append(plain)
    # ``stream: Literal[True]`` and ``Optional[Literal[False]]`` are two overloads of one parameter.
    return Place({kind: ANY if kind in (bool, NULL) else Choice(known) for kind, known in kinds.items()})


def _is_required(hint: Any) -> bool | None:
    """Whether an annotation says that its key is required; None if it doesn't say."""
    while (origin := get_origin(hint)) is not None and (origin in _QUALIFIERS or origin is typing.Annotated):
        if origin is typing_extensions.Required or origin is typing_extensions.NotRequired:
            return origin is typing_extensions.Required
        hint = get_args(hint)[0]
    return None


def _alias(hint: Any) -> str | None:
    """The key on the wire, where the SDK gives it another than the argument has."""
    while (origin := get_origin(hint)) is not None and (origin in _QUALIFIERS or origin is typing.Annotated):
        for remark in getattr(hint, "__metadata__", ()):
            alias = getattr(remark, "alias", None)
            if alias is not None:
                return str(alias)
        hint = get_args(hint)[0]
    return None
