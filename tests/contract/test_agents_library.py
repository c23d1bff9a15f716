"""openai-agents runs unchanged on a fake, on both of its models. Optional: ``pip install '.[libraries]'``."""

import contextlib
import pathlib
from typing import Any

import pydantic
import pytest

from fakeopenai import FakeAsyncOpenAI, Request, autopilot, json_reply, tool_call

agents: Any = pytest.importorskip("agents", reason="openai-agents is not installed: pip install '.[libraries]'")
agents.set_tracing_disabled(True)

pytestmark = pytest.mark.filterwarnings("ignore")


class City(pydantic.BaseModel):
    """What an agent is to find out."""

    name: str
    degrees: int


def get_weather(city: str) -> str:
    """Look up the weather of a city."""
    return f"sunny in {city}"


@pytest.fixture(params=["responses", "chat"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two APIs the agents speak."""
    return str(request.param)


def agent(kind: str, fake: FakeAsyncOpenAI, name: str = "clerk", **options: Any) -> Any:
    """An agent on that API, with a tool unless others are given."""
    model = {"responses": agents.OpenAIResponsesModel, "chat": agents.OpenAIChatCompletionsModel}[kind]
    options.setdefault("tools", [agents.function_tool(get_weather)])
    return agents.Agent(
        name=name, instructions=f"You are {name}.", model=model(model="gpt-4o", openai_client=fake), **options
    )


async def test_tools(kind: str) -> None:
    """The tool runs, and its result goes back to the model."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "It is sunny."])
    result = await agents.Runner.run(agent(kind, fake), "Weather in Oslo?")
    assert result.final_output == "It is sunny."
    assert "sunny in Oslo" in str(fake.calls[-1].params)
    fake.assert_complete()


async def test_parallel_tools(kind: str) -> None:
    """Several calls in one turn are all answered."""
    calls = [tool_call("get_weather", city="Oslo"), tool_call("get_weather", city="Bergen")]
    fake = FakeAsyncOpenAI(replies=[calls, "Both."])
    assert (await agents.Runner.run(agent(kind, fake), "Weather?")).final_output == "Both."
    assert "sunny in Bergen" in str(fake.calls[-1].params)


async def test_structured_output(kind: str) -> None:
    """The model's JSON becomes the agent's output type."""
    fake = FakeAsyncOpenAI(replies=[json_reply(City(name="Oslo", degrees=3))])
    result = await agents.Runner.run(agent(kind, fake, output_type=City), "Weather in Oslo?")
    assert result.final_output == City(name="Oslo", degrees=3)


async def test_handoffs(kind: str) -> None:
    """One agent hands over to another; their turns are told apart by what each is told to be."""
    fake = FakeAsyncOpenAI()

    def is_told_to_be(name: str, request: Request) -> bool:
        return f"You are {name}." in request.system_text

    fake.when(where=lambda request: is_told_to_be("billing", request)).returns("Paid.")
    fake.when(where=lambda request: is_told_to_be("triage", request)).returns(tool_call("transfer_to_billing"))
    billing = agent(kind, fake, "billing")
    result = await agents.Runner.run(agent(kind, fake, "triage", handoffs=[billing]), "Is my invoice paid?")
    assert result.final_output == "Paid."
    assert result.last_agent is billing


async def test_guardrails(kind: str) -> None:
    """A guardrail of another agent's stops the run."""
    fake = FakeAsyncOpenAI()
    fake.when(where=lambda request: "You are guard." in request.system_text).returns(
        json_reply(City(name="no", degrees=0))
    )
    fake.when(where=lambda request: "You are clerk." in request.system_text).returns("Never said.")
    guard = agent(kind, fake, "guard", output_type=City, tools=[])

    async def check(context: Any, owner: Any, given: Any) -> Any:
        found = await agents.Runner.run(guard, given, context=context.context)
        return agents.GuardrailFunctionOutput(
            output_info=found.final_output, tripwire_triggered=found.final_output.name == "no"
        )

    guarded = agent(kind, fake, input_guardrails=[agents.InputGuardrail(guardrail_function=check)])
    with pytest.raises(agents.InputGuardrailTripwireTriggered):
        await agents.Runner.run(guarded, "Do my maths")


async def test_streaming(kind: str) -> None:
    """The events of all turns arrive, and the deltas make the answer."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "It is sunny."])
    result = agents.Runner.run_streamed(agent(kind, fake), "Weather in Oslo?")
    events = [event async for event in result.stream_events()]
    raw = [event.data for event in events if event.type == "raw_response_event"]
    assert "".join(event.delta for event in raw if event.type == "response.output_text.delta") == "It is sunny."
    assert result.final_output == "It is sunny."
    items = [event.name for event in events if event.type == "run_item_stream_event"]
    assert items == ["tool_called", "tool_output", "message_output_created"]


async def test_sessions_of_the_library(kind: str, tmp_path: pathlib.Path) -> None:
    """The history that a session keeps is taken back as it was given out."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "Sunny.", "Oslo."])
    session = agents.SQLiteSession("one", tmp_path / "sessions.db")
    with contextlib.closing(session):
        await agents.Runner.run(agent(kind, fake), "Weather in Oslo?", session=session)
        again = await agents.Runner.run(agent(kind, fake), "Which city?", session=session)
    assert again.final_output == "Oslo."


async def test_sessions_by_previous_response() -> None:
    """A session that the API keeps: only what is new is sent."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "Sunny.", "Oslo."])
    clerk = agent("responses", fake)
    first = await agents.Runner.run(clerk, "Weather in Oslo?", auto_previous_response_id=True)
    again = await agents.Runner.run(clerk, "Which city?", previous_response_id=first.last_response_id)
    assert again.final_output == "Oslo."
    assert fake.calls[-1].params["previous_response_id"] == first.last_response_id
    assert len(fake.calls[-1].params["input"]) == 1


async def test_sessions_by_conversation() -> None:
    """The same through a conversation."""
    fake = FakeAsyncOpenAI(replies=[tool_call("get_weather", city="Oslo"), "Sunny.", "Oslo."])
    conversation = await fake.conversations.create()
    clerk = agent("responses", fake)
    await agents.Runner.run(clerk, "Weather in Oslo?", conversation_id=conversation.id)
    again = await agents.Runner.run(clerk, "Which city?", conversation_id=conversation.id)
    assert again.final_output == "Oslo."
    kept = [item.type async for item in fake.conversations.items.list(conversation.id, order="asc")]
    assert kept == ["message", "function_call", "function_call_output", "message", "message", "message"]


@pytest.mark.parametrize("output", [str, City])
async def test_autopilot(kind: str, output: type[Any]) -> None:
    """With nothing scripted, tools are called and the run ends."""
    fake = FakeAsyncOpenAI(replies=autopilot())
    result = await agents.Runner.run(agent(kind, fake, output_type=output), "Weather?")
    assert isinstance(result.final_output, output)
    assert len(fake.calls) == 2
