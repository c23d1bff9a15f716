"""What holds for every mock of a session: set by the pytest plugin, read by the mocks.

Imports nothing of ours.
"""

from __future__ import annotations

from typing import Any, Literal

__all__ = ["SETTINGS", "Settings"]


class Settings:
    """The settings of a session.

    Attributes:
        unscripted: what an unscripted generating call gets in mocks that don't say so themselves.
        journal: the accounts of the mocks that were opened during the present test, for its report; None while
            nobody will read it.
    """

    __slots__ = ("journal", "unscripted")

    def __init__(self) -> None:
        self.unscripted: Literal["default", "error"] = "default"
        self.journal: list[Any] | None = None


SETTINGS = Settings()
