"""``fakeopenai.mock``: the seam, decorators and contexts, without pytest's help."""

# Much here is called with arguments from a dict, which leaves the SDK's overloads open; and misused on purpose.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

import asyncio
import copy
import inspect
import pickle
import socket
import threading
import unittest
from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI
from openai._base_client import AsyncAPIClient, SyncAPIClient
from openai._resource import AsyncAPIResource, SyncAPIResource

import fakeopenai
from fakeopenai import (
    Backend,
    ChatCompletionMock,
    FakeAsyncOpenAI,
    FakeOpenAI,
    NetworkBlocked,
    ScriptExhausted,
    StateStore,
    UnconsumedReplies,
    UnknownField,
    UsageError,
    VirtualClock,
    error,
)
from fakeopenai._sdk import httpx
from fakeopenai.mocking import _stub, classes, names
from fakeopenai.mocking.paths import UnknownPath

ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}
MOCK: Any = fakeopenai.mock  # untyped, to be misused
HELLO: dict[str, Any] = {"choices": [{"message": {"content": "Hello"}}]}
PATCHED = (SyncAPIClient, AsyncAPIClient, SyncAPIResource, AsyncAPIResource, openai._ModuleClient)


def client(**arguments: Any) -> OpenAI:
    """A real client."""
    return OpenAI(api_key="sk-test", **arguments)


def say(real: OpenAI | None = None) -> str:
    """What the model says to a real client."""
    create: Any = (real or client()).chat.completions.create
    return str(create(**ASK).choices[0].message.content)


async def asay(real: AsyncOpenAI | None = None) -> str:
    """What the model says to a real asynchronous client."""
    real = real or AsyncOpenAI(api_key="sk-test")
    create: Any = real.chat.completions.create
    return str((await create(**ASK)).choices[0].message.content)


def _account(mock: Any) -> Backend:
    backend: Backend = mock._client.backend
    return backend


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """After every test, openai is exactly as it was before."""
    before = [dict(vars(cls)) for cls in PATCHED]
    yield
    assert [dict(vars(cls)) for cls in PATCHED] == before


@pytest.fixture
def module_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The module-level client, as in a fresh process with a key."""
    for name, value in {"api_key": "sk-test", "http_client": None, "api_type": "openai", "_client": None}.items():
        monkeypatch.setattr(openai, name, value)
    yield
    if openai.http_client is not None:
        openai.http_client.close()


# ------------------------------------------------------------------------------------------------ the guide's example


@fakeopenai.mock.chat.completions(
    choices=[
        {"message": {"content": "Hello, how can I help?"}},
        {"message": {"content": "Hi! I'm here to help!"}},
        {"message": {"content": "How can I help?"}},
    ],
)
def example(chat_completion_mock: ChatCompletionMock) -> None:
    """The user guide's example; the mock object comes as a keyword argument outside of pytest."""
    completion = OpenAI(api_key="fakeKey").chat.completions.create(
        model="gpt-5", messages=[{"role": "user", "content": "Hello!"}], n=3
    )
    assert len(completion.choices) == 3
    assert completion.choices[2].message.content == "How can I help?"
    assert chat_completion_mock.create.route.calls.call_count == 1


def test_the_guides_example() -> None:
    """It works as written, as a plain function, any number of times, each with a fresh account."""
    plain: Any = example
    plain()
    plain()


# ------------------------------------------------------------------------------------------------ ways to a client


class Subclassed(OpenAI):
    """A client of somebody's own."""


