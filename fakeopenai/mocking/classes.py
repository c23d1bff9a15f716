"""The mock classes, ``ChatCompletionMock`` and so on: the fake classes, under the names that tests know them by.

Made when asked for, so that no resource of openai is imported before. `classes.pyi`, which is generated, describes them
to type checkers.
"""

from __future__ import annotations

from typing import Any

from .names import MOCKS


def __getattr__(name: str) -> Any:
    if name != "OpenAIMock" and name not in MOCKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ..client import FakeOpenAI
    from .contexts import mock_at

    if name == "OpenAIMock":
        return FakeOpenAI
    # Asked of a client: some versions of openai put another class there than the one in the resource's module.
    found: object = mock_at(FakeOpenAI(), MOCKS[name])
    return type(found)
