"""The smallest sounds and pictures that pass for what they are: what a model makes when no test says what.

Used by `audio` and `images`. Imports nothing of ours.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable

__all__ = ["PICTURES", "SOUND_TYPES", "sound"]

_RATE = 24_000
_SILENCE = bytes(_RATE // 2)  # a quarter of a second, 16 bits a sample

_OPUS = (
    "T2dnUwACAAAAAAAAAAABAAAAAAAAAF3pgQoBE09wdXNIZWFkAQE4AcBdAAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAAJPV2WAEUT3B1c1RhZ3ME"
    "AAAAZmFrZQAAAABPZ2dTAATAAwAAAAAAAAEAAAACAAAAKZOw3QED+P/+"
)
_FLAC = "ZkxhQ4AAACIQABAAAAAAAAAABdwA8AAAAAAAAAAAAAAAAAAAAAAAAAAA"

PICTURES = {
    "png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC",
    "jpeg": (
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
        "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
    ),
    "webp": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
    "gif": "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
    "svg": base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').decode(),
}
"""One pixel in each format, as base64."""


def _wav() -> bytes:
    sizes = len(_SILENCE)
    form = struct.pack("<IHHIIHH", 16, 1, 1, _RATE, 2 * _RATE, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + sizes) + b"WAVEfmt " + form + b"data" + struct.pack("<I", sizes) + _SILENCE


# A frame of each: 64 kbit/s and 24 kHz, one channel, nothing to hear.
_MP3_FRAME = b"\xff\xf3\x84\xc0" + bytes(188)
_AAC_FRAME = b"\xff\xf1\x58\x40\x01\xbf\xfc\x00\xc8\x00\x80\x23\x80"

_SOUNDS: dict[str, Callable[[], bytes]] = {
    "mp3": lambda: _MP3_FRAME * 10,
    "opus": lambda: base64.b64decode(_OPUS),
    "aac": lambda: _AAC_FRAME * 6,
    "flac": lambda: base64.b64decode(_FLAC),
    "wav": _wav,
    "pcm": lambda: _SILENCE,
}

SOUND_TYPES = {name: "audio/mpeg" if name == "mp3" else f"audio/{name}" for name in _SOUNDS}
"""The content type of each format of speech."""


def sound(form: str) -> bytes:
    """A moment of silence in one of the formats of speech; mp3 in any other.

    Example:
        >>> sound("wav")[:4]
        b'RIFF'
    """
    return _SOUNDS.get(form, _SOUNDS["mp3"])()