def _clients() -> dict[str, Any]:
    azure: dict[str, Any] = {"azure_endpoint": "https://x.openai.azure.com", "api_version": "2024-10-21"}
    transport = httpx.MockTransport(lambda request: httpx.Response(500, request=request))
    return {
        "plain": lambda: OpenAI(api_key="sk-test"),
        "alias": lambda: openai.Client(api_key="sk-test"),
        "subclass": lambda: Subclassed(api_key="sk-test"),
        "base url": lambda: OpenAI(api_key="sk-test", base_url="http://localhost:8000/some/v1/"),
        "http client": lambda: OpenAI(api_key="sk-test", http_client=httpx.Client(transport=transport)),
        "with_options": lambda: OpenAI(api_key="sk-test").with_options(timeout=3, max_retries=0),
        "copy": lambda: OpenAI(api_key="sk-test").copy(http_client=httpx.Client(transport=transport)),
        "azure": lambda: AzureOpenAI(api_key="key", **azure),
        "azure deployment": lambda: AzureOpenAI(api_key="key", azure_deployment="mine", **azure),
        "azure token": lambda: AzureOpenAI(azure_ad_token="token", **azure),
        "azure token provider": lambda: AzureOpenAI(azure_ad_token_provider=lambda: "token", **azure),
    }


@pytest.mark.parametrize("name", sorted(_clients()))
@pytest.mark.parametrize("early", [True, False], ids=["before", "inside"])
def test_clients_are_answered_however_they_are_built(name: str, early: bool) -> None:
    """Before the mock or inside of it; and afterwards they have their own http client, as if nothing had been."""
    build = _clients()[name]
    real: Any = build() if early else None
    with fakeopenai.mock(replies=["Hello"]) as mock:
        if real is None:
            real = build()
        assert say(real) == "Hello"
        call = mock.calls[0]
        assert call.params == ASK
        assert not call.headers.get("authorization", "").endswith(("sk-test", "token"))
    own = real._client
    assert type(own).__module__.partition(".")[0] != "fakeopenai"
    assert not own.is_closed
    real.close()
    assert own.is_closed


@pytest.mark.parametrize("name", ["AsyncOpenAI", "AsyncClient", "AsyncAzureOpenAI"])
async def test_asynchronous_clients_are_answered(name: str) -> None:
    """The asynchronous classes as well, Azure's deployment paths included."""
    azure: dict[str, Any] = {"azure_endpoint": "https://x.openai.azure.com", "api_version": "2024-10-21"}
    build: Any = getattr(openai, name)
    before = build(api_key="sk-test", **(azure if build is AsyncAzureOpenAI else {}))
    async with fakeopenai.mock(replies=["one", "two"]):
        inside = build(api_key="sk-test", **(azure if build is AsyncAzureOpenAI else {}))
        assert [await asay(before), await asay(inside)] == ["one", "two"]
    for real in (before, inside):
        await real.close()


def test_the_module_level_client_is_answered(module_client: None) -> None:
    """``openai.chat.completions.create`` too, whose client keeps its http client elsewhere."""
    with fakeopenai.mock(replies=["Hello"]):
        assert openai.chat.completions.create(**ASK).choices[0].message.content == "Hello"
    assert type(openai.http_client).__module__.startswith("openai")


def test_a_copy_made_inside_works_outside() -> None:
    """What a copy takes over is the client's own http client, never the stand-in."""
    real = client(http_client=httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(418))))
    with fakeopenai.mock(replies=["Hello"]):
        copied = real.with_options(max_retries=0)
        assert say(copied) == "Hello"
    assert copied._client is real._client
    with pytest.raises(openai.APIStatusError) as caught:
        say(copied)
    assert caught.value.status_code == 418


def test_nothing_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a name is looked up; and outside of the mock the same client does try."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> Any:
        tried.append(arguments)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    real = client(max_retries=0)
    with fakeopenai.mock():
        say(real)
        real.models.list()
    assert not tried
    with pytest.raises(openai.APIConnectionError):
        say(real)
    assert tried


def test_other_http_is_not_touched() -> None:
    """A client of the same http library that is not openai's works as ever."""
    with fakeopenai.mock(), httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as other:
        assert other.get("https://example.org").status_code == 204


