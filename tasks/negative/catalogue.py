"""Lies by their ids: none may stand twice, for the later would silently replace the other."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


class Catalogue(UserDict[str, T]):
    """A dictionary that refuses an id that it has already."""

    def __setitem__(self, number: str, entry: T) -> None:
        """Add a lie.

        Raises
        ------
        ValueError
            The id is taken.
        """
        if number in self.data:
            raise ValueError(f"{number}: two lies have this id; give the later one another")
        super().__setitem__(number, entry)


def distinct(*catalogues: Iterable[str]) -> list[str]:
    """Ids of several catalogues in their order.

    Raises
    ------
    ValueError
        An id stands in two of them.
    """
    found: Catalogue[None] = Catalogue()
    for numbers in catalogues:
        for number in numbers:
            found[number] = None
    return list(found)
