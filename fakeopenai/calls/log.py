"""The logs that hold the records of calls, and the assertions on them.

Whether an assertion holds is decided here, value by value in `fakeopenai.matching`. How a log is shown, and what is
said when it isn't as expected, is in `failures`, which is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from ..errors import UsageError, nearest
from ..matching import matches, unknown_params
from ..operation import Operation, find, operations
from ..stringify import cut, is_object, times
from .record import Call

if TYPE_CHECKING:
    from .failures import Failures

__all__ = ["CallLog"]


class CallLog(Sequence[Call]):
    """The calls of an account, or those of one of its operations, in order.

    A sequence of `Call` that grows as calls are made. The assertions fail with `CallAssertionError`, which shows the
    call that comes nearest. Their keyword arguments are a *subset* of the parameters: what isn't named doesn't matter.
    Values are compared with ``==``, so ``mock.ANY`` and dirty-equals work; ``openai.NOT_GIVEN`` expects that a
    parameter was not sent.

    Slices and `filter` give a log of its own, which does not grow.
    """

    __slots__ = ("_calls", "_name", "_views", "_whole")
    __hash__ = None  # type: ignore[assignment] # it changes

    def __init__(self, calls: Iterable[Call] = (), *, name: str | None = None) -> None:
        self._calls = list(calls)
        self._name = name
        self._views: dict[str, CallLog] = {}
        self._whole: CallLog | None = None

    # ---- a sequence

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> CallLog: ...
    def __getitem__(self, index: int | slice) -> Call | CallLog:
        if isinstance(index, slice):
            return CallLog(self._calls[index], name=self._name)
        try:
            return self._calls[index]
        except IndexError:
            raise IndexError(self._failures.no_index(index)) from None

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls.copy())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CallLog):
            return self._calls == other._calls
        return self._calls == other if isinstance(other, list) else NotImplemented

    def __repr__(self) -> str:
        calls = "call" if len(self) == 1 else "calls"
        return f"<CallLog {self._name or 'of everything'}: {len(self)} {calls}{self._failures.listing()}>"

    # ---- reading

    @property
    def called(self) -> bool:
        """Whether there is any call."""
        return bool(self._calls)

    @property
    def call_count(self) -> int:
        """The number of calls."""
        return len(self._calls)

    @property
    def last(self) -> Call | None:
        """The last call; None if there is none."""
        return self._calls[-1] if self._calls else None

    def filter(self, **subset: Any) -> CallLog:
        """The calls that have these parameters, as a log of its own."""
        __tracebackhide__ = True
        self._check_names(subset, "filter()")
        return CallLog((call for call in self if matches(subset, call._matchable())), name=self._name)

    def view(self, operation: str) -> CallLog:
        """The calls of one operation, such as ``"files.create"``: a log that grows with this one.

        Raises:
            UsageError: there is no such operation.
        """
        found = self._views.get(operation)
        if found is None:
            if find(operation) is None:
                suggestion = nearest(operation, operations())
                hint = f"; did you mean {suggestion!r}?" if suggestion else "."
                raise UsageError(f"There is no API operation {operation!r}{hint}")
            found = self._view(operation)
        return found

    def clear(self) -> None:
        """Forget these calls. Those of one operation are forgotten in the log of everything as well, and vice versa."""
        self._calls.clear()
        for view in self._views.values():
            view._calls.clear()
        if self._whole is not None:
            others = [call for call in self._whole._calls if call.operation != self._name]
            self._whole._calls[:] = others

    # ---- assertions

    def assert_called(self) -> None:
        """Fail unless there is a call."""
        __tracebackhide__ = True
        if not self._calls:
            raise self._failures.never("at least once", None)

    def assert_not_called(self) -> None:
        """Fail if there is a call."""
        __tracebackhide__ = True
        if self._calls:
            raise self._failures.called()

    def assert_called_once(self) -> None:
        """Fail unless there is exactly one call."""
        __tracebackhide__ = True
        self.assert_call_count(1)

    def assert_call_count(self, count: int, /) -> None:
        """Fail unless there are exactly that many calls."""
        __tracebackhide__ = True
        if len(self) == count:
            return
        if not count:
            self.assert_not_called()
        if not self._calls:
            raise self._failures.never(f"exactly {times(count)}", count)
        raise self._failures.counted(count)

    def assert_called_with(self, **subset: Any) -> None:
        """Fail unless the *last* call has these parameters; for any call, see `assert_any_call`."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_called_with()")
        if not self._calls:
            raise self._failures.never_with(subset)
        if matches(subset, self._calls[-1]._matchable()):
            return
        hint = "".join(
            f"\n\ncalls[{index}] matches; assert_any_call() accepts any call, assert_called_with() only the last."
            for index in self._matching(subset)[-1:]
        )
        raise self._failures.differing(subset, len(self) - 1, "the last call", hint)

    def assert_called_once_with(self, **subset: Any) -> None:
        """Fail unless there is exactly one call, and it has these parameters."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_called_once_with()")
        if not self._calls:
            raise self._failures.never_with(subset, "exactly once, with")
        matching = self._matching(subset)
        if len(self) > 1:
            raise self._failures.several(subset, len(matching))
        if not matching:
            raise self._failures.differing(subset, 0, "the only call")

    def assert_any_call(self, **subset: Any) -> None:
        """Fail unless some call has these parameters."""
        __tracebackhide__ = True
        self._check_names(subset, "assert_any_call()")
        if not self._calls:
            raise self._failures.never_with(subset)
        if not self._matching(subset):
            raise self._failures.no_such_call(subset)

    def assert_has_calls(self, calls: Iterable[Mapping[str, Any]], /, any_order: bool = False) -> None:
        """Fail unless these calls were made one right after the other, as ``unittest.mock`` has it.

        Args:
            calls: the expected parameters of each call, a subset of its own.
            any_order: whether it is enough that they were made at all, in whatever order. Each needs a call to itself.
        """
        __tracebackhide__ = True
        expected = [self._checked(subset, index) for index, subset in enumerate(calls)]
        sent = [call._matchable() for call in self]
        if any_order:
            left_over = _unassigned(expected, sent)
            if left_over is not None:
                raise self._failures.missing(expected, left_over)
        elif expected:
            runs = [_run(expected, sent, start) for start in range(len(sent))]
            longest = max(runs, default=0)
            if longest < len(expected):
                raise self._failures.broken_off(expected, longest, runs.index(longest) if runs else 0)

    # ---- details

    @property
    def _failures(self) -> Failures:
        from .failures import Failures

        return Failures(self)

    def _append(self, call: Call) -> None:
        """Record a call, here and in the other log that it belongs to."""
        whole = self._whole
        if whole is None:
            self._view(call._operation.name)._append(call)
        else:
            self._calls.append(call)
            whole._calls.append(call)

    def _view(self, name: str) -> CallLog:
        view = self._views.get(name)
        if view is None:
            view = CallLog((call for call in self if call.operation == name), name=name)
            view._whole = self
            view = self._views.setdefault(name, view)
        return view

    def _matching(self, subset: Mapping[str, Any]) -> list[int]:
        return [index for index, call in enumerate(self) if matches(subset, call._matchable())]

    def _checked(self, subset: Any, index: int) -> Mapping[str, Any]:
        if not is_object(subset):
            raise UsageError(
                f"assert_has_calls() takes the expected parameters of each call as a dict, such as "
                f'{{"model": "gpt-5"}}; item {index} is {cut(repr(subset), 60)}.'
            )
        self._check_names(subset, "assert_has_calls()")
        return subset

    def _check_names(self, names: Iterable[str], where: str) -> None:
        """Refuse a parameter that no operation here has and no call here sent (by ``extra_body``): it can't match."""
        of_name = find(self._name) if self._name and not self._calls else None
        of_calls = {call._operation for call in self} or ({of_name} if of_name else set[Operation]())
        for name in names:
            guesses = [guess for operation in of_calls for _, guess in unknown_params(operation, [name])]
            if not guesses or len(guesses) < len(of_calls) or any(name in call._matchable() for call in self):
                continue
            suggestion = next(filter(None, guesses), None)
            raise UsageError(
                f"{where}: {self._name or 'no operation that was called'} has {'no' if self._name else 'a'} parameter "
                f"{name!r}{f'; did you mean {suggestion!r}?' if suggestion else ', and no call sent one.'}",
                operation=self._name,
            )

    if not TYPE_CHECKING:  # a type checker shall know the attributes that there are

        def __getattr__(self, name):  # noqa: ANN001, ANN204
            from .failures import no_such_attribute

            raise no_such_attribute(self, name)


def _run(expected: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]], start: int) -> int:
    """How many of the expected calls were made in a row from ``start`` on."""
    length = 0
    for subset, params in zip(expected, sent[start : start + len(expected)], strict=False):
        if not matches(subset, params):
            break
        length += 1
    return length


def _unassigned(expected: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]]) -> int | None:
    """The first expected call that can't have a call to itself; None if all can.

    A loose expectation must not take the only call that a stricter one matches, hence the re-assignment (a maximum
    bipartite matching by augmenting paths).
    """
    fitting = [[index for index, params in enumerate(sent) if matches(subset, params)] for subset in expected]
    taken: dict[int, int] = {}

    def assign(wanted: int, tried: set[int]) -> bool:
        for index in fitting[wanted]:
            if index not in tried:
                tried.add(index)
                if index not in taken or assign(taken[index], tried):
                    taken[index] = wanted
                    return True
        return False

    return next((wanted for wanted in range(len(expected)) if not assign(wanted, set())), None)
