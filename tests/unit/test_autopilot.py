"""The autopilot: what it calls, what it says, and that every loop ends."""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fakeopenai
from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, UsageError, autopilot
from fakeopenai.errors import UnsatisfiableSchema
from fakeopenai.schema import problem

Json = dict[str, Any]

WEATHER: Json = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 7}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


class Answer(pydantic.BaseModel):
    """A structured output."""

    title: str
    score: int


def wrapped(*names: str, parameters: Json = WEATHER) -> Any:
    """Tools as chat has them."""
    return [{"type": "function", "function": {"name": name, "parameters": parameters}} for name in names]


def flat(*names: str, parameters: Json = WEATHER) -> Any:
    """Tools as responses have them."""
    return [{"type": "function", "name": name, "parameters": parameters} for name in names]


def chat_loop(fake: FakeOpenAI, most: int = 10, **asked: Any) -> tuple[list[list[str]], str]:
    """What an agent's loop on chat completions sees: the tools called in each turn, and the answer."""
    create = cast("Callable[..., Any]", fake.chat.completions.create)
    messages: list[Json] = [{"role": "user", "content": "Hi"}]
    turns: list[list[str]] = []
    for _ in range(most):
        message = create(model="gpt-4o", messages=messages, **asked).choices[0].message
        if not message.tool_calls:
            return turns, message.content
        turns.append([call.function.name for call in message.tool_calls])
        messages.append(message.to_dict())
        messages += [{"role": "tool", "tool_call_id": call.id, "content": "ok"} for call in message.tool_calls]
    raise AssertionError(f"the loop did not end in {most} turns")


def response_loop(fake: FakeOpenAI, most: int = 10, **asked: Any) -> tuple[list[list[str]], str]:
    """The same on responses, chained by id."""
    create = cast("Callable[..., Any]", fake.responses.create)
    response = create(model="gpt-4o", input="Hi", **asked)
    turns: list[list[str]] = []
    for _ in range(most):
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            return turns, response.output_text
        turns.append([call.name for call in calls])
        outputs = [{"type": "function_call_output", "call_id": call.call_id, "output": "ok"} for call in calls]
        response = create(model="gpt-4o", input=outputs, previous_response_id=response.id, **asked)
    raise AssertionError(f"the loop did not end in {most} turns")


@pytest.fixture
def flown() -> FakeOpenAI:
    """A fake on autopilot."""
    return FakeOpenAI(replies=autopilot())


def test_the_public_name_is_the_function() -> None:
    """The name stays what it is, whatever of the package is imported before."""
    importlib.import_module("fakeopenai.pilot")
    assert callable(fakeopenai.autopilot)


@pytest.mark.parametrize("loop", [chat_loop, response_loop])
def test_calls_each_tool_once_and_answers(loop: Any, flown: FakeOpenAI) -> None:
    """All tools that are offered, in one turn; then the answer."""
    tools = wrapped("a", "b") if loop is chat_loop else flat("a", "b")
    assert loop(flown, tools=tools) == ([["a", "b"]], "Done.")


@pytest.mark.parametrize("loop", [chat_loop, response_loop])
def test_one_call_at_a_time(loop: Any, flown: FakeOpenAI) -> None:
    """Without parallel calls, a turn for each tool."""
    tools = wrapped("a", "b") if loop is chat_loop else flat("a", "b")
    assert loop(flown, tools=tools, parallel_tool_calls=False)[0] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("calls", "turns"), [(2, [["a", "b"], ["a", "b"]]), ({"a": 2}, [["a", "b"], ["a"]]), ({"a": 0}, [["b"]]), (0, [])]
)
@pytest.mark.parametrize("loop", [chat_loop, response_loop])
def test_calls_per_tool(loop: Any, calls: Any, turns: Any) -> None:
    """As often as was said, for all tools or for single ones."""
    tools = wrapped("a", "b") if loop is chat_loop else flat("a", "b")
    assert loop(FakeOpenAI(replies=autopilot(calls=calls)), tools=tools)[0] == turns


