"""Coming from elsewhere: every row of the README's tables is a test here, and what a row says is in its code."""

import importlib.metadata
import inspect
import pathlib
import re
from collections.abc import Callable
from typing import Any, TypeVar

import openai
import pytest
from openai import OpenAI

import fakeopenai
from fakeopenai import ChatCompletionMock, FakeOpenAI, StateStore, chunks, error, tool_call

_INSTALLED = "fakeopenai" in {entry.name for entry in importlib.metadata.entry_points(group="pytest11")}
pytest_plugins = [] if _INSTALLED else ["fakeopenai.pytest_plugin"]

F = TypeVar("F", bound=Callable[..., Any])

README = pathlib.Path(__file__).parents[2] / "README.md"
ROWS: list[tuple[str, list[str], list[str], Callable[..., Any]]] = []


def row(origin: str, before: list[str], after: list[str]) -> Callable[[F], F]:
    """A row of the README's table of one origin; the test below it runs what the row says is written now."""

    def add(test: F) -> F:
        # Decorators are applied from below: of one test, the row that stands first comes last.
        index = next((index for index, (*_, other) in enumerate(ROWS) if other is test), len(ROWS))
        ROWS.insert(index, (origin, before, after, test))
        return test

    return add


def ask(**changes: Any) -> Any:
    """The code under test: it builds its own client."""
    client = OpenAI(api_key="sk-test")
    arguments: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}], **changes}
    create: Any = client.chat.completions.create
    return create(**arguments)


def said(answer: Any) -> Any:
    """What the model said."""
    return answer.choices[0].message.content


# ------------------------------------------------------------------------------------------------ openai-responses


@row(
    "openai-responses",
    ["@openai_responses.mock.chat.completions(choices=[...])"],
    ["@fakeopenai.mock.chat.completions(choices=[...])"],
)
@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}])
def test_responses_decorator(chat_completion_mock: ChatCompletionMock) -> None:
    """The older form: one decorator for each endpoint."""
    assert said(ask()) == "Hello"
    assert chat_completion_mock.create.route.calls.call_count == 1


@row(
    "openai-responses",
    ["@openai_responses.mock()", "def test(openai_mock: OpenAIMock):"],
    ["@fakeopenai.mock()", "def test...(openai_mock: FakeOpenAI)"],
)
@row(
    "openai-responses",
    ['openai_mock.chat.completions.create.response = {"choices": [...]}'],
    ['openai_mock.chat.completions.create.response = {"choices": [...]}'],
)
@row(
    "openai-responses",
    ["openai_mock.chat.completions.create.route.call_count"],
    ["openai_mock.chat.completions.create.route.call_count"],
)
@fakeopenai.mock()
def test_responses_openai_mock(openai_mock: FakeOpenAI) -> None:
    """The newer form: the whole client, configured inside the test."""
    openai_mock.chat.completions.create.response = {"choices": [{"message": {"content": "Hello"}}]}
    assert said(ask()) == "Hello"
    assert openai_mock.chat.completions.create.route.call_count == 1


@row(
    "openai-responses",
    ["openai_mock.chat.completions.create.response = Response(500)"],
    ["openai_mock.chat.completions.create.raises(500)"],
)
@fakeopenai.mock()
def test_responses_error(openai_mock: FakeOpenAI) -> None:
    """A failing route."""
    openai_mock.chat.completions.create.raises(500)
    with pytest.raises(openai.InternalServerError):
        ask()


@row(
    "openai-responses",
    ["def answer(request, *, route): ...", "create.response = answer"],
    ["def answer(request: Any)", "create.response = answer"],
)
@fakeopenai.mock()
def test_responses_function(openai_mock: FakeOpenAI) -> None:
    """An answer that is computed: the request comes parsed, with `params`."""

    def answer(request: Any) -> Any:
        return f"you asked {request.params['model']}"

    openai_mock.chat.completions.create.response = answer
    assert said(ask()) == "you asked gpt-5"


STORE = StateStore()


@row(
    "openai-responses",
    ["@openai_responses.mock.files(state_store=store)", "@openai_responses.mock(state=store)"],
    ["@fakeopenai.mock.files(state_store=STORE)", "@fakeopenai.mock(state=STORE)"],
)
@fakeopenai.mock.files(state_store=STORE)
@fakeopenai.mock(state=STORE)
def test_responses_store(openai_mock: FakeOpenAI) -> None:
    """A store of one's own, for as many tests as it is given to."""
    assert openai_mock.state is STORE


