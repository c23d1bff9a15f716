"""How a log of calls is shown, and what is said when it is not as expected.

Imported when something fails or is shown, not before; which of it fails is decided in `log`, which alone imports this
module. How parameters differ is laid out by `fakeopenai.diff`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..diff import diff_lines, nearest_params
from ..errors import CallAssertionError, nearest
from ..matching import is_omitted
from ..stringify import params_line, times

if TYPE_CHECKING:
    from .log import CallLog
    from .record import Call

__all__ = ["INSTEAD", "Failures", "no_such_attribute"]

_LISTED = 10
"""How many calls an error message lists."""


class Failures:
    """The errors with which the assertions of a log fail. They are made here, and raised by the log."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self.subject = log._name or "the API"

    def listing(self, *, names: Iterable[str] = (), without: int | None = None) -> str:
        """One line for each call, each after a line break; only so many."""
        calls = [(index, call) for index, call in enumerate(self._log) if index != without]
        lines = [
            f"\n  calls[{index}]: {'' if self._log._name else f'{call.operation} '}{call._line(names)}".rstrip()
            for index, call in calls[:_LISTED]
        ]
        if len(calls) > _LISTED:
            lines.append(f"\n  ... and {len(calls) - _LISTED} more")
        return "".join(lines)

    def called(self) -> CallAssertionError:
        """The error for calls where none was to be."""
        return self._failure(
            f"Expected {self.subject} not to be called, but it was called {times(len(self._log))}:{self.listing()}",
            expected=0,
        )

    def counted(self, count: int) -> CallAssertionError:
        """The error for another number of calls, neither being 0."""
        return self._failure(
            f"Expected {self.subject} to be called exactly {times(count)}, "
            f"but it was called {times(len(self._log))}:{self.listing()}",
            expected=count,
        )

    def several(self, subset: Mapping[str, Any], matching: int) -> CallAssertionError:
        """The error for more than one call, of which so many are as the only one was to be."""
        return self._failure(
            f"Expected {self.subject} to be called exactly once, with {_described(subset)}, but it was called "
            f"{times(len(self._log))}, {times(matching) if matching else 'never'} like that:"
            f"{self.listing(names=subset)}",
            expected=dict(subset),
        )

    def no_index(self, index: int) -> str:
        """What is said of a position that the log doesn't have."""
        if not self._log._calls:
            return f"calls[{index}]: {self.subject} was never called"
        return f"calls[{index}]: {self.subject} was called {times(len(self._log))}{self.listing()}"

    def never(self, how: str, expected: Any) -> CallAssertionError:
        """The error for no call at all."""
        return self._failure(
            f"Expected {self.subject} to be called {how}, but it never was.{self._elsewhere()}", expected=expected
        )

    def never_with(self, subset: Mapping[str, Any], how: str = "with") -> CallAssertionError:
        """The error for no call at all, where one with these parameters was to be."""
        return self.never(f"{how} {_described(subset)}", subset)

    def differing(self, subset: Mapping[str, Any], index: int, what: str, hint: str = "") -> CallAssertionError:
        """The error for the one call that matters, which is not as expected."""
        return self._unlike(subset, index, what, how="it has others", which=self._which(index), hint=hint)

    def no_such_call(self, subset: Mapping[str, Any]) -> CallAssertionError:
        """The error for calls of which none is as expected; the nearest is shown."""
        index = self._nearest(subset)
        which = self._which(index) + (" comes nearest" if len(self._log) > 1 else "")
        return self._unlike(subset, index, "a call", how="no call has these", which=which)

    def broken_off(self, expected: list[Mapping[str, Any]], found: int, start: int) -> CallAssertionError:
        """The error for a row of calls of which only the first ``found`` were made, from ``start`` on."""
        head = self._head(expected, ", one right after the other")
        if not self._log._calls:
            return self._failure(f"{head}but it was never called.{self._elsewhere()}", expected=expected)
        if not found:
            index = self._nearest(expected[0])
            text = f"but number 1 was never made.\n\n{self._which(index)} comes nearest"
        else:
            index = start + found
            text = f"but after number {found}, which is calls[{index - 1}],"
            if index == len(self._log):
                return self._failure(f"{head}{text} no call follows:{self.listing()}", expected=expected)
            text = f"{text} another follows.\n\n{self._which(index)}"
        call = self._log._calls[index]
        return self._failure(f"{head}{text} {_diff(expected[found], call)}", expected=expected, nearest=call)

    def missing(self, expected: list[Mapping[str, Any]], which: int) -> CallAssertionError:
        """The error for calls expected in any order, of which one finds no call of its own."""
        head = self._head(expected, ", in any order")
        if not self._log._calls:
            return self._failure(f"{head}but it was never called.{self._elsewhere()}", expected=expected)
        matching = self._log._matching(expected[which])
        if matching:
            text = f"but no call is left for number {which + 1}: what matches it is needed for another:{self.listing()}"
            return self._failure(head + text, expected=expected, nearest=self._log._calls[matching[0]])
        index = self._nearest(expected[which])
        call = self._log._calls[index]
        text = f"but number {which + 1} was never made.\n\n{self._which(index)} comes nearest"
        return self._failure(f"{head}{text} {_diff(expected[which], call)}", expected=expected, nearest=call)

    # ---- details

    def _failure(self, message: str, *, expected: Any = None, nearest: Call | None = None) -> CallAssertionError:
        return CallAssertionError(
            message, operation=self._log._name, expected=expected, calls=self._log, nearest=nearest
        )

    def _unlike(
        self, subset: Mapping[str, Any], index: int, what: str, *, how: str, which: str, hint: str = ""
    ) -> CallAssertionError:
        others = self.listing(names=subset, without=index)
        return self._failure(
            f"Expected {what} of {self.subject} with {_described(subset)}, but {how}.\n\n"
            f"{which} {_diff(subset, self._log._calls[index])}"
            + (f"\n\nThe other calls:{others}" if others else "")
            + hint,
            expected=dict(subset),
            nearest=self._log._calls[index],
        )

    def _elsewhere(self) -> str:
        """What was called instead."""
        if self._log._whole is None:
            return ""
        counts: dict[str, int] = {}
        for call in self._log._whole:
            counts[call.operation] = counts.get(call.operation, 0) + 1
        called = ", ".join(f"{name} ({times(count)})" for name, count in counts.items())
        return f"\nCalled on this fake: {called or 'nothing'}."

    def _head(self, expected: Sequence[Mapping[str, Any]], how: str) -> str:
        what = f"these calls of {self.subject}{how}" if len(expected) > 1 else f"this call of {self.subject}"
        lines = [f"  {number}. {_described(subset)}" for number, subset in enumerate(expected, 1)]
        return "\n".join([f"Expected {what}:", *lines, ""])

    def _which(self, index: int) -> str:
        return f"calls[{index}]" if self._log._name else f"calls[{index}], {self._log._calls[index].operation},"

    def _nearest(self, subset: Mapping[str, Any]) -> int:
        return nearest_params(subset, [call._matchable() for call in self._log])


