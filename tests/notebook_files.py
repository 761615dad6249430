"""Where nbval runs chapters: English ones here, Korean ones where the course is not installed."""

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from nbval.plugin import IPyNbFile

from tests.colab_like import (
    Place,
    build_wheel,
    has_setup_of_a_chapter_before,
    redirect_setup,
    unpack,
)
from tests.warm_kernels import start_kernel


def share_folder(config) -> tuple[Path, int]:
    """A folder that all workers of a run share, and the id of the process that leads them."""
    if hasattr(config, "workerinput"):
        return Path(config.option.basetemp).parent, os.getppid()
    return make_folder(), os.getpid()


@cache
def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="notebooks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class HereFile(IPyNbFile):
    """A notebook whose kernel has this environment."""

    def setup(self):
        folder, owner = share_folder(self.config)
        timeout = self.config.option.nbval_kernel_startup_timeout
        place = self.path.parent
        self.kernel = start_kernel(sys.executable, {}, folder / "here", owner, place, timeout)
        self.setup_sanitize_files()


class ColabLikeFile(IPyNbFile):
    """A notebook whose kernel starts in a place of its own without the course."""

    place = None

    def setup(self):
        folder, owner = share_folder(self.config)
        timeout = self.config.option.nbval_kernel_startup_timeout
        wheel = build_wheel(folder)
        if has_setup_of_a_chapter_before(self.path, self.nb):
            self.place = place = Place(self.path, unpack(wheel, folder))
            kernels = folder / "colab-like"
            asked = (place.python, place.settings, kernels, owner, place.work, timeout)
            self.kernel = start_kernel(*asked)
        else:
            redirect_setup(self.nb, wheel)
            self.place = Place(self.path)
            self.kernel = self.place.start_kernel(timeout)
        self.setup_sanitize_files()

    def teardown(self):
        super().teardown()
        if self.place is not None:
            problems = self.place.find_traces()
            self.place.close()
            assert not problems, problems