@row(
    "openai-responses",
    ['sequence={"create": [{...}, {...}]}, latency=5, failures=2'],
    ['sequence={"create": [...]}, latency=..., failures=2'],
)
@fakeopenai.mock.chat.completions(sequence={"create": ["one", "two"]}, latency=0.001, failures=2)
def test_responses_sequence() -> None:
    """One reply per call; failures pass through the client's own retries, which don't wait."""
    assert [said(ask()), said(ask())] == ["one", "two"]


# ------------------------------------------------------------------------------------------------ respx


@row(
    "respx",
    ["@respx.mock", 'route = respx.post("https://api.openai.com/v1/chat/completions")'],
    ["@fakeopenai.mock.chat.completions()", "def test...(chat_completion_mock: ChatCompletionMock)"],
)
@row(
    "respx",
    ['route.mock(return_value=httpx.Response(200, json={"id": ..., "choices": [...]}))'],
    ['chat_completion_mock.create.returns("Hello")'],
)
@row(
    "respx",
    ["assert route.called", "route.call_count == 1"],
    ["assert chat_completion_mock.create.called", "chat_completion_mock.create.call_count == 1"],
)
@row(
    "respx",
    ['json.loads(route.calls.last.request.content)["model"]'],
    ['chat_completion_mock.create.calls[-1].params["model"]'],
)
@fakeopenai.mock.chat.completions()
def test_respx_route(chat_completion_mock: ChatCompletionMock) -> None:
    """A route with a canned response becomes an endpoint with a reply: only what matters is written."""
    chat_completion_mock.create.returns("Hello")
    assert said(ask()) == "Hello"
    assert chat_completion_mock.create.called
    assert chat_completion_mock.create.call_count == 1
    assert chat_completion_mock.create.calls[-1].params["model"] == "gpt-5"


@row(
    "respx",
    ["route.side_effect = [httpx.Response(429), httpx.Response(200, json=...)]", "assert route.call_count == 2"],
    [
        "chat_completion_mock.create.raises(429, times=1)",
        'chat_completion_mock.create.returns("Hello")',
        "assert chat_completion_mock.create.calls[-1].attempts == 2",
    ],
)
@row(
    "respx",
    ["route.side_effect = httpx.ConnectError"],
    ["chat_completion_mock.create.raises(openai.APIConnectionError)"],
)
@fakeopenai.mock.chat.completions()
def test_respx_side_effects(chat_completion_mock: ChatCompletionMock) -> None:
    """Errors by status or exception; the SDK retries them as it would, without waiting."""
    chat_completion_mock.create.raises(429, times=1)
    chat_completion_mock.create.returns("Hello")
    assert said(ask()) == "Hello"
    assert chat_completion_mock.create.calls[-1].attempts == 2
    chat_completion_mock.create.reset()
    chat_completion_mock.create.raises(openai.APIConnectionError)
    with pytest.raises(openai.APIConnectionError):
        ask()


@row(
    "respx",
    ['httpx.Response(400, json={"error": {"code": ...}})'],
    ['chat_completion_mock.create.raises(error(400, "too long", code="context_length_exceeded"))'],
)
@fakeopenai.mock.chat.completions()
def test_respx_error_body(chat_completion_mock: ChatCompletionMock) -> None:
    """The body of an error, in the API's form."""
    chat_completion_mock.create.raises(error(400, "too long", code="context_length_exceeded"))
    with pytest.raises(openai.BadRequestError) as caught:
        ask()
    assert caught.value.code == "context_length_exceeded"


@row(
    "respx",
    ["respx.mock(assert_all_called=False)", "respx.mock(assert_all_mocked=True)"],
    ['@fakeopenai.mock.chat.completions(..., unused="allow")', "(every call that is not mocked is an error)"],
)
@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello"}}], unused="allow")
def test_respx_strictness() -> None:
    """Unused replies fail a test unless it says so; what isn't mocked always does."""
    with pytest.raises(fakeopenai.NetworkBlocked):  # (every call that is not mocked is an error)
        OpenAI(api_key="sk-test").models.list()


# ------------------------------------------------------------------------------------------------ MagicMock