def _described(subset: Mapping[str, Any]) -> str:
    """Expected parameters in one line."""
    sent = {name: value for name, value in subset.items() if not is_omitted(value)}
    parts = [params_line(sent, 200)] if sent else []
    parts += [f"{name} not sent" for name in subset if name not in sent]
    return ", ".join(parts) or "any parameters"


def _diff(subset: Mapping[str, Any], call: Call) -> str:
    return "\n".join(["(- expected, + sent):", *diff_lines(subset, call._matchable())])


INSTEAD = {
    "any_call": "assert_any_call(...)",
    "assert_awaited": "assert_called(): the calls of asynchronous clients are in the same log",
    "assert_awaited_once": "assert_called_once()",
    "assert_awaited_with": "assert_called_with(...)",
    "assert_awaited_once_with": "assert_called_once_with(...)",
    "assert_any_await": "assert_any_call(...)",
    "assert_has_awaits": "assert_has_calls([...])",
    "assert_not_awaited": "assert_not_called()",
    "await_count": "call_count",
    "call_args": "last.params",
    "call_args_list": "[call.params for call in calls]",
    "called_once": "assert_called_once()",
    "called_once_with": "assert_called_once_with(...)",
    "called_with": "assert_called_with(...)",
    "has_calls": "assert_has_calls([...])",
    "mock_calls": "[call.params for call in calls]",
    "not_called": "assert_not_called()",
    "reset_mock": "clear()",
}
"""Names of unittest.mock, and names that it would accept in silence, with what to write here."""


def no_such_attribute(owner: object, name: str) -> AttributeError:
    """The error for an attribute that a log doesn't have; it says what to write instead."""
    # The class is asked: dir() of the object itself looks for attributes, and would come back here.
    instead = INSTEAD.get(name) or nearest(name, [known for known in dir(type(owner)) if not known.startswith("_")])
    hint = f"; did you mean {instead}?" if instead else ""
    return AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}{hint}", name=name, obj=owner)
