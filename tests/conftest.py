"""What several tests share: the book, built once a worker."""

import pytest

from book.sources import ROOT
from tests.built_book import run_build


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    output = tmp_path_factory.mktemp("book")
    result = run_build(ROOT, output, "-n", "-W", "--keep-going")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert "WARNING" not in result.stdout + result.stderr
    return output / "_build/html"