def test_the_wire_way_keeps_what_the_sdk_offers() -> None:
    """Raw responses, streams, ``client.post`` and the http client's own headers."""
    with fakeopenai.mock(replies=["one", "two", "three four", "five"]) as mock:
        real = client(http_client=httpx.Client(headers={"x-mine": "yes"}), default_headers={"x-default": "too"})
        raw = real.chat.completions.with_raw_response.create(**ASK)
        assert raw.parse().choices[0].message.content == "one"
        assert raw.headers["x-request-id"].startswith("req_")
        assert mock.calls[0].headers["x-mine"] == "yes"
        assert mock.calls[0].headers["x-default"] == "too"
        with real.chat.completions.with_streaming_response.create(**ASK) as streamed:
            assert streamed.parse().choices[0].message.content == "two"
        chunks = [chunk for chunk in real.chat.completions.create(**ASK, stream=True) if chunk.choices]
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "three four"
        posted: Any = real.post("/chat/completions", body=ASK, cast_to=object)
        assert posted["choices"][0]["message"]["content"] == "five"
        real.close()


def test_a_closed_client_stays_closed() -> None:
    """Closing a client inside closes its own http client, and later calls fail as they do for real."""
    with fakeopenai.mock():
        with client(max_retries=0) as real:
            say(real)
        assert real.is_closed()
        with pytest.raises((openai.APIConnectionError, RuntimeError)):
            say(real)
    assert real.is_closed()


def test_fakes_keep_their_own_account() -> None:
    """Inside of a mock, an injected fake answers from where it always did."""
    fake = FakeOpenAI(replies=["mine", "mine too"])
    with fakeopenai.mock(replies=["mock's"]) as mock:
        assert say(fake) == "mine"
        assert say(fake.with_options(timeout=1)) == "mine too"
        assert not mock.calls


def test_a_constructor_that_fails_leaves_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key: openai's error, as without a mock."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with fakeopenai.mock(), pytest.raises(openai.OpenAIError):
        OpenAI().chat.completions.create(**ASK)


# ------------------------------------------------------------------------------------------------ failures and time


def test_failures_go_through_the_clients_own_retries_without_waiting() -> None:
    """They come first; a retried call is one call with several attempts; the waits are on the account's clock."""
    with fakeopenai.mock.chat.completions(**HELLO, failures=2) as mock:
        assert say() == "Hello"
        call = mock.create.last
        assert call is not None
        assert (mock.create.call_count, call.attempts, call.error) == (1, 3, None)
        waits = _account(mock).clock.sleeps
        assert len(waits) == 2
        assert all(wait > 0 for wait in waits)


async def test_failures_by_status_and_exception() -> None:
    """One by one, in order, on the asynchronous client; what isn't retried arrives."""
    failures = [error(429, retry_after=7), openai.APIConnectionError, 400, ValueError("mine")]
    with fakeopenai.mock(failures=failures, clock=VirtualClock(start=0)) as mock:
        real = AsyncOpenAI(api_key="sk-test")
        with pytest.raises(openai.BadRequestError):
            await asay(real)
        assert mock.clock.sleeps[0] == 7
        with pytest.raises(ValueError, match="mine"):
            await asay(real)
        assert await asay(real)
        assert [call.attempts for call in mock.calls] == [3, 1, 1]
        await real.close()


def test_more_failures_than_retries_reach_the_caller() -> None:
    """The API's own error after the SDK has given up."""
    with fakeopenai.mock(failures=3):
        with pytest.raises(openai.InternalServerError):
            say()
        assert say()


def test_latency_passes_on_the_clock() -> None:
    """A number or a range; for the decorated path only; on fakes of the account, too."""
    clock = VirtualClock(start=0)
    account = FakeOpenAI(clock=clock)
    with fakeopenai.mock(fake=account), fakeopenai.mock(fake=account, latency=(1, 2)):
        say()
    assert 1 <= clock.now() <= 2
    with fakeopenai.mock.chat.completions(clock=clock, latency=10) as mock:
        say()
        say(mock._client)
    assert 21 <= clock.now() <= 22


async def test_latency_of_asynchronous_clients_overlaps() -> None:
    """Each waits for itself."""
    with fakeopenai.mock(latency=0.2):
        real = AsyncOpenAI(api_key="sk-test")
        loop = asyncio.get_running_loop()
        start = loop.time()
        await asyncio.gather(*(asay(real) for _ in range(20)))
        assert loop.time() - start < 2  # one after the other, it would be 4
        await real.close()


