"""Ids that look like the API's: its prefixes, lengths and alphabets, made in well under a microsecond.

Each account has one ``Ids``: the only source of ids and of other randomness, seeded or not. What an id stands for, and
which prefix an object gets, is the business of the operations. Imports nothing of ours.
"""

from __future__ import annotations

import binascii
import string
import threading
from random import Random
from typing import Final

__all__ = ["SHAPES", "Ids"]

HEX: Final = string.digits + "abcdef"
BASE62: Final = string.digits + string.ascii_letters
DIGITS: Final = string.digits

_GROUPS: tuple[tuple[str, int, str], ...] = (
    (BASE62, 29, "chatcmpl- cmpl-"),
    (BASE62, 24, "asst_ call_ cp_ ftckpt_ ftevent- ftjob- modelperm- org- proj_ run_ step_ thread_ user- user_"),
    (BASE62, 22, "file-"),
    (BASE62, 21, "event_ item_ sess_"),
    (BASE62, 16, "key_"),
    (HEX, 50, "apc_ apco_ ci_ cmp_ ctc_ ctco_ cu_ cuo_ fc_ fco_ fs_ ig_ lsh_ lsho_ mcp_ mcpa_ mcpl_ mcpr_ msg_"),
    (HEX, 50, "resp_ rs_ sh_ sho_ tsc_ tso_ ws_"),
    (HEX, 48, "cksess_ cntr_ conv_ cthr_ pmpt_ skill_ skillver_ video_"),
    (HEX, 32, "audio_ batch_ batch_req_ cfile_ ek_ eval_ evalrun_ outputitem_ part_ req_ rtc_ upload_ vs_ vsfb_"),
    (HEX, 10, "fp_"),
    (DIGITS, 4, "modr-"),
)

SHAPES: Final[dict[str, tuple[str, int]]] = {
    prefix: (alphabet, length) for alphabet, length, prefixes in _GROUPS for prefix in prefixes.split()
}
"""Alphabet and length of what follows each prefix, as the API makes them today."""

_OTHER_SHAPES = {("msg_", 24): BASE62}  # the messages of threads share their prefix with those of responses
_DEFAULT = (BASE62, 24)

# What the two usual alphabets need, ready to use: hexadecimal ids are one formatting, base62 ids one encoding.
_HEX_IDS = {
    prefix: (f"{prefix}%0{length}x", 4 * length) for prefix, (alphabet, length) in SHAPES.items() if alphabet is HEX
}
_COUNTING = threading.Lock()
_TO_BASE62 = bytes.maketrans(b"+/", b"xQ")  # base64 has two characters too many; that two letters come up more is fine


class Ids:
    """Makes ids.

    Safe to share between threads. With a seed, the same calls in the same order give the same ids in every run.

    Args:
        seed: where the sequence of ids begins; None for a different sequence each time.

    Attributes:
        random: a generator for all other randomness. Drawing from it doesn't shift the sequence of ids.

    Example:
        >>> len(Ids(seed=1).make("chatcmpl-"))
        38
    """

    __slots__ = ("_counters", "_seed", "_source", "random")

    _source: Random
    random: Random

    def __init__(self, seed: int | str | None = None) -> None:
        self._seed = seed
        self._counters: dict[str, int] = {}

    def __getattr__(self, name: str) -> Random:
        """Make a generator when it is first needed: seeding one takes longer than all else about a new client."""
        if name == "_source":
            made = self._source = Random(self._seed)
        elif name == "random":
            made = self.random = Random(None if self._seed is None else f"{self._seed} for anything but ids")
        else:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return made

    def make(self, prefix: str, length: int | None = None) -> str:
        """A new id.

        Args:
            prefix: what it begins with, separator included, such as ``"chatcmpl-"``. A prefix that the API doesn't have
                is followed by 24 letters and digits.
            length: number of characters after the prefix, where it isn't the usual one. ``make("msg_", 24)`` is the id
                of a message in a thread, ``make("msg_")`` that of a message in a response.
        """
        if length is None:
            hexadecimal = _HEX_IDS.get(prefix)
            if hexadecimal is not None:
                template, bits = hexadecimal
                return template % self._source.getrandbits(bits)
            alphabet, length = SHAPES.get(prefix, _DEFAULT)
        else:
            alphabet = _OTHER_SHAPES.get((prefix, length)) or SHAPES.get(prefix, _DEFAULT)[0]
        if alphabet is BASE62:
            size = (length * 3 + 3) // 4
            raw = self._source.getrandbits(8 * size).to_bytes(size, "little")
            return prefix + binascii.b2a_base64(raw, newline=False)[:length].translate(_TO_BASE62).decode()
        if alphabet is HEX:
            return prefix + self.hex(length)
        return f"{prefix}{self._count(prefix, length)}"

    def hex(self, length: int) -> str:
        """A random hexadecimal number of that many digits, zeros in front included."""
        return f"{self._source.getrandbits(4 * length):0{length}x}" if length else ""

    def copy(self) -> Ids:
        """Ids that go on from here just as these would, independently of them."""
        twin = Ids(self._seed)
        twin._source = Random()
        twin._source.setstate(self._source.getstate())
        twin._counters = dict(self._counters)
        twin.random = Random()
        twin.random.setstate(self.random.getstate())
        return twin

    __copy__ = copy

    def _count(self, prefix: str, length: int) -> int:
        """The next of the short numbers that serve as ids: counted, since random ones would soon repeat."""
        first = 10 ** (length - 1)
        with _COUNTING:
            number = self._counters.get(prefix) or first + self._source.randrange(first)
            self._counters[prefix] = number + 1
        return number
