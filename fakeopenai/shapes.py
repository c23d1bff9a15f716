"""What JSON the API takes where: read once from the SDK's annotations into a normal form, which two readers share.

A `Place` lists, for each kind of JSON value, whether it may stand there, and under which rule. Unions disappear in it:
``Union[str, List[Part], None]`` is a place where strings, nulls and arrays may stand. The normal form is read

- by pydantic-core, as a core schema that says yes or no in microseconds (`Place.core`), and
- by `Place.check`, which walks a value that was refused and raises the API's own error for the first fault.

Why not pydantic's ``TypeAdapter``: it validates ``Iterable`` lazily, tries each member of a union of messages in turn
(2.3 µs a message instead of 0.3), takes longer to build, and words its errors in its own way.

What the API takes although the types refuse it is not decided here, but in `params`. Imports `messages` only.
"""

from __future__ import annotations

import collections.abc
import enum
import io
import os
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, Literal, Union, cast, get_args, get_origin

import typing_extensions
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from .errors import ApiError
from .messages import Path, Voice, one_of

__all__ = [
    "JSON",
    "NULL",
    "OPAQUE",
    "Assembly",
    "Choice",
    "Field",
    "Items",
    "Keyed",
    "Number",
    "Place",
    "Reader",
    "Record",
    "Rule",
    "Tagged",
    "Text",
    "blend",
]

NULL = type(None)


class Assembly:
    """The core schemas of one validator: each record once, referred to by all who need it."""

    def __init__(self) -> None:
        self.definitions: list[CoreSchema] = []
        self._names: dict[int, str] = {}

    def define(self, owner: object, make: Callable[[], CoreSchema]) -> CoreSchema:
        """A reference to the schema that ``make`` makes for ``owner``; it is made once, and may refer to itself."""
        name = self._names.get(id(owner))
        if name is None:
            name = self._names[id(owner)] = f"{type(owner).__name__}{len(self._names)}"
            self.definitions.append(cast("CoreSchema", {**make(), "ref": name}))
        return core_schema.definition_reference_schema(name)


class Rule:
    """What a value of one kind has to be, besides being of that kind. This one demands nothing."""

    __slots__ = ()

    def core(self, assembly: Assembly) -> CoreSchema:
        """The schema of a value that is known to be of the right kind."""
        return core_schema.any_schema()

    def check(self, value: Any, path: Path, voice: Voice) -> None:
        """Raise the `ApiError` for the first fault in a value that is known to be of the right kind."""

    def phrase(self, kind: type) -> str:
        """What the API calls such a value: ``a string``, ``one of 'a' or 'b'``..."""
        return _PHRASES[kind]

    def plural(self, kind: type) -> str:
        """What it calls several of them."""
        return _PLURALS[kind]


_PHRASES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a decimal",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
}
_PLURALS: dict[type, str] = {
    str: "strings",
    int: "integers",
    float: "decimals",
    bool: "booleans",
    list: "arrays",
    dict: "objects",
}
_ANY = Rule()


class _Finite(Rule):
    """A number that JSON has: no NaN, no infinity."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.float_schema(allow_inf_nan=False)


_FINITE = _Finite()


class Text(Rule):
    """A string of some length."""

    __slots__ = ("maximum", "minimum")

    def __init__(self, minimum: int | None = None, maximum: int | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.str_schema(min_length=self.minimum, max_length=self.maximum)

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        _check_length(self, value, path, voice)


class Choice(Rule):
    """One of some strings or integers."""

    __slots__ = ("values",)

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = tuple(dict.fromkeys(values))

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.literal_schema(list(self.values))

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        if value not in self.values:
            raise voice.wrong_value(path, value, self.values)

    @override
    def phrase(self, kind: type) -> str:
        return one_of(map(str, self.values))

    @override
    def plural(self, kind: type) -> str:
        return self.phrase(kind)


class Number(Rule):
    """A number within bounds; ``kind`` is what the API calls it, ``integer`` or ``decimal``."""

    __slots__ = ("kind", "maximum", "minimum")

    def __init__(self, kind: str, minimum: float | None = None, maximum: float | None = None) -> None:
        self.kind = kind
        self.minimum = minimum
        self.maximum = maximum

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.float_schema(allow_inf_nan=False, ge=self.minimum, le=self.maximum)

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        if self.minimum is not None and value < self.minimum:
            raise voice.out_of_bounds(path, self.kind, value, minimum=self.minimum, maximum=None)
        if self.maximum is not None and value > self.maximum:
            raise voice.out_of_bounds(path, self.kind, value, minimum=None, maximum=self.maximum)


class Items(Rule):
    """An array."""

    __slots__ = ("item", "maximum", "minimum")

    def __init__(self, item: Place, minimum: int | None = None, maximum: int | None = None) -> None:
        self.item = item
        self.minimum = minimum
        self.maximum = maximum

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.list_schema(self.item.core(assembly), min_length=self.minimum, max_length=self.maximum)

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        _check_length(self, value, path, voice)
        for index, item in enumerate(value):
            self.item.check(item, (*path, index), voice)

    @override
    def phrase(self, kind: type) -> str:
        if self.item is JSON:
            return "an array"
        return f"an array of {' or '.join(rule.plural(of) for of, rule in self.item.shown())}"


class Keyed(Rule):
    """An object with keys of the caller's choice."""

    __slots__ = ("longest_key", "most", "value")

    def __init__(self, value: Place, *, most: int | None = None, longest_key: int | None = None) -> None:
        self.value = value
        self.most = most
        self.longest_key = longest_key

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        key: CoreSchema = core_schema.str_schema(max_length=self.longest_key)
        if self.longest_key is None:
            key = Place({str: _ANY}).core(assembly)
        return core_schema.dict_schema(key, self.value.core(assembly), max_length=self.most)

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        if self.most is not None and len(value) > self.most:
            raise voice.too_many_properties(path, len(value), self.most)
        for key, item in value.items():
            if self.longest_key is not None and len(key) > self.longest_key:
                raise voice.property_name_too_long(path, key, self.longest_key)
            self.value.check(item, (*path, key), voice)