def test_pollers_do_not_wait() -> None:
    """The SDK's pollers note their waits on the clock, as its retries do."""
    with fakeopenai.mock(clock=VirtualClock(start=0)) as mock:
        client().files._sleep(3)
        client().beta.threads.runs._sleep(seconds=4)
        assert mock.clock.sleeps == [3, 4]


async def test_asynchronous_pollers_do_not_wait() -> None:
    """Nor the asynchronous ones."""
    with fakeopenai.mock(clock=VirtualClock(start=0)) as mock:
        await AsyncOpenAI(api_key="sk-test").files._sleep(3)
        assert mock.clock.sleeps == [3]


# ------------------------------------------------------------------------------------------------ layers


def test_replies_by_operation_and_by_sequence() -> None:
    """Operations by name; a list for a listing; a sequence whose last reply stays."""
    with fakeopenai.mock.models(list=[{"id": "mine"}], retrieve={"id": "one"}) as models:
        assert [model.id for model in client().models.list()] == ["mine"]
        assert client().models.retrieve("x").id == "one"
        assert models.retrieve.call_count == 1
    with fakeopenai.mock.chat.completions(sequence={"create": ["one", HELLO, "three"]}):
        assert [say() for _ in range(4)] == ["one", "Hello", "three", "three"]
    with fakeopenai.mock.chat.completions(create="said"):
        assert [say(), say()] == ["said", "said"]
    with fakeopenai.mock.chat.completions(replies=["one", "two"]):
        assert [say(), say()] == ["one", "two"]
        with pytest.raises(ScriptExhausted):
            say()
    with fakeopenai.mock.chat.completions(replies=lambda request: request.operation.name):
        assert say() == "chat.completions.create"


def test_stacked_decorators_share_one_account() -> None:
    """In any order, on one function, with other decorators in between."""

    def other(function: Any) -> Any:
        import functools

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return wrapped

    @fakeopenai.mock.chat.completions(**HELLO)
    @other
    @fakeopenai.mock.embeddings(data=[{"embedding": [0.5]}])
    @fakeopenai.mock.models(seed=7)
    def stacked(openai_mock: FakeOpenAI, embeddings_mock: Any, *, argument: int) -> FakeOpenAI:
        assert argument == 1
        assert say() == "Hello"
        client().models.list()
        client().embeddings.create(model="text-embedding-3-small", input="x")
        assert embeddings_mock.create.called
        assert len(openai_mock.calls) == 3
        return openai_mock

    function: Any = stacked
    first, second = function(argument=1), function(argument=1)
    assert first.backend is not second.backend
    assert first.calls[0].request_id == second.calls[0].request_id


def test_the_same_path_twice_adds() -> None:
    """The inner decorator adds to the outer one; where both say something, the inner one wins."""

    @fakeopenai.mock.chat.completions(model="outer", **HELLO)
    @fakeopenai.mock.chat.completions(model="inner", retrieve={"id": "kept"})
    def twice() -> None:
        answer = client().chat.completions.create(**ASK)
        assert (answer.model, answer.choices[0].message.content) == ("inner", "Hello")
        assert client().chat.completions.retrieve("x").id == "kept"

    twice()


def test_what_is_not_decorated_is_an_error_that_names_the_call() -> None:
    """Which call came, what is mocked, and what to add; it reaches the test through retries and on every SDK."""
    with fakeopenai.mock.chat.completions(), fakeopenai.mock.files():
        say()
        with pytest.raises(NetworkBlocked) as caught:
            client().embeddings.create(model="m", input="some text")
    assert caught.value.operation == "embeddings.create"
    for part in (
        "embeddings.create was called",
        "some text",
        "@fakeopenai.mock.files(...), @fakeopenai.mock.chat.completions(...)",
        "add @fakeopenai.mock.embeddings(...), or @fakeopenai.mock() for the whole client",
    ):
        assert part in str(caught.value)


