"""The registry of the user's own default answers.

What the API sends unasked stands in `builtin`; how defaults become part of an answer is `assemble`'s business. A leaf:
imports the errors and the operation table only.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import sys
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, get_args, get_origin

import pydantic

from .errors import UsageError, nearest
from .operation import Operation, find, operations

__all__ = ["Defaults", "Level", "entry_for"]

Target: TypeAlias = Any
"""A response type, its class name, an operation's dotted name, or an endpoint."""

Level: TypeAlias = dict[Any, Any]
"""Entries of one level of the registry: classes, class names and operation names to partial answers or functions."""


class Defaults:
    """The user's registry of default answers, between what the fake computes and what a test scripts.

    A registry inherits from its parent: nearer entries go over farther ones, field by field. A default set for a type
    holds wherever that type occurs, nested in others too; one set for an operation goes over those for types.

    Args:
        parent: the registry that this one refines.
        values: entries to begin with.

    Example:
        >>> defaults = Defaults({"chat.completions.create": {"service_tier": "flex"}})
        >>> with defaults.override("ChatCompletionMessage", {"content": "Hi!"}):
        ...     len(defaults.levels())
        2
    """

    __slots__ = ("_own", "_scopes", "parent")

    def __init__(self, values: Mapping[Target, Any] | None = None, *, parent: Defaults | None = None) -> None:
        self.parent = parent
        self._scopes: list[Level] = [{}]  # what is set, and one for each override() that holds
        self._own = False
        for target, value in (values or {}).items():
            self.set(target, value)

    @classmethod
    def from_pyproject(cls, path: str | Path = "pyproject.toml", *, parent: Defaults | None = None) -> Defaults:
        """The project's own defaults, from the tables ``[tool.fakeopenai.defaults.<type or operation>]``.

        Args:
            path: the file, or the directory that holds it.
            parent: the registry that this one refines.

        Raises:
            UsageError: the file is missing or no TOML, or names a type or operation that does not exist.

        Example:
            .. code-block:: toml

                [tool.fakeopenai.defaults."chat.completions.create"]
                service_tier = "flex"

                [tool.fakeopenai.defaults.ChatCompletionMessage]
                content = "The default answer of this project."
        """
        file = Path(path)
        if file.is_dir():
            file /= "pyproject.toml"
        toml = _toml()
        try:
            document: Any = toml.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(
                f"No {file}: Defaults.from_pyproject() needs a pyproject.toml, or its directory."
            ) from None
        except toml.TOMLDecodeError as error:
            raise UsageError(f"{file} is no valid TOML: {error}") from None
        entries = document.get("tool", {}).get("fakeopenai", {}).get("defaults", {})
        try:
            if not _is_mapping(entries):
                raise UsageError(f"must be a table, not {entries!r}")
            return cls(entries, parent=parent)
        except UsageError as error:
            raise UsageError(f"[tool.fakeopenai.defaults] in {file}: {error}") from None

    @property
    def active(self) -> bool:
        """Whether anything is registered here or above: all that a call has to ask when nothing is."""
        return self._own or (self.parent is not None and self.parent.active)

    def _changed(self) -> None:
        self._own = any(self._scopes)

    def set(self, target: Target, value: Any) -> None:
        """Register a default. It replaces what was set for the same target before.

        Within an `override()` it lasts as long as that.

        Args:
            target: a response type (nested ones too, such as ``ChatCompletionMessage``), its class name, an operation's
                dotted name (``"chat.completions.create"``) or an endpoint of a fake client.
            value: a partial answer (dict or response model), or a function of the request that returns one.

        Raises:
            UsageError: no such type or operation, or a value that is none.
        """
        key, entry = _entry(target, value)
        self._scopes[-1][key] = entry
        self._changed()

    @contextlib.contextmanager
    def override(self, target: Target, value: Any = None) -> Generator[Defaults]:
        """Defaults for the duration of a ``with`` block, over those that are set.

        Args:
            target: as for `set()`; or a dict of several targets and their values.
            value: as for `set()`; left out when a dict of targets is given.
        """
        several = target.items() if _is_mapping(target) else [(target, value)]
        scope: Level = dict(_entry(one, its) for one, its in several)
        self._scopes.append(scope)
        self._changed()
        try:
            yield self
        finally:
            self._scopes[:] = [kept for kept in self._scopes if kept is not scope]
            self._changed()

    def reset(self, target: Target | None = None) -> None:
        """Forget what was set here for ``target``, or everything. What is inherited stays."""
        key = None if target is None else _resolve(target)
        for scope in self._scopes:
            if key is None:
                scope.clear()
            else:
                scope.pop(key, None)
        self._changed()

    def has(self, target: Target) -> bool:
        """Whether something is set for ``target``, here or above; for an operation, a default for its answer counts."""
        key = _resolve(target)
        keys: list[Any] = [key]
        if isinstance(key, str) and (operation := find(key)) is not None:
            keys += [operation.response_type, getattr(operation.response_type, "__name__", None)]
        return any(level.get(one) is not None for level in self.levels() for one in keys)

    def levels(self) -> list[Level]:
        """The entries that hold, the farthest level first; empty levels are left out."""
        above = [] if self.parent is None else self.parent.levels()
        return above + [scope for scope in self._scopes if scope]

    def copy(self) -> Defaults:
        """A registry with the same entries and the same parent; later changes to one don't show in the other."""
        made = Defaults(parent=self.parent)
        made._scopes = [dict(scope) for scope in self._scopes]
        made._changed()
        return made

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Defaults:
        made = Defaults(parent=copy.deepcopy(self.parent, memo))
        made._scopes = [{key: copy.deepcopy(value, memo) for key, value in scope.items()} for scope in self._scopes]
        made._changed()
        return made

    def __repr__(self) -> str:
        entries = {_named(key): value for scope in self._scopes for key, value in scope.items()}
        inherited = f", parent={self.parent!r}" if self.parent is not None else ""
        return f"Defaults({entries!r}{inherited})"


