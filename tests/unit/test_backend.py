"""The account's pipeline: what is recorded, who is asked, what waits, what is copied; and every operation scripted."""

import asyncio
import copy
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion

from fakeopenai import (
    Backend,
    FakeAsyncOpenAI,
    FakeOpenAI,
    StateStore,
    UnsupportedOperation,
    UsageError,
    VirtualClock,
    error,
    raw,
    reply,
)
from fakeopenai.operation import Operation, installed, operations
from fakeopenai.request import Answer, Pending, Request

INSTALLED = [found for found in operations().values() if installed(found)]
CREATE = operations()["chat.completions.create"]
ASK: Any = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}


def complete(client: FakeOpenAI, **more: Any) -> ChatCompletion:
    """A plain chat completion."""
    create: Any = client.chat.completions.create
    made: ChatCompletion = create(**ASK, **more)
    return made


def said(completion: Any) -> str | None:
    """What a completion says."""
    content: str | None = completion.choices[0].message.content
    return content


# ------------------------------------------------------------------------------------------------ every operation

_OBJECTS: dict[tuple[str, str], Any] = {
    ("audio.voices.create", "consent"): "cons_1",
    ("chat.completions.create", "messages"): ASK["messages"],
    ("chat.completions.create", "model"): "gpt-5",
    ("conversations.items.create", "items"): [{"type": "message", "role": "user", "content": "Hi"}],
    ("evals.runs.create", "data_source"): {"type": "jsonl", "source": {"type": "file_id", "id": "file-1"}},
    ("realtime.translations.client_secrets.create", "session"): {"model": "gpt-realtime"},
}
"""Arguments that have to be more than a word, by operation and name."""
_ALTERNATIVES: dict[str, tuple[str, ...]] = {
    "admin.organization.external_keys.create": ("external_id", "kms_arn", "name", "role_arn", "type"),
    "audio.voices.create": ("name", "prompt", "type"),
    "beta.agents.automations.create": ("name", "run_at", "target", "type"),
    "beta.agents.environments.files.create": ("data", "path", "type"),
    "vector_stores.file_batches.create": ("file_ids",),
}
"""The arguments of methods that take one set of them or another."""


def arguments_of(found: Operation) -> dict[str, Any]:
    """The fewest arguments by which the SDK's method can be called; their values make no sense."""
    names = [name for name in found.arguments if name in found.path_params or name in found.required]
    names += _ALTERNATIVES.get(found.name, ())
    values = {name: b"x" if name in found.files else "x_1" for name in names}
    return {name: _OBJECTS.get((found.name, name), value) for name, value in values.items()}


def call(client: Any, found: Operation) -> Any:
    """Call an operation of a client, sync or async."""
    answer = attrgetter(found.name)(client)(**arguments_of(found))
    if hasattr(answer, "__await__"):

        async def awaited() -> Any:
            return await answer

        return asyncio.run(awaited())
    return answer


@pytest.fixture
def lenient() -> FakeOpenAI:
    """A fake that checks no requests: what is sent here makes no sense."""
    return FakeOpenAI(strict=False, max_retries=0)


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
each_operation = pytest.mark.parametrize("found", INSTALLED, ids=lambda found: found.name)


@each_operation
def test_every_operation_takes_a_partial_response(found: Operation, lenient: FakeOpenAI) -> None:
    """``returns({...})``: an empty partial is completed by its type; nothing has to exist for that."""
    endpoint = attrgetter(found.name)(lenient)
    # The SDK itself refuses an answer without embeddings.
    endpoint.returns({"data": [{"embedding": [0.5]}]} if found.name == "embeddings.create" else {})
    answer = call(lenient, found)
    assert (answer is None) == (found.cast_to == "None")
    endpoint.assert_called_once()
    lenient.assert_complete()


@each_operation
def test_every_operation_can_fail(found: Operation, lenient: FakeOpenAI) -> None:
    """``raises(...)``: each call of the API can be refused."""
    attrgetter(found.name)(lenient).raises(error(409, "Not now.", code="conflict"))
    with pytest.raises(openai.ConflictError) as caught:
        call(lenient, found)
    assert caught.value.code == "conflict"
    assert type(attrgetter(found.name)(lenient).last.error) is openai.ConflictError


