"""What everything is compared with: the real client on an in-memory transport, and a MagicMock.

*a* is the real client's time for the same work. Its answers are bytes made beforehand by the fake, so that both sides
answer alike and the real client pays for nothing but its own code.
"""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import MagicMock

from openai import AsyncOpenAI, OpenAI

from fakeopenai import FakeOpenAI
from fakeopenai._sdk import httpx

__all__ = ["MESSAGES", "Responder", "json_bytes", "magic_client", "messages", "mocked", "mocked_async", "recorded"]

Responder = Callable[[Any], Any]


def messages(count: int) -> list[dict[str, Any]]:
    """A conversation of so many short messages."""
    roles = ("user", "assistant")
    said = [
        {"role": roles[index % 2], "content": f"Message number {index} of this conversation."}
        for index in range(count - 1)
    ]
    return [{"role": "system", "content": "You are a helpful assistant."}, *said]


MESSAGES: Any = messages(3)


def json_bytes(body: Any) -> Responder:
    """Answers every request with this JSON."""
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json", "x-request-id": "req_0"}
    return lambda _: httpx.Response(200, content=content, headers=headers)


def by_verb(bodies: Mapping[str, Any]) -> Responder:
    """Answers with the JSON of the request's method."""
    responders = {verb: json_bytes(body) for verb, body in bodies.items()}
    return lambda request: responders[request.method](request)


def event_stream(content: bytes) -> Responder:
    """Answers every request with these server-sent events."""
    headers = {"content-type": "text/event-stream; charset=utf-8", "x-request-id": "req_0"}
    return lambda _: httpx.Response(200, content=content, headers=headers)


def mocked(responder: Responder) -> OpenAI:
    """A real client that this answers."""
    return OpenAI(api_key="sk-fake", http_client=httpx.Client(transport=httpx.MockTransport(responder)))


def mocked_async(responder: Responder) -> AsyncOpenAI:
    """A real asynchronous client that this answers."""
    return AsyncOpenAI(api_key="sk-fake", http_client=httpx.AsyncClient(transport=httpx.MockTransport(responder)))


def magic_client() -> Any:
    """What people write who have no fake."""
    return MagicMock(spec=OpenAI)


def recorded(call: Callable[[FakeOpenAI], Any]) -> bytes:
    """The bytes that a call answers on the wire; an event stream in full."""
    fake = FakeOpenAI()
    raw = call(fake)
    content = raw.http_response.read()
    return bytes(content)
