"""Two processes at once that would write the same files: one waits for the other."""

from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nobody waits
    fcntl = None


@contextmanager
def take_turns(path: Path):
    """Hold a file of the project while a block runs; who wants the same one waits."""
    with path.open("r+", encoding="utf-8") as held:
        if fcntl:
            fcntl.flock(held, fcntl.LOCK_EX)  # until it is closed
        yield
