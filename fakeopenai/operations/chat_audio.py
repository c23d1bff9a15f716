"""The sound of a spoken chat answer: made up, as long as the transcript takes, and silent.

Used by `chat`. Imports nothing of ours.
"""

from __future__ import annotations

import base64
import struct
from typing import Any

__all__ = ["DURATION", "spoken"]

DURATION = 3600
"""Seconds for which the API keeps a sound that it made, to be referred to by its id."""

_RATE = 24_000  # samples a second, 16 bits each
_PER_CHARACTER = 240  # samples: a hundredth of a second, enough to be streamed in portions
_MP3_FRAME = b"\xff\xfb\x90\xc4" + bytes(413)  # a silent frame, 128 kbit/s at 44.1 kHz
_BEGINNINGS = {"aac": b"\xff\xf1P\x80", "flac": b"fLaC", "opus": b"OggS"}


def _sound(form: str, samples: int) -> bytes:
    if form == "mp3":
        return b"ID3\x04\0\0\0\0\0\0" + _MP3_FRAME * (1 + samples // 627)
    silence = bytes(2 * samples)
    if form == "wav":
        head = struct.pack("<IHHIIHH", 16, 1, 1, _RATE, 2 * _RATE, 2, 16)
        chunk = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(silence)) + silence
        return b"RIFF" + struct.pack("<I", len(chunk)) + chunk
    return _BEGINNINGS.get(form, b"") + silence


def spoken(transcript: str, form: str, id: str, now: int) -> dict[str, Any]:
    """The ``audio`` of a message.

    Args:
        transcript: what is said.
        form: the format asked for: ``"wav"``, ``"mp3"``, ``"pcm16"``...; of the compressed ones only the first bytes,
            by which they are recognised, and of ``"mp3"`` all is real.
        id: the sound's id.
        now: when it is made.

    Example:
        >>> sorted(spoken("Hi", "wav", "audio_1", 0))
        ['data', 'expires_at', 'id', 'transcript']
    """
    sound = _sound(form, _PER_CHARACTER * max(len(transcript), 1))
    return {
        "id": id,
        "data": base64.b64encode(sound).decode(),
        "expires_at": now + DURATION,
        "transcript": transcript,
    }
