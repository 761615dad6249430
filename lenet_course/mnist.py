"""The full MNIST: read from a folder, packed or not, or downloaded there through torchvision."""

import gzip
import math
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

RAW = "MNIST/raw"  # torchvision's place, below a root
FILES = {  # split → its files, images first, and the shapes that stand in their heads
    "train": {"train-images-idx3-ubyte": (60_000, 28, 28), "train-labels-idx1-ubyte": (60_000,)},
    "test": {"t10k-images-idx3-ubyte": (10_000, 28, 28), "t10k-labels-idx1-ubyte": (10_000,)},
}


def load_full(split: str, root: str | Path | None = None) -> list[np.ndarray]:
    """Load a split's images, uint8 of shape (N, 28, 28), and its labels, uint8 of shape (N,).

    Its two files may lie in torchvision's place below root or in root itself, each as it is or as
    its .gz. Those that are nowhere are downloaded. Without a root it is find_default_root().

    Raises:
        ValueError: a file is damaged.
        ConnectionError: a file is nowhere and cannot be downloaded.
    """
    root = Path(root).expanduser() if root else find_default_root()
    if not has_files(root, split):
        _download(root, split)
    return [_read(root, name, shape) for name, shape in FILES[split].items()]


def find_default_root() -> Path:
    """Return the folder for the full MNIST in the user's cache, whether or not it is there."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "lenet_course" / "torchvision"


def has_files(root: Path, split: str) -> bool:
    """Whether both files of a split are there, whole or not."""
    return all(any(list_places(root, name)) for name in FILES[split])


def list_places(root: Path, name: str) -> Iterator[Path]:
    """Yield where a file is: itself before its .gz, torchvision's place before others."""
    for folder in (RAW, "MNIST", "raw", "."):
        for path in (root / folder / name, root / folder / f"{name}.gz"):
            if path.is_file():
                yield path


def _read(root: Path, name: str, shape: tuple) -> np.ndarray:
    """Read a file from the first place where it is whole; unpack it there, if that may be."""
    damaged = []
    for path in list_places(root, name):
        try:
            values, packed = _decode(path.read_bytes(), shape)
        except (ValueError, EOFError, OSError, zlib.error) as error:
            damaged.append(f"{path} ({path.stat().st_size:,} bytes: {error})")
            continue
        if packed:
            with suppress(OSError):  # of a folder that may not be written, it is read again
                _write(path.with_name(name), packed)
        return values
    raise ValueError(
        f"expected a whole {name} of MNIST, got a damaged one: {', '.join(damaged)}; "
        "remove it, and it is downloaded again"
    )


def _decode(stored: bytes, shape: tuple) -> tuple[np.ndarray, bytes]:
    """Decode a file in MNIST's format: its values, and what was unpacked (b"" if nothing was)."""
    # by its first bytes: what a browser calls .gz may have been unpacked by it
    packed = gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else b""
    content = packed or stored
    head = bytes((0, 0, 8, len(shape))) + b"".join(n.to_bytes(4, "big") for n in shape)
    length = len(head) + math.prod(shape)
    if not content.startswith(head) or len(content) != length:
        kind = "its head is another" if content[:4] != head[:4] else f"{len(content):,} unpacked"
        raise ValueError(f"{kind}, expected {length:,}")
    return np.frombuffer(content, np.uint8, offset=len(head)).reshape(shape).copy(), packed


def _write(path: Path, content: bytes) -> None:
    """Write a file in one move: another process sees all of it or none."""
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=path.parent))
    try:
        (part / path.name).write_bytes(content)
        os.replace(part / path.name, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _download(root: Path, split: str) -> None:
    """Download aside, then move each file whole: two processes at once bring the same ones."""
    from torchvision.datasets import MNIST  # 2 s to import, needed here alone

    raw, part = root / RAW, None
    try:
        root.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=root))
        MNIST(part, download=True)
        raw.mkdir(parents=True, exist_ok=True)
        for path in (part / RAW).iterdir():
            os.replace(path, raw / path.name)
    except (RuntimeError, OSError) as error:
        if has_files(root, split):  # another process has brought them
            return
        found = sorted(p.name for f in FILES.values() for n in f for p in list_places(root, n))
        reason = " ".join(str(error).split())
        raise ConnectionError(
            f"expected {' and '.join(FILES[split])} of MNIST, or their .gz, in {raw}, got "
            f"{', '.join(found) or 'none'}; the rest could not be downloaded ({reason}); "
            "load_digits() without full=True needs no network"
        ) from error
    finally:
        if part:
            shutil.rmtree(part, ignore_errors=True)
