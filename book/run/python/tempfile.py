"""Temporary folders, in the memory of the page."""

import os


class TemporaryDirectory:
    count = 0

    def __init__(self):
        TemporaryDirectory.count += 1
        self.name = f"/tmp/folder{TemporaryDirectory.count}"
        for folder in ("/tmp", self.name):
            try:
                os.mkdir(folder)
            except OSError:
                pass

    def __enter__(self):
        return self.name

    def __exit__(self, *_):
        for name in os.listdir(self.name):
            os.remove(f"{self.name}/{name}")
        os.rmdir(self.name)

    cleanup = __exit__
