"""What real libraries do to a client that is injected into them: one test for each habit that was seen in them."""

# A request is unpacked from a dict here, as applications do; pyright can't tell by that which overload is called.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import functools
import inspect
import json
from typing import Any, cast

import openai
import pydantic
import pytest
from openai import AsyncOpenAI, OpenAI
from openai._base_client import SyncAPIClient
from openai.resources.chat.completions import Completions
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, json_reply, tool_call

TOOL = {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


def test_a_pydantic_field_typed_as_the_client_takes_the_fake() -> None:
    """Frameworks keep the client in a model of theirs."""

    class Settings(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        client: AsyncOpenAI

    fake = FakeAsyncOpenAI()
    assert Settings(client=fake).client is fake


def test_private_attributes_that_libraries_read_are_there() -> None:
    """Some read what the SDK keeps to itself."""
    fake = FakeOpenAI(default_query={"a": "b"})
    assert fake._client is not None
    assert fake._version == openai.__version__
    assert fake._custom_query == {"a": "b"}
    assert str(fake._base_url) == str(fake.base_url)
    assert "max_retries" in inspect.signature(OpenAI.__init__).parameters
    fake.max_retries = 0
    assert fake.max_retries == 0


def test_post_with_a_raw_header(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """litellm posts by path and asks for the raw response by header."""
    fake.chat.completions.create.returns("posted")
    raw: Any = fake.post(
        "/chat/completions",
        body=ask,
        cast_to=cast("Any", object),
        options={"headers": {"X-Stainless-Raw-Response": "raw"}},
    )
    assert json.loads(raw.http_response.content)["choices"][0]["message"]["content"] == "posted"
    assert fake.calls[-1].params == ask


def test_post_with_a_model(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """Posting by path gives what the method gives, and is recorded as its call."""
    completion = fake.post("/chat/completions", body=ask, cast_to=ChatCompletion)
    assert completion.object == "chat.completion"
    fake.chat.completions.create.assert_called_once_with(model="gpt-5")


def test_post_of_a_stream(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """Posting by path for a stream, with a stream class."""
    fake.chat.completions.create.returns("ab cd")
    stream = fake.post(
        "/chat/completions",
        body={**ask, "stream": True},
        cast_to=ChatCompletion,
        stream=True,
        stream_cls=openai.Stream[ChatCompletionChunk],
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "ab cd"


def test_raw_responses(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """parse(), headers, text, http_response, request_id and dict(headers) of a raw response."""
    fake.chat.completions.create.returns("raw")
    raw = fake.chat.completions.with_raw_response.create(**ask)
    assert raw.parse().choices[0].message.content == "raw"
    assert raw.headers["content-type"].startswith("application/json")
    assert dict(raw.headers)["x-request-id"] == raw.request_id == fake.calls[-1].request_id
    assert raw.status_code == raw.http_response.status_code == 200
    assert '"raw"' in raw.text
    assert raw.http_request.method == "POST"
    assert raw.retries_taken == 0


def test_raw_wrapper_at_the_root(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """client.with_raw_response.chat.completions.create(...)."""
    assert fake.with_raw_response.chat.completions.create(**ask).parse().object == "chat.completion"


def test_streaming_response(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """with_streaming_response: read by parse() or by bytes."""
    with fake.chat.completions.with_streaming_response.create(**ask) as response:
        assert response.parse().object == "chat.completion"
    with fake.chat.completions.with_streaming_response.create(**ask, stream=True) as response:
        assert b"".join(response.iter_bytes()).rstrip().endswith(b"data: [DONE]")


async def test_async_raw_and_streaming_responses(afake: FakeAsyncOpenAI, ask: dict[str, Any]) -> None:
    """The same on the asynchronous client."""
    raw = await afake.chat.completions.with_raw_response.create(**ask)
    assert raw.parse().object == "chat.completion"
    async with afake.chat.completions.with_streaming_response.create(**ask, stream=True) as response:
        lines = [line async for line in response.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"


def test_beta_chat_is_another_object_of_the_same_endpoint(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """client.beta.chat.completions is a different object of the same class, and the same script and log."""
    beta: Any = fake.beta
    assert beta.chat.completions is not fake.chat.completions
    assert type(beta.chat.completions) is type(fake.chat.completions)
    fake.chat.completions.create.returns("both")
    assert beta.chat.completions.create(**ask).choices[0].message.content == "both"
    with beta.chat.completions.stream(**ask) as stream:
        assert stream.get_final_completion().choices[0].message.content == "both"
    assert fake.chat.completions.create.call_count == 2


def test_a_stream_class_with_its_own_decoding(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A subclass of Stream that overrides __stream__ is given an http response to decode."""

    class Loud(openai.Stream[Any]):
        def __stream__(self) -> Any:
            for event in self._iter_events():
                if event.data != "[DONE]":
                    yield json.loads(event.data)["object"].upper()

    response = fake.chat.completions.with_raw_response.create(**ask, stream=True).http_response
    stream: Any = Loud(cast_to=object, response=response, client=fake)
    assert set(stream) == {"CHAT.COMPLETION.CHUNK"}


def test_streams_are_the_sdks(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """isinstance, _iterator (that tracers rewrite), response, close, context manager, next()."""
    stream = fake.chat.completions.create(**ask, stream=True)
    assert isinstance(stream, openai.Stream)
    assert next(stream).choices[0].delta.role == "assistant"
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    seen: list[Any] = []
    inner = stream._iterator

    def traced() -> Any:
        for chunk in inner:
            seen.append(chunk)
            yield chunk

    stream._iterator = traced()
    rest = list(stream)
    assert rest == seen
    assert rest
    with fake.chat.completions.create(**ask, stream=True) as second:
        next(second)
    second.close()
    assert list(second) == []


async def test_async_streams_are_the_sdks(afake: FakeAsyncOpenAI, ask: dict[str, Any]) -> None:
    """The same on the asynchronous client: __anext__, close, context manager."""
    stream = await afake.chat.completions.create(**ask, stream=True)
    assert isinstance(stream, openai.AsyncStream)
    assert (await stream.__anext__()).choices[0].delta.role == "assistant"
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    async with stream:
        assert [chunk async for chunk in stream]
    await stream.close()


@pytest.mark.parametrize("omitted", [openai.NOT_GIVEN, getattr(openai, "omit", openai.NOT_GIVEN)])
def test_omitted_arguments_may_be_passed(fake: FakeOpenAI, ask: dict[str, Any], omitted: Any) -> None:
    """NOT_GIVEN and omit, passed explicitly, are no parameters."""
    fake.chat.completions.create(**ask, temperature=omitted, tools=omitted, stream=omitted, extra_headers=None)
    assert fake.calls[-1].params == ask


def test_unknown_arguments_are_a_type_error(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """As on the real method."""
    create: Any = fake.chat.completions.create
    with pytest.raises(TypeError, match="unexpected keyword argument 'temprature'"):
        create(**ask, temprature=1)
    with pytest.raises(TypeError, match="Missing required arguments"):
        create(model="gpt-5")
    assert len(fake.calls) == 0


def test_assigning_a_wrapper_over_a_method(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """LangSmith, Braintrust and Opik assign a traced function over the method of the instance."""
    spans: list[str] = []
    original = fake.chat.completions.create

    @functools.wraps(original)
    def traced(*args: Any, **kwargs: Any) -> Any:
        spans.append(kwargs["model"])
        return original(*args, **kwargs)

    cast("Any", fake.chat.completions).create = traced
    fake.chat.completions.create(**ask)
    assert spans == ["gpt-5"]
    assert traced.__name__ == "create"


def test_a_wrapper_on_the_real_class_sees_the_calls(
    fake: FakeOpenAI, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Langfuse, OpenTelemetry, Weave, Sentry, Datadog and MLflow wrap the method of the real class, at any time."""
    fake.chat.completions.create(**ask)
    spans: list[Any] = []
    real = Completions
    original = real.create

    @functools.wraps(original)
    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = cast("Any", original)(self, *args, **kwargs)
        spans.append(result)
        return result

    monkeypatch.setattr(real, "create", traced)
    completion = fake.chat.completions.create(**ask)
    monkeypatch.undo()
    assert spans == [completion]
    fake.chat.completions.create(**ask)
    assert len(spans) == 1
    assert len(fake.calls) == 3


@pytest.mark.parametrize("owner", [OpenAI, SyncAPIClient], ids=lambda cls: cls.__name__)
def test_a_wrapper_on_request_sees_the_calls(
    fake: FakeOpenAI, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch, owner: Any
) -> None:
    """Logfire and OpenInference wrap ``request`` on the class."""
    spans: list[str] = []
    original = OpenAI.request

    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = cast("Any", original)(self, *args, **kwargs)
        spans.append(result.id)
        return result

    monkeypatch.setattr(owner, "request", traced)
    completion = fake.chat.completions.create(**ask)
    assert spans == [completion.id]
    assert len(fake.calls) == 1


def test_a_wrapper_on_the_instances_request_sees_the_calls(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """The same on the instance."""
    spans: list[str] = []
    original = fake.request

    def traced(*args: Any, **kwargs: Any) -> Any:
        result = cast("Any", original)(*args, **kwargs)
        spans.append(result.id)
        return result

    cast("Any", fake).request = traced
    completion = fake.chat.completions.create(**ask)
    # The SDK binds client.post and friends when a resource is made; those look request up at each call.
    assert spans == [completion.id]


def test_a_wrapper_on_process_response_sees_the_http_response(
    fake: FakeOpenAI, ask: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some wrap ``_process_response`` to read the response's headers."""
    seen: list[str] = []
    base: Any = SyncAPIClient
    original = base._process_response

    def traced(self: Any, **kwargs: Any) -> Any:
        seen.append(kwargs["response"].headers["x-request-id"])
        return original(self, **kwargs)

    monkeypatch.setattr(base, "_process_response", traced)
    completion = fake.chat.completions.create(**ask)
    assert seen == [completion._request_id]


def test_usage_adds_up(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """Detail counts are integers, zero included, and never more than the totals."""
    usage = fake.chat.completions.create(**ask).usage
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 0
    assert usage.completion_tokens_details.reasoning_tokens == 0


def test_stream_usage_comes_once_and_only_when_asked(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """In a last chunk without choices."""
    assert all(chunk.usage is None for chunk in fake.chat.completions.create(**ask, stream=True))
    chunks = list(fake.chat.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
    assert [bool(chunk.usage) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices == []


def test_tool_deltas(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A tool's id and name come only in its first delta; a call without arguments streams ``{}`` as one delta."""
    fake.chat.completions.create.returns([tool_call("now"), tool_call("weather", city="Paris")])
    deltas = [
        call
        for chunk in fake.chat.completions.create(**ask, stream=True, tools=cast("Any", [TOOL, WEATHER]))
        for choice in chunk.choices
        for call in choice.delta.tool_calls or []
    ]
    first = [delta for delta in deltas if delta.index == 0]
    assert [bool(delta.id) for delta in first] == [True] + [False] * (len(first) - 1)
    assert [delta.function.arguments for delta in first if delta.function and delta.function.arguments] == ["{}"]
    second = [delta.function for delta in deltas if delta.index == 1 and delta.function]
    assert [bool(function.name) for function in second] == [True] + [False] * (len(second) - 1)
    assert json.loads("".join(function.arguments or "" for function in second)) == {"city": "Paris"}


def test_methods_pass_for_bound_methods(fake: FakeOpenAI, afake: FakeAsyncOpenAI) -> None:
    """To inspect they look as on the real client: signature, name, documentation, coroutine function or not."""
    real, areal = OpenAI(api_key="x"), AsyncOpenAI(api_key="x")
    for ours, theirs in [
        (fake.chat.completions.create, real.chat.completions.create),
        (afake.chat.completions.create, areal.chat.completions.create),
        (fake.files.retrieve, real.files.retrieve),
        (afake.files.retrieve, areal.files.retrieve),
        (afake.files.list, areal.files.list),
    ]:
        assert inspect.signature(cast("Any", ours)) == inspect.signature(cast("Any", theirs))
        assert cast("Any", ours).__name__ == theirs.__name__
        assert cast("Any", ours).__qualname__ == theirs.__qualname__
        assert ours.__doc__ == theirs.__doc__
        assert inspect.ismethod(ours)
        assert inspect.iscoroutinefunction(ours) == inspect.iscoroutinefunction(theirs)
        assert asyncio.iscoroutinefunction(ours) == asyncio.iscoroutinefunction(theirs)
        assert hasattr(ours, "__wrapped__") == hasattr(theirs, "__wrapped__")


def test_parse_and_module_types(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """parse() gives the SDK's ParsedChatCompletion with the object in it."""

    class Answer(pydantic.BaseModel):
        value: int

    fake.chat.completions.create.returns(json_reply(Answer(value=42)))
    completions: Any = fake.chat.completions if hasattr(fake.chat.completions, "parse") else fake.beta.chat.completions
    assert completions.parse(**ask, response_format=Answer).choices[0].message.parsed == Answer(value=42)
    assert fake.calls[-1].params["response_format"]["type"] == "json_schema"