@row(
    "MagicMock",
    ["client = MagicMock()", 'client.chat.completions.create.return_value.choices[0].message.content = "Hello"'],
    ["client = FakeOpenAI()", 'client.chat.completions.create.returns("Hello")'],
)
@row(
    "MagicMock",
    ["client.chat.completions.create.side_effect = [first, second]"],
    ['client.chat.completions.create.returns("first", "second")'],
)
@row(
    "MagicMock",
    ["client.chat.completions.create.assert_called_once()", 'create.call_args.kwargs["model"]'],
    ["client.chat.completions.create.assert_called_once()", 'client.chat.completions.create.calls[0].params["model"]'],
)
def test_magicmock_injected() -> None:
    """A client that is injected: the same code, with real types, signatures and errors."""
    client = FakeOpenAI()
    client.chat.completions.create.returns("Hello")
    arguments: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
    assert said(client.chat.completions.create(**arguments)) == "Hello"
    client.chat.completions.create.assert_called_once()
    assert client.chat.completions.create.calls[0].params["model"] == "gpt-5"
    client.chat.completions.create.reset()
    client.chat.completions.create.returns("first", "second")
    assert [said(client.chat.completions.create(**arguments)) for _ in range(2)] == ["first", "second"]


@row(
    "MagicMock",
    ['@patch("app.OpenAI")', "def test(openai_class): ..."],
    ["@fakeopenai.mock(replies=[...])", "def test...(openai_mock: FakeOpenAI)"],
)
@fakeopenai.mock(replies=["Hello"])
def test_magicmock_patched(openai_mock: FakeOpenAI) -> None:
    """A client that the code builds: nothing is patched by the path of its import."""
    assert said(ask()) == "Hello"
    assert openai_mock.chat.completions.create.call_count == 1


# ------------------------------------------------------------------------------------------------ pytest-mockllm


@row("pytest-mockllm", ["def test(mock_openai):"], ["def test...(openai_mock: FakeOpenAI)"])
@row("pytest-mockllm", ['mock_openai.add_response("Hello")'], ['openai_mock.script("Hello", ...)'])
@row(
    "pytest-mockllm",
    ['mock_openai.add_response("", tool_calls=[{"function": {"name": "weather", "arguments": {"city": "Paris"}}}])'],
    ['openai_mock.script(..., tool_call("weather", city="Paris"), ...)'],
)
@row(
    "pytest-mockllm",
    ['mock_openai.add_response("Hello world", stream_chunks=["Hello ", "world"])'],
    ['openai_mock.script(..., chunks("Hello ", "world"))'],
)
@row(
    "pytest-mockllm",
    ["mock_openai.call_count", 'mock_openai.last_call["model"]'],
    ["len(openai_mock.calls)", 'openai_mock.calls[-1].params["model"]'],
)
def test_mockllm(openai_mock: FakeOpenAI) -> None:
    """The fixture works without a decorator; turns go to whichever endpoint asks."""
    openai_mock.script("Hello", tool_call("weather", city="Paris"), chunks("Hello ", "world"))
    assert said(ask()) == "Hello"
    called = ask().choices[0].message.tool_calls[0].function
    assert (called.name, called.arguments) == ("weather", '{"city":"Paris"}')
    deltas = [chunk.choices[0].delta.content for chunk in ask(stream=True) if chunk.choices]
    assert [delta for delta in deltas if delta] == ["Hello ", "world"]
    assert len(openai_mock.calls) == 3
    assert openai_mock.calls[-1].params["model"] == "gpt-5"


# ------------------------------------------------------------------------------------------------ the README


def _cell(pieces: list[str]) -> str:
    return "<br>".join(f"`{piece}`" if not piece.startswith("(every") else piece for piece in pieces)


def tables() -> str:
    """The tables of the README's section, as they have to be."""
    lines: list[str] = []
    for origin in dict.fromkeys(origin for origin, *_ in ROWS):
        lines += [f"| {origin} | fakeopenai |", "|---|---|"]
        lines += [f"| {_cell(before)} | {_cell(after)} |" for name, before, after, _ in ROWS if name == origin]
        lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("index", range(len(ROWS)))
def test_what_a_row_says_is_in_its_test(index: int) -> None:
    """Each piece of the second column stands in the code that was run; three dots stand for anything."""
    _, _, after, test = ROWS[index]
    source = re.sub(r"\A(@row\(.*?\n\)\n|@row\(.*?\)\n)+", "", inspect.getsource(inspect.unwrap(test)), flags=re.DOTALL)
    for piece in after:
        pattern = ".*?".join(map(re.escape, piece.split("...")))
        assert re.search(pattern, source, flags=re.DOTALL)


def test_the_readme_has_these_rows() -> None:
    """All of them, and no others."""
    section = README.read_text("utf-8").partition("## Coming from elsewhere")[2].partition("\n## ")[0]
    if not section:
        pytest.skip("the README has no such section yet")
    assert tables() in section
