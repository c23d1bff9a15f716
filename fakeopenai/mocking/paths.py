"""``fakeopenai.mock``: the tree of what can be mocked, along the client's own paths.

`paths.pyi`, which is generated, describes it to type checkers.
"""

from __future__ import annotations

import functools
from typing import Any

from .._table import ALIASES, CLASSES
from ..errors import UsageError, nearest
from ..operation import find
from .contexts import Mock
from .layers import Layer

__all__ = ["UnknownPath", "mock"]


class UnknownPath(UsageError, AttributeError):
    """``fakeopenai.mock`` was asked for a path that the client doesn't have."""


@functools.cache
def _children(path: str) -> dict[str, str]:
    """The paths just below one, by name."""
    prefix = f"{path}." if path else ""
    known = {known: prefix + known[len(prefix) :].partition(".")[0] for known in (*CLASSES, *ALIASES)}
    return {child[len(prefix) :]: child for known, child in known.items() if known.startswith(prefix)}


class Path:
    """One path of the tree: call it for a decorator or a context, or go on to a path below."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, target: Any = None, /, **keywords: Any) -> Any:
        """A decorator and context manager that mocks what lies at this path, and below it.

        Args:
            target: the function or class, when used as a decorator without parentheses.
            **keywords: fields of what the endpoint's creating operation answers; replies of operations by their name
                (``retrieve={...}``); ``sequence=``, ``latency=``, ``failures=``, ``state_store=``, ``fake=``,
                ``unused=``; and the arguments of `FakeOpenAI` that make an account.

        Raises:
            UsageError: an unknown keyword, or one of the wrong kind.
        """
        made = Mock[Any](self._path, (Layer(self._path, keywords),))
        if target is None:
            return made
        if isinstance(target, str) or not callable(target):
            raise UsageError(f"{made!r} takes keyword arguments only; got {type(target).__name__} {target!r}.")
        return made(target)

    def __getattr__(self, name: str) -> Path:
        children = _children(self._path)
        if name in children:
            found = vars(self)[name] = Path(children[name])
            return found
        if name.startswith("_"):
            raise AttributeError(name)
        here = f"fakeopenai.mock.{self._path}" if self._path else "fakeopenai.mock"
        if self._path and find(f"{self._path}.{name}") is not None:
            raise UnknownPath(f"{here}.{name}: {name} is an operation, no path. Write {here}({name}={{...}}).")
        suggestions = " or ".join(f"fakeopenai.mock.{path}" for path in self._suggestions(name))
        known = ", ".join(sorted(children)) or "nothing below it"
        hint = f"did you mean {suggestions}?" if suggestions else f"it has {known}."
        raise UnknownPath(f"{here} has no {name!r}: {hint}")

    def _suggestions(self, name: str) -> list[str]:
        """The paths that somebody may have meant: by their last name, wherever they are, or by one nearly so below."""
        elsewhere = [path for path in CLASSES if name == path.rpartition(".")[2]]
        if elsewhere:
            return sorted(elsewhere, key=len)[:2]
        prefix = f"{self._path}." if self._path else ""
        joined = {path[len(prefix) :].replace(".", ""): path for path in CLASSES if path.startswith(prefix)}
        suggestion = nearest(name.replace("_", ""), joined)
        return [joined[suggestion]] if suggestion else []

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_children(self._path)})

    def __repr__(self) -> str:
        return f"<fakeopenai.mock{f'.{self._path}' if self._path else ''}>"


mock = Path("")
