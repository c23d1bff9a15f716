"""The mock classes, ``ChatCompletionMock`` and so on: the fake classes, under the names that tests know them by.

Made when asked for, so that no resource of openai is imported before. `classes.pyi`, which is generated, describes them
to type checkers.
"""

from __future__ import annotations

from typing import Any

from .names import MOCKS


def __getattr__(name: str) -> Any:
    if name == "OpenAIMock":
        from ..client import FakeOpenAI

        return FakeOpenAI
    path = MOCKS.get(name)
    if path is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .._table import CLASSES
    from .._tree import fake_class
    from ..operation import resolve

    return fake_class(resolve(CLASSES[path]), path)
