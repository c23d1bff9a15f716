"""Hard use of the core: threads, cancellation, odd arguments, credentials, records that must not change."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import asyncio
import copy
import datetime
import functools
import gc
import inspect
import json
import pathlib
import pickle
import subprocess
import sys
import uuid
import weakref
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from typing_extensions import override

from fakeopenai import (
    FakeAsyncAzureOpenAI,
    FakeAsyncOpenAI,
    FakeAzureOpenAI,
    FakeOpenAI,
    SystemClock,
    raw,
    reply,
)

_ROOT = pathlib.Path(__file__).parents[2]
ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}


# ---------------------------------------------------------------------------------------------------------- threads


_FIRST_CALLS = """
import sys, threading
from fakeopenai import FakeOpenAI

sys.setswitchinterval(1e-6)
fake, start, texts = FakeOpenAI(), threading.Barrier(8), []

def ask():
    start.wait()
    texts.append(fake.responses.create(model="gpt-5", input="Hi", text={"verbosity": "low"}).output_text)

threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
fake.responses.create.returns("scripted")
print(len(texts), len(set(texts)), len(fake.calls))
"""


def test_the_first_calls_of_a_process_may_come_from_many_threads_at_once() -> None:
    """What is read of the SDK's types, and imported, on the first call of an operation is not used while half there."""
    ran = subprocess.run([sys.executable, "-c", _FIRST_CALLS], capture_output=True, text=True, check=False, cwd=_ROOT)
    assert (ran.stdout.split(), ran.stderr) == (["8", "1", "8"], "")


# --------------------------------------------------------------------------------------------- clients and credentials


