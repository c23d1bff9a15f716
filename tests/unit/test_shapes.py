"""How the SDK's annotations are read."""

# ruff: noqa: UP007, UP045 - the SDK writes its unions in this way

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Optional, Union

import pytest
from openai._utils import PropertyInfo
from pydantic_core import CoreConfig, SchemaValidator, core_schema
from typing_extensions import NotRequired, Required, TypeAliasType, TypedDict

from fakeopenai.annotations import Reader, blend
from fakeopenai.errors import ApiError
from fakeopenai.shapes import JSON, OPAQUE, Assembly, Place, Record, Tagged
from fakeopenai.voices import Voice


class Circle(TypedDict, total=False):
    kind: Required[Literal["circle"]]
    radius: Required[float]
    colour: str


class Square(TypedDict):
    kind: Literal["square"]
    side: int
    colour: NotRequired[str]


class Named(TypedDict):
    name: str


class Numbered(TypedDict):
    number: int


class Tree(TypedDict, total=False):
    children: "list[Tree]"
    value: Required[int]


class Renamed(TypedDict, total=False):
    async_: Annotated[Optional[bool], PropertyInfo(alias="async")]


Alias = TypeAliasType("Alias", list[int])


def reader() -> Reader:
    """A reader to whom the types are the whole truth."""

    def never(owner: str, field: str) -> bool:
        return False

    return Reader(optional=never, lenient=never, ruled=lambda owner, field, place: place)


def read(annotation: Any) -> Place:
    """What may stand where something is annotated so."""
    return reader().place(annotation)


def fault(place: Place, value: Any) -> str | None:
    """What is wrong with a value; both readings have to agree whether anything is."""
    assembly = Assembly()
    top = place.core(assembly)
    schema = core_schema.definitions_schema(top, assembly.definitions)
    accepted = SchemaValidator(schema, CoreConfig(strict=True)).isinstance_python(value)
    try:
        place.check(value, ("x",), Voice())
    except ApiError as found:
        assert not accepted
        return found.message
    assert accepted
    return None


@pytest.mark.parametrize(
    ("annotation", "phrase"),
    [
        (str, "a string"),
        (Optional[int], "an integer"),
        (float, "a decimal"),
        (Union[int, float], "a decimal"),
        (Union[str, Literal["a", "b"]], "a string"),
        (Literal["a"], "'a'"),
        (Literal["a", "b"], "one of 'a' or 'b'"),
        (Optional[Literal["a", "b", "c"]], "one of 'a', 'b', or 'c'"),
        (Union[Literal["b", "a"], Circle], "one of one of 'b' or 'a' or object"),
        (Literal[True, False], "a boolean"),
        (list[str], "an array of strings"),
        (Iterable[Union[Circle, Square]], "an array of objects"),
        (list[object], "an array"),
        (list[Literal["a-very-long-value-of-an-enumeration", "b"]], "an array of one of 'a-v...ion' or 'b'"),
        (Union[str, list[str], list[int]], "one of a string or array of strings or integers"),
        (Union[bool, str, Named], "one of a boolean, string, or object"),
        (Alias, "an array of integers"),
        (None, "null"),
    ],
)
def test_places_say_what_they_expect(annotation: Any, phrase: str) -> None:
    """In the order of the annotation, as the API phrases it."""
    assert read(annotation).phrase() == phrase


VALUES: list[tuple[Any, list[Any], list[Any]]] = [
    (str, ["", "a"], [1, None]),
    (int, [0, -1, 10**30], [1.0, True, "1"]),
    (float, [1, 1.5], [True, "1.5"]),
    (Optional[bool], [True, None], [0, "true"]),
    (Literal[16000, 24000], [24000], [1, "24000"]),
    (list[list[int]], [[], [[1], []]], [[1], "a"]),
    (dict[str, float], [{}, {"a": 1}], [{"a": "b"}, []]),
    (Mapping[str, Any], [{"a": [None]}], [[]]),
    (Union[str, list[str], list[int], list[list[int]]], ["a", ["a"], [1], [[1]]], [[{}], {}]),
    (object, [None, 1, "a", {"a": [1.5, {"b": False}]}], []),
]


@pytest.mark.parametrize(("annotation", "right", "wrong"), VALUES)
def test_values_fit_or_do_not(annotation: Any, right: list[Any], wrong: list[Any]) -> None:
    """By exact JSON type: no integer for a boolean, no string for a number."""
    place = read(annotation)
    for value in right:
        assert fault(place, value) is None
    for value in wrong:
        assert fault(place, value) is not None


