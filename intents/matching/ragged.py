"""Groups of different size in two flat arrays: what a memory map can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Group g is values[bounds[g]:bounds[g + 1]]."""

    values: NDArray[Any]
    bounds: Ints

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.bounds) - 1

    def group(self, number: int) -> NDArray[Any]:
        """Return the values of one group."""
        return self.values[self.bounds[number] : self.bounds[number + 1]]

    def places(self, groups: Ints) -> Ints:
        """Return the places of the values of these groups, one group after another."""
        return gather(self.bounds, groups)[0]

    def pick(self, groups: Ints) -> Ragged:
        """Return these groups, in this order."""
        places, starts = gather(self.bounds, groups)
        return Ragged(self.values[places], np.append(starts, len(places)))


def gather(bounds: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Return the places of all chosen groups' values in a row, and where each group starts."""
    low, sizes = bounds[chosen], bounds[chosen + 1] - bounds[chosen]
    starts = limits(sizes)[:-1]
    places = np.arange(int(sizes.sum())) - np.repeat(starts - low, sizes)
    return places, starts


def limits(sizes: Sequence[int] | Ints) -> Ints:
    """Return the bounds of groups of these sizes."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def ragged(groups: Sequence[Sequence[Any]], dtype: type[np.generic]) -> Ragged:
    """Return groups of numbers as one."""
    flat = [value for group in groups for value in group]
    return Ragged(np.array(flat, dtype), limits([len(group) for group in groups]))


def joined(parts: Sequence[Ragged]) -> Ragged:
    """Return the groups of all parts."""
    values = np.concatenate([part.values for part in parts])
    sizes = np.concatenate([np.diff(part.bounds) for part in parts])
    return Ragged(values, limits(sizes))
