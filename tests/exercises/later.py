"""An answer that is made when a test asks for it: making it takes too long for every collection."""

from collections.abc import Callable
from typing import NamedTuple


class Later(NamedTuple):
    make: Callable
