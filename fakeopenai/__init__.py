"""fakeopenai: a drop-in ``openai.OpenAI`` for tests, with no HTTP at all.

Example:
    >>> from fakeopenai import FakeOpenAI
    >>> fake = FakeOpenAI(replies=["Hello!"])
    >>> answer = fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}])
    >>> answer.choices[0].message.content
    'Hello!'
"""

from ._version import __version__
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

__all__ = [
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
]