def entry_for(level: Level, model: type) -> Any:
    """What a level holds for a response type, by the class or by its name; None if nothing."""
    entry = level.get(model)
    return level.get(model.__name__) if entry is None else entry


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _named(target: Target) -> str:
    return target.__name__ if isinstance(target, type) else str(target)


def _entry(target: Target, value: Any) -> tuple[Any, Any]:
    """Key and value of an entry: the value detached, so that changing what was passed changes nothing here."""
    key = _resolve(target)
    if _is_mapping(value) or isinstance(value, pydantic.BaseModel):
        return key, copy.deepcopy(value)
    if callable(value) and not isinstance(value, type):
        return key, value
    raise UsageError(
        f"The default for {_named(key)} must be a partial answer (a dict or a response model) or a function of the "
        f"request, not {value!r} (a {type(value).__name__})."
    )


def _resolve(target: Target) -> Any:
    """The key of a target in a level: a class, a class name or an operation's name."""
    if isinstance(target, type):
        if not any(target is found for found in _response_types(target.__name__)):
            raise UsageError(
                f"{target.__module__}.{target.__qualname__} occurs in no answer of the API, so no default for it would "
                f"ever be used.{_meant(target.__name__)}"
            )
        return target
    operation = target if isinstance(target, Operation) else getattr(target, "operation", None)
    name = operation.name if isinstance(operation, Operation) else target
    if not isinstance(name, str):
        raise UsageError(
            "A default is set for a response type, its class name, an operation's dotted name or an endpoint, "
            f"not for {target!r}."
        )
    if find(name) is not None:
        return name
    if "." in name or not name[:1].isupper():
        close = nearest(name, operations())
        raise UsageError(f"There is no operation {name!r}{f'; did you mean {close!r}?' if close else '.'}")
    if next(_response_types(name), None) is None:
        raise UsageError(f"There is no response type {name!r} in the installed openai.{_meant(name)}")
    return name


def _meant(name: str) -> str:
    close = nearest(name, dict.fromkeys(model.__name__ for model in _all_response_types()))
    return f" Did you mean {close}?" if close else ""


def _response_types(name: str) -> Iterator[type[pydantic.BaseModel]]:
    """The classes of that name that occur in answers, those in the likeliest operations first."""

    def unlikeness(operation: Operation) -> int:
        own = operation.cast_to.rpartition(".")[2]
        return -next((size for size in range(len(name), 0, -1) if own.startswith(name[:size])), 0)

    seen: set[type] = set()
    for operation in sorted(operations().values(), key=unlikeness):
        for model in _types_in(operation, seen):
            if model.__name__ == name:
                yield model


@functools.cache
def _all_response_types() -> list[type[pydantic.BaseModel]]:
    """All classes that occur in answers, nested ones too."""
    seen: set[type] = set()
    return [model for operation in operations().values() for model in _types_in(operation, seen)]


def _types_in(operation: Operation, seen: set[type]) -> Iterator[type[pydantic.BaseModel]]:
    """Model classes in the answer of an operation that are not in ``seen`` yet; added to it."""
    try:
        waiting = [operation.page_type or operation.response_type]
    except (ImportError, AttributeError):  # the installed SDK is older than the table
        return
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, type) and issubclass(type_, pydantic.BaseModel):
            if type_ in seen:
                continue
            seen.add(type_)
            yield type_
            waiting += [info.annotation for info in type_.model_fields.values()]
        elif get_origin(type_) is not None:
            waiting += get_args(type_)


def _toml() -> Any:
    """The standard library's TOML reader, or the package it was made from where Python is too old to have one."""
    try:
        return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    except ImportError:
        raise UsageError(
            "Reading [tool.fakeopenai] from pyproject.toml needs Python 3.11 or the package tomli (pip install tomli)."
        ) from None