def test_a_path_covers_what_lies_below_it() -> None:
    """``mock.beta`` covers its assistants, ``mock.chat`` the completions; names that only begin alike aren't below."""
    with fakeopenai.mock.chat():
        say()
        with pytest.raises(NetworkBlocked):
            client().completions.create(model="gpt-3.5-turbo-instruct", prompt="x")
    with fakeopenai.mock.beta.chat.completions(**HELLO):
        assert say() == "Hello"


def test_existing_accounts_and_stores() -> None:
    """``fake=`` answers from an account that exists; ``state_store=`` shares what is kept."""
    fake = FakeOpenAI(replies=["one", "two"])
    with fakeopenai.mock(fake=fake) as mock:
        assert mock.backend is fake.backend
        assert say() == "one"
    with fakeopenai.mock(fake=FakeAsyncOpenAI(backend=fake.backend)):
        assert say() == "two"
    assert len(fake.calls) == 2
    store = StateStore()
    for spelling in ("state_store", "state"):
        options: dict[str, Any] = {spelling: store}
        with fakeopenai.mock.files(**options) as files:
            assert _account(files).state is store


@pytest.mark.parametrize("spelling", ["validate_exists", "validate_thread_exists", "validate_assistant_exists"])
def test_existence_checks_have_older_spellings(spelling: str) -> None:
    """Each switches the same check on."""
    options: dict[str, Any] = {spelling: True}
    with fakeopenai.mock.beta.threads(**options) as threads:
        assert _account(threads).validate_exists is True


# ------------------------------------------------------------------------------------------------ contexts


def test_the_inner_context_answers() -> None:
    """And the outer one again after it; what the inner one doesn't mock goes to the outer one."""
    with fakeopenai.mock(replies=["outer", "outer again"]) as outer:
        assert say() == "outer"
        with fakeopenai.mock(replies=["inner"]):
            assert say() == "inner"
        with fakeopenai.mock.embeddings():
            assert say() == "outer again"
        assert len(outer.calls) == 2


def test_contexts_can_be_entered_again() -> None:
    """Each time with a fresh account; within itself, too."""
    context = fakeopenai.mock(replies=["Hello"])
    for _ in range(2):
        with context as mock:
            assert say() == "Hello"
            assert len(mock.calls) == 1
    with context as outer, context as inner:
        assert say() == "Hello"
        assert (len(outer.calls), len(inner.calls)) == (0, 1)


def test_an_exception_inside_restores_everything() -> None:
    """Also from the innermost of several, and from decorated functions of each kind."""
    with pytest.raises(KeyError), fakeopenai.mock(), fakeopenai.mock.files():
        raise KeyError

    @fakeopenai.mock()
    def fails() -> None:
        raise KeyError

    @fakeopenai.mock()
    def generates() -> Iterator[int]:
        yield 1

    with pytest.raises(KeyError):
        fails()
    generator: Any = generates()
    next(generator)
    generator.close()


def test_leaving_out_of_order_is_an_error_and_restores() -> None:
    """The error says what was left while what was open."""
    outer, inner = fakeopenai.mock(), fakeopenai.mock.files()
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(UsageError, match=r"mock\(\) was left while fakeopenai.mock.files\(\) was still open"):
        outer.__exit__(None, None, None)
    assert "_client" not in vars(SyncAPIClient)
    inner.__exit__(None, None, None)
    with pytest.raises(UsageError, match="without having been entered"):
        inner.__exit__(None, None, None)


def test_what_somebody_else_has_put_over_it_stays() -> None:
    """A patch made inside and not undone isn't thrown away, and leads to the real thing."""
    original = SyncAPIClient.__dict__["_sleep_for_retry"]
    with fakeopenai.mock():
        ours = SyncAPIClient.__dict__["_sleep_for_retry"]

        def patched(self: Any, **arguments: Any) -> None:
            ours(self, **arguments)

        setattr(SyncAPIClient, "_sleep_for_retry", patched)  # noqa: B010
    assert SyncAPIClient.__dict__["_sleep_for_retry"] is patched
    setattr(SyncAPIClient, "_sleep_for_retry", original)  # noqa: B010


