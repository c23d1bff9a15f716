"""What ``fakeopenai.mock(...)`` returns: a decorator and a context manager in one.

As a context it opens an account of its own each time. As a decorator it wraps functions, coroutines and generators so
that the account is open while they run; the pytest plugin opens it earlier, before the test's fixtures, and the wrapper
then only passes the call on. Imported by `paths` and the pytest plugin.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import operator
from collections.abc import Callable, Generator, Sequence
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

import openai

from ..client import FakeOpenAI
from ..errors import UsageError
from .answering import Opened, open_mocks
from .layers import Layer, account_of
from .names import FIXTURES
from .seam import close, is_innermost_here, opened
from .settings import SETTINGS

__all__ = ["Account", "Mock", "layers_of", "mock_at"]

MockT = TypeVar("MockT")
F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__fakeopenai__"


class Account(Opened):
    """An account that is open, as tests see it.

    Attributes:
        client: a fake client on it, by which it is scripted and looked at: an ``OpenAIMock``.
        passed: whether what is decorated, and had it opened further out, has returned.
    """

    __slots__ = ("client", "passed")

    def __init__(self, layers: Sequence[Layer], owner: Any) -> None:
        paths = tuple(dict.fromkeys(layer.path for layer in layers if layer.path is not None))
        super().__init__(account_of(layers), paths or ("",), owner)
        self.client = FakeOpenAI(backend=self.backend)
        self.passed = False

    def double(self, resource: str) -> Callable[..., Any] | None:
        """What the test has put in the place of a resource's ``connect``, on the client."""
        return cast("dict[str, Any]", vars(mock_at(self.client, resource))).get("connect")


def mock_at(client: FakeOpenAI, path: str) -> Any:
    """The mock object of a path: the fake resource there, or the client itself.

    Raises:
        UsageError: the installed SDK is too old to have it.
    """
    try:
        return operator.attrgetter(path)(client) if path else client
    except AttributeError:
        raise UsageError(f"openai {openai.__version__} has no client.{path}: there is nothing to mock.") from None


