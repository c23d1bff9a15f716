"""What the fake answers unscripted is what the API's description allows: all operations, later reads included.

Two kinds of fakes are held to it: one that makes up what it is asked for, and a strict one with real state. Options
that change an answer's shape, scripted models and streams are in ``test_openapi_variants``. The description stands
beside a checkout (``../shared/openai-openapi``), not in the project; without it these tests are skipped.
"""

# JSON is walked here as it comes.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import gzip
import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any, cast

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeopenai import FakeOpenAI, _example_reader
from fakeopenai._table import SDK_VERSION
from fakeopenai.operation import Operation, find, operations, resolve
from tests.contract._openapi import Description, Fault, nameless
from tests.contract._openapi_cases import SCRIPTS, STREAMS, VARIANTS
from tests.contract._openapi_exceptions import (
    EXCEPTIONS,
    STREAMED,
    UNDESCRIBED,
    Exception_,
    bodies,
    check,
    check_refusal,
)
from tests.contract._openapi_reach import ANSWERED, ask, fitting, id_of, reach
from tests.strategies import NAMES, arguments, plainest

DESCRIBED = [name for name in NAMES if not name.startswith(tuple(UNDESCRIBED))]
"""The operations that can be held to it, of those that the installed SDK has."""


def made_up() -> FakeOpenAI:
    """A fake that makes up what was never created, and refuses nothing."""
    return FakeOpenAI(missing="synthesize", strict=False)


def operation_of(name: str) -> Operation:
    """The operation of that name."""
    found = find(name)
    assert found is not None, name
    return found


# ------------------------------------------------------------------------------------------------ every operation


def test_the_description_covers_all_operations_but_those_listed(description: Description) -> None:
    """Each of its 288 operations is one here; each of ours is one of them, unless it is listed why not."""
    assert [route for route, operation in description.routes.items() if operation is None] == []
    assert len(description.routes) == 288
    unknown = {name for name, operation in operations().items() if description.route(operation) is None}
    assert unknown == {name for name in operations() if name.startswith(tuple(UNDESCRIBED))}
    assert [begin for begin in UNDESCRIBED if not any(name.startswith(begin) for name in unknown)] == []
    assert (len(operations()) - len(unknown), len(unknown)) == (290, 100)


@pytest.mark.parametrize("name", DESCRIBED)
def test_answers_of_a_fake_that_makes_things_up(description: Description, name: str) -> None:
    """An operation answers as described, whatever it is asked for."""
    operation = operation_of(name)
    check(description, operation, ask(made_up(), operation, plainest(operation)))


@pytest.mark.parametrize("name", DESCRIBED)
def test_answers_of_a_strict_fake(description: Description, name: str) -> None:
    """An operation answers as described, about things that were created before."""
    operation, fake = operation_of(name), FakeOpenAI()
    check(description, operation, ask(fake, operation, reach(fake, operation)))


@pytest.mark.parametrize("name", DESCRIBED)
@settings(max_examples=3, derandomize=True, database=None, suppress_health_check=cast("Any", list(HealthCheck)))
@given(data=st.data())
def test_answers_to_generated_arguments(description: Description, name: str, data: st.DataObject) -> None:
    """An operation answers as described to any arguments that it is described with, and refuses as described too."""
    operation = operation_of(name)
    given = data.draw(arguments(operation))
    if given.get("stream") is True or not description.takes(operation, given):
        return
    try:
        response = ask(FakeOpenAI(missing="synthesize"), operation, given)
    except openai.APIStatusError as refusal:
        check_refusal(description, refusal)
    else:
        check(description, operation, response)


@pytest.mark.skipif(openai.__version__ != SDK_VERSION, reason="this openai is not the one that the table was made of")
def test_what_nobody_says_comes_from_documented_examples(shared: pathlib.Path, description: Description) -> None:
    """The table of examples is what would be read out of the description now."""
    assert _example_reader.main([str(shared / "openai-openapi" / "openapi.json"), "--check"]) == 0


# ------------------------------------------------------------------------------------------------ what is kept


def _belonging(creating: Operation) -> Iterator[Operation]:
    """What can be done with something that was created: read it, list it, change it, act on it, and at last delete it.

    After whatever may change it, it is read and listed again.
    """
    place = nameless(creating.path)
    whole = re.compile(re.escape(place) + r"(/{}(/[a-z_]+)?)?")
    known = [it for it in map(operation_of, DESCRIBED) if it.area == creating.area and it is not creating]
    found = [it for it in known if whole.fullmatch(nameless(it.path))]
    reads = [it for it in found if it.verb == "GET"]
    yield from reads
    for change in sorted((it for it in found if it.verb != "GET"), key=lambda it: it.verb == "DELETE"):
        yield change
        yield from reads if change.verb != "DELETE" else ()


CREATING = [name for name in DESCRIBED if operation_of(name).verb == "POST" and any(_belonging(operation_of(name)))]


