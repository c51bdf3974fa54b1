"""The space of texts.

Gymnasium's own `Text` rejects spaces and punctuation by default, pays per character to check membership, and in
shared memory returns stale text. This one accepts any string up to a length and travels through shared memory.
"""

from __future__ import annotations

import copy
import ctypes
import multiprocessing as mp
import string
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from gymnasium.spaces import Space
from gymnasium.vector.utils import create_shared_memory, read_from_shared_memory, write_to_shared_memory

_SAMPLE_ALPHABET = string.ascii_letters + string.digits + " ?.,'"
_SAMPLE_LENGTH = 64


class TextSpace(Space[str]):
    """All strings of at most `max_length` characters; with None, all strings.

    `sample` draws short printable text; it is for tests and random play, not a uniform draw.
    """

    def __init__(self, max_length: int | None = None, seed: int | None = None) -> None:
        self.max_length = max_length
        super().__init__(shape=None, dtype=None, seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """Text has no fixed-size array form."""
        return False

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """A short printable string from the space's own generator. Masks are refused with ValueError."""
        if mask is not None or probability is not None:
            raise ValueError("TextSpace.sample takes no mask: draw a string and filter it yourself.")
        longest = _SAMPLE_LENGTH if self.max_length is None else min(_SAMPLE_LENGTH, self.max_length)
        n = int(self.np_random.integers(longest + 1))
        return "".join(_SAMPLE_ALPHABET[int(i)] for i in self.np_random.integers(len(_SAMPLE_ALPHABET), size=n))

    def contains(self, x: Any) -> bool:
        """True for a `str` within the length."""
        return isinstance(x, str) and (self.max_length is None or len(x) <= self.max_length)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextSpace) and other.max_length == self.max_length

    def __hash__(self) -> int:
        return hash((TextSpace, self.max_length))

    def __repr__(self) -> str:
        return f"TextSpace({'' if self.max_length is None else self.max_length})"

    def __deepcopy__(self, memo: dict[int, Any]) -> TextSpace:
        # Copying an environment must not copy a numpy generator (about 50 us) for a space nobody samples.
        twin = TextSpace(self.max_length)
        if self._np_random is not None:
            twin._np_random = copy.deepcopy(self._np_random, memo)
        return twin


class SharedTexts(Sequence[str]):
    """Live view of the texts in shared memory, one slot per environment.

    Gymnasium's `AsyncVectorEnv` reads shared memory once, when it is built, and afterwards hands out deep copies of
    what it read. A tuple of strings would stay at its first value for ever; this view reads when it is looked at,
    and its deep copy is the plain tuple of the current texts.
    """

    def __init__(self, slots: Sequence[Any]) -> None:
        self._slots = slots

    def __len__(self) -> int:
        return len(self._slots)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        size, buffer = self._slots[index]
        return bytes(buffer[: size.value]).decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))

    def __deepcopy__(self, memo: dict[int, Any]) -> tuple[str, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return repr(tuple(self))


@create_shared_memory.register(TextSpace)
def _create(space: TextSpace, n: int = 1, ctx: ModuleType = mp) -> Any:
    if space.max_length is None:
        raise ValueError("A TextSpace in shared memory needs max_length: pass one, or shared_memory=False.")
    room = 4 * space.max_length  # UTF-8 needs at most four bytes a character
    return tuple((ctx.Value("q", 0, lock=False), ctx.Array(ctypes.c_char, room, lock=False)) for _ in range(n))


@read_from_shared_memory.register(TextSpace)
def _read(space: TextSpace, shared_memory: Any, n: int = 1) -> SharedTexts:
    return SharedTexts(shared_memory)


@write_to_shared_memory.register(TextSpace)
def _write(space: TextSpace, index: int, value: str, shared_memory: Any) -> None:
    size, buffer = shared_memory[index]
    encoded = value.encode("utf-8")
    if len(encoded) > len(buffer):
        raise ValueError(f"An observation of {len(value)} characters exceeds the space's {space.max_length}.")
    buffer[: len(encoded)] = encoded
    size.value = len(encoded)
