"""What several tests share: the book, built once for all workers."""

import pytest
from filelock import FileLock

from book.course import ROOT
from tests.built_book import REPOSITORY, run_build


@pytest.fixture(scope="session")
def html(tmp_path_factory, worker_id):
    """The built book's folder; the first worker that asks builds, the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    output = (folder if worker_id == "master" else folder.parent) / "book"
    with FileLock(f"{output}.lock"):
        if not (output / "built").exists():
            names = REPOSITORY.removeprefix("https://github.com/")
            result = run_build(ROOT, output, "-n", "-W", "--keep-going", repository=names)
            assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
            assert "WARNING" not in result.stdout + result.stderr
            (output / "built").touch()
    return output / "_build/html"