class Mock(Generic[MockT]):
    """One or more layers: a decorator for tests, and a context manager whose value is the mock object."""

    def __init__(self, path: str, layers: tuple[Layer, ...]) -> None:
        self._path = path
        self.layers = layers
        self.covers: tuple[Mock[Any], ...] = ()  # what decorates the same function, and is open when this is
        self._entered: list[Account] = []

    # ------------------------------------------------------------------------------------------------ context

    def open(self) -> Account:
        """Open an account of these layers; `shut` closes it."""
        account = Account(self.layers, self)
        opened(account)
        if SETTINGS.journal is not None:
            SETTINGS.journal.append(account.backend)
        return account

    def shut(self, account: Account, *, failed: bool) -> None:
        """Close an account; unused replies are an error if that was asked for and nothing else has failed."""
        close(account)
        if not failed and any(layer.unused == "error" for layer in self.layers):
            account.backend.assert_complete()

    def __enter__(self) -> MockT:
        account = self.open()
        self._entered.append(account)
        try:
            value: MockT = mock_at(account.client, self._path)
        except UsageError:
            self._entered.pop()
            close(account)
            raise
        return value

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._entered:
            raise UsageError(f"{self!r} was left without having been entered.")
        # A context that several tasks have entered is left by each with its own account.
        account = next((each for each in reversed(self._entered) if is_innermost_here(each)), self._entered[-1])
        self._entered.remove(account)
        self.shut(account, failed=kind is not None)

    async def __aenter__(self) -> MockT:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    # ------------------------------------------------------------------------------------------------ decorator

    def __call__(self, target: F) -> F:
        """Decorate a function, a coroutine function, a generator (a fixture), or a class with tests."""
        return cast("F", self._decorated(target))

    def _decorated(self, target: Any) -> Any:
        if isinstance(target, type):
            return self._decorate_class(target)
        if isinstance(target, staticmethod | classmethod):
            return self._decorated_method(target)
        if inspect.isfunction(target) or inspect.ismethod(target) or isinstance(target, functools.partial):
            return self._decorate(cast("Callable[..., Any]", target))
        hint = " Put it below @pytest.fixture." if "Fixture" in type(target).__name__ else ""
        raise UsageError(f"{self!r} decorates functions and classes; got {type(target).__name__}.{hint}")

    def _decorated_method(self, method: Any) -> Any:
        """A static or class method, as one."""
        return type(method)(self._decorate(method.__func__))

    def _decorate_class(self, cls: type[Any]) -> type[Any]:
        shared = Mock[Any](self._path, tuple(layer.shared() for layer in self.layers))
        found = False
        for name in dir(cls):
            member: Any = inspect.getattr_static(cls, name)
            if name.startswith("test") and (callable(member) or isinstance(member, staticmethod | classmethod)):
                setattr(cls, name, shared._decorated(member))
                found = True
            elif isinstance(member, type) and name.startswith("Test"):
                shared._decorate_class(member)
                found = True
        if not found:
            raise UsageError(
                f"{self!r} decorates {cls.__name__}, which has no tests: no method's name begins with 'test'."
            )
        from .cases import decorate_set_up

        decorate_set_up(cls, shared)
        return cls

    def _decorate(self, function: Callable[..., Any]) -> Callable[..., Any]:
        whole = self.around(layers_of(function))
        wrapper = _wrapper(function, whole)
        setattr(wrapper, _MARK, whole)
        return wrapper

    def around(self, inner: Mock[Any] | None) -> Mock[Any]:
        """This mock and one further in, as one: they share an account."""
        whole = Mock[Any](self._path, self.layers if inner is None else (*self.layers, *inner.layers))
        whole.covers = () if inner is None else (inner, *inner.covers)
        return whole

    def found(self) -> Account | None:
        """The account that has been opened for what this decorates; None if there is none.

        The pytest plugin may have opened it, or a decorator further out on the same function or on its class.
        """
        for mock in open_mocks():
            if isinstance(mock, Account) and self in mock.owner.covers:
                return mock
        return None

    @contextlib.contextmanager
    def running(self) -> Generator[Account, None, None]:
        """The account for one call of the decorated function."""
        account = self.found()
        if account is not None:
            yield account
            account.passed = True
            return
        account = self.open()
        failed = True
        try:
            yield account
            failed = False
        finally:
            self.shut(account, failed=failed)

    def __repr__(self) -> str:
        return " + ".join(dict.fromkeys(layer.where for layer in self.layers))


def layers_of(function: Any) -> Mock[Any] | None:
    """The decorators of a function, as one mock; None if it has none."""
    found: Mock[Any] | None = getattr(function, _MARK, None)
    return found


# ------------------------------------------------------------------------------------------------ wrappers


def _wrapper(function: Callable[..., Any], mock: Mock[Any]) -> Callable[..., Any]:
    """A function of the same kind, and with the same signature to those who look, that runs inside the mock."""
    fill = _filler(function)
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with mock.running() as account:
                return await function(*args, **fill(account, args, kwargs))

        return coroutine
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def async_generator(*args: Any, **kwargs: Any) -> Any:
            with mock.running() as account:
                async with contextlib.aclosing(function(*args, **fill(account, args, kwargs))) as values:
                    async for value in values:
                        yield value

        return async_generator
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Any:
            with mock.running() as account:
                values: Any = function(*args, **fill(account, args, kwargs))
                return cast("Any", (yield from values))

        return generator

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with mock.running() as account:
            return function(*args, **fill(account, args, kwargs))

    return plain


def _filler(function: Callable[..., Any]) -> Callable[[Account, Any, dict[str, Any]], dict[str, Any]]:
    """Gives the mock objects that a function names as parameters, and that nobody has passed: outside of pytest."""
    signature = inspect.signature(function)
    wanted = {name: FIXTURES[name] for name in signature.parameters if name in FIXTURES}

    def fill(account: Account, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        if not wanted:
            return kwargs
        passed = signature.bind_partial(*args, **kwargs).arguments
        return {
            **kwargs,
            **{name: mock_at(account.client, path) for name, path in wanted.items() if name not in passed},
        }

    return fill
