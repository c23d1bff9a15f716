"""What JSON the API takes where, in a normal form that two readers share.

A `Place` lists, for each kind of JSON value, whether it may stand there, and under which rule. Unions disappear in it:
``Union[str, List[Part], None]`` is a place where strings, nulls and arrays may stand. It is made from the SDK's
annotations by `annotations`, and read

- by pydantic-core, as a core schema that says yes or no in microseconds (`Place.core`), and
- by `Place.check`, which walks a value that was refused and raises the API's own error for the first fault.

Why not pydantic's ``TypeAdapter``: it validates ``Iterable`` lazily, tries each member of a union of messages in turn
(2.3 µs a message instead of 0.3), takes longer to build, and words its errors in its own way.

What the API takes although the types refuse it is not decided here, but in `params`. Imports leaves only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from .errors import ApiError
from .messages import Path, one_of

if TYPE_CHECKING:
    from .voices import Voice

__all__ = [
    "ANY",
    "FINITE",
    "JSON",
    "NULL",
    "OPAQUE",
    "AnyOf",
    "Assembly",
    "Choice",
    "Field",
    "Finite",
    "Items",
    "Keyed",
    "Number",
    "Place",
    "Record",
    "Rule",
    "Tagged",
    "Text",
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
ANY = Rule()


class Finite(Rule):
    """A number that JSON has: no NaN, no infinity."""

    __slots__ = ()

    @override
    def core(self, assembly: Assembly) -> CoreSchema:
        return core_schema.float_schema(allow_inf_nan=False)


FINITE = Finite()


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
            key = Place({str: ANY}).core(assembly)
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
        return self if NULL in self.kinds else Place({**self.kinds, NULL: ANY})


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


JSON: Place = _JSON({str: ANY, bool: ANY, int: ANY, float: FINITE, NULL: ANY})
JSON.kinds[list] = Items(JSON)
JSON.kinds[dict] = Keyed(JSON)

OPAQUE: Place = _Opaque({})