def test_threads_see_the_mock_around_them() -> None:
    """A thread knows no context variables; it sees what is open."""
    said: list[str | None] = []
    with fakeopenai.mock(replies=["Hello"]):
        thread = threading.Thread(target=lambda: said.append(say()))
        thread.start()
        thread.join()
    assert said == ["Hello"]


async def test_parallel_tasks_do_not_see_each_others_accounts() -> None:
    """Each task's mock answers it, and the tasks and ``to_thread`` calls that it starts."""
    barrier: Any = getattr(asyncio, "Barrier", None)  # since Python 3.11
    together = barrier and barrier(3)

    async def one(name: str) -> None:
        async with fakeopenai.mock(replies=[name] * 3) as mock:
            if together is not None:
                await together.wait()
            assert await asay() == name
            assert await asyncio.create_task(asay()) == name
            assert await asyncio.to_thread(say) == name
            assert len(mock.calls) == 3

    await asyncio.gather(*(one(name) for name in ("a", "b", "c")))


async def test_a_mock_opened_outside_of_tasks_is_seen_in_tasks_with_older_contexts() -> None:
    """As a test's own mock has to be, in an event loop that was started before."""
    inside, left = asyncio.Event(), asyncio.Event()

    async def worker() -> str | None:
        inside.set()
        await left.wait()
        return await asay()

    with fakeopenai.mock(replies=["outer"]):
        task = asyncio.create_task(worker())
        await inside.wait()
        thread = threading.Thread(target=left.set)
        thread.start()
        thread.join()
        assert await task == "outer"


# ------------------------------------------------------------------------------------------------ decorators


def test_what_others_see_of_a_function_stays() -> None:
    """Name, documentation, signature, kind."""

    @fakeopenai.mock()
    async def coroutine(first: int, *, second: str = "x") -> None:
        """Says something."""

    @fakeopenai.mock
    def generator() -> Iterator[None]:
        yield

    @fakeopenai.mock.files
    async def asyncgen() -> Any:
        yield

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(asyncgen)
    assert str(inspect.signature(coroutine)) == "(first: int, *, second: str = 'x') -> None"
    assert (coroutine.__name__, coroutine.__doc__) == ("coroutine", "Says something.")


async def test_asynchronous_functions_and_generators() -> None:
    """The account is open while they run, and between the values they yield."""

    @fakeopenai.mock(replies=["one"])
    async def coroutine() -> str | None:
        return await asay()

    @fakeopenai.mock(replies=["one", "two"])
    async def values() -> AsyncIterator[str | None]:
        yield await asay()
        yield await asay()

    assert await coroutine() == "one"
    assert [value async for value in values()] == ["one", "two"]


def test_classes_of_tests() -> None:
    """Each test gets a fresh account, inherited and static ones and nested classes included."""

    class Base:
        def test_inherited(self) -> str | None:
            return say()

    @fakeopenai.mock.chat.completions(**HELLO)
    class Tests(Base):
        @fakeopenai.mock.models(seed=1)
        def test_stacked(self, openai_mock: Any) -> int:
            say()
            client().models.list()
            return len(openai_mock.calls)

        @staticmethod
        def test_static() -> str | None:
            return say()

        class TestNested:
            def test_it(self) -> str | None:
                return say()

        def helper(self) -> bool:
            return "_client" in vars(SyncAPIClient)

    tests: Any = Tests()
    assert (tests.test_inherited(), Tests.test_static(), Tests.TestNested().test_it()) == ("Hello",) * 3
    assert tests.test_stacked() == tests.test_stacked() == 2
    assert not tests.helper()
    assert "fakeopenai" not in repr(vars(Base)["test_inherited"])


def test_unittest_classes() -> None:
    """A case class, decorated whole."""

    @fakeopenai.mock.chat.completions(**HELLO)
    class Case(unittest.TestCase):
        def test_it(self, chat_completion_mock: Any) -> None:
            assert say() == "Hello"
            assert chat_completion_mock.create.call_count == 1

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert result.testsRun == 1
    assert result.wasSuccessful(), result.failures + result.errors


