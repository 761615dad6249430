"""Paths."""

import os


class Path:
    def __init__(self, path):
        self._path = str(path)

    def __truediv__(self, name):
        return Path(f"{self._path}/{name}")

    def __repr__(self):
        return f"PosixPath('{self._path}')"

    def __str__(self):
        return self._path

    def __eq__(self, other):
        return self._path == str(other)

    @property
    def parent(self):
        return Path(self._path.rpartition("/")[0] or "/")

    @property
    def name(self):
        return self._path.rpartition("/")[2]

    def with_name(self, name):
        return self.parent / name

    def stat(self):
        return Stat(os.stat(self._path)[6])

    def exists(self):
        try:
            os.stat(self._path)
            return True
        except OSError:
            return False

    is_file = exists

    def read_text(self, encoding="utf-8"):
        with open(self._path) as file:
            return file.read()

    def unlink(self, missing_ok=False):
        if self.exists() or not missing_ok:
            os.remove(self._path)


class Stat:
    def __init__(self, size):
        self.st_size = size
