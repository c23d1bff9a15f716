"""langchain-openai runs unchanged on an injected fake, on both APIs. Optional: ``pip install '.[libraries]'``."""

import functools
import operator
from typing import Any

import pydantic
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, autopilot, json_reply, tool_call

langchain_openai: Any = pytest.importorskip(
    "langchain_openai", reason="langchain-openai is not installed: pip install '.[libraries]'"
)
tools: Any = pytest.importorskip("langchain_core.tools")
messages: Any = pytest.importorskip("langchain_core.messages")

pytestmark = pytest.mark.filterwarnings("ignore")


class User(pydantic.BaseModel):
    """What is asked for."""

    name: str
    age: int


ADA = User(name="Ada", age=36)


def look_up(city: str) -> str:
    """Look up the weather of a city."""
    return f"sunny in {city}"


WEATHER: Any = tools.tool(look_up)


@pytest.fixture(params=["chat", "responses"])
def use_responses(request: pytest.FixtureRequest) -> bool:
    """Which of the two APIs is spoken."""
    return bool(request.param == "responses")


def llm(use_responses: bool, fake: FakeOpenAI | FakeAsyncOpenAI) -> Any:
    """The library's model on a fake."""
    prefix = "async_" if isinstance(fake, FakeAsyncOpenAI) else ""
    clients = {f"{prefix}client": fake.chat.completions, f"root_{prefix}client": fake}
    return langchain_openai.ChatOpenAI(model="gpt-4o", api_key="sk-fake", use_responses_api=use_responses, **clients)


def loop(model: Any) -> str:
    """The text that a loop over the tool comes to."""
    history = [messages.HumanMessage("Weather?")]
    for _ in range(5):
        answer = model.bind_tools([WEATHER]).invoke(history)
        if not answer.tool_calls:
            return str(answer.text)
        history += [answer, *map(WEATHER.invoke, answer.tool_calls)]
    raise AssertionError("the loop did not end")


def test_tools(use_responses: bool) -> None:
    """The tool runs, and its result goes back to the model."""
    fake = FakeOpenAI(replies=[tool_call("look_up", city="Oslo"), "Sunny."])
    assert loop(llm(use_responses, fake)) == "Sunny."
    assert "sunny in Oslo" in str(fake.calls[-1].params)


@pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
def test_structured_output(use_responses: bool, method: str) -> None:
    """In each of the library's methods."""
    reply = tool_call("User", name="Ada", age=36) if method == "function_calling" else json_reply(ADA)
    model = llm(use_responses, FakeOpenAI(replies=[reply]))
    assert model.with_structured_output(User, method=method).invoke("Who? As JSON.") == ADA


def test_streaming(use_responses: bool) -> None:
    """Texts and calls come piece by piece."""
    fake = FakeOpenAI(replies=["It is sunny.", tool_call("look_up", city="Oslo")])
    model = llm(use_responses, fake)
    assert "".join(chunk.text for chunk in model.stream("Weather?")) == "It is sunny."
    whole = functools.reduce(operator.add, model.bind_tools([WEATHER]).stream("Weather?"))
    assert whole.tool_calls[0]["args"] == {"city": "Oslo"}


async def test_asynchronous(use_responses: bool) -> None:
    """Through the asynchronous client, whole and streamed."""
    model = llm(use_responses, FakeAsyncOpenAI(replies=["Sunny.", "It is sunny."]))
    assert (await model.ainvoke("Weather?")).text == "Sunny."
    assert "".join([chunk.text async for chunk in model.astream("Weather?")]) == "It is sunny."


def test_autopilot(use_responses: bool) -> None:
    """With nothing scripted, the tool is called and the loop ends."""
    assert loop(llm(use_responses, FakeOpenAI(replies=autopilot()))) == "Done."


def test_embeddings(fake: FakeOpenAI) -> None:
    """Vectors of the usual length."""
    embeddings = langchain_openai.OpenAIEmbeddings(
        model="text-embedding-3-small", api_key="sk-fake", client=fake.embeddings, check_embedding_ctx_length=False
    )
    assert [len(vector) for vector in embeddings.embed_documents(["a", "b"])] == [1536, 1536]
