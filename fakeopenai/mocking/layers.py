"""What one decorator asks for (a `Layer`), checked when it is written, and the account that several of them make.

A layer's keywords are told apart here: the response fields of the endpoint's creating operation, operations by name,
and options. Imports the backend; `contexts` and the pytest plugin make accounts by it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from .. import _sdk
from .._table import ALIASES, CLASSES
from ..backend import Backend
from ..client import FakeAsyncOpenAI, FakeOpenAI
from ..client_options import ACCOUNT, AccountOptions
from ..errors import UsageError, nearest
from ..faults import Failures, Faults, Latency, failures_of, latency_of
from ..fitting import fit
from ..operation import Operation, operations
from ..script import Rule
from ..state import StateStore
from ..turn import Reply
from .settings import SETTINGS

__all__ = ["OPTIONS", "Layer", "MockOptions", "account_of", "canonical_path"]


class MockOptions(AccountOptions, total=False):
    """What ``fakeopenai.mock()`` takes: what an account takes, and a mock's own options."""

    fake: FakeOpenAI | FakeAsyncOpenAI | Backend
    failures: Failures
    latency: Latency
    state_store: StateStore
    unused: Literal["error", "allow"]


_ACCOUNT = frozenset(ACCOUNT)
_OWN = frozenset({"fake", "failures", "latency", "sequence", "state_store", "unused"})
OPTIONS = _ACCOUNT | _OWN
"""The options that every decorator takes."""

_EXISTENCE = re.compile(r"validate_(assistant|file|message|run|thread|vector_store)_exists")
"""Older spellings of ``validate_exists``."""

_CREATING = {"images": "generate"}
"""Creating operations that are not called ``create``, by path."""


def canonical_path(path: str) -> str:
    """The path under which the operations of a resource are listed: some are found at two."""
    return ALIASES.get(path, path)


@functools.cache
def _operations_of(path: str) -> dict[str, Operation]:
    """The operations of one resource by method name."""
    return {found.method: found for found in operations().values() if found.resource == path}


def _creating(path: str) -> Operation | None:
    """The operation whose response a decorator's keywords describe: the creating one, or the only one."""
    found = _operations_of(path)
    name = _CREATING.get(path, "create")
    if name in found:
        return found[name]
    return next(iter(found.values())) if len(found) == 1 else None


@functools.cache
def _fields(operation: Operation) -> frozenset[str]:
    """The names of the fields of an operation's response."""
    kind = operation.page_type or operation.response_type
    models = [model for model in map(_sdk.model_type, (*get_args(kind), kind)) if model is not None]
    if operation.page:
        models = models[-1:]
    return frozenset(field.alias or name for model in models for name, field in model.model_fields.items())


