"""pydantic-ai runs unchanged on a fake, on both of its models. Optional: ``pip install '.[libraries]'``."""

from typing import Any

import pydantic
import pytest

from fakeopenai import FakeAsyncOpenAI, autopilot, json_reply, tool_call

pydantic_ai: Any = pytest.importorskip("pydantic_ai", reason="pydantic-ai is not installed: pip install '.[libraries]'")
models: Any = pytest.importorskip("pydantic_ai.models.openai")
providers: Any = pytest.importorskip("pydantic_ai.providers.openai")

pytestmark = pytest.mark.filterwarnings("ignore")


class User(pydantic.BaseModel):
    """What an agent is to find out."""

    name: str
    age: int


ADA = User(name="Ada", age=36)


@pytest.fixture(params=["OpenAIChatModel", "OpenAIResponsesModel"])
def model(request: pytest.FixtureRequest) -> str:
    """Which of its models the library speaks through."""
    return str(request.param)


def get_weather(city: str) -> str:
    """Look up the weather of a city."""
    return f"sunny in {city}"


def agent(model: str, fake: FakeAsyncOpenAI, **options: Any) -> Any:
    """An agent with a tool."""
    spoken = getattr(models, model)("gpt-4o", provider=providers.OpenAIProvider(openai_client=fake))
    return pydantic_ai.Agent(spoken, tools=[get_weather], **options)


async def test_tools(model: str) -> None:
    """The tool runs, and its result goes back to the model."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "Sunny."])
    assert (await agent(model, fake).run("Weather?")).output == "Sunny."
    assert "sunny in Oslo" in str(fake.calls[-1].params)
    fake.assert_complete()


@pytest.mark.parametrize("form", ["ToolOutput", "NativeOutput", "PromptedOutput"])
async def test_structured_output(model: str, form: str) -> None:
    """By a tool, by the API's own structured output, or by the prompt."""
    answer = tool_call("final_result", name="Ada", age=36) if form == "ToolOutput" else json_reply(ADA)
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), answer])
    result = await agent(model, fake, output_type=getattr(pydantic_ai, form)(User)).run("Who?")
    assert result.output == ADA


async def test_asking_again(model: str) -> None:
    """What doesn't fit is sent back with the error, as a history that the API takes."""
    wrong, right = tool_call("final_result", name="Ada", age="old"), tool_call("final_result", name="Ada", age=36)
    fake = FakeAsyncOpenAI(replies=[wrong, right], strict={"tool_arguments"})
    assert (await agent(model, fake, output_type=User).run("Who?")).output == ADA


async def test_streaming(model: str) -> None:
    """Texts come piece by piece, after the tools."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "It is sunny."])
    async with agent(model, fake).run_stream("Weather?") as result:
        texts = [text async for text in result.stream_text(debounce_by=None)]
    assert texts[-1] == "It is sunny."
    assert len(texts) > 1


async def test_history(model: str) -> None:
    """A history that the library kept is taken back."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "Sunny.", "Oslo."])
    clerk = agent(model, fake)
    first = await clerk.run("Weather?")
    assert (await clerk.run("Which city?", message_history=first.all_messages())).output == "Oslo."


@pytest.mark.parametrize("output", [str, User])
async def test_autopilot(model: str, output: type[Any]) -> None:
    """With nothing scripted, tools are called and the run ends."""
    fake = FakeAsyncOpenAI(replies=autopilot())
    assert isinstance((await agent(model, fake, output_type=output).run("Weather?")).output, output)