class Field:
    """One key of a record.

    Attributes:
        place: what may stand there.
        required: whether the key has to be there.
        lenient: whether `Place.check` lets an absent key or a null pass all the same, since somebody else judges that.
    """

    __slots__ = ("lenient", "place", "required")

    def __init__(self, place: Place, *, required: bool, lenient: bool = False) -> None:
        self.place = place
        self.required = required
        self.lenient = lenient


class Record(Rule):
    """An object with keys that the API knows.

    Attributes:
        name: of the TypedDict.
        fields: what it knows, by the key on the wire.
        closed: whether the API refuses a key that it doesn't know.
        renamed: names that the SDK gives to keys on the way to the wire; they are in no JSON.
    """

    __slots__ = ("closed", "fields", "name", "renamed")

    def __init__(
        self, name: str, fields: dict[str, Field], *, closed: bool = False, renamed: Iterable[str] = ()
    ) -> None:
        self.name = name
        self.fields = fields
        self.closed = closed
        self.renamed = tuple(renamed)

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return assembly.define(self, lambda: self.whole(assembly))

    def whole(self, assembly: Assembly) -> core_schema.TypedDictSchema:
        """The schema itself, not a reference to it."""
        fields = {
            key: core_schema.typed_dict_field(field.place.core(assembly), required=field.required)
            for key, field in self.fields.items()
        }
        for name in self.renamed:
            fields[name] = core_schema.typed_dict_field(core_schema.literal_schema([_NEVER]), required=False)
        if self.closed:
            return core_schema.typed_dict_schema(fields, extra_behavior="forbid")
        return core_schema.typed_dict_schema(fields, extra_behavior="allow", extras_schema=JSON.core(assembly))

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        for key, field in self.fields.items():
            if field.required and key not in value and not field.lenient:
                raise voice.missing((*path, key))
        if self.closed:
            for key in value:
                if key not in self.fields and key not in self.renamed:
                    raise voice.unknown((*path, key), self.fields, value)
        for key, field in self.fields.items():
            if key in value and not (field.lenient and value[key] is None):
                field.place.check(value[key], (*path, key), voice)


_NEVER = object()
"""A value that no caller has."""


class Tagged(Rule):
    """An object of one of several kinds, told apart by the string under one key.

    Attributes:
        tag: that key.
        rules: what holds for each tag.
        unsaid: the tags that may be left out, each with a key by which it is recognized then.
    """

    __slots__ = ("rules", "tag", "unsaid")

    def __init__(self, tag: str, rules: dict[str, Rule], unsaid: dict[str, str]) -> None:
        self.tag = tag
        self.rules = rules
        self.unsaid = unsaid

    def choose(self, value: dict[str, Any]) -> Any:
        """The tag of ``value``, or the one that it leaves unsaid; None if there is none."""
        tag = value.get(self.tag)
        if tag is None:
            for tag, key in self.unsaid.items():
                if key in value:
                    return tag
            return next(iter(self.unsaid), None)
        return tag

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        choices: dict[Any, CoreSchema] = {tag: rule.core(assembly) for tag, rule in self.rules.items()}
        paths: list[list[str | int]] = [[self.tag]]
        for tag in self.unsaid:
            rule = self.rules[tag]
            if isinstance(rule, Tagged) and not choices.keys() & rule.rules.keys():
                # An input item without ``type`` is known by its ``role``. A function that looks it up would take as
                # long as all the rest; what isn't found in this way is refused here, and let pass by `check`.
                choices.update((inner, rule.rules[inner].core(assembly)) for inner in rule.rules)
                paths.append([rule.tag])
        return core_schema.tagged_union_schema(choices, paths if len(paths) > 1 else self.tag)

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        tag = self.choose(value)
        rule = self.rules.get(tag) if isinstance(tag, str) else None
        if rule is None:
            raise voice.wrong_tag(path, self.tag, value, tuple(self.rules))
        rule.check(value, path, voice)


