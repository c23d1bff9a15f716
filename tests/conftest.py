"""What all tests share: no network, and the questions that most of them ask."""

import socket
from typing import Any, NoReturn

import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI


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