@pytest.mark.parametrize("cls", [FakeAzureOpenAI, FakeAsyncAzureOpenAI])
@pytest.mark.parametrize("credential", [{"azure_ad_token": "secret"}, {"azure_ad_token_provider": lambda: "secret"}])
async def test_azure_clients_take_tokens(
    cls: type[Any], credential: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is sent, without the made-up key or one from the environment; copies send it, too."""
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "from the environment")
    fake = cls(**credential)
    for client in (fake, fake.with_options(timeout=3)):
        answer = client.chat.completions.create(**ASK)
        if inspect.isawaitable(answer):
            await answer
        assert fake.calls.last.headers["authorization"] == "Bearer ***"
        assert "api-key" not in fake.calls.last.headers


def _http_request(fake: Any) -> Any:
    """The http request of a call."""
    return fake.chat.completions.with_raw_response.create(**ASK).http_request


def test_a_token_provider_is_asked_for_each_call() -> None:
    """As on the real client; what it raises reaches the caller."""
    tokens = iter(["first", "second"])
    fake = FakeAzureOpenAI(azure_ad_token_provider=lambda: next(tokens))
    sent = [_http_request(fake).headers["authorization"] for _ in "ab"]
    assert sent == ["Bearer first", "Bearer second"]
    with pytest.raises(StopIteration):
        fake.chat.completions.create(**ASK)


def test_every_azure_client_sends_its_version() -> None:
    """Not only the first that is made with default arguments."""
    for _ in range(2):
        assert _http_request(FakeAzureOpenAI()).url.params["api-version"]


def test_a_record_keeps_the_headers_that_were_sent() -> None:
    """Changing the client afterwards changes no record, whichever way the call went and whenever one looks."""
    fake = FakeOpenAI(organization="before")
    fake.chat.completions.create(**ASK)
    fake.chat.completions.create(**ASK, timeout=3)
    fake.chat.completions.with_raw_response.create(**ASK)
    fake.organization = "after"
    fake.chat.completions.create(**ASK)
    assert [call.headers["openai-organization"] for call in fake.calls] == ["before"] * 3 + ["after"]


def test_subclasses_keep_their_own_attributes() -> None:
    """Each instance those that its own ``__init__`` has set, before or after the fake's."""

    class Tagged(FakeOpenAI):
        def __init__(self, tag: str) -> None:
            self.tag = tag
            super().__init__()

    assert [Tagged(tag).tag for tag in "abc"] == ["a", "b", "c"]


def test_accounts_are_let_go() -> None:
    """Nothing keeps a fake that nobody has any longer, not even the first of its class."""

    class Mine(FakeOpenAI):
        pass

    fake = Mine()
    fake.chat.completions.create(**ASK)
    account = weakref.ref(fake.backend)
    del fake
    gc.collect()
    assert account() is None


def test_pickling_a_fake_says_what_to_do() -> None:
    """Another process can't share the account; responses and calls travel."""
    fake: Any = FakeOpenAI()
    answer = fake.chat.completions.create(**ASK)
    for thing in (fake, fake.chat.completions, fake.chat.completions.create):
        with pytest.raises(TypeError, match="Make a fake in the process that uses it"):
            pickle.dumps(thing)
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert pickle.loads(pickle.dumps(fake.calls[0])).params == ASK


def test_an_endpoint_is_copied_as_a_bound_method_is() -> None:
    """A shallow copy is the same endpoint, a deep one belongs to a detached account."""
    fake = FakeOpenAI()
    create = fake.chat.completions.create
    create(**ASK)
    assert copy.copy(create) is create
    twin = copy.deepcopy(create)
    twin(**ASK)
    assert (create.call_count, twin.call_count) == (1, 2)


# ------------------------------------------------------------------------------------------- calls that are cut short


@pytest.mark.parametrize("more", [{}, {"timeout": 30}, {"stream": True}])
@pytest.mark.parametrize("slow", ["latency", "function"])
async def test_a_cancelled_call_is_recorded_as_such(more: dict[str, Any], slow: str) -> None:
    """Once, with the cancellation for its end, whether the answer is slow or the function that makes it."""
    waiting = asyncio.Event()

    async def wait(_: object) -> str:
        waiting.set()
        await asyncio.Event().wait()
        return "never"

    class Slow(SystemClock):
        @override
        async def asleep(self, seconds: float) -> None:
            await wait(seconds)

    fake: Any = FakeAsyncOpenAI(clock=Slow())
    fake.chat.completions.create.returns(reply("late", latency=60) if slow == "latency" else wait)
    task: asyncio.Future[Any] = asyncio.ensure_future(fake.chat.completions.create(**ASK, **more))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (call,) = fake.calls
    assert isinstance(call.error, asyncio.CancelledError)
    assert call.response is None
    assert call.duration is not None


@pytest.mark.parametrize("status", [204, 301, 404])
def test_the_record_of_an_odd_status_is_what_the_caller_saw(status: int) -> None:
    """The SDK raises for whatever is no success, redirections included."""
    fake = FakeOpenAI()
    fake.chat.completions.create.returns(raw({"choices": []}, status=status))
    try:
        fake.chat.completions.create(**ASK)
        seen = None
    except openai.APIStatusError as error:
        seen = error.status_code
    assert getattr(fake.calls[0].error, "status_code", None) == seen
    assert (fake.calls[0].response is None) == (seen is not None)


def drained(stream: Any) -> list[Any]:
    """All chunks of a stream of either kind of client."""

    async def all_of() -> list[Any]:
        return [chunk async for chunk in await stream]

    return asyncio.run(all_of()) if inspect.isawaitable(stream) else list(stream)


@pytest.mark.parametrize("cls", [FakeOpenAI, FakeAsyncOpenAI])
def test_a_hand_made_stream_is_recorded_as_what_it_adds_up_to(cls: Any) -> None:
    """call.response of events that a test gives is the whole that those which came tell of; None if they failed."""
    fake = cls()
    ask: dict[str, Any] = {"model": "gpt-5", "stream": True}
    deltas = [{"object": "chat.completion.chunk", "choices": [{"delta": {"content": text}}]} for text in ("Hel", "lo")]
    fake.chat.completions.create.returns(deltas)
    chunks = drained(fake.chat.completions.create(**ask, messages=[{"role": "user", "content": "Hi"}]))
    assert len(chunks) == 2
    assert fake.calls.last.response.choices[0].message.content == "Hello"
    assert fake.calls.last.summary.endswith("-> 'Hello'")
    said = [{"type": "response.output_text.delta", "delta": text, "output_index": 0} for text in ("Hel", "lo")]
    fake = cls(strict=False)
    fake.responses.create.returns(said)
    drained(fake.responses.create(**ask, input="Hi"))
    assert fake.calls.last.response.output_text == "Hello"
    assert pickle.loads(pickle.dumps(fake.calls.last)).response.output_text == "Hello"

    def lost() -> Iterator[Any]:
        yield said[0]
        raise ValueError("lost")

    fake.responses.create.returns(lambda _: lost())
    with pytest.raises(ValueError, match="lost"):
        drained(fake.responses.create(**ask, input="Hi"))
    assert fake.calls.last.response is None


# ------------------------------------------------------------------------------------------------ odd arguments


@pytest.mark.parametrize(
    "odd",
    [
        {"user": uuid.UUID(int=1)},
        {"user": datetime.date(2025, 1, 1)},
        {"stop": {"a"}},
        {"temperature": float("nan")},
        {"messages": [{"role": "user", "content": "half an emoji: \ud83d"}]},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"default": object()}}}]},
    ],
    ids=["uuid", "date", "set", "nan", "surrogate", "object"],
)
@pytest.mark.parametrize("strict", [True, False])
def test_what_json_has_no_place_for_fails_as_in_the_sdk(odd: dict[str, Any], strict: bool) -> None:
    """With the same exception in all ways; nothing is sent, so nothing is recorded, and no reply is used up."""
    fake = FakeOpenAI(replies=["unused"], strict=strict)
    create = fake.chat.completions.create
    failures: list[Exception] = []
    for call in (create, functools.partial(create, extra_headers={}), fake.chat.completions.with_raw_response.create):
        with pytest.raises((TypeError, ValueError)) as caught:
            call(**{**ASK, **odd})
        failures.append(caught.value)
    assert len({(type(failure), str(failure)) for failure in failures}) == 1
    assert not fake.calls
    assert fake.backend.unused()


