"""Models: those that every account has, and those that it has fine-tuned, which alone can be deleted.

The list is a selection, one of each kind that programs ask for by name; when they were made is recorded.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..assemble import assemble
from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .places import tolerant
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

_MADE = {
    "babbage-002": 1692634615,
    "chat-latest": 1777704602,
    "davinci-002": 1692634301,
    "gpt-3.5-turbo": 1677610602,
    "gpt-3.5-turbo-instruct": 1692901427,
    "gpt-4": 1687882411,
    "gpt-4-turbo": 1712361441,
    "gpt-4.1": 1744316542,
    "gpt-4.1-mini": 1744318173,
    "gpt-4.1-nano": 1744321707,
    "gpt-4o": 1715367049,
    "gpt-4o-mini": 1721172741,
    "gpt-4o-mini-transcribe": 1742068596,
    "gpt-4o-mini-tts": 1742403959,
    "gpt-4o-transcribe": 1742068463,
    "gpt-4o-transcribe-diarize": 1750798887,
    "gpt-5": 1754425777,
    "gpt-5-mini": 1754425928,
    "gpt-5-nano": 1754426384,
    "gpt-5.1": 1762800673,
    "gpt-5.2": 1765313051,
    "gpt-5.4": 1772691852,
    "gpt-5.4-mini": 1773451123,
    "gpt-5.5": 1776824847,
    "gpt-5.6-sol": 1782228018,
    "gpt-audio": 1756339249,
    "gpt-image-1-mini": 1758845821,
    "gpt-image-1.5": 1764030620,
    "gpt-image-2": 1776399795,
    "gpt-realtime": 1756271701,
    "gpt-transcribe": 1785168027,
    "o1": 1734375816,
    "o3": 1744225308,
    "o3-mini": 1737146383,
    "o4-mini": 1744225351,
    "omni-moderation-latest": 1731689265,
    "sora-2": 1759708615,
    "text-embedding-3-large": 1705953180,
    "text-embedding-3-small": 1705948997,
    "text-embedding-ada-002": 1671217299,
    "tts-1": 1681940951,
    "tts-1-hd": 1699046015,
    "whisper-1": 1677532384,
}
_OWNERS = {
    "gpt-3.5-turbo": "openai",
    "gpt-4": "openai",
    "text-embedding-ada-002": "openai-internal",
    "tts-1": "openai-internal",
    "whisper-1": "openai-internal",
}


_MADE_ONCE = 1686935002
"""When a model was made of which nothing is known but that the account has it."""


def _names(account: Backend) -> Collection[str]:
    """The models that the account has without having made them: those of every account, unless a test says which."""
    return _MADE if account.models is None else account.models


def _common(name: str) -> JsonObject:
    """A model that an account has without having made it."""
    partial = {"id": name, "created": _MADE.get(name, _MADE_ONCE), "owned_by": _OWNERS.get(name, "system")}
    made: JsonObject = assemble(named("models").kept.type, partial)
    return made


@operation("models.list", whole=True)
def list_(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """All models; those that the account has made last."""
    if reply is not None:
        return crud.list_(request, account, reply)
    own = account.state.collection("models").page(limit=None, order="asc").items
    names = {body["id"] for body in own}
    return {"object": "list", "data": [*(_common(name) for name in sorted(_names(account)) if name not in names), *own]}


@operation("models.retrieve", whole=True)
def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """One model."""
    name = request.path_params["model"]
    if name in _names(account) and name not in account.state.collection("models"):
        return _common(name)
    return crud.retrieve(request, account, reply)


@operation("models.delete", persist=crud.drop)
def delete(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """What the API says of a fine-tuned model that is gone. The others belong to OpenAI."""
    name = request.path_params["model"]
    owned = name in account.state.collection("models")
    if name in _names(account) and not owned and not tolerant(request, account, reply):
        raise ApiError(403, "You have insufficient permissions for this operation.")
    return crud.delete(request, account, reply)
