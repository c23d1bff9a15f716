"""What all tests share: no network, and the questions that most of them ask."""

import asyncio
import socket
from typing import Any, NoReturn

import hypothesis
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

hypothesis.settings.register_profile("busy", deadline=None)  # machines are noisy: no test fails on a time
hypothesis.settings.load_profile("busy")


class NetworkUsed(BaseException):
    """Raised by a socket that tries to connect. No retry loop and no ``except Exception`` swallows it."""


@pytest.fixture(autouse=True, scope="session")
def no_network(request: pytest.FixtureRequest) -> Any:
    """No test reaches the network, unless ``--live`` asks for it: connecting a socket fails, and so the test does."""
    if request.config.getoption("--live", default=False):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object, **__: object) -> NoReturn:
            raise NetworkUsed("a test tried to connect a socket")

        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        yield


class Tried(OSError):
    """Something tried to connect. To whom it is raised, the network is down."""


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever tries to connect fails, and is noted here."""
    noted: list[str] = []

    def refuse(what: str) -> Any:
        def refused(*_: Any, **__: Any) -> Any:
            noted.append(what)
            raise Tried(what)

        return refused

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse(f"socket.{name}"))
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse(name))
    for name in ("create_connection", "getaddrinfo", "sock_connect"):
        for loop in (asyncio.BaseEventLoop, asyncio.SelectorEventLoop):
            if name in vars(loop):
                monkeypatch.setattr(loop, name, refuse(f"loop.{name}"))
    return noted


@pytest.fixture
def fake() -> FakeOpenAI:
    """A fresh synchronous fake."""
    return FakeOpenAI()


@pytest.fixture
def afake() -> FakeAsyncOpenAI:
    """A fresh asynchronous fake."""
    return FakeAsyncOpenAI()


@pytest.fixture
def ask() -> dict[str, Any]:
    """The arguments of the plainest chat completion."""
    return {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