def test_unused_replies_are_an_error_where_asked_for() -> None:
    """With ``unused="error"``, and unless something else has failed."""
    with pytest.raises(UnconsumedReplies), fakeopenai.mock(replies=["one"], unused="error"):
        pass
    with pytest.raises(KeyError), fakeopenai.mock(replies=["one"], unused="error"):
        raise KeyError
    with fakeopenai.mock(replies=["one"], unused="allow"):
        pass


# ------------------------------------------------------------------------------------------------ misuse


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: MOCK.chat.completion, "did you mean fakeopenai.mock.chat.completions?"),
        (lambda: MOCK.chats, "did you mean fakeopenai.mock.chat?"),
        (lambda: MOCK.files.create, "create is an operation, no path. Write fakeopenai.mock.files(create="),
        (lambda: MOCK.embeddings.nothing_like_it, "has no 'nothing_like_it': it has nothing below it."),
        (lambda: MOCK.assistants, "did you mean fakeopenai.mock.beta.assistants?"),
        (lambda: MOCK.runs, "did you mean fakeopenai.mock.evals.runs or fakeopenai.mock.beta.threads.runs?"),
        (lambda: MOCK.chat_completions, "did you mean fakeopenai.mock.chat.completions?"),
        (lambda: MOCK.chat.completions(choises=[]), "did you mean 'choices'?"),
        (lambda: MOCK.chat.completions(retreive={}), "did you mean 'retrieve'?"),
        (lambda: MOCK.chat.completions(latencie=1), "did you mean 'latency'?"),
        (lambda: MOCK.chat.completions(choices=[{"mesage": {}}]), "did you mean 'message'?"),
        (lambda: MOCK.models(retrieve="text"), "no model speaks there"),
        (lambda: MOCK.models(xyz=1), "operations: delete, list, retrieve"),
        (lambda: MOCK(choices=[]), "fakeopenai.mock() has no keyword 'choices'"),
        (lambda: MOCK.chat.completions(sequence={"creat": ["x"]}), "did you mean 'create'?"),
        (lambda: MOCK.chat.completions(sequence={"create": []}), "takes a list of replies"),
        (lambda: MOCK.chat.completions(sequence=["x"]), "takes a list of replies for each operation"),
        (lambda: MOCK(sequence={"create": ["x"]}), "which is no operation here. Fields and operations belong to"),
        (lambda: MOCK.chat(choices=[]), "to an endpoint, such as fakeopenai.mock.chat.completions(...)"),
        (lambda: MOCK(state=StateStore), "takes a fakeopenai.StateStore; got the class StateStore: call it"),
        (lambda: MOCK.files(state_store={}), "state_store= takes a fakeopenai.StateStore; got dict {}"),
        (lambda: MOCK(fake=3), "fake= takes a fake client, or its account; got int 3"),
        (lambda: MOCK(lifecycle="quick"), "'quick' is not one of"),
        (lambda: MOCK(replies="text"), "replies=['text']"),
        (lambda: MOCK(failures=-1), "failures= takes how many calls fail first"),
        (lambda: MOCK(failures=500), "failures=[500]"),
        (lambda: MOCK(failures=["text"]), "is no failure"),
        (lambda: MOCK(failures="2"), "failures= takes how many calls fail first"),
        (lambda: MOCK(latency=-1), "latency= takes seconds"),
        (lambda: MOCK(latency=(2, 1)), "latency= takes seconds"),
        (lambda: MOCK(unused="maybe"), "unused= is 'error' or 'allow'"),
        (lambda: MOCK.chat.completions("Hello"), "takes keyword arguments only; got str 'Hello'"),
        (lambda: MOCK()(3), "decorates functions and classes; got int"),
        (lambda: MOCK()(type("Empty", (), {})), "which has no tests"),
        (lambda: MOCK()(pytest.fixture(lambda: None)), "Put it below @pytest.fixture"),
    ],
)
def test_misuse_is_refused_where_it_is_written(use: Any, message: str) -> None:
    """With the nearest name, or with what would be right."""
    with pytest.raises((UsageError, UnknownField)) as caught:
        use()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "decorators",
    [
        [{"state_store": StateStore()}, {"state_store": StateStore()}],
        [{"fake": FakeOpenAI()}, {"fake": FakeOpenAI()}],
        [{"fake": FakeOpenAI()}, {"seed": 1}],
    ],
    ids=["stores", "fakes", "fake and options"],
)
def test_decorators_that_contradict_each_other(decorators: list[dict[str, Any]]) -> None:
    """Two stores or two accounts can't both be the test's; an account that exists has its options."""

    def function() -> None:
        """Never runs."""

    decorated: Any = function
    for options in decorators:
        decorated = fakeopenai.mock.files(**options)(decorated)
    with pytest.raises(UsageError):
        decorated()


