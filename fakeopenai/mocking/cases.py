"""Decorated classes of unittest: what is open while ``setUp`` and ``setUpClass`` run, with pytest or without it.

Imported by `contexts` when such a class is decorated.
"""

from __future__ import annotations

import functools
import unittest
from typing import Any

from .contexts import Account, Mock, layers_of
from .seam import close

__all__ = ["decorate_case"]

_BARE: Any = unittest.TestCase
_RUN = "_testMethodName"  # unittest's own name for the test that an instance of a case runs


def decorate_case(cls: type[unittest.TestCase], mock: Mock[Any]) -> None:
    """Have each test's account open around all that belongs to the test: set-up, tear-down and clean-ups.

    A mock that is open for the class answers what ``setUpClass`` and ``tearDownClass`` call. The tests themselves have
    been decorated by then.
    """
    _open_around_tests(cls, mock)
    names = ("setUpClass", "tearDownClass")
    if any(getattr(cls, name).__func__ is not getattr(_BARE, name).__func__ for name in names):
        _open_around_class(cls, mock)


def _open_around_tests(cls: type[unittest.TestCase], mock: Mock[Any]) -> None:
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


def _open_around_class(cls: Any, mock: Mock[Any]) -> None:
    original = cls.setUpClass.__func__

    @functools.wraps(original)
    def set_up_class(cls: Any) -> None:
        account = mock.open()
        cls.addClassCleanup(mock.shut, account, failed=True)
        original(cls)

    cls.setUpClass = classmethod(set_up_class)
