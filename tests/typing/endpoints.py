"""What type checkers make of a fake's endpoints. Nothing here runs: `test_types.py` has it checked.

A line that has to be an error carries an ignore comment (pyright minds mypy's), and one that nothing needs is an error.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

import openai
from openai import AsyncOpenAI, AsyncStream, AzureOpenAI, OpenAI, Stream
from openai.pagination import AsyncCursorPage, SyncCursorPage
from openai.types import CreateEmbeddingResponse, FileDeleted, FileObject
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.responses import Response
from typing_extensions import assert_type

from fakeopenai import (
    CallLog,
    FakeAsyncAzureOpenAI,
    FakeAsyncOpenAI,
    FakeAzureOpenAI,
    FakeOpenAI,
    StateStore,
    VirtualClock,
    error,
    json_reply,
    tool_call,
)
from fakeopenai.handle import Handle

MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hi"}]


def takes_real(client: OpenAI) -> None:
    """Code under test, synchronous."""


async def takes_real_async(client: AsyncOpenAI) -> None:
    """Code under test, asynchronous."""


async def clients() -> None:
    """A fake is accepted wherever the real client is, and an asynchronous one only where that is."""
    fake, afake = FakeOpenAI(), FakeAsyncOpenAI()
    takes_real(fake)
    takes_real(FakeAzureOpenAI())
    await takes_real_async(afake)
    await takes_real_async(FakeAsyncAzureOpenAI())
    azure: AzureOpenAI = FakeAzureOpenAI(azure_deployment="mine")
    takes_real(azure)
    takes_real(afake)  # type: ignore[arg-type]
    await takes_real_async(fake)  # type: ignore[arg-type]
    assert_type(fake.copy(), FakeOpenAI)
    assert_type(fake.with_options(max_retries=3), FakeOpenAI)


def arguments() -> None:
    """The constructor takes the real client's arguments and ours; a typo is an error."""
    FakeOpenAI(api_key="sk-1", max_retries=3, replies=["Hello"], seed=7, clock=VirtualClock(), state=StateStore())
    FakeOpenAI(replies=[tool_call("f"), "Hello", error(500), json_reply({})])
    FakeOpenAI(replies=lambda request: request.last_user_text)
    FakeOpenAI(reply=["Hello"])  # type: ignore[call-arg]
    FakeOpenAI(lifecycle="soon")  # type: ignore[arg-type]
    FakeOpenAI(state={})  # type: ignore[arg-type]


def plain_methods(fake: FakeOpenAI) -> None:
    """A method keeps its signature and its return type, and is a handle as well."""
    assert_type(fake.files.create(file=b"x", purpose="batch"), FileObject)
    assert_type(fake.files.retrieve("file-1"), FileObject)
    assert_type(fake.files.delete("file-1"), FileDeleted)
    assert_type(fake.files.list(limit=3), SyncCursorPage[FileObject])
    assert_type(fake.embeddings.create(model="m", input="x"), CreateEmbeddingResponse)
    assert_type(fake.files.create.calls, CallLog)
    assert_type(fake.files.create.call_count, int)
    assert_type(fake.files.create.returns({"id": "file-1"}), Handle[FileObject])
    assert_type(fake.files.retrieve.when(file_id="file-1").returns({}), Handle[FileObject])
    fake.files.create(file=b"x")  # type: ignore[call-arg]
    fake.files.create(file=b"x", purpose="fun")  # type: ignore[arg-type]
    fake.files.create(file=b"x", purpose="batch", size=3)  # type: ignore[call-arg]
    fake.files.retrieve(3)  # type: ignore[arg-type]
    fake.files.create.retruns({})  # type: ignore[attr-defined]


def overloaded_methods(fake: FakeOpenAI, streaming: bool) -> None:
    """An overloaded method keeps all of its overloads."""
    create = fake.chat.completions.create
    assert_type(create(model="gpt-5", messages=MESSAGES), ChatCompletion)
    assert_type(create(model="gpt-5", messages=MESSAGES, stream=False), ChatCompletion)
    assert_type(create(model="gpt-5", messages=MESSAGES, stream=True), Stream[ChatCompletionChunk])
    assert_type(
        create(model="gpt-5", messages=MESSAGES, stream=streaming), ChatCompletion | Stream[ChatCompletionChunk]
    )
    assert_type(fake.responses.create(model="gpt-5", input="Hi"), Response)
    assert_type(create.calls, CallLog)
    assert_type(create.returns("Hello", tool_call("f")), Handle[ChatCompletion])
    assert_type(create.route, Handle[ChatCompletion])
    create.returns(lambda request: request.last_user_text)
    create.when(where=lambda request: bool(request.tools)).raises(openai.RateLimitError, times=2)
    create(messages=MESSAGES)  # type: ignore[call-overload]
    create(model="gpt-5", messages="Hi")  # type: ignore[arg-type]
    create.returns(1.5)  # type: ignore[arg-type]


async def asynchronous_methods(afake: FakeAsyncOpenAI) -> None:
    """The same for the asynchronous tree."""
    assert_type(await afake.files.create(file=b"x", purpose="batch"), FileObject)
    assert_type(await afake.files.list(), AsyncCursorPage[FileObject])
    assert_type([file async for file in afake.files.list()], list[FileObject])
    create = afake.chat.completions.create
    assert_type(await create(model="gpt-5", messages=MESSAGES), ChatCompletion)
    assert_type(await create(model="gpt-5", messages=MESSAGES, stream=True), AsyncStream[ChatCompletionChunk])
    assert_type(create.calls, CallLog)
    assert_type(afake.files.create.returns({}), Handle[FileObject])


def helpers(fake: FakeOpenAI) -> None:
    """What is inherited from the real classes is typed as there."""
    raw = fake.chat.completions.with_raw_response.create(model="gpt-5", messages=MESSAGES)
    assert_type(raw.parse(), ChatCompletion)
    with fake.chat.completions.stream(model="gpt-5", messages=MESSAGES) as stream:
        assert_type(stream.get_final_completion().choices[0].message.content, str | None)


def state(fake: FakeOpenAI) -> None:
    """The account's state is typed along the client's paths."""
    assert_type(fake.state.files.get("file-1"), FileObject | None)
    assert_type(fake.state.files.put({"id": "file-1"}), FileObject)
