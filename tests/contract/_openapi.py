"""The API's description, read as a judge of answers: what is wrong with a body, where, and by which schema.

The description is OpenAPI 3.1, whose schemas are JSON Schema. Where it has itself wrong what the API sends is not
decided here, but in `_openapi_exceptions`.
"""

# JSON is walked here as it comes.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import contextlib
import functools
import json
import pathlib
import re
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fakeopenai.operation import Operation, match

__all__ = ["Description", "Fault", "documented", "nameless"]

_HOME = "urn:openai"
_TRAILING = re.compile(r",(?=\s*[}\]])")  # which JSON doesn't allow, and examples have
_TAGS = ("type", "object", "event", "role")


class Fault(NamedTuple):
    """Something in a body that the description rules out.

    Attributes:
        schema: the schema that rules it out, by its name in the description.
        key: the property that is wrong.
        what: ``"absent"``, ``"null"``, ``"unknown"`` or ``"value"``.
        value: what stands there; None where nothing does.
        path: where in the body it stands.
        message: in the words of the validator.
    """

    schema: str
    key: str
    what: str
    value: Any
    path: str
    message: str

    def __str__(self) -> str:
        return f"at {self.path}: {self.message[:200]} (by {self.schema})"


class Description:
    """What the API's description says of the answers of its operations.

    Attributes:
        routes: its operations by verb and path, and how each is called here.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.document: dict[str, Any] = _with_nulls(json.loads(path.read_text(encoding="utf-8")))
        resource: Any = DRAFT202012.create_resource(self.document)
        self._registry: Any = Registry().with_resource(_HOME, resource)
        self._validators: dict[str, Any] = {}
        self.routes: dict[tuple[str, str], Operation | None] = {
            (verb, path): _operation(verb, path) for path, item in self.document["paths"].items() for verb in item
        }
        self._by_route = {(verb.upper(), nameless(path)): (verb, path) for verb, path in self.routes}

    def route(self, operation: Operation) -> tuple[str, str] | None:
        """The verb and path by which it knows an operation; None if it doesn't, as the SDK is newer than it."""
        query = "&".join("=".join(pair) for pair in operation.path_query)
        path = nameless(operation.path)
        found = self._by_route.get((operation.verb, f"{path}?{query}")) if query else None
        found = found or self._by_route.get((operation.verb, path))
        return found or next((route for route, known in self.routes.items() if known is operation), None)

    def contents(self, operation: Operation, status: int) -> dict[str, str]:
        """The places of the schemas, by content type, of an answer of that status; none if it is to be empty."""
        route = self.route(operation)
        assert route is not None, operation
        verb, path = route
        responses: dict[str, Any] = self.document["paths"][path][verb]["responses"]
        code = str(status) if str(status) in responses else next(code for code in responses if code.startswith("2"))
        place = f"#/paths/{_escaped(path)}/{verb}/responses/{code}/content"
        return {kind: f"{place}/{_escaped(kind)}/schema" for kind in responses[code].get("content") or {}}

    def takes(self, operation: Operation, arguments: dict[str, Any]) -> bool:
        """Whether it describes a call with these arguments, as far as they are sent as JSON; the SDK may know more."""
        route = self.route(operation)
        assert route is not None, operation
        verb, path = route
        asked: dict[str, Any] = self.document["paths"][path][verb].get("requestBody", {}).get("content", {})
        if "application/json" not in asked or operation.multipart:
            return True
        place = f"#/paths/{_escaped(path)}/{verb}/requestBody/content/application~1json/schema"
        elsewhere = {*operation.path_params, *operation.query}
        return not self.faults(place, {key: value for key, value in arguments.items() if key not in elsewhere})

    def examples(self, operation: Operation) -> list[Any]:
        """The answers in JSON that it documents for an operation."""
        route = self.route(operation)
        assert route is not None, operation
        return list(documented(self.document["paths"][route[1]][route[0]]))

    def faults(self, place: str, body: Any, excused: Callable[[Fault], bool] = lambda fault: False) -> list[Fault]:
        """What is wrong with a body.

        Args:
            place: of the schema: the name of a component, or a JSON pointer with ``#`` before it.
            body: JSON.
            excused: what to overlook.
        """
        reference = f"{_HOME}{place}" if place.startswith("#") else f"{_HOME}#/components/schemas/{place}"
        validator = self._validators.get(reference)
        if validator is None:
            validator = jsonschema.Draft202012Validator({"$ref": reference}, registry=self._registry)
            self._validators[reference] = validator
        found: list[Fault] = []
        for error in validator.iter_errors(body):
            found += [fault for fault in self._leaves(error, reference, excused) if fault not in found]
        return [fault for fault in found if not excused(fault)]

    def _leaves(self, error: Any, reference: str, excused: Callable[[Fault], bool]) -> Iterator[Fault]:
        """The faults behind an error: of a union, those in the member that is meant, which has the fewest."""
        if error.context and error.instance is not None:
            members: dict[Any, list[Fault]] = {}
            for inner in error.context:
                members.setdefault(inner.schema_path[0], []).extend(self._leaves(inner, reference, excused))
            left = [[fault for fault in found if not excused(fault)] for found in members.values()]
            best = min(range(len(left)), key=lambda at: (any(fault.key in _TAGS for fault in left[at]), len(left[at])))
            yield from list(members.values())[best]
            return
        schema, key = self._blamed(error.absolute_schema_path, reference)
        path = error.json_path
        if error.validator == "required":
            for missing in error.validator_value:
                if missing not in error.instance:
                    yield Fault(schema, missing, "absent", None, f"{path}.{missing}", f"{missing!r} is required")
        elif error.validator == "additionalProperties" and error.validator_value is False:
            given: Any = error.instance
            for extra in given.keys() - error.schema.get("properties", {}).keys():
                yield Fault(schema, extra, "unknown", given[extra], f"{path}.{extra}", f"{extra!r} is unknown")
        else:
            what = "null" if error.instance is None else "value"
            yield Fault(schema, key, what, error.instance, path, error.message)

    def _blamed(self, steps: Sequence[Any], reference: str) -> tuple[str, str]:
        """The schema whose property is wrong, and the property; for an object as a whole, its own schema."""
        node: Any = {"$ref": reference}
        owner = holder = reference
        key, waiting = "", False
        for step in steps:
            while isinstance(node, dict) and step not in node:  # the steps leave out references
                owner = node["$ref"].rpartition("/")[2]
                node = self._at(node["$ref"])
            if waiting:
                holder, key, waiting = owner, step, False
            elif step == "properties":
                waiting = True
            node = node[step]
        if steps and steps[-1] in {"required", "additionalProperties"}:
            return owner, ""
        return holder, key

    @functools.cache  # noqa: B019 - there is one description, for as long as the tests run
    def _at(self, reference: str) -> Any:
        node: Any = self.document
        for part in reference.partition("#")[2].strip("/").split("/"):
            node = node[urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")]
        return node


def documented(described: Mapping[str, Any]) -> Iterator[Any]:
    """The answers in JSON that the description of one operation gives as examples."""
    examples: Any = (described.get("x-oaiMeta") or {}).get("examples") or []
    for example in examples if isinstance(examples, list) else [examples]:
        with contextlib.suppress(ValueError):  # streams, sounds, and what is abbreviated
            yield json.loads(_TRAILING.sub("", str(example.get("response"))))


def _operation(verb: str, path: str) -> Operation | None:
    found = match(verb.upper(), path)
    return found[0] if found else None


def _with_nulls(schema: Any) -> Any:
    """A description in which ``nullable: true``, which OpenAPI 3.1 doesn't have any more, means what it did in 3.0."""
    if isinstance(schema, list):
        return [_with_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    read = {key: _with_nulls(value) for key, value in schema.items() if key != "nullable" or value is not True}
    parts = schema.get("allOf", ())
    if schema.get("nullable") is True or any(part.get("nullable") is True for part in parts):
        return {"anyOf": [read, {"type": "null"}]}
    return read


def nameless(path: str) -> str:
    """Names of path parameters differ between the SDK and the description."""
    return re.sub(r"{\w+}", "{}", path)


def _escaped(part: str) -> str:
    """A key in a JSON pointer in a URI."""
    return urllib.parse.quote(part.replace("~", "~0").replace("/", "~1"))
