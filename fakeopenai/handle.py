"""By which a test scripts one operation, sets how it behaves, and looks at its calls: the handle.

Nothing is answered here. An `Endpoint` is a handle that can be called as well. The layer of the clients imports it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from typing_extensions import Never

from .errors import UsageError

if TYPE_CHECKING:
    from .backend import Backend
    from .calls import Call, CallLog
    from .operation import Operation
    from .request import Request
    from .script import Matcher, Script
    from .turn import ReplyLike

__all__ = ["Condition", "Handle"]

R = TypeVar("R")


class Handle(Generic[R]):
    """By which a test scripts one operation and looks at its calls. ``R`` is the type of its response."""

    _backend: Backend
    operation: Operation

    @property
    def _script(self) -> Script:
        return self._backend.script(self.operation)

    # ------------------------------------------------------------------------------------------------ scripting

    def returns(self, *replies: ReplyLike) -> Handle[R]:
        """Script what the operation answers.

        One reply answers every call; several answer one call each, in order, and a further call raises
        `ScriptExhausted`. What a reply can be: see `fakeopenai.replies`.

        Example:
            >>> from fakeopenai import FakeOpenAI
            >>> fake = FakeOpenAI()
            >>> _ = fake.chat.completions.create.returns("Hello!")
            >>> ask = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
            >>> fake.chat.completions.create(**ask).choices[0].message.content
            'Hello!'

        Raises:
            UsageError: no reply, or something that can't be one.
            UnknownField: a partial response with a field that the response doesn't have.
        """
        self._script.returns(*replies)
        return self

    def raises(self, error: Any, *, times: int | None = None) -> Handle[R]:
        """Script a failure: an exception or its class, an HTTP status, or ``error(...)``.

        Args:
            error: what the API answers; the SDK retries what it would retry.
            times: fail only the next so many calls; every call by default.
        """
        self._script.raises(error, times=times)
        return self

    def when(self, *unnamed: Never, where: Callable[[Request], Any] | None = None, **params: Any) -> Condition[R]:
        """Script only the calls with these parameters, or for which ``where(request)`` is true.

        Values are compared with ``==``, so ``unittest.mock.ANY`` and dirty-equals work. The first condition that is
        met, in order of declaration, answers.

        Example:
            >>> from fakeopenai import FakeOpenAI
            >>> fake = FakeOpenAI()
            >>> _ = fake.chat.completions.create.when(model="gpt-5").returns("Hello!")
        """
        self._refuse_unnamed(unnamed, "when")
        return Condition(self, self._script.when(where, params))

    @property
    def response(self) -> Any:
        """The reply to every call, as it was scripted; None if there is none. Setting it is ``returns(reply)``."""
        sticky = self._script.sticky
        return None if sticky is None else sticky.replies[0].source

    @response.setter
    def response(self, reply: Any) -> None:
        self._script.returns(reply, call="response")

    def reset(self) -> None:
        """Forget this operation's script, settings and calls."""
        self._script.reset()
        self.missing = self.lifecycle = None
        self.calls.clear()

    @contextlib.contextmanager
    def scripted(self, *replies: ReplyLike) -> Generator[Handle[R]]:
        """Script for a scope: what was scripted before is back afterwards.

        Example:
            >>> from fakeopenai import FakeOpenAI
            >>> fake = FakeOpenAI()
            >>> with fake.chat.completions.create.scripted("Hello!"):
            ...     pass
        """
        script = self._script
        mark = script.mark()
        script.reset()
        try:
            script.returns(*replies, call="scripted")
            yield self
        finally:
            script.restore(mark)

    # ------------------------------------------------------------------------------------------------ settings

    @property
    def missing(self) -> str:
        """What an unknown id in the path gives: the API's 404 (``"error"``), or something made up (``"synthesize"``).

        As the whole account has it, unless it is set; None sets it back.
        """
        return self._backend.setting("missing", self.operation)

    @missing.setter
    def missing(self, value: Literal["error", "synthesize"] | None) -> None:
        self._backend.set_for(self.operation, "missing", value)

    @property
    def lifecycle(self) -> str:
        """How this operation moves what takes time: ``"steps"``, ``"instant"`` or ``"manual"``; see `missing`."""
        return self._backend.setting("lifecycle", self.operation)

    @lifecycle.setter
    def lifecycle(self, value: Literal["instant", "steps", "manual"] | None) -> None:
        self._backend.set_for(self.operation, "lifecycle", value)

    # ------------------------------------------------------------------------------------------------ calls

    def _refuse_unnamed(self, unnamed: tuple[object, ...], method: str) -> None:
        """Parameters have names here, also those that the SDK's methods take without."""
        if unnamed:
            name = [*self.operation.path_params[-1:], *self.operation.arguments][0]
            raise UsageError(
                f"{self.operation.name}.{method}() takes parameters by their names, such as "
                f"{method}({name}=...); got {unnamed[0]!r}.",
                operation=self.operation.name,
            )

    @property
    def route(self) -> Handle[R]:
        """The handle itself, so that ``create.route.calls.call_count`` reads on."""
        return self

    @property
    def calls(self) -> CallLog:
        """The calls of this operation, oldest first."""
        return self._backend.log(self.operation.name)

    @property
    def call_count(self) -> int:
        """How often the operation was called."""
        return len(self.calls)

    @property
    def called(self) -> bool:
        """Whether the operation was called."""
        return bool(self.calls)

    @property
    def last(self) -> Call | None:
        """The latest call; None if there was none."""
        return self.calls.last

    def assert_called(self) -> None:
        """Fail unless there was a call."""
        self.calls.assert_called()

    def assert_call_count(self, count: int) -> None:
        """Fail unless there were so many calls."""
        self.calls.assert_call_count(count)

    def assert_called_once(self) -> None:
        """Fail unless there was exactly one call."""
        self.calls.assert_called_once()

    def assert_called_once_with(self, *unnamed: Never, **subset: Any) -> None:
        """Fail unless there was exactly one call, and it had these parameters."""
        self._refuse_unnamed(unnamed, "assert_called_once_with")
        self.calls.assert_called_once_with(**subset)

    def assert_called_with(self, *unnamed: Never, **subset: Any) -> None:
        """Fail unless the latest call had these parameters."""
        self._refuse_unnamed(unnamed, "assert_called_with")
        self.calls.assert_called_with(**subset)

    def assert_any_call(self, *unnamed: Never, **subset: Any) -> None:
        """Fail unless some call had these parameters."""
        self._refuse_unnamed(unnamed, "assert_any_call")
        self.calls.assert_any_call(**subset)

    def assert_has_calls(self, calls: list[dict[str, Any]], *, any_order: bool = False) -> None:
        """Fail unless there were calls with these parameters, one after the other."""
        self.calls.assert_has_calls(calls, any_order=any_order)

    def assert_not_called(self) -> None:
        """Fail if there was a call."""
        self.calls.assert_not_called()


class Condition(Generic[R]):
    """The calls that meet a condition: what `Handle.when` returns."""

    def __init__(self, handle: Handle[R], matcher: Matcher) -> None:
        self._handle = handle
        self._matcher = matcher

    def returns(self, *replies: ReplyLike) -> Handle[R]:
        """Script what those calls are answered. See `Handle.returns`."""
        self._handle._script.returns(*replies, matcher=self._matcher)
        return self._handle

    def raises(self, error: Any, *, times: int | None = None) -> Handle[R]:
        """Script how those calls fail. See `Handle.raises`."""
        self._handle._script.raises(error, times=times, matcher=self._matcher)
        return self._handle

    def __repr__(self) -> str:
        return f"<{self._handle.operation.name}.{self._matcher!r}: now write .returns(...) or .raises(...)>"
