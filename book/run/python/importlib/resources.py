"""Files beside a package's modules."""

from pathlib import Path


def files(package):
    return Path("/lib/" + package.replace(".", "/"))