def test_unknown_paths_are_attribute_errors_too() -> None:
    """So that ``hasattr`` and introspection work."""
    assert not hasattr(fakeopenai.mock, "chats")
    assert not hasattr(fakeopenai.mock, "__wrapped__")
    assert issubclass(UnknownPath, AttributeError)
    assert "completions" in dir(fakeopenai.mock.chat)
    assert repr(fakeopenai.mock.beta.threads) == "<fakeopenai.mock.beta.threads>"


def test_every_path_of_the_tree_can_be_mocked() -> None:
    """Each that the installed SDK has gives the fake resource, an instance of its mock class."""
    from fakeopenai._table import CLASSES
    from fakeopenai.operation import resolve

    for name, path in names.MOCKS.items():
        context: Any = fakeopenai.mock
        for part in path.split("."):
            context = getattr(context, part)
        try:
            resolve(CLASSES[path])
        except (ImportError, AttributeError):
            with pytest.raises(UsageError, match="there is nothing to mock"):
                context().__enter__()
            continue
        with context() as mock:
            assert type(mock) is getattr(fakeopenai, name)


# ------------------------------------------------------------------------------------------------ names


def test_the_guides_classes_are_the_fake_classes() -> None:
    """One object, one vocabulary."""
    fake = FakeOpenAI()
    assert type(fake.chat.completions) is ChatCompletionMock is fakeopenai.ChatCompletionsMock
    assert type(fake.beta.threads.runs) is fakeopenai.RunsMock
    assert type(fake.beta.threads.runs.steps) is fakeopenai.RunStepsMock
    assert type(fake.beta.threads.messages) is fakeopenai.MessagesMock
    assert fakeopenai.OpenAIMock is FakeOpenAI
    for name in ("EmbeddingsMock", "FilesMock", "AssistantsMock", "ThreadsMock", "ResponsesMock"):
        assert getattr(classes, name) is getattr(fakeopenai, name)


def test_the_generated_files_are_up_to_date() -> None:
    """`_stub` would write them as they are."""
    for path, text in _stub.rendered().items():
        assert path.read_text("utf-8") == text, f"run python -m fakeopenai.mocking._stub: {path.name}"
    assert _stub.main(["--check"]) == 0


def test_public_names_are_lazy_and_complete() -> None:
    """Every name of ``__all__`` is there and in ``dir()``; an unknown one is an AttributeError."""
    for name in fakeopenai.__all__:
        assert getattr(fakeopenai, name) is not None
        assert name in dir(fakeopenai)
    for name in ("Nothing", "NothingMock"):
        with pytest.raises(AttributeError, match=name):
            getattr(fakeopenai, name)


def test_contexts_survive_copying_of_clients() -> None:
    """``copy.copy`` of a real client inside of a mock; nothing of ours is in its attributes."""
    real = client()
    with fakeopenai.mock(replies=["Hello"]):
        twin = copy.copy(real)
        assert say(twin) == "Hello"
        with pytest.raises(Exception, match=r"pickle|serialize|local object"):
            pickle.dumps(real)
    assert not [name for name in vars(real) if "fake" in name]
