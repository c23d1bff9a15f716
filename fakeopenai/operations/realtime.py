"""Realtime over HTTP: secrets of clients for sessions, and calls. What a session says goes over sockets: not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Answer, Request
from . import JsonObject, operation
from .narrowing import as_object

if TYPE_CHECKING:
    from ..backend import Backend

_TEN_MINUTES = 600
_SDP = (
    "v=0\r\no=- {number} {number} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-lite\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n"
)


@operation("realtime.client_secrets.create", "realtime.translations.client_secrets.create")
def create_secret(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A secret for a client, and the session that it opens."""
    sent: Mapping[str, Any] = request.body or {}
    lasts = as_object(sent.get("expires_after")).get("seconds") or _TEN_MINUTES
    session: JsonObject = {"type": "realtime", **(sent.get("session") or {}), "id": account.ids.make("sess_")}
    if "translations" in request.operation.name:
        session["type"] = "translation"
    return {
        "value": account.ids.make("ek_"),
        "expires_at": int(account.clock.now()) + lasts,
        "session": session,
    }


@operation("realtime.calls.create")
def create_call(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """The answer to an SDP offer; the call's id is in the header ``location``."""
    number = account.ids.random.randrange(10**9, 10**10)
    location = f"/v1/realtime/calls/{account.ids.make('rtc_')}"
    return Answer(
        content=_SDP.format(number=number).encode(),
        content_type="application/sdp",
        status=201,
        headers={"location": location},
    )