@each_operation
def test_every_operation_can_be_answered_by_a_function(found: Operation) -> None:
    """A function sees the request, whichever operation it is of; sync and async clients alike."""
    client = FakeAsyncOpenAI(strict=False, max_retries=0)
    seen: list[Request] = []

    def function(request: Request) -> Any:
        seen.append(request)
        return error(418, "A function says so.")

    attrgetter(found.name)(client).returns(function)
    with pytest.raises(openai.APIStatusError, match="A function says so"):
        call(client, found) if not found.page else asyncio.run(first_page(client, found))
    assert [request.operation for request in seen] == [found]
    assert all(seen[0].path_params[name] for name in found.path_params)


async def first_page(client: Any, found: Operation) -> Any:
    """The first page of an asynchronous list."""
    return await attrgetter(found.name)(client)(**arguments_of(found))


@each_operation
def test_every_operation_can_be_malformed(found: Operation, lenient: FakeOpenAI) -> None:
    """``raw(...)``: exactly these bytes come back, whatever they are."""
    attrgetter(found.name)(lenient).returns(raw(b"<html>Bad gateway</html>", status=502))
    with pytest.raises(openai.InternalServerError) as caught:
        call(lenient, found)
    assert caught.value.status_code == 502


def test_a_type_that_the_sdk_lacks(lenient: FakeOpenAI) -> None:
    """Where the SDK is too old to have the answer's type, the error says so, and what still works."""
    name = "admin.organization.usage.costs"
    found = Operation(name, "GET", "/organization/costs", "openai.types.costs_of_tomorrow.Costs")
    with pytest.raises(UnsupportedOperation) as caught:
        lenient.backend.answer(Request(found))
    assert str(caught.value) == (
        f"The answer of {name} (GET /organization/costs) follows from its type openai.types.costs_of_tomorrow.Costs, "
        f"which the installed openai {openai.__version__} lacks.\n"
        f"  to do:     install a newer openai, or fake.{name}.returns(fakeopenai.raw({{...}}))"
    )
    assert isinstance(caught.value, NotImplementedError)


# ------------------------------------------------------------------------------------------------ pipeline


def test_an_answer_is_pure_and_synchronous() -> None:
    """``answer`` neither waits nor awaits: it gives an Answer, or what is to be awaited."""

    async def later(request: Request) -> str:
        return "later"

    backend = Backend(replies=[reply("now", latency=60), later])
    first = backend.answer(Request(CREATE, dict(ASK)))
    assert isinstance(first, Answer)
    assert first.latency == 60
    second = backend.answer(Request(CREATE, dict(ASK)))
    assert isinstance(second, Pending)
    third = asyncio.run(backend.settle_async(second))
    assert third.body["choices"][0]["message"]["content"] == "later"


def test_latency_passes_on_the_clock() -> None:
    """With a virtual clock, a scripted latency takes no time, and timestamps show it."""
    clock = VirtualClock(start=1_000)
    fake = FakeOpenAI(clock=clock, replies=[reply("slow", latency=2.5), "quick"])
    assert said(complete(fake)) == "slow"
    assert clock.now() == 1_002.5
    assert complete(fake).created == 1_002
    assert clock.sleeps == []  # what the test asked for is no wait that somebody was spared


async def test_async_functions_reply_through_async_clients() -> None:
    """They are awaited, may pass, refuse, and fail; each call is recorded once, with its outcome."""
    outcomes: list[Any] = ["Hello", NotImplemented, error(400, "No."), RuntimeError("a bug")]

    async def function(request: Request) -> Any:
        await asyncio.sleep(0)
        outcome = outcomes.pop(0)
        if isinstance(outcome, RuntimeError):
            raise outcome
        return outcome

    fake = FakeAsyncOpenAI()
    fake.chat.completions.create.returns(function)
    create: Any = fake.chat.completions.create
    assert said(await create(**ASK)) == "Hello"
    assert said(await create(**ASK)) == "This is a default reply. Script your own with returns(...)."
    with pytest.raises(openai.BadRequestError):
        await create(**ASK)
    with pytest.raises(RuntimeError, match="a bug"):
        await create(**ASK)
    assert [type(call.error) for call in fake.calls] == [
        type(None),
        type(None),
        openai.BadRequestError,
        RuntimeError,
    ]


