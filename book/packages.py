"""How programs that are no Python packages are installed, in the words of the system that runs."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable

PLAYWRIGHT = ".venv/bin/python -m playwright install --with-deps --only-shell chromium"
DEBIAN = {
    "chromium": "apt-get install chromium",
    "hunspell": "apt-get install hunspell hunspell-ko hunspell-en-gb",
    "libatomic": "apt-get install libatomic1",
    "node": "apt-get install nodejs",
}
COMMANDS = {
    "debian": DEBIAN,
    "ubuntu": {**DEBIAN, "chromium": PLAYWRIGHT},  # its own is a snap, which no container starts
    "fedora": {
        "chromium": "dnf install chromium",
        "libatomic": "dnf install libatomic",
        "node": "dnf install nodejs",
    },
    "macos": {
        "chromium": PLAYWRIGHT,
        "hunspell": "brew install hunspell, and put the dictionaries ko and en_GB where "
        "`hunspell -D` looks",
        "node": "brew install node",
    },
}
PLAIN = {
    "chromium": f"install Chromium or Google Chrome, or {PLAYWRIGHT}",
    "hunspell": "install hunspell and its dictionaries ko and en_GB",
    "libatomic": "install the library libatomic",
    "node": "install Node.js",
}
QUIETLY = {  # what `install` installs, without windows
    "chromium": "chromium-headless-shell fonts-noto-cjk",
    "hunspell": "hunspell hunspell-ko hunspell-en-gb",
    "libatomic": "libatomic1",
}


def name_system() -> str:
    """Return "debian", "ubuntu", "fedora" or "macos", of what is derived from it too, or ""."""
    if sys.platform == "darwin":
        return "macos"
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [told.get("ID", ""), *told.get("ID_LIKE", "").split()]
    return next((name for name in names if name in COMMANDS), "")


def get_hint(program: str) -> str:
    """Say how a program is installed here: "chromium", "hunspell", "libatomic" or "node"."""
    return COMMANDS.get(name_system(), PLAIN).get(program, PLAIN[program])


def install(list_missing: Callable[[], list[str]]) -> list[str]:
    """Install the programs that are missing, where apt has them and this user may; list the rest.

    Args:
        list_missing: gives the programs' names, as get_hint takes them.
    """
    missing = list_missing()
    packages = " ".join(QUIETLY[program] for program in missing)
    if name_system() == "ubuntu":
        packages = packages.replace("chromium-headless-shell ", "")
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("update", "install --yes --no-install-recommends " + packages):
            done = subprocess.run(
                ["apt-get", "--quiet", *command.split()],
                env=quiet,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
            if done.returncode:
                print(done.stderr)
        missing = list_missing()
    return missing
