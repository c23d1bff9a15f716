"""``parse``: whether the SDK's method runs or what was learnt from it, nothing tells them apart."""

import asyncio
import functools
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pydantic
import pytest
from openai.resources.chat.completions import AsyncCompletions, Completions
from openai.resources.responses import AsyncResponses, Responses

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, VirtualClock, error, json_reply, parsing, refusal, tool_call


class Weather(pydantic.BaseModel):
    """What is asked for."""

    city: str
    celsius: float = 20.0


ANSWER = {"city": "Paris", "celsius": 21.5}
CHAT: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Weather?"}]}
RESPONSES: dict[str, Any] = {"model": "gpt-5", "input": "Weather?"}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("chat.completions", {**CHAT, "response_format": Weather}),
    "chat, more given": ("chat.completions", {**CHAT, "response_format": Weather, "temperature": 1, "metadata": {}}),
    "chat, no class": ("chat.completions", CHAT),
    "responses": ("responses", {**RESPONSES, "text_format": Weather}),
    "responses, more given": ("responses", {**RESPONSES, "text_format": Weather, "store": False, "include": []}),
    "responses, no class": ("responses", RESPONSES),
}
if not openai.VERSION.startswith("2.0."):  # which refuses text beside text_format, whatever is in it
    KINDS["responses, text"] = ("responses", {**RESPONSES, "text_format": Weather, "text": {"verbosity": "low"}})


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What was learnt before plays no part."""
    parsing._plans.clear()
    yield
    parsing._plans.clear()


def patched(monkeypatch: pytest.MonkeyPatch, *owners: type[Any]) -> list[str]:
    """Put a tracer's wrapper over ``parse``, and note when it runs."""
    ran: list[str] = []
    for owner in owners:
        real: Callable[..., Any] = owner.__dict__["parse"]

        @functools.wraps(real)
        def wrapper(*args: Any, _real: Callable[..., Any] = real, **kwargs: Any) -> Any:
            ran.append(_real.__qualname__)
            return _real(*args, **kwargs)

        monkeypatch.setattr(owner, "parse", wrapper)
    return ran


def parse(fake: Any, path: str, arguments: dict[str, Any]) -> Any:
    """Call ``parse`` of either kind of client."""
    resource = functools.reduce(getattr, path.split("."), fake)
    found = resource.parse(**arguments)
    return asyncio.run(found) if isinstance(fake, openai.AsyncOpenAI) else found


