"""instructor runs unchanged on a fake, in each of its modes. Optional: ``pip install '.[libraries]'``."""

from collections.abc import Iterable
from typing import Any

import pydantic
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, autopilot, json_reply, tool_call

instructor: Any = pytest.importorskip("instructor", reason="instructor is not installed: pip install '.[libraries]'")

pytestmark = pytest.mark.filterwarnings("ignore")

ASKED: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Ada is 36."}]}

BY_TEXT = ("JSON", "JSON_SCHEMA", "MD_JSON")
BY_TOOL = ("TOOLS", "TOOLS_STRICT", "FUNCTIONS", "RESPONSES_TOOLS", "RESPONSES_TOOLS_WITH_INBUILT_TOOLS")


class User(pydantic.BaseModel):
    """What is extracted."""

    name: str
    age: int


def said(mode: str, *, name: str = "User", age: Any = 36) -> Any:
    """What a model says to that in that mode."""
    return json_reply({"name": "Ada", "age": age}) if mode in BY_TEXT else tool_call(name, name="Ada", age=age)


def client(mode: str, fake: Any) -> Any:
    """The library's client in that mode, on a fake."""
    return instructor.from_openai(fake, mode=instructor.Mode[mode])


@pytest.mark.parametrize("mode", [*BY_TEXT, *BY_TOOL])
def test_modes(mode: str) -> None:
    """Each mode asks in its own way for the same, and gets it."""
    fake = FakeOpenAI(replies=[said(mode)])
    found = client(mode, fake).chat.completions.create(**ASKED, response_model=User)
    assert isinstance(found, User)
    assert found.model_dump() == {"name": "Ada", "age": 36}
    fake.assert_complete()


@pytest.mark.parametrize("mode", [*BY_TEXT, *BY_TOOL])
async def test_modes_asynchronously(mode: str) -> None:
    """The same through the asynchronous client."""
    fake = FakeAsyncOpenAI(replies=[said(mode)])
    assert (await client(mode, fake).chat.completions.create(**ASKED, response_model=User)).age == 36


def test_parallel_tools() -> None:
    """Several objects come as several calls of one turn."""
    fake = FakeOpenAI(replies=[[said("TOOLS"), said("TOOLS", age=37)]])
    found = client("PARALLEL_TOOLS", fake).chat.completions.create(**ASKED, response_model=Iterable[User])
    assert [user.age for user in found] == [36, 37]


@pytest.mark.parametrize("mode", ["TOOLS", "JSON", "RESPONSES_TOOLS"])
def test_asking_again(mode: str) -> None:
    """What doesn't fit is sent back with the error, as a history that the API takes."""
    fake = FakeOpenAI(replies=[said(mode, age="old"), said(mode)])
    found = client(mode, fake).chat.completions.create(**ASKED, response_model=User, max_retries=2)
    assert found.age == 36
    assert [call.error for call in fake.calls] == [None, None]


def test_partial() -> None:
    """A streamed object grows."""
    fake = FakeOpenAI(replies=[said("TOOLS", name="PartialUser")])
    parts = list(client("TOOLS", fake).chat.completions.create_partial(**ASKED, response_model=User))
    assert parts[-1].age == 36
    assert len(parts) > 1


@pytest.mark.parametrize("mode", ["JSON_SCHEMA", *BY_TOOL])
def test_autopilot(mode: str) -> None:
    """With nothing scripted, whatever is asked for is made up, and valid."""
    found = client(mode, FakeOpenAI(replies=autopilot())).chat.completions.create(**ASKED, response_model=User)
    assert isinstance(found, User)
