"""Under a mock, what a custom http client does to requests and answers runs as ever: event hooks, authentication."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportPrivateUsage=false

from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

import fakeopenai
from fakeopenai import NetworkBlocked
from fakeopenai._sdk import httpx
from tests.clients import ASK, KEY, asay, say

HELLO = "Hello from the account."


def test_event_hooks_see_requests_and_responses() -> None:
    """Those of a custom http client run as they would: on each attempt, and on what they change."""
    seen: list[Any] = []

    def stamp(request: Any) -> None:
        request.headers["x-trace"] = "yes"
        seen.append(request.url.path)

    http = httpx.Client(
        event_hooks={"request": [stamp], "response": [lambda response: seen.append(response.status_code)]}
    )
    with fakeopenai.mock(replies=[HELLO, HELLO], failures=1) as mock:
        assert say(OpenAI(**KEY, http_client=http)) == HELLO
        assert mock.calls[0].headers["x-trace"] == "yes"
        assert mock.calls[0].attempts == 2
        chunks = list(OpenAI(**KEY, http_client=http).chat.completions.create(**ASK, stream=True))
        assert chunks
    assert seen == ["/v1/chat/completions", 500, "/v1/chat/completions", 200, "/v1/chat/completions", 200]


async def test_asynchronous_event_hooks_too() -> None:
    """They may read the answer, as httpx lets them."""
    seen: list[Any] = []

    async def request_seen(request: Any) -> None:
        seen.append(request.method)

    async def response_seen(response: Any) -> None:
        await response.aread()
        seen.append(response.json()["object"])

    http = httpx.AsyncClient(event_hooks={"request": [request_seen], "response": [response_seen]})
    async with fakeopenai.mock(replies=[HELLO]):
        assert await asay(AsyncOpenAI(**KEY, http_client=http)) == HELLO
    assert seen == ["POST", "chat.completion"]


class Signed(httpx.Auth):
    """Authentication of somebody's own: first it asks for a challenge."""

    def auth_flow(self, request: Any) -> Any:
        """Two requests, the second one signed."""
        response = yield httpx.Request("GET", "https://api.openai.com/v1/models")
        request.headers["x-signature"] = str(response.status_code)
        yield request


class Strayed(httpx.Auth):
    """Authentication that asks somebody else."""

    def auth_flow(self, request: Any) -> Any:
        """A request that is none of the API's."""
        yield httpx.Request("POST", "https://login.example.com/token")
        yield request  # pragma: no cover - never got there


async def test_authentication_of_http_clients_runs() -> None:
    """Its requests to the API are answered; one to elsewhere is an error and never sent."""
    with fakeopenai.mock(replies=[HELLO, HELLO]) as mock:
        assert say(OpenAI(**KEY, http_client=httpx.Client(auth=Signed()))) == HELLO
        assert await asay(AsyncOpenAI(**KEY, http_client=httpx.AsyncClient(auth=Signed()))) == HELLO
        assert [call.operation for call in mock.calls] == ["models.list", "chat.completions.create"] * 2
        assert mock.calls[-1].headers["x-signature"] == "200"
        with pytest.raises(NetworkBlocked, match=r"login\.example\.com/token"):
            say(OpenAI(**KEY, http_client=httpx.Client(auth=Strayed())))
        with pytest.raises(NetworkBlocked, match=r"login\.example\.com/token"):
            await asay(AsyncOpenAI(**KEY, http_client=httpx.AsyncClient(auth=Strayed())))


def test_hooks_do_not_see_what_the_tests_author_got_wrong() -> None:
    """A hook that looks at the status doesn't take our error for one of the API's."""
    http = httpx.Client(event_hooks={"response": [lambda response: response.raise_for_status()]})
    with fakeopenai.mock.files(), pytest.raises(NetworkBlocked, match="not mocked here"):
        say(OpenAI(**KEY, http_client=http))


def test_what_is_looked_at_of_an_http_client_is_its_own() -> None:
    """Inside as outside: authentication, hooks, timeout, cookies, headers."""
    http = httpx.Client(auth=Signed(), event_hooks={"request": [print]}, timeout=3, cookies={"a": "b"})
    real = OpenAI(**KEY, http_client=http)
    with fakeopenai.mock():
        inside: Any = real._client
        for name in ("auth", "timeout", "headers", "base_url", "trust_env", "is_closed"):
            assert getattr(inside, name) == getattr(http, name)
        assert inside.event_hooks["request"] == [print]
        assert inside.cookies["a"] == "b"
    assert real._client is http
