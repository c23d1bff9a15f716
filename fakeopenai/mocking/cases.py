"""Decorated classes: what is open while their own set-up runs, with pytest or without it.

Imported by `contexts` when a class is decorated.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

from .contexts import Account, Mock, layers_of
from .seam import close

__all__ = ["decorate_set_up"]

_RUN = "_testMethodName"  # unittest's own name for the test that an instance of a case runs


def decorate_set_up(cls: type[Any], mock: Mock[Any]) -> None:
    """Have a mock open while a class of tests is set up and torn down; the tests themselves have been decorated.

    What sets up the class as a whole has an account of its own, which is open until the class is torn down. What sets
    up a test of unittest's shares the account of the test; pytest's ``setup_method`` does by the plugin.
    """
    bare = getattr(sys.modules.get("unittest"), "TestCase", None)
    if bare is None or not issubclass(cls, bare):
        if hasattr(cls, "setup_class") or hasattr(cls, "teardown_class"):
            _open_around_class(cls, mock)
        return
    _open_around_tests(cls, mock)
    if any(getattr(cls, name).__func__ is not getattr(bare, name).__func__ for name in ("setUpClass", "tearDownClass")):
        _open_around_case(cls, mock)


def _open_around_tests(cls: Any, mock: Mock[Any]) -> None:
    original = cls.run

    @functools.wraps(original)
    def run(self: Any, result: Any = None) -> Any:
        # A subclass may have tests that the decorator didn't see.
        own = layers_of(getattr(self, getattr(self, _RUN), None)) or mock
        if own.found() is not None:
            return original(self, result)
        whole = Mock[Any]("", ()).around(own)
        account = whole.open()
        self.addCleanup(_close, whole, account)  # the first clean-up: it runs last
        try:
            return original(self, result)
        finally:
            if account.active:  # a test that was skipped isn't cleaned up after
                close(account)

    cls.run = run


def _close(mock: Mock[Any], account: Account) -> None:
    """Close the account of a test; what is wrong with it is an error of the test, not of who runs it."""
    mock.shut(account, failed=not account.passed)


def _open_around_case(cls: Any, mock: Mock[Any]) -> None:
    original = cls.setUpClass.__func__

    @functools.wraps(original)
    def set_up_class(cls: Any) -> None:
        account = mock.open()
        cls.addClassCleanup(mock.shut, account, failed=True)
        original(cls)

    cls.setUpClass = classmethod(set_up_class)


def _open_around_class(cls: Any, mock: Mock[Any]) -> None:
    """The same for pytest's ``setup_class`` and ``teardown_class``."""
    set_up, tear_down = (_class_hook(cls, name) for name in ("setup_class", "teardown_class"))
    accounts: dict[type[Any], Account] = {}

    def setup_class(cls: type[Any]) -> None:
        accounts[cls] = mock.open()
        try:
            set_up(cls)
        except BaseException:
            close(accounts.pop(cls))
            raise

    def teardown_class(cls: type[Any]) -> None:
        try:
            tear_down(cls)
        finally:
            close(accounts.pop(cls))

    cls.setup_class, cls.teardown_class = classmethod(setup_class), classmethod(teardown_class)


def _class_hook(cls: type[Any], name: str) -> Callable[[type[Any]], Any]:
    """A hook that pytest calls with a class, or without if it takes no argument."""
    found = inspect.getattr_static(cls, name, None)
    function = getattr(found, "__func__", found)
    if function is None:
        return lambda _: None
    return function if inspect.signature(function).parameters else lambda _: function()