def test_a_new_question_has_the_tools_called_again(flown: FakeOpenAI) -> None:
    """What counts is what was called since the user last spoke."""
    tools = flat("a")
    first = flown.responses.create(model="gpt-4o", input="Hi", tools=tools)
    call: Any = first.output[0]
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "ok"}
    second = flown.responses.create(model="gpt-4o", input=[output], previous_response_id=first.id, tools=tools)
    assert second.output_text == "Done."
    third = flown.responses.create(model="gpt-4o", input="Again", previous_response_id=second.id, tools=tools)
    assert third.output[0].type == "function_call"


def test_tool_choice(flown: FakeOpenAI) -> None:
    """None, one of several, one by name, those allowed."""
    create = cast("Callable[..., Any]", flown.chat.completions.create)

    def called(choice: Any) -> list[str]:
        message = (
            create(
                model="gpt-4o",
                messages=[{"role": "user", "content": "Hi"}],
                tools=wrapped("a", "b"),
                tool_choice=choice,
            )
            .choices[0]
            .message
        )
        return [call.function.name for call in message.tool_calls or ()]

    named = {"type": "function", "function": {"name": "b"}}
    assert called("none") == []
    assert called("required") == ["a", "b"]
    assert called(named) == ["b"]
    assert called({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [named]}}) == ["b"]


def test_required_is_obeyed_even_without_calls() -> None:
    """A tool that has to be called is called, whatever was said of calls."""
    fake = FakeOpenAI(replies=autopilot(calls=0))
    response = fake.responses.create(model="gpt-4o", input="Hi", tools=flat("a", "b"), tool_choice="required")
    assert [item.type for item in response.output] == ["function_call"]


def test_legacy_functions_end(flown: FakeOpenAI) -> None:
    """A function's result in the legacy way ends the loop, even where the call was not sent along."""
    create = cast("Callable[..., Any]", flown.chat.completions.create)
    functions = [{"name": "a", "parameters": WEATHER}, {"name": "b", "parameters": WEATHER}]
    messages: list[Json] = [{"role": "user", "content": "Hi"}]
    message = create(model="gpt-4", messages=messages, functions=functions).choices[0].message
    assert message.function_call.name == "a"
    messages.append({"role": "function", "name": "a", "content": "ok"})
    assert create(model="gpt-4", messages=messages, functions=functions[:1]).choices[0].message.content == "Done."


def test_results_of_unknown_calls_end_the_loop() -> None:
    """A history that lacks the assistant's message still has the model answer."""
    fake = FakeOpenAI(replies=autopilot(), strict=False)
    messages: Any = [{"role": "user", "content": "Hi"}, {"role": "tool", "tool_call_id": "call_1", "content": "ok"}]
    completion = fake.chat.completions.create(model="gpt-4o", messages=messages, tools=wrapped("a", "b"))
    assert completion.choices[0].message.content == "Done."


def test_structured_output(flown: FakeOpenAI) -> None:
    """Whatever is asked for by a schema can be parsed, on both APIs, after the tools."""
    parsed = flown.chat.completions.parse(
        model="gpt-4o", messages=[{"role": "user", "content": "Hi"}], response_format=Answer
    )
    assert isinstance(parsed.choices[0].message.parsed, Answer)
    assert isinstance(flown.responses.parse(model="gpt-4o", input="Hi", text_format=Answer).output_parsed, Answer)
    found = response_loop(
        flown,
        tools=flat("a"),
        text={"format": {"type": "json_schema", "name": "answer", "schema": WEATHER, "strict": True}},
    )
    assert found[0] == [["a"]]
    assert problem(json.loads(found[1]), WEATHER) is None


def test_json_mode(flown: FakeOpenAI) -> None:
    """JSON mode gets a JSON object."""
    response = flown.responses.create(model="gpt-4o", input="As JSON", text={"format": {"type": "json_object"}})
    assert json.loads(response.output_text) == {}


