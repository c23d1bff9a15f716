"""One request as rules look at it. Imports nothing but types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..backend import Backend
    from ..errors import ApiError

__all__ = ["Case"]


class Case:
    """A request that rules look at.

    Attributes:
        body: its parameters; plain JSON, of the right types.
        account: the account that it is asked of.
        tools: what is wrong with its tools, by the rule's name, once one has asked.
        last_turn: what the model said last, once a rule has asked.
    """

    __slots__ = ("account", "body", "last_turn", "tools")

    def __init__(self, body: Mapping[str, Any], account: Backend) -> None:
        self.body = body
        self.account = account
        self.tools: Mapping[str, ApiError] | None = None
        self.last_turn: list[Any] | None = None