def test_required_keys_are_found_in_either_style() -> None:
    """``Required`` in a partial TypedDict and ``NotRequired`` in a total one, as text or not."""
    for typed_dict, required in ((Circle, {"kind", "radius"}), (Square, {"kind", "side"}), (Tree, {"value"})):
        fields = reader().record(typed_dict).fields
        assert {key for key, field in fields.items() if field.required} == required


def test_what_is_not_required_may_be_null() -> None:
    """The API takes a null for it as if it were not there."""
    assert fault(read(Circle), {"kind": "circle", "radius": 1, "colour": None}) is None
    assert fault(read(Circle), {"kind": "circle", "radius": None}) == (
        "Invalid type for 'x.radius': expected a decimal, but got null instead."
    )


def test_objects_are_told_apart_by_a_constant() -> None:
    """Whatever it is called; a wrong one is told what there is."""
    place = read(Union[Circle, Square])
    rule = place.kinds[dict]
    assert isinstance(rule, Tagged)
    assert rule.tag == "kind"
    assert fault(place, {"kind": "square", "side": 1}) is None
    assert fault(place, {"kind": "square", "radius": 1}) == "Missing required parameter: 'x.side'."
    assert fault(place, {"kind": "line"}) == "Invalid value: 'line'. Supported values are: 'circle' and 'square'."
    assert fault(place, {"side": 1}) == "Missing required parameter: 'x.kind'."
    assert fault(place, {"kind": 1}) == (
        "Invalid type for 'x.kind': expected one of 'circle' or 'square', but got an integer instead."
    )


def test_objects_that_nothing_tells_apart_are_tried_in_turn() -> None:
    """One of them has to fit; the fault is that of the first."""
    place = read(Union[Named, Numbered])
    assert fault(place, {"name": "a"}) is None
    assert fault(place, {"number": 1}) is None
    assert fault(place, {"number": "a"}) == "Missing required parameter: 'x.name'."


def test_unknown_keys_are_json_too() -> None:
    """An open object takes them, a closed one names the first."""
    record = reader().record(Named)
    assert fault(Place({dict: record}), {"name": "a", "more": [1]}) is None
    closed = Place({dict: Record(record.name, record.fields, closed=True)})
    assert fault(closed, {"name": "a", "more": [1], "most": 1}) == "Unknown parameter: 'x.more'."


def test_types_may_refer_to_themselves() -> None:
    """To any depth."""
    place = read(Tree)
    assert fault(place, {"value": 1, "children": [{"value": 2, "children": [{"value": 3}]}]}) is None
    assert fault(place, {"value": 1, "children": [{"value": 2, "children": [{}]}]}) == (
        "Missing required parameter: 'x.children[0].children[0].value'."
    )


def test_a_name_that_is_only_python_s_is_not_accepted() -> None:
    """The SDK has to rename it on the way; on the wire it has the API's name."""
    place = read(Renamed)
    assert fault(place, {"async": True}) is None
    assembly = Assembly()
    schema = core_schema.definitions_schema(place.core(assembly), assembly.definitions)
    assert not SchemaValidator(schema).isinstance_python({"async_": True})


def test_files_are_opaque() -> None:
    """Whatever form the SDK takes them in, alone or among other things."""
    assert read(bytes) is OPAQUE
    assert read(Union[str, bytes]) is OPAQUE
    assert read(Optional[tuple[str, bytes]]) is OPAQUE
    assert OPAQUE.nullable() is OPAQUE


def test_a_union_with_anything_is_anything() -> None:
    """Where any JSON value may stand, so may these."""
    assert read(Union[str, object]) is JSON
    assert blend([JSON, read(str)]) is JSON
    assert fault(read(Union[Named, dict[str, object]]), {"name": 1}) is None


def test_annotations_are_read_once() -> None:
    """The same annotation gives the same place; one in another order gives another."""
    one = reader()
    assert one.place(Optional[list[Circle]]) is one.place(Optional[list[Circle]])
    assert one.place(Literal["a", "b"]).phrase() != one.place(Literal["b", "a"]).phrase()
    assert one.place(Union[str, Circle]).phrase() != one.place(Union[Circle, str]).phrase()
