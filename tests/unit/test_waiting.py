"""Latency, time-outs, retries and broken streams: what happens between asking and being answered."""

# A request is unpacked from a dict here, as applications do; pyright can't tell by that which overload is called.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, VirtualClock, break_after, chunks, error, reply


def test_latency_is_waited_on_the_clock(ask: dict[str, Any]) -> None:
    """A virtual clock advances by it, and the call's duration says so."""
    fake = FakeOpenAI(clock=VirtualClock())
    fake.chat.completions.create.returns(reply("slow", latency=30))
    before = fake.clock.now()
    assert fake.chat.completions.create(**ask).choices[0].message.content == "slow"
    assert fake.clock.now() - before == 30
    assert fake.calls[-1].duration == 30
    assert fake.clock.sleeps == []


async def test_latency_is_waited_on_the_clock_async(ask: dict[str, Any]) -> None:
    """The same on the asynchronous client, streams included."""
    fake = FakeAsyncOpenAI(clock=VirtualClock())
    fake.chat.completions.create.returns(reply("slow", latency=30))
    before = fake.clock.now()
    await fake.chat.completions.create(**ask)
    stream = await fake.chat.completions.create(**ask, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "slow"
    assert fake.clock.now() - before == 60


def test_a_latency_beyond_the_timeout_times_out(ask: dict[str, Any]) -> None:
    """The client gives up after its own timeout, and tries again as the SDK does."""
    fake = FakeOpenAI(clock=VirtualClock(), timeout=5.0, max_retries=1)
    fake.chat.completions.create.returns(reply("slow", latency=30))
    before = fake.clock.now()
    with pytest.raises(openai.APITimeoutError):
        fake.chat.completions.create(**ask)
    assert fake.clock.now() - before == pytest.approx(10 + sum(fake.clock.sleeps))
    assert len(fake.clock.sleeps) == 1
    assert len(fake.calls) == 1
    assert fake.calls[0].attempts == 2
    assert isinstance(fake.calls[0].error, openai.APITimeoutError)
    assert fake.chat.completions.create(**ask, timeout=60).choices[0].message.content == "slow"


@pytest.mark.parametrize("retry_after", [None, 7])
def test_back_offs_are_recorded_and_never_slept(ask: dict[str, Any], retry_after: float | None) -> None:
    """Retryable errors go through the SDK's own loop; Retry-After is honoured."""
    fake = FakeOpenAI(max_retries=3)
    fake.chat.completions.create.raises(error(429, retry_after=retry_after), times=2)
    raw = fake.chat.completions.with_raw_response.create(**ask)
    assert raw.retries_taken == 2
    assert len(fake.clock.sleeps) == 2
    if retry_after:
        assert fake.clock.sleeps == [7, 7]
    assert [call.attempts for call in fake.calls] == [3]
    assert fake.calls[0].error is None


@pytest.mark.parametrize(
    ("status", "retried"),
    [(400, False), (401, False), (404, False), (408, True), (409, True), (429, True), (503, True)],
)
def test_only_what_the_sdk_retries_is_retried(ask: dict[str, Any], status: int, retried: bool) -> None:
    """And the error has all that the SDK's has."""
    fake = FakeOpenAI(max_retries=1)
    fake.chat.completions.create.raises(error(status, "no", code="c", param="p", type="t"))
    with pytest.raises(openai.APIStatusError) as caught:
        fake.chat.completions.create(**ask)
    failure = caught.value
    assert (failure.status_code, failure.code, failure.param, failure.type) == (status, "c", "p", "t")
    assert failure.body == {"message": "no", "type": "t", "param": "p", "code": "c"}
    assert failure.request_id == failure.response.headers["x-request-id"] == fake.calls[0].request_id
    assert fake.calls[0].attempts == (2 if retried else 1)
    assert isinstance(fake.calls[0].error, type(failure))


def test_x_should_retry_is_obeyed(ask: dict[str, Any]) -> None:
    """The header that the SDK obeys, either way."""
    fake = FakeOpenAI(max_retries=1)
    fake.chat.completions.create.raises(error(503, headers={"x-should-retry": "false"}))
    with pytest.raises(openai.InternalServerError):
        fake.chat.completions.create(**ask)
    assert fake.calls[0].attempts == 1


def test_a_connection_that_fails(ask: dict[str, Any]) -> None:
    """APIConnectionError and APITimeoutError come from the SDK's own handling of httpx's."""
    fake = FakeOpenAI(max_retries=0)
    fake.chat.completions.create.raises(openai.APIConnectionError, times=1)
    with pytest.raises(openai.APIConnectionError) as caught:
        fake.chat.completions.create(**ask)
    assert not isinstance(caught.value, openai.APITimeoutError)
    fake.chat.completions.create.raises(openai.APITimeoutError, times=1)
    with pytest.raises(openai.APITimeoutError):
        fake.chat.completions.create(**ask)
    assert [type(call.error) for call in fake.calls] == [openai.APIConnectionError, openai.APITimeoutError]


def test_an_exception_of_ones_own_comes_through_as_it_is(ask: dict[str, Any]) -> None:
    """Whatever is scripted reaches the test, unwrapped and not retried, on every way."""
    fake = FakeOpenAI()
    mine = ValueError("mine")
    fake.chat.completions.create.raises(mine)
    for create in (fake.chat.completions.create, fake.chat.completions.with_raw_response.create):
        with pytest.raises(ValueError, match="mine") as caught:
            create(**ask)
        assert caught.value is mine
    assert [call.attempts for call in fake.calls] == [1, 1]


def test_a_stream_that_loses_its_connection(ask: dict[str, Any]) -> None:
    """After so many chunks, as the SDK tells it; the record says how the call ended."""
    fake = FakeOpenAI()
    fake.chat.completions.create.returns([chunks("a", "b", "c"), break_after(2)])
    stream = fake.chat.completions.create(**ask, stream=True)
    said: list[Any] = []
    with pytest.raises(Exception, match=r"peer closed connection|Connection error"):
        said.extend(chunk.choices[0].delta.content for chunk in stream)
    assert isinstance(fake.calls[0].error, openai.APIConnectionError)


def test_a_stream_that_breaks_with_an_error_event(ask: dict[str, Any]) -> None:
    """An error in the middle of a stream is an event of its own, of which the SDK makes an APIError."""
    fake = FakeOpenAI()
    fake.chat.completions.create.returns([chunks("a", "b", "c"), break_after(2, error(500, "boom"))])
    said: list[Any] = []
    with pytest.raises(openai.APIError, match="boom"):
        said.extend(chunk.choices[0].delta.content for chunk in fake.chat.completions.create(**ask, stream=True))
    assert said == ["", "a"]
    assert isinstance(fake.calls[0].error, openai.APIError)


async def test_asynchronous_events_of_a_hand_made_stream(ask: dict[str, Any]) -> None:
    """An async generator of chunks is a stream on the asynchronous client."""

    async def events() -> AsyncIterator[Any]:
        for text in ("a", "b"):
            await asyncio.sleep(0)
            yield {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "gpt-5",
                "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
            }

    fake = FakeAsyncOpenAI()
    fake.chat.completions.create.returns(events())
    stream = await fake.chat.completions.create(**ask, stream=True)
    assert [chunk.choices[0].delta.content async for chunk in stream] == ["a", "b"]


async def test_a_thousand_calls_at_once(ask: dict[str, Any]) -> None:
    """Concurrent calls take one scripted reply each."""
    fake = FakeAsyncOpenAI(replies=[str(number) for number in range(1000)])
    found = await asyncio.gather(*(fake.chat.completions.create(**ask) for _ in range(1000)))
    assert sorted(int(each.choices[0].message.content or "") for each in found) == list(range(1000))
    fake.assert_complete()