@pytest.mark.parametrize("name", CREATING)
@pytest.mark.parametrize("kind", ["strict", "making things up"])
def test_later_reads(description: Description, name: str, kind: str) -> None:
    """What was created is read, listed, changed and deleted as described, step by step until it is at its end."""
    creating = operation_of(name)
    fake = FakeOpenAI() if kind == "strict" else made_up()
    given = reach(fake, creating) if kind == "strict" else plainest(creating)
    created = ask(fake, creating, given)
    check(description, creating, created)
    parents = {param: given[param] for param in creating.path_params}
    refused: list[Operation | None] = []
    for later in _belonging(creating):
        own = [param for param in later.path_params if param not in parents]
        arguments = {**fitting(later), **parents, **{param: id_of(created, param) or given[param] for param in own}}
        try:
            response = ask(fake, later, arguments)
        except (openai.BadRequestError, openai.NotFoundError) as refusal:  # cancelling what is over, among others
            refused.append(later)
            check_refusal(description, refusal)
        else:
            check(description, later, response)
    assert not {find(f"{creating.resource}.{method}") for method in ("retrieve", "list")}.intersection(refused)


# ------------------------------------------------------------------------------------------------ the exceptions


@pytest.fixture(scope="module")
def recorded(description: Description, shared: pathlib.Path) -> list[Fault]:
    """What the description has against really recorded answers."""
    path = shared / "recorded" / "dev.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no recordings beside this checkout: {path}")
    found: list[Fault] = []
    seen: set[tuple[str, str]] = set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for exchange in map(json.loads, lines):
            operation = find(exchange["operation"])
            if operation is None or exchange["status"] >= 300:
                continue
            contents = description.contents(operation, exchange["status"])
            whole, streamed = contents.get("application/json"), contents.get("text/event-stream")
            judged = [(whole, exchange["response"])] if "response" in exchange else []
            judged += [(streamed or STREAMED.get(operation.name), each["data"]) for each in exchange.get("sse") or ()]
            for schema, cut in judged:
                body = _uncut(cut)
                if schema is not None and isinstance(body, dict) and (schema, form := _form(body)) not in seen:
                    seen.add((schema, form))
                    found += description.faults(schema, body)
    return found


def _form(value: Any) -> str:
    """What keys a value has, and of what types and constants they are; most events of a stream are alike in it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_form(each)}" for key, each in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_form(each) for each in value})) + "]"
    return value if isinstance(value, str) and re.fullmatch(r"[a-z_.]{2,40}", value) else type(value).__name__


@pytest.fixture(scope="module")
def example(description: Description) -> list[Fault]:
    """What the description has against its own examples."""
    found: list[Fault] = []
    for operation in map(operation_of, DESCRIBED):
        schema = description.contents(operation, 200).get("application/json")
        for documented in description.examples(operation) if schema else ():
            found += description.faults(str(schema), documented)
    return found


def _uncut(value: Any) -> Any:
    """A recorded value, with something of the same type for what was cut for its length."""
    if isinstance(value, dict):
        if "_cut" in value:
            return value["_head"]
        return {key: _uncut(each) for key, each in value.items()}
    return [_uncut(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda it: f"{it.schemas} {it.what}")
def test_exceptions_hold(description: Description, request: pytest.FixtureRequest, exception: Exception_) -> None:
    """The evidence that an exception names is there, for each of its properties."""
    if exception.evidence == "reported":
        pytest.skip("only other clients of the API tell of it")
    if exception.evidence not in {"recorded", "example"}:
        try:
            kind = resolve(exception.evidence)
        except (ImportError, AttributeError):
            pytest.skip(f"this openai has no {exception.evidence}")
        assert set(exception.keys) <= (getattr(kind, "model_fields", None) or kind.__annotations__).keys()
        return
    evidence: list[Fault] = request.getfixturevalue(exception.evidence)
    found = {fault.key for fault in evidence if exception.covers(fault)}
    assert set(exception.keys) - found == set()


@pytest.mark.skipif(len(NAMES) < len(operations()), reason="this openai lacks some of what the exceptions are for")
def test_exceptions_are_needed(description: Description) -> None:
    """The fake answers with what an exception is for, in each of its properties."""
    needed: set[tuple[int, str]] = set()
    for operation, response in _answers():
        for schema, body in bodies(description, operation, response):
            for fault in description.faults(schema, body):
                needed |= {(at, fault.key) for at, exception in enumerate(EXCEPTIONS) if exception.covers(fault)}
    idle = {(at, key) for at, exception in enumerate(EXCEPTIONS) for key in exception.keys} - needed
    assert [(EXCEPTIONS[at].schemas, key) for at, key in sorted(idle)] == []


def _answers() -> Iterator[tuple[Operation, Any]]:
    """An answer of each kind that is held to the description."""
    for operation in map(operation_of, DESCRIBED):
        fake = FakeOpenAI()
        yield operation, ask(fake, operation, reach(fake, operation))
        yield operation, ask(made_up(), operation, plainest(operation))
    for name, asked in VARIANTS:
        yield operation_of(name), ask(FakeOpenAI(), operation_of(name), asked)
    for name, asked in STREAMS:
        operation = operation_of(name)
        if not operation.path_params:
            streamed = {"stream": True} if "stream" in operation.arguments else {}
            yield operation, ask(made_up(), operation, {**plainest(operation), **asked, **streamed})
    create = operation_of("responses.create")
    for script in SCRIPTS.values():
        fake = FakeOpenAI(strict=False)
        fake.responses.create.returns(script)
        yield create, ask(fake, create, {**ANSWERED, "stream": True})
