"""What operations refuse that neither types nor limits can say: one parameter of two, files for another purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import messages
from ..errors import ApiError
from ..request import Request

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["check_purpose", "exactly_one"]


def exactly_one(request: Request, account: Backend, first: str, second: str) -> None:
    """Refuse a request with neither or both of two parameters. With neither, the older of the two is missed.

    Described; the sentences are those of responses (measured) and of any parameter that is missing (reported).

    Args:
        request: what is asked.
        account: whether it is strict.
        first: the parameter that was there first.
        second: the one that can be given instead.
    """
    if not account.strict:
        return
    given = {name for name, value in (request.body or {}).items() if value is not None}
    given.update(name for name, _ in request.files)
    if first not in given and second not in given:
        raise messages.missing_parameter(first)
    if first in given and second in given:
        raise messages.mutually_exclusive(first, second)


def check_purpose(account: Backend, key: object, purpose: str, refusal: ApiError) -> None:
    """Refuse a file that was uploaded for something else; one that the account doesn't know passes.

    Args:
        account: who holds the file.
        key: its id.
        purpose: what it has to be for.
        refusal: what the API says.
    """
    file = account.state.collection("files").get(key) if isinstance(key, str) else None
    if file is not None and file.get("purpose") != purpose:
        raise refusal
