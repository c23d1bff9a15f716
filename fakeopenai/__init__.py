"""fakeopenai: a drop-in ``openai.OpenAI`` for tests, with no HTTP at all.

Names are imported when they are first used, so that the pytest plugin costs a session nothing that doesn't need it.

Example:
    >>> from fakeopenai import FakeOpenAI
    >>> fake = FakeOpenAI(replies=["Hello!"])
    >>> answer = fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}])
    >>> answer.choices[0].message.content
    'Hello!'
"""

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .backend import Backend
    from .calls import Call, CallLog
    from .client import FakeAsyncAzureOpenAI, FakeAsyncOpenAI, FakeAzureOpenAI, FakeOpenAI
    from .clock import Clock, SystemClock, VirtualClock
    from .defaults import Defaults
    from .errors import (
        CallAssertionError,
        FakeOpenAIError,
        NetworkBlocked,
        ScriptExhausted,
        UnconsumedReplies,
        UnknownField,
        UnscriptedCall,
        UnsupportedOperation,
        UsageError,
    )
    from .ids import Ids
    from .mocking import classes
    from .mocking.classes import *  # noqa: F403
    from .mocking.paths import mock
    from .pilot import autopilot
    from .replies import (
        ToolCall,
        Turn,
        break_after,
        chunks,
        error,
        json_reply,
        raw,
        reasoning,
        refusal,
        reply,
        text,
        tool_call,
    )
    from .request import Request
    from .state import StateStore

__all__: list[str] = [
    "Backend",
    "Call",
    "CallAssertionError",
    "CallLog",
    "Clock",
    "Defaults",
    "FakeAsyncAzureOpenAI",
    "FakeAsyncOpenAI",
    "FakeAzureOpenAI",
    "FakeOpenAI",
    "FakeOpenAIError",
    "Ids",
    "NetworkBlocked",
    "Request",
    "ScriptExhausted",
    "StateStore",
    "SystemClock",
    "ToolCall",
    "Turn",
    "UnconsumedReplies",
    "UnknownField",
    "UnscriptedCall",
    "UnsupportedOperation",
    "UsageError",
    "VirtualClock",
    "__version__",
    "autopilot",
    "break_after",
    "chunks",
    "error",
    "json_reply",
    "mock",
    "raw",
    "reasoning",
    "refusal",
    "reply",
    "text",
    "tool_call",
]
if TYPE_CHECKING:
    __all__ += classes.__all__  # not at run time: a star import would import every resource of openai

_HOMES = {
    "backend": ("Backend",),
    "calls": ("Call", "CallLog"),
    "client": ("FakeAsyncAzureOpenAI", "FakeAsyncOpenAI", "FakeAzureOpenAI", "FakeOpenAI"),
    "clock": ("Clock", "SystemClock", "VirtualClock"),
    "defaults": ("Defaults",),
    "errors": (
        "CallAssertionError",
        "FakeOpenAIError",
        "NetworkBlocked",
        "ScriptExhausted",
        "UnconsumedReplies",
        "UnknownField",
        "UnscriptedCall",
        "UnsupportedOperation",
        "UsageError",
    ),
    "ids": ("Ids",),
    "mocking.paths": ("mock",),
    "pilot": ("autopilot",),
    "replies": (
        "ToolCall",
        "Turn",
        "break_after",
        "chunks",
        "error",
        "json_reply",
        "raw",
        "reasoning",
        "refusal",
        "reply",
        "text",
        "tool_call",
    ),
    "request": ("Request",),
    "state": ("StateStore",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    import importlib

    module = _HOME_OF.get(name)
    if module is None and name.endswith("Mock"):
        module = "mocking.classes"
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from .mocking.names import MOCKS

    return sorted({*__all__, *MOCKS, "OpenAIMock"})