class AnyOf(Rule):
    """An object of one of several kinds that nothing tells apart."""

    __slots__ = ("rules",)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.union_schema([rule.core(assembly) for rule in self.rules], mode="left_to_right")

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        faults = [_fault(rule, value, path, voice) for rule in self.rules]
        if faults[0] is not None and None not in faults:
            raise faults[0]


def _fault(rule: Rule, value: Any, path: Path, voice: Voice) -> ApiError | None:
    try:
        rule.check(value, path, voice)
    except ApiError as fault:
        return fault
    return None


def _check_length(rule: Text | Items, value: Any, path: Path, voice: Voice) -> None:
    if rule.minimum is not None and len(value) < rule.minimum:
        raise voice.wrong_length(path, value, minimum=rule.minimum, maximum=None)
    if rule.maximum is not None and len(value) > rule.maximum:
        raise voice.wrong_length(path, value, minimum=None, maximum=rule.maximum)


class Place:
    """What may stand in one place of a request.

    Attributes:
        kinds: the kinds of JSON value that may stand there (by their Python types, in the order of the annotation),
            each with its rule. A place for decimals takes integers too.
    """

    __slots__ = ("kinds",)

    def __init__(self, kinds: dict[type, Rule]) -> None:
        self.kinds = kinds

    def core(self, assembly: Assembly) -> CoreSchema:
        """Its core schema.

        It goes by the exact type of the value, which is as fast as trying one kind after the other, and refuses what
        only looks like JSON: an enum that is a ``str``, a ``bool`` among integers.
        """
        choices: dict[Any, CoreSchema] = {kind: rule.core(assembly) for kind, rule in self.kinds.items()}
        return core_schema.tagged_union_schema(choices, type)

    def check(self, value: Any, path: Path, voice: Voice) -> None:
        """Raise the `ApiError` for the first fault in ``value``, which is plain JSON."""
        rule = self.kinds.get(value.__class__)
        if rule is None:
            raise voice.wrong_type(path, self.phrase, value)
        rule.check(value, path, voice)

    def shown(self) -> Iterator[tuple[type, Rule]]:
        """The kinds that the API mentions when it says what it expects."""
        for kind, rule in self.kinds.items():
            if kind is not NULL and not (kind is int and float in self.kinds):
                yield kind, rule

    def phrase(self) -> str:
        """What the API says that it expects: ``a string``, ``one of a string or array of objects``..."""
        phrases = [rule.phrase(kind) for kind, rule in self.shown()]
        if len(phrases) < 2:
            return phrases[0] if phrases else "null"
        others = [phrase.removeprefix("an ").removeprefix("a ") for phrase in phrases[1:]]
        if len(phrases) == 2:
            return f"one of {phrases[0]} or {others[0]}"
        return f"one of {', '.join([phrases[0], *others[:-1]])}, or {others[-1]}"

    def nullable(self) -> Place:
        """This place, where a null may stand too."""
        return self if NULL in self.kinds else Place({**self.kinds, NULL: _ANY})


class _JSON(Place):
    """Any JSON value."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return assembly.define(self, lambda: Place.core(self, assembly))

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        """Nothing to object to."""


class _Opaque(Place):
    """What is no JSON: an uploaded file, a header. So it is never accepted as JSON, and never objected to."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.literal_schema([_NEVER])

    @override
    def check(self, value: Any, path: Path, voice: Voice) -> None:
        """Nothing to object to."""

    @override
    def nullable(self) -> Place:
        return self


JSON: Place = _JSON({str: _ANY, bool: _ANY, int: _ANY, float: _FINITE, NULL: _ANY})
JSON.kinds[list] = Items(JSON)
JSON.kinds[dict] = Keyed(JSON)

OPAQUE: Place = _Opaque({})


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
        return first if isinstance(first, _Finite) else _ANY  # ``Union[str, Literal["a"]]`` is any string
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
    str: Place({str: _ANY}),
    int: Place({int: _ANY}),
    float: Place({float: _FINITE, int: _ANY}),
    bool: Place({bool: _ANY}),
    NULL: Place({NULL: _ANY}),
    None: Place({NULL: _ANY}),
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
    return Place({kind: _ANY if kind in (bool, NULL) else Choice(known) for kind, known in kinds.items()})


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