def test_text_in_any_script_goes_the_direct_way() -> None:
    """Hangul shares its first byte with what can't be encoded."""
    fake = FakeOpenAI(replies=lambda request: request.last_user_text)
    text = "안녕 \ud7ff 👋 ﬀ"
    answer = fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": text}])
    assert answer.choices[0].message.content == text


def test_what_travels_in_the_query_is_recorded_and_may_be_anything() -> None:
    """The API overlooks what it doesn't know in a URL; the version of Azure's API is no parameter."""
    fake = FakeOpenAI(default_query={"api-version": "preview", "tenant": "one"})
    fake.chat.completions.create(**ASK)
    fake.chat.completions.create(**ASK, extra_query={"tenant": "two", "page": [1, 2]})
    fake.chat.completions.with_raw_response.create(**ASK)
    assert [call.query for call in fake.calls] == [
        {"tenant": "one"},
        {"tenant": "two", "page": [1, 2]},
        {"tenant": "one"},
    ]
    assert all(call.body == ASK for call in fake.calls)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_bodies_posted_by_hand() -> None:
    """JSON text is read as such, as the SDK sends it; what is no object is refused by the API."""
    fake = FakeOpenAI(replies=["Hello"])
    answer: Any = fake.post("/chat/completions", body=json.dumps(ASK).encode(), cast_to=object)
    assert answer["choices"][0]["message"]["content"] == "Hello"
    assert fake.calls[0].params == ASK
    body: Any = [ASK]
    with pytest.raises(openai.BadRequestError):
        fake.post("/chat/completions", body=body, cast_to=object)
    assert fake.calls[1].body == [ASK]


# ------------------------------------------------------------------------------------------------ patched SDKs


class _Proxy:
    """A wrapper as wrapt makes it: it passes for what it wraps in every comparison."""

    def __init__(self, wrapped: Any, seen: list[Any]) -> None:
        self.__wrapped__ = wrapped
        self._seen = seen

    @override
    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == other)

    @override
    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._seen.append(kwargs)
        return self.__wrapped__(*args, **kwargs)


@pytest.mark.parametrize("hook", ["request", "post", "_process_response", "_build_request"])
def test_wrappers_that_equal_what_they_wrap_are_seen(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put on the real class after the first call and taken off again: all calls between run through them."""
    fake = FakeOpenAI()
    fake.chat.completions.create(**ASK)
    seen: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(openai.OpenAI, hook, _Proxy(getattr(openai.OpenAI, hook), seen))
        fresh = fake.copy()  # a resource keeps the client's ``post`` that it has found when it was made
        fresh.chat.completions.create(**ASK)
        list(fresh.chat.completions.create(**ASK, stream=True))
        assert len(seen) == 2
    fake.chat.completions.create(**ASK)
    assert len(seen) == 2
