"""What a test has scripted: queues of replies, matchers, and which reply answers the next request.

One `Script` for each operation of an account, and one for the model's turns that go to whichever generating operation
is called next. The order in which replies are looked for, in one place: `Script.take`.

Imports replies, matching and leaves.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .errors import ScriptExhausted, UsageError
from .matching import check_names, matches
from .operation import Operation
from .replies import Reply, coerce
from .request import Request
from .stringify import cut, params_line, short

if TYPE_CHECKING:
    from .turn import ReplyLike

__all__ = ["Condition", "Matcher", "Rule", "Script"]


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
        parts = [f"{name}={short(value)}" for name, value in self.params.items()]
        if self.where is not None:
            parts.append(f"where={getattr(self.where, '__name__', self.where)!s}")
        return f"when({', '.join(parts)})"


class Rule:
    """Replies under one condition.

    Attributes:
        call: what the test wrote: ``"chat.completions.create.returns"``, ``"fake.script"``.
        matcher: the condition, or None for every request.
        scripted: all its replies, as they were given.
        replies: those still to be given, in order; the one of a sticky rule stays.
        sticky: whether the reply is for every call.
        optional: whether it gives way silently once used up (``raises(..., times=n)``), or running out is an error.
        used: how many replies it has given.
        spare: whether it may stay unused, as what several tests share may in one of them.
    """

    __slots__ = ("call", "matcher", "optional", "replies", "scripted", "spare", "sticky", "used")

    def __init__(
        self, call: str, matcher: Matcher | None, replies: list[Reply], *, sticky: bool, optional: bool = False
    ) -> None:
        self.call = call
        self.matcher = matcher
        self.scripted = tuple(replies)
        self.replies = collections.deque(replies)
        self.sticky = sticky
        self.optional = optional
        self.used = 0
        self.spare = False

    def take(self) -> Reply | None:
        """The next reply; None if all have been given. Several threads may ask at once."""
        if self.sticky:
            self.used += 1
            return self.replies[0]
        try:
            reply = self.replies.popleft()
        except IndexError:
            return None
        self.used += 1
        return reply

    def give_back(self, reply: Reply) -> None:
        """Put a reply that came to nothing back in front, if it is one of these and has been taken from the queue."""
        if not self.sticky and self.has_any([reply]) and not any(reply is left for left in self.replies):
            self.replies.appendleft(reply)
            self.used -= 1

    def has_any(self, replies: Iterable[Reply]) -> bool:
        """Whether one of these is a reply of this rule."""
        return any(reply is own for reply in replies for own in self.scripted)

    def unused(self) -> list[str]:
        """One line for each reply that was never given."""
        if self.spare:
            return []
        if self.sticky:
            return [] if self.used else [f"{self!r}: never called"]
        total = len(self.scripted)
        return [
            f"{self.call}(...): reply {number} of {total}, {left!r}"
            for number, left in enumerate(self.replies, total - len(self.replies) + 1)
        ]

    def __repr__(self) -> str:
        if self.optional:
            return f"{self.call}({self.scripted[0]!r}, times={len(self.scripted)})"
        return f"{self.call}({cut(', '.join(map(repr, self.scripted)), 80)})"


class Condition:
    """The calls that meet a condition, through whichever generating operation: what ``fake.when`` returns."""

    def __init__(self, script: Script, matcher: Matcher) -> None:
        self._script = script
        self._matcher = matcher

    def returns(self, *replies: ReplyLike) -> Script:
        """Script what those calls are answered: one reply for all of them, or one each, in order."""
        self._script.returns(*replies, matcher=self._matcher)
        return self._script

    def raises(self, error: Any, *, times: int | None = None) -> Script:
        """Script how those calls fail, all of them or the next ``times``."""
        self._script.raises(error, times=times, matcher=self._matcher)
        return self._script

    def __repr__(self) -> str:
        return f"<{self._script.name}.{self._matcher!r}: now write .returns(...) or .raises(...)>"


class Script:
    """The rules of one operation (or of the account's model turns).

    Args:
        name: how it is called in messages: ``"chat.completions.create"``, or ``"fake"`` for the account's turns.
        operation: the operation whose parameters the matchers name; None for the account's turns.
        wrap: makes a `Reply` of what a test gives, ``(value, where)``; `coerce` by default.
    """

    def __init__(
        self, name: str, operation: Operation | None = None, *, wrap: Callable[[Any, str], Reply] | None = None
    ) -> None:
        self.name = name
        self.operation = operation
        self.wrap = wrap or _coerced
        self.conditional: list[Rule] = []
        self.queued: list[Rule] = []
        self.sticky: Rule | None = None
        self.exhausted: Rule | None = None
        self.active = False

    def returns(self, *replies: ReplyLike, matcher: Matcher | None = None, call: str = "returns") -> Rule:
        """Add a rule: one reply is for every call, several are one each, in order."""
        written = self._written(matcher, call)
        if not replies:
            raise UsageError(
                f"{written}() was called with nothing. Give the reply for every call, "
                f'{call}("Hello"), or one for each call in order, {call}("first", "second").',
                operation=self.name,
            )
        found = [
            self.wrap(value, f"{written}(): reply {index}" if len(replies) > 1 else f"{written}()")
            for index, value in enumerate(replies, 1)
        ]
        return self.add(Rule(written, matcher, found, sticky=len(found) == 1))

    def queue(self, replies: list[Any], call: str = "script") -> Rule | None:
        """Add replies for one call each, in order, even if there is only one."""
        written = self._written(None, call)
        found = [self.wrap(value, f"{written}(): reply {index}") for index, value in enumerate(replies, 1)]
        return self.add(Rule(written, None, found, sticky=False)) if found else None

    def raises(self, error: Any, *, times: int | None = None, matcher: Matcher | None = None) -> Rule:
        """Add a rule that fails every call, or the next ``times`` calls."""
        written = self._written(matcher, "raises")
        if times is not None and (type(times) is not int or times < 1):
            raise UsageError(f"{written}(times=...) takes a number of calls, at least 1; got {times!r}.")
        found = self.wrap(error, f"{written}()")
        if found.kind not in {"error", "raise", "connection", "timeout"}:
            raise UsageError(
                f"{written}() takes an exception, an exception class, an HTTP status or error(...); "
                f"got {found!r}. To answer with it, write returns(...).",
                operation=self.name,
            )
        return self.add(
            Rule(written, matcher, [found] * (times or 1), sticky=times is None, optional=times is not None)
        )

    def _written(self, matcher: Matcher | None, call: str) -> str:
        """What the test wrote to script something, as far as the opening parenthesis."""
        condition = f"{matcher!r}." if matcher is not None else ""
        return f"{self.name}.{condition}{call}"

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

    def add(self, rule: Rule) -> Rule:
        """Add a rule; an unconditional sticky one takes the place of the one before."""
        self.active = True
        if rule.matcher is not None:
            self.conditional.append(rule)
        elif rule.sticky:
            self.sticky = rule
        else:
            self.queued.append(rule)
        return rule

    def take(self, request: Request, beside: Script | None = None) -> Reply | None:
        """The reply to this request; None if nothing is scripted for it.

        Conditional rules come first, in the order of their declaration; then queued replies, in theirs; then the
        reply for every call. A queue that has run out is skipped, and is an error only if nothing else answers. So is a
        rule whose function has passed this request on.

        Args:
            request: what is asked.
            beside: another script that this request might have been meant for, to be named in the error.
        """
        if not self.active:
            return None
        exhausted = self.exhausted
        passed = request.passed
        for rule in self.conditional:
            if passed and rule.has_any(passed):
                continue
            if rule.matcher is not None and rule.matcher(request):
                reply = rule.take()
                if reply is not None:
                    return reply
                exhausted = exhausted if rule.optional else rule
        for rule in self.queued[:]:
            if passed and rule.has_any(passed):
                continue
            reply = rule.take()
            if reply is not None:
                return reply
            with contextlib.suppress(ValueError):  # another thread has seen it too
                self.queued.remove(rule)
            if not rule.optional:
                exhausted = self.exhausted = rule
        if self.sticky is not None and not (passed and self.sticky.has_any(passed)):
            return self.sticky.take()
        if exhausted is not None:
            raise self._exhaustion(request, exhausted, beside)
        return None

    def follow(self, request: Request) -> Reply | None:
        """What comes next after a reply of this script, where another operation goes on with it; None if nothing does.

        That is the next in a queue, or what a function says to this request too. A reply for every call is for calls of
        its own operation: one that calls a tool would otherwise call it again and again.
        """
        for rule in self.queued:
            if rule.replies and not rule.optional and not (request.passed and rule.has_any(request.passed)):
                return rule.take()
        sticky = self.sticky
        if sticky is not None and sticky.scripted[0].kind == "call" and not sticky.has_any(request.passed):
            return sticky.take()
        return None

    def give_back(self, reply: Reply) -> None:
        """Put a reply that came to nothing back in front of the queue that it was taken from, if that is here."""
        for rule in (*self.conditional, *self.queued):
            rule.give_back(reply)

    def _exhaustion(self, request: Request, rule: Rule, beside: Script | None) -> ScriptExhausted:
        """The error for one call more than there are replies."""
        name = request.operation.name
        if self.operation is None:
            to_do = 'give the model one turn more: fake.script(..., "...") or FakeOpenAI(replies=[..., "..."])'
        elif len(rule.scripted) > 1:
            to_do = 'add a reply to returns(...), or give a single one, returns("..."), which answers every call'
        else:
            to_do = f'add a reply: fake.{name}.returns("...") answers every call'
        lines = [
            f"{name} was called once more than replies are scripted for it.",
            f"  the call:  {params_line(request.params, 100)}",
            f"  scripted:  {rule!r}: {rule.used} of {len(rule.scripted)} used",
        ]
        if beside is not None:
            lines += [f"  besides:   {other!r}: {other.used} of {len(other.scripted)} used" for other in beside._left()]
        lines.append(f"  to do:     {to_do}.")
        return ScriptExhausted("\n".join(lines), operation=name, request=request, replies=len(rule.scripted))

    def _left(self) -> Iterable[Rule]:
        """The rules that still have replies."""
        rules = [*self.conditional, *self.queued, *([self.sticky] if self.sticky else [])]
        return [rule for rule in rules if rule.replies]

    def unused(self) -> list[str]:
        """One line for each reply that was scripted and never given."""
        return [line for rule in self._left() for line in rule.unused()]

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


def _coerced(value: Any, where: str) -> Reply:
    return coerce(value, where=where)