class Layer:
    """What one decorator asks for.

    Attributes:
        path: where on the client; ``""`` for the whole, None for options without a path.
        options: arguments of the account.
        fake: an account that exists, or None.
        replies: operations, and the reply that stays for each.
        rules: operations, and replies: one that stays (true), or one for each call in order (false).
        turns: what the model says, one turn per call.
        unused: ``"error"`` or ``"allow"``: whether a reply may stay unused; None leaves it to others.
        spare: whether its own replies may stay unused, since several tests share them.
    """

    def __init__(self, path: str | None, keywords: Mapping[str, Any], *, spare: bool = False) -> None:
        self.path = None if path is None else canonical_path(path)
        self.where = f"fakeopenai.mock.{path}()" if path else "fakeopenai.mock()"
        self.spare = spare
        self.options: dict[str, Any] = {}
        self.fake: Backend | None = None
        self.replies: list[tuple[Operation, Reply]] = []
        self.rules: list[tuple[Operation, list[Reply], bool]] = []
        self.turns: Any = None
        self.unused: str | None = None
        self._latency: tuple[float, float] | None = None
        self._failures: list[Reply] = []
        self._read(keywords)
        if self.options:
            Backend(**self.options)  # a wrong argument shall be known where it is written

    def shared(self) -> Layer:
        """The same, for several tests."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self), spare=True)
        return twin

    # ------------------------------------------------------------------------------------------------ reading

    def _read(self, keywords: Mapping[str, Any]) -> None:
        path = self.path or ""
        methods = _operations_of(path) if path else {}
        creating = _creating(path) if path else None
        fields: frozenset[str] = frozenset()
        if creating is not None and any(name not in _OWN and name not in methods for name in keywords):
            fields = _fields(creating)
        partial: dict[str, Any] = {}
        for name, value in keywords.items():
            if name in methods:
                self._add(methods[name], value)
            elif name in fields:
                partial[name] = value
            elif not self._option(name, value, creating):
                raise UsageError(self._unknown(name, methods, creating))
        if partial and creating is not None:
            self._add(creating, partial)

    def _option(self, name: str, value: Any, creating: Operation | None) -> bool:
        """Take an option; whether it is one."""
        if name in {"state", "state_store"}:
            self._attach(name, value)
        elif name == "replies":
            several = isinstance(value, Iterable) and not isinstance(value, str | Mapping)
            self.turns = list(cast("Iterable[Any]", value)) if several else value
            Backend(replies=self.turns)
            if creating is not None and value is not None:
                self._say(creating, self.turns)
        elif name == "validate_exists" or _EXISTENCE.fullmatch(name):
            self.options["validate_exists"] = bool(value) or self.options.get("validate_exists", False)
        elif name in _ACCOUNT:
            self.options[name] = value
        elif name == "fake":
            self.fake = self._account(value)
        elif name == "latency":
            self._latency = latency_of(value, self.where)
        elif name == "failures":
            self._failures = failures_of(value, self.where)
        elif name == "sequence":
            self._sequence(value)
        elif name == "unused":
            if value not in {"error", "allow"}:
                raise UsageError(f"{self.where}: unused= is 'error' or 'allow'; got {value!r}.")
            self.unused = value
        else:
            return False
        return True

    def _say(self, creating: Operation, turns: Any) -> None:
        """Turns of one endpoint, not of the whole account."""
        if callable(turns):
            self._add(creating, turns)
        else:
            self.rules.append((creating, self._fitted(creating, turns, "replies="), False))
        self.turns = None

    def _attach(self, name: str, store: Any) -> None:
        if not isinstance(store, StateStore):
            raise UsageError(f"{self.where}: {name}= takes a fakeopenai.StateStore; got {_described(store)}.")
        self.options["state"] = store

    def _account(self, fake: Any) -> Backend:
        backend = getattr(fake, "backend", fake)
        if not isinstance(backend, Backend):
            raise UsageError(f"{self.where}: fake= takes a fake client, or its account; got {_described(fake)}.")
        return backend

    def _add(self, operation: Operation, value: Any) -> None:
        self.replies.append((operation, fit(operation, value, f"{self.where}: {operation.method}=")))

    def _sequence(self, value: Any) -> None:
        methods = _operations_of(self.path or "")
        if not isinstance(value, Mapping):
            raise UsageError(
                f"{self.where}: sequence= takes a list of replies for each operation, "
                f"such as {{'create': [...]}}; got {value!r}."
            )
        for name, found in cast("Mapping[str, Any]", value).items():
            if name not in methods:
                suggestion = nearest(name, methods)
                hint = f"; did you mean {suggestion!r}?" if suggestion else f". It has {_listed(methods)}."
                hint = hint if methods else f". {_endpoints_below(self.path or '')}"
                raise UsageError(f"{self.where}: sequence= names {name!r}, which is no operation here{hint}")
            if not isinstance(found, list | tuple) or not found:
                raise UsageError(f"{self.where}: sequence[{name!r}] takes a list of replies, one each; got {found!r}.")
            replies = self._fitted(methods[name], [*found], f"sequence[{name!r}]")
            self.rules.append((methods[name], replies[:-1], False))
            self.rules.append((methods[name], replies[-1:], True))

    def _fitted(self, operation: Operation, found: list[Any], keyword: str) -> list[Reply]:
        return [fit(operation, value, f"{self.where}: {keyword}, {index}") for index, value in enumerate(found, 1)]

    def _unknown(self, name: str, methods: Mapping[str, Operation], creating: Operation | None) -> str:
        fields = _fields(creating) if creating is not None else frozenset[str]()
        below = [path[len(self.path or "") :].lstrip(".") for path in CLASSES if path.startswith(self.path or "")]
        suggestion = nearest(name, [*fields, *methods, *OPTIONS, *filter(None, below)])
        hint = f"; did you mean {suggestion!r}?" if suggestion else "."
        if not (suggestion or methods):
            hint = f". {_endpoints_below(self.path or '')}"
        lines = [f"{self.where} has no keyword {name!r}{hint} It takes"]
        if creating is not None:
            lines.append(f"  fields of what {creating.name} answers: {_listed(fields) or 'it is no object'}")
        if methods:
            lines.append(f"  operations: {_listed(methods)}")
        lines.append(f"  options: {_listed(OPTIONS)}")
        return "\n".join(lines)

    # ------------------------------------------------------------------------------------------------ use

    def script(self, backend: Backend) -> None:
        """Script what this layer adds to the others: failures, latency, turns and sequences."""
        faults = backend.faults
        if self._latency is not None or self._failures:
            faults = backend.faults = faults or Faults()
            faults.fail(self.path or "", self._failures, spare=self.spare)
            if self._latency is not None:
                faults.delay(self.path or "", self._latency)
        rules = [] if self.turns is None else [backend.script_turns(self.turns)]
        for operation, replies, sticky in self.rules:
            if replies:
                rules.append(backend.script(operation).add(_rule(operation, "sequence", replies, sticky=sticky)))
        for rule in rules:
            if rule is not None:
                rule.spare = self.spare


def _rule(operation: Operation, call: str, replies: list[Reply], *, sticky: bool) -> Rule:
    """A rule of replies that have been looked at already, where they were written."""
    return Rule(f"{operation.name}.{call}", None, replies, sticky=sticky)


def _endpoints_below(path: str) -> str:
    """For a path without operations: where they are."""
    below = [known for known in CLASSES if known.startswith(f"{path}." if path else "") and _operations_of(known)]
    first = min(below, key=lambda known: (known != "chat.completions", len(known)))
    return f"Fields and operations belong to an endpoint, such as fakeopenai.mock.{first}(...)."


def _described(value: Any) -> str:
    """A value that is not what it should be, and what may be missing."""
    return f"the class {value.__name__}: call it" if isinstance(value, type) else f"{type(value).__name__} {value!r}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def account_of(layers: Sequence[Layer]) -> Backend:
    """The account that layers make together, outermost first: the inner one adds to the outer one.

    Options and fields of the inner one win; its sequences come after those of the outer one.
    """
    options: dict[str, Any] = {}
    fake: Backend | None = None
    for layer in layers:
        state = options.get("state")
        if state is not None and layer.options.get("state", state) is not state:
            raise UsageError(f"{layer.where}: another decorator of this test gives a different state store.")
        options.update(layer.options)
        if layer.fake is not None and fake is not None and fake is not layer.fake:
            raise UsageError(f"{layer.where}: another decorator of this test gives a different fake.")
        fake = layer.fake or fake
    if fake is not None and options:
        raise UsageError(
            f"fake= is an account that exists already; {', '.join(f'{name}=' for name in options)} would make a new "
            "one. Give them where the account is made."
        )
    options.setdefault("unscripted", SETTINGS.unscripted)
    backend = Backend(**options) if fake is None else fake
    merged: dict[str, tuple[Operation, Reply, bool]] = {}
    for layer in layers:
        layer.script(backend)
        for operation, reply in layer.replies:
            before = merged.get(operation.name)
            spare = layer.spare and (before is None or before[2])
            merged[operation.name] = (operation, reply if before is None else _laid_over(before[1], reply), spare)
    for operation, reply, spare in merged.values():
        backend.script(operation).add(_rule(operation, "mock", [reply], sticky=True)).spare = spare
    return backend


def _laid_over(before: Reply, reply: Reply) -> Reply:
    """Two partial responses in one; of other replies, the second."""
    if before.kind == reply.kind == "partial":
        return Reply("partial", {**before.value, **reply.value})
    return reply
