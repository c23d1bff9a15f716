"""Threads and messages: what the API makes of them, the order they come in, and when they may not change."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, tool_call

# The SDK marks all of it as deprecated; the code that our users test still calls it.
# pyright: reportDeprecated=false
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


def test_a_thread_begins_with_its_messages(fake: FakeOpenAI) -> None:
    """Messages sent with a thread are in it, in order; texts become blocks with annotations."""
    picture: Any = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    thread = fake.beta.threads.create(
        messages=[
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": [{"type": "text", "text": "two"}, picture], "metadata": {"k": "v"}},
        ],
        metadata={"topic": "x"},
    )
    assert thread.to_dict() == {**thread.to_dict(), "metadata": {"topic": "x"}, "tool_resources": {}}
    page: Any = fake.beta.threads.messages.list(thread.id, order="asc").to_dict()
    first, second = page["data"]
    assert first["content"] == [{"type": "text", "text": {"value": "one", "annotations": []}}]
    assert second["content"][1] == {
        "type": "image_url",
        "image_url": {"url": "https://example.com/a.png", "detail": "auto"},
    }
    assert (second["role"], second["metadata"], second["thread_id"]) == ("assistant", {"k": "v"}, thread.id)


def test_messages_come_newest_first(fake: FakeOpenAI) -> None:
    """The newest message stands first, unless asked otherwise."""
    thread = fake.beta.threads.create()
    for text in ("a", "b"):
        fake.beta.threads.messages.create(thread.id, role="user", content=text)
    newest = fake.beta.threads.messages.list(thread.id).data[0].content[0]
    assert newest.type == "text"
    assert newest.text.value == "b"


def test_attachments_are_kept_through_an_update(fake: FakeOpenAI) -> None:
    """The answer to an update has file ids in place of attachments, as recorded; the message keeps both."""
    thread = fake.beta.threads.create()
    message = fake.beta.threads.messages.create(
        thread.id, role="user", content="see", attachments=[{"file_id": "file-1", "tools": [{"type": "file_search"}]}]
    )
    updated = fake.beta.threads.messages.update(message.id, thread_id=thread.id, metadata={"k": "v"})
    assert updated.to_dict()["file_ids"] == ["file-1"]
    read = fake.beta.threads.messages.retrieve(message.id, thread_id=thread.id)
    assert (read.metadata, read.attachments) == ({"k": "v"}, message.attachments)
    assert "file_ids" not in read.to_dict()


def test_messages_go(fake: FakeOpenAI) -> None:
    """A deleted message is missed, and a deleted thread takes its messages and runs with it."""
    thread = fake.beta.threads.create(messages=[{"role": "user", "content": "a"}, {"role": "user", "content": "b"}])
    run = fake.beta.threads.runs.create(thread.id, assistant_id="asst_x")
    message = fake.beta.threads.messages.list(thread.id).data[0]
    assert fake.beta.threads.messages.delete(message.id, thread_id=thread.id).object == "thread.message.deleted"
    with pytest.raises(openai.NotFoundError, match="No message found with id"):
        fake.beta.threads.messages.retrieve(message.id, thread_id=thread.id)
    assert fake.beta.threads.delete(thread.id).object == "thread.deleted"
    for call in (
        lambda: fake.beta.threads.retrieve(thread.id),
        lambda: fake.beta.threads.delete(thread.id),
        lambda: fake.beta.threads.messages.list(thread.id),
        lambda: fake.beta.threads.runs.retrieve(run.id, thread_id=thread.id),
        lambda: fake.beta.threads.runs.create(thread.id, assistant_id="asst_x"),
    ):
        with pytest.raises(openai.NotFoundError, match=f"No thread found with id '{thread.id}'"):
            call()


def test_no_message_while_a_run_is_at_work(fake: FakeOpenAI) -> None:
    """A run locks its thread, for messages and for other runs, until it is over."""
    fake.beta.threads.runs.create.returns(tool_call("f"))
    thread = fake.beta.threads.create(messages=[{"role": "user", "content": "a"}])
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_x")
    assert run.status == "requires_action"
    with pytest.raises(openai.BadRequestError) as refused:
        fake.beta.threads.messages.create(thread.id, role="user", content="b")
    assert f"Can't add messages to {thread.id} while a run {run.id} is active." in refused.value.message
    with pytest.raises(openai.BadRequestError, match=f"already has an active run {run.id}"):
        fake.beta.threads.runs.create(thread.id, assistant_id="asst_x")
    fake.advance(run, to="cancelled")
    assert fake.beta.threads.messages.create(thread.id, role="user", content="b").role == "user"


async def test_the_async_client_does_the_same() -> None:
    """The asynchronous client reads what it has written."""
    fake = FakeAsyncOpenAI()
    thread = await fake.beta.threads.create(messages=[{"role": "user", "content": "a"}])
    assert len([each async for each in fake.beta.threads.messages.list(thread.id)]) == 1
