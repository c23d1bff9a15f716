"""What a test has scripted: queues of replies, matchers, and which reply answers the next request.

One `Script` for each operation of an account, and one for the model's turns that go to whichever generating operation
is called next. The order in which replies are looked for, in one place: `Script.take`.

Imports replies, matching and leaves.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
from typing import Any

from .errors import ScriptExhausted, UsageError
from .matching import check_names, matches
from .operation import Operation
from .replies import Reply, coerce
from .request import Request

__all__ = ["Matcher", "Rule", "Script"]


class Matcher:
    """A condition on requests: a subset of the parameters, and a predicate.

    Attributes:
        params: expected parameters; values are compared with ``==``.
        where: a function of the `Request`, or None.
    """

    __slots__ = ("params", "where")

    def __init__(self, params: Mapping[str, Any], where: Callable[[Request], Any] | None) -> None:
        self.params = params
        self.where = where

    def __call__(self, request: Request) -> bool:
        """Whether the request meets the condition."""
        if self.params and not matches(self.params, request.params):
            return False
        return self.where is None or bool(self.where(request))

    def __repr__(self) -> str:
        parts = [f"{name}={_short(value)}" for name, value in self.params.items()]
        if self.where is not None:
            parts.append(f"where={getattr(self.where, '__name__', self.where)!s}")
        return f"when({', '.join(parts)})"


class Rule:
    """Replies under one condition.

    Attributes:
        matcher: the condition, or None for every request.
        replies: those still to be given, in order; the one of a sticky rule stays.
        sticky: whether the reply is for every call.
        optional: whether it gives way silently once used up (``raises(..., times=n)``), or running out is an error.
        used: how many replies it has given.
    """

    __slots__ = ("matcher", "optional", "replies", "sticky", "total", "used")

    def __init__(self, matcher: Matcher | None, replies: list[Reply], *, sticky: bool, optional: bool = False) -> None:
        self.matcher = matcher
        self.replies = collections.deque(replies)
        self.sticky = sticky
        self.optional = optional
        self.total = len(replies)
        self.used = 0

    def take(self) -> Reply:
        """The next reply. The caller has seen that there is one."""
        self.used += 1
        return self.replies[0] if self.sticky else self.replies.popleft()

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self.replies))
        return f"{self.matcher!r}.returns({shown})" if self.matcher else f"returns({shown})"


class Script:
    """The rules of one operation (or of the account's model turns).

    Args:
        name: how it is called in messages: ``"chat.completions.create"`` or ``"script"``.
        operation: the operation whose parameters the matchers name; None for the account's turns.
    """

    def __init__(self, name: str, operation: Operation | None = None) -> None:
        self.name = name
        self.operation = operation
        self.conditional: list[Rule] = []
        self.queued: list[Rule] = []
        self.sticky: Rule | None = None
        self.exhausted: Rule | None = None
        self.active = False
        self.wrap: Callable[[Any, str], Reply] = lambda value, where: coerce(value, where=where)

    def returns(self, *replies: Any, matcher: Matcher | None = None, call: str = "returns") -> None:
        """Add a rule: one reply is for every call, several are one each, in order."""
        if not replies:
            raise UsageError(
                f"{self.name}.{call}() was called with nothing. Give the reply for every call, "
                f'{call}("Hello"), or one for each call in order, {call}("first", "second").',
                operation=self.name,
            )
        found = [
            self.wrap(value, f"{self.name}.{call}(): reply {index}" if len(replies) > 1 else f"{self.name}.{call}()")
            for index, value in enumerate(replies, 1)
        ]
        self.add(Rule(matcher, found, sticky=len(found) == 1))

    def queue(self, replies: list[Any]) -> None:
        """Add replies for one call each, in order, even if there is only one."""
        found = [self.wrap(value, f"{self.name}: reply {index}") for index, value in enumerate(replies, 1)]
        if found:
            self.add(Rule(None, found, sticky=False))

    def raises(self, error: Any, *, times: int | None = None, matcher: Matcher | None = None) -> None:
        """Add a rule that fails every call, or the next ``times`` calls."""
        if times is not None and (type(times) is not int or times < 1):
            raise UsageError(f"{self.name}.raises(times=...) takes a number of calls, at least 1; got {times!r}.")
        found = self.wrap(error, f"{self.name}.raises()")
        if found.kind not in {"error", "raise", "connection", "timeout"}:
            raise UsageError(
                f"{self.name}.raises() takes an exception, an exception class, an HTTP status or error(...); "
                f"got {found!r}. To answer with it, write returns(...).",
                operation=self.name,
            )
        self.add(Rule(matcher, [found] * (times or 1), sticky=times is None, optional=times is not None))

    def when(self, where: Callable[[Request], Any] | None, params: Mapping[str, Any]) -> Matcher:
        """A condition on this operation's requests."""
        if where is None and not params:
            raise UsageError(
                f"{self.name}.when() was called without a condition: "
                'when(model="gpt-5"), or when(where=lambda request: ...).',
                operation=self.name,
            )
        if where is not None and not callable(where):
            raise UsageError(
                f"{self.name}.when(where=...) takes a function of the request; got {type(where).__name__} {where!r}.",
                operation=self.name,
            )
        if self.operation is not None:
            check_names(self.operation, params, f"{self.name}.when()")
        return Matcher(params, where)

    def add(self, rule: Rule) -> None:
        """Add a rule; an unconditional sticky one takes the place of the one before."""
        self.active = True
        if rule.matcher is not None:
            self.conditional.append(rule)
        elif rule.sticky:
            self.sticky = rule
        else:
            self.queued.append(rule)

    def take(self, request: Request) -> Reply | None:
        """The reply to this request; None if nothing is scripted for it.

        Conditional rules come first, in the order of their declaration; then queued replies, in theirs; then the
        reply for every call. A queue that has run out is skipped, and is an error only if nothing else answers.
        """
        if not self.active:
            return None
        exhausted = self.exhausted
        for rule in self.conditional:
            if rule.matcher is not None and rule.matcher(request):
                if rule.replies:
                    return rule.take()
                exhausted = exhausted if rule.optional else rule
        while self.queued:
            rule = self.queued[0]
            if rule.replies:
                return rule.take()
            self.queued.pop(0)
            if not rule.optional:
                exhausted = self.exhausted = rule
        if self.sticky is not None:
            return self.sticky.take()
        if exhausted is not None:
            raise self.exhaustion(request, exhausted)
        return None

    def exhaustion(self, request: Request, rule: Rule) -> ScriptExhausted:
        """The error for one call more than there are replies."""
        condition = f" {rule.matcher!r}" if rule.matcher else ""
        return ScriptExhausted(
            f"{request.operation.name} was called {_times(rule.used + 1)}, but only {_replies(rule.total)} scripted "
            f"with {self.name}.returns(...){condition}.\n"
            f"  the call:  {_describe(request)}\n"
            "  to do:     add a reply to returns(...), or give a single one, returns(reply), which answers every call.",
            operation=request.operation.name,
            request=request,
            replies=rule.total,
        )

    def unused(self) -> list[str]:
        """One line for each reply that was scripted and never given."""
        lines: list[str] = []
        rules = [*self.conditional, *self.queued, *([self.sticky] if self.sticky else [])]
        for rule in rules:
            condition = f".{rule.matcher!r}" if rule.matcher else ""
            verb = "raises" if rule.optional else "returns"
            if rule.sticky and not rule.used:
                lines.append(f"{self.name}{condition}.{verb}({rule.replies[0]!r}): never called")
            elif not rule.sticky:
                lines.extend(
                    f"{self.name}{condition}.{verb}(...): reply {number} of {rule.total}, {left!r}"
                    for number, left in enumerate(rule.replies, rule.total - len(rule.replies) + 1)
                )
        return lines

    def reset(self) -> None:
        """Forget every rule."""
        self.conditional.clear()
        self.queued.clear()
        self.sticky = self.exhausted = None
        self.active = False

    def mark(self) -> tuple[Any, ...]:
        """The present rules, for `restore`."""
        return (list(self.conditional), list(self.queued), self.sticky, self.exhausted, self.active)

    def restore(self, mark: tuple[Any, ...]) -> None:
        """Put back the rules of `mark`; replies used since stay used."""
        self.conditional, self.queued, self.sticky, self.exhausted, self.active = mark


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _describe(request: Request) -> str:
    parts = [f"{name}={_short(value)}" for name, value in request.params.items()]
    return f"{request.operation.name}({', '.join(parts)})"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _replies(count: int) -> str:
    return "one reply was" if count == 1 else f"{count} replies were"