def test_custom_tools_have_an_input(flown: FakeOpenAI) -> None:
    """A custom tool is called with a text."""
    response = flown.responses.create(model="gpt-5", input="Hi", tools=[{"type": "custom", "name": "shell"}])
    assert response.output[0].type == "custom_tool_call"


def test_text_of_the_request() -> None:
    """The answer may be a function of the request."""
    fake = FakeOpenAI(replies=autopilot(text=lambda request: f"{request.last_user_text}!"))
    assert fake.responses.create(model="gpt-5", input="Hi").output_text == "Hi!"


def test_streamed(flown: FakeOpenAI) -> None:
    """It speaks through streams as well."""
    with flown.responses.stream(model="gpt-5", input="Hi", tools=flat("a")) as stream:
        assert stream.get_final_response().output[0].type == "function_call"


async def test_asynchronous() -> None:
    """And through the asynchronous client."""
    fake = FakeAsyncOpenAI(replies=autopilot())
    assert (await fake.responses.create(model="gpt-5", input="Hi")).output_text == "Done."


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_runs(flown: FakeOpenAI) -> None:
    """An assistant's run calls its tools, then answers."""
    assistants: Any = flown.beta
    assistant = assistants.assistants.create(model="gpt-4o", tools=wrapped("a", "b"))
    thread = assistants.threads.create(messages=[{"role": "user", "content": "Hi"}])
    run = assistants.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    calls = run.required_action.submit_tool_outputs.tool_calls
    assert [call.function.name for call in calls] == ["a", "b"]
    outputs = [{"tool_call_id": call.id, "output": "ok"} for call in calls]
    run = assistants.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)
    assert run.status == "completed"
    assert assistants.threads.messages.list(thread.id).data[0].content[0].text.value == "Done."


@given(
    seed=st.integers(),
    names=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True),
    calls=st.integers(0, 3),
    parallel=st.booleans(),
)
@settings(max_examples=40)
def test_every_loop_ends(seed: int, names: list[str], calls: int, parallel: bool) -> None:
    """On both APIs in the same way, with arguments that fit, the same in each run."""
    found: list[Any] = []
    for loop, tools in ((chat_loop, wrapped), (response_loop, flat)):
        fake = FakeOpenAI(replies=autopilot(calls=calls, seed=seed))
        found.append(loop(fake, most=20, tools=tools(*names), parallel_tool_calls=parallel))
    assert found[0] == found[1]
    assert sorted(name for turn in found[0][0] for name in turn) == sorted(names * calls)


def test_seeded_values_vary_and_repeat() -> None:
    """The same in each run with one seed, others with another, and always valid."""

    def value(seed: int | None) -> Json:
        fake = FakeOpenAI(replies=autopilot(seed=seed))
        call: Any = fake.responses.create(model="gpt-5", input="Hi", tools=flat("a")).output[0]
        arguments: Json = json.loads(call.arguments)
        assert problem(arguments, WEATHER) is None
        return arguments

    assert value(1) == value(1)
    assert len({json.dumps(value(seed)) for seed in range(10)}) > 1
    assert value(None) == value(None)


def test_an_impossible_schema_says_whose_it_is(flown: FakeOpenAI) -> None:
    """The error names the tool, the place and what to do; the call is recorded as failed."""
    impossible = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 5, "maximum": 1}}}
    with pytest.raises(UnsatisfiableSchema, match=r"(?s)tool 'a' of responses.create.*to do:") as caught:
        flown.responses.create(model="gpt-5", input="Hi", tools=flat("a", parameters={**impossible, "required": ["n"]}))
    assert caught.value.path == "#/properties/n"
    assert [call.error for call in flown.calls] == [caught.value]


@pytest.mark.parametrize(
    "wrong", [{"calls": -1}, {"calls": True}, {"calls": "a"}, {"calls": {"a": -1}}, {"text": 5}, {"text": None}]
)
def test_misuse(wrong: Mapping[str, Any]) -> None:
    """Arguments of the wrong kind are refused where they are given."""
    with pytest.raises(UsageError, match=r"autopilot\("):
        autopilot(**wrong)