async def test_functions_run_concurrently() -> None:
    """While one call's function waits, others go on."""
    gate = asyncio.Event()

    async def function(request: Request) -> str:
        if request.last_user_text == "wait":
            await gate.wait()
        else:
            gate.set()
        return request.last_user_text

    fake = FakeAsyncOpenAI(replies=function)
    answers = await asyncio.gather(
        *(
            fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": text}])
            for text in ("wait", "go")
        )
    )
    assert [said(answer) for answer in answers] == ["wait", "go"]


def test_a_function_sees_a_request_of_its_own(fake: FakeOpenAI) -> None:
    """What it does to it reaches neither the caller's objects nor the record."""

    def function(request: Request) -> str:
        request.params["messages"].clear()
        assert request.body is not None
        request.body["messages"][0]["content"] = "changed"
        return "done"

    messages: Any = [{"role": "user", "content": "Hi"}]
    fake.chat.completions.create.returns(lambda request: function(request) if request.body else "no body")
    with pytest.raises(IndexError):
        fake.chat.completions.create(model="gpt-5", messages=messages)
    assert messages == [{"role": "user", "content": "Hi"}]
    assert fake.calls[-1].params["messages"] == [{"role": "user", "content": "Hi"}]


def test_retries_are_attempts_of_one_call() -> None:
    """A call that the SDK retries is one call, with the number of its attempts."""
    fake = FakeOpenAI(max_retries=3)
    fake.chat.completions.create.raises(500, times=2)
    assert complete(fake).id
    assert [call.attempts for call in fake.calls] == [3]
    assert len(fake.clock.sleeps) == 2


def test_what_is_refused_never_reaches_the_script(fake: FakeOpenAI) -> None:
    """Validation comes first: a function is not asked about a request that the API would refuse."""
    asked: list[Request] = []

    def function(request: Request) -> str:
        asked.append(request)
        return "Hello"

    fake.chat.completions.create.returns(function)
    wrong: Any = [{"role": "nobody", "content": "Hi"}]
    with pytest.raises(openai.BadRequestError):
        fake.chat.completions.create(model="gpt-5", messages=wrong)
    assert asked == []
    assert fake.calls[-1].error is not None


# ------------------------------------------------------------------------------------------------ accounts


def test_a_copied_account_is_on_its_own(fake: FakeOpenAI) -> None:
    """Calls, scripts, state and defaults are those of the original until then, and independent from then on."""
    fake.chat.completions.create.returns("a", "b")
    fake.defaults.set("ChatCompletionMessage", {"refusal": "mine"})
    kept = complete(fake, store=True)
    twin = copy.deepcopy(fake)
    assert twin.backend is not fake.backend
    assert twin.chat.completions.retrieve(kept.id).id == kept.id
    twin.chat.completions.delete(kept.id)
    twin.defaults.reset()
    assert fake.chat.completions.retrieve(kept.id).id == kept.id
    assert complete(fake).choices[0].message.refusal == "mine"
    assert complete(twin).choices[0].message.refusal is None
    assert len(fake.calls) != len(twin.calls)


def test_a_store_can_be_shared_between_accounts() -> None:
    """``state=`` attaches a store: what one account keeps, the other finds; calls and scripts stay apart."""
    store = StateStore()
    first, second = FakeOpenAI(state=store), FakeOpenAI(state=store)
    kept = complete(first, store=True)
    assert second.chat.completions.retrieve(kept.id).id == kept.id
    assert len(first.calls) == len(second.calls) == 1


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: Backend().log("chat.completion.create"),
            "There is no API operation 'chat.completion.create'; did you mean 'chat.completions.create'?",
        ),
        (lambda: Backend().log("xyz"), "There is no API operation 'xyz'."),
        (
            lambda: Backend(seed=1, ids=FakeOpenAI().ids),
            "Give either ids= or seed=, not both: seed= makes the ids itself.",
        ),
    ],
    ids=["near", "far", "ids and seed"],
)
def test_an_account_says_what_it_takes(make: Callable[[], Any], text: str) -> None:
    """Mistakes that are made before any call."""
    with pytest.raises(UsageError) as caught:
        make()
    assert str(caught.value) == text
