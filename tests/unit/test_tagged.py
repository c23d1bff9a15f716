"""Validators that pick the member of a union by its tag: the same models as pydantic's own, only sooner."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

import openai
import pydantic
import pytest
from openai.types.chat import ChatCompletion
from openai.types.responses import Response, ResponseStreamEvent

from fakeopenai import FakeOpenAI, items, tool_call
from fakeopenai.tagged import validator


class Cat(openai.BaseModel):
    """One member."""

    type: Literal["cat"]
    lives: int


class Dog(openai.BaseModel):
    """Another."""

    type: Literal["dog", "puppy"]
    name: str


class OldDog(openai.BaseModel):
    """One with a tag that another has, too."""

    type: Literal["dog"]
    age: int


class Stone(openai.BaseModel):
    """One without a tag."""

    weight: int


class Home(openai.BaseModel):
    """What holds members."""

    animals: list[Union[Cat, Dog, OldDog]]  # noqa: UP007 - as the SDK writes it
    thing: Cat | Stone | None = None


def test_members_are_found_by_their_tags() -> None:
    """Each tag leads to its member, several tags of one member and one tag of several included."""
    animals: list[Any] = [
        {"type": "cat", "lives": 9},
        {"type": "puppy", "name": "Rex"},
        {"type": "dog", "name": "Rex"},
        {"type": "dog", "age": 7},
    ]
    home = validator(Home)({"animals": animals, "thing": {"weight": 3}})
    assert home == Home.model_validate({"animals": animals, "thing": {"weight": 3}})
    assert [type(animal) for animal in home.animals] == [Cat, Dog, Dog, OldDog]
    assert type(home.thing) is Stone


@pytest.mark.parametrize("animal", [{"type": "fish"}, {"lives": 9}, {"type": "cat", "lives": "many"}, "cat"])
def test_what_fits_no_member_is_refused(animal: Any) -> None:
    """An unknown tag, none, or a member that isn't whole: refused, as by pydantic."""
    with pytest.raises(pydantic.ValidationError):
        validator(Home)({"animals": [animal]})


def test_a_union_itself() -> None:
    """A union need not be inside a model."""
    kind: Any = Annotated[Union[Cat, Dog], "whatever the SDK writes there"]  # noqa: UP007
    assert type(validator(kind)({"type": "puppy", "name": "Rex"})) is Dog


def test_models_without_unions() -> None:
    """Where there is nothing to tag, it is pydantic's own validator."""
    assert validator(Cat)({"type": "cat", "lives": 9}).lives == 9
    body = FakeOpenAI().chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}])
    assert validator(ChatCompletion)(body.model_dump()) == body


def test_responses_and_events_are_the_same() -> None:
    """Real answers, made either way, are equal: the same classes with the same content."""
    fake = FakeOpenAI(replies=[["Hi", tool_call("save"), items.message("Hi")]] * 2)
    body: Any = fake.responses.create(model="gpt-5", input="Hi").to_dict()
    made = validator(Response)(body)
    assert made == Response.model_validate(body)
    assert [type(item) for item in made.output] == [type(item) for item in Response.model_validate(body).output]
    whole = pydantic.TypeAdapter[Any](ResponseStreamEvent)
    for event in fake.responses.create(model="gpt-5", input="Hi", stream=True):
        data: Any = event.to_dict()
        if data["type"] == "response.function_call_arguments.done":
            continue  # the API sends it without the name that the SDK's type wants
        assert type(validator(ResponseStreamEvent)(data)) is type(whole.validate_python(data))