def outcome(fake: Any, path: str, arguments: dict[str, Any]) -> tuple[Any, ...]:
    """The type and content of the answer, and all that was recorded."""
    fake.script(json_reply(ANSWER))
    answer = parse(fake, path, arguments)
    call = fake.calls.last
    recorded: tuple[Any, ...] = (call.operation, call.params, dict(call.headers), call.response)
    return answer.__class__, repr(answer), answer._request_id, *recorded


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cls", [FakeOpenAI, FakeAsyncOpenAI])
def test_nothing_tells_it_from_the_sdks_own(cls: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers, their types, request ids and records are those of the SDK's own method, at the first call and later."""
    fake, other = cls(seed=1, clock=VirtualClock()), cls(seed=1, clock=VirtualClock())
    found = [outcome(fake, *KINDS[kind]) for _ in range(3)]
    ran = patched(monkeypatch, Completions, AsyncCompletions, Responses, AsyncResponses)
    assert found == [outcome(other, *KINDS[kind]) for _ in range(3)]
    assert len(ran) == 3


def test_what_is_plain_is_learnt_once() -> None:
    """Calls of one kind share what was learnt; another class or other parameters are another kind."""
    fake = FakeOpenAI()
    for path, arguments in (KINDS["chat"], KINDS["chat"], KINDS["chat, more given"], KINDS["responses"]):
        outcome(fake, path, arguments)
    assert len(parsing._plans) == 3
    assert all(parsing._plans.values())


@pytest.mark.skipif("responses, text" not in KINDS, reason="openai 2.0 refuses text beside text_format")
def test_what_is_mixed_with_the_format_is_not_learnt() -> None:
    """A parameter that the SDK sends changed takes the SDK's way."""
    outcome(FakeOpenAI(), *KINDS["responses, text"])
    assert list(parsing._plans.values()) == [None]


def test_a_class_that_is_rebuilt_is_learnt_again() -> None:
    """The schema that is sent is the class's own, as it is now."""

    class Shape(pydantic.BaseModel):
        size: "int | Weather"

    fake = FakeOpenAI(strict=False)
    fake.chat.completions.create.response = json_reply({"size": 1})
    fake.chat.completions.parse(**CHAT, response_format=Shape)
    Shape.model_fields["size"].annotation = int
    Shape.model_rebuild(force=True)
    fake.chat.completions.parse(**CHAT, response_format=Shape)
    first, second = (
        call.params["response_format"]["json_schema"]["schema"]["properties"]["size"] for call in fake.calls
    )
    assert "anyOf" in first
    assert second == {"title": "Size", "type": "integer"}


def test_tools_are_read_with_the_answer() -> None:
    """With tools the SDK's own method runs, and parses the arguments of what is called."""
    fake = FakeOpenAI()
    tool = openai.pydantic_function_tool(Weather)
    for city in ("Paris", "Rome"):
        fake.script(tool_call("Weather", city=city, celsius=1.0))
        call = fake.chat.completions.parse(**CHAT, tools=[tool]).choices[0].message.tool_calls
        assert call is not None
        assert call[0].function.parsed_arguments == Weather(city=city, celsius=1.0)
    assert parsing._plans == {}


@pytest.mark.parametrize("cls", [FakeOpenAI, FakeAsyncOpenAI])
def test_failures_are_the_sdks_own(cls: Any) -> None:
    """Refusals, answers cut short and retried errors come out as from the SDK's own method, each call recorded once."""
    fake = cls()
    path, arguments = KINDS["chat"]
    for _ in range(2):
        fake.script(refusal("No."))
        message = parse(fake, path, arguments).choices[0].message
        assert (message.refusal, message.parsed) == ("No.", None)
        fake.script({"choices": [{"message": {"content": "{"}, "finish_reason": "length"}]})
        with pytest.raises(openai.LengthFinishReasonError):
            parse(fake, path, arguments)
        fake.script(error(500), json_reply(ANSWER))
        assert parse(fake, path, arguments).choices[0].message.parsed.city == "Paris"
        fake.script(error(404, message="gone"))
        with pytest.raises(openai.NotFoundError, match="gone"):
            parse(fake, path, arguments)
    assert len(fake.calls) == 8


def test_wrong_arguments_are_refused_as_ever() -> None:
    """What is missing or unknown is Python's own error; nothing is recorded."""
    fake: Any = FakeOpenAI()
    with pytest.raises(TypeError, match="messages"):
        fake.chat.completions.parse(model="gpt-5", response_format=Weather)
    with pytest.raises(TypeError, match="mesages"):
        fake.chat.completions.parse(**CHAT, mesages=[])
    assert not fake.calls


def test_values_that_are_no_json_take_the_sdks_way() -> None:
    """Models as messages, and omitted parameters, are sent as the SDK sends them, and learnt by nobody."""
    fake: Any = FakeOpenAI()
    fake.chat.completions.create.response = json_reply(ANSWER)
    said = fake.chat.completions.create(**CHAT).choices[0].message
    asked = [*CHAT["messages"], said, *CHAT["messages"]]
    fake.chat.completions.parse(model="gpt-5", messages=asked, response_format=Weather, user=openai.NOT_GIVEN)
    assert fake.calls.last.params["messages"][1]["role"] == "assistant"
    assert "user" not in fake.calls.last.params
    assert parsing._plans == {}


@pytest.mark.parametrize(
    "body",
    [
        "self._client.base_url; return real(self, **kwargs)",
        "answer = real(self, **kwargs); self._client.base_url; return answer",
        "answer = real(self, **kwargs); answer.choices; return answer",
        "return (real(self, **kwargs), 'more')[0:1][0] if hasattr(self, '_client') else [real(self, **kwargs)]",
        "return real(self, **kwargs, seed=len(kwargs['messages']))",
    ],
    ids=["before", "after", "reads the answer", "returns another", "sends what depends on the values"],
)
def test_a_method_that_does_more_than_post_runs_as_it_is(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newer SDK's method does besides posting, and sends besides what is given, is not guessed at."""
    real = Completions.__dict__["parse"]
    source = f"def parse(self, **kwargs):\n    {body}"
    namespace: dict[str, Any] = {"real": real}
    exec(compile(source, openai.__file__, "exec"), namespace)
    monkeypatch.setattr(Completions, "parse", namespace["parse"])
    fake = FakeOpenAI()
    assert "parsed=Weather(city='Paris', celsius=21.5)" in outcome(fake, *KINDS["chat"])[1]
    assert list(parsing._plans.values()) == [None]


def test_plans_are_bounded() -> None:
    """Classes made in a loop are not all kept alive."""
    fake = FakeOpenAI()
    fake.chat.completions.create.response = json_reply(ANSWER)
    for index in range(parsing._ENOUGH + 1):
        made: Any = pydantic.create_model(f"Made{index}", city=(str, ...), celsius=(float, ...))
        fake.chat.completions.parse(**CHAT, response_format=made)
    assert len(parsing._plans) == 1
