"""What every test run shares: the fixed environment, and nbval that looks at pictures too."""

import os
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

from book.notebooks.environment import fix_environment
from tests.notebook_files import ColabLikeFile, HereFile
from tests.pictures import find_picture_problems

pytest_plugins = ["tests.unchanged", "tests.hangs"]
fix_environment()
# on two cores three workers' threads wait often: those that spin would take the others' time
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# what the programs print that tests start is read as UTF-8, whatever the machine's code page is
os.environ.setdefault("PYTHONIOENCODING", "utf-8")
os.environ["LANGUAGE"] = "en"  # nor does make speak the machine's language
ROOT = Path(__file__).parent
# kernels start in chapters/en: let them find the package where nobody has installed it
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Korean chapters run where the course is not installed, as in Colab; English ones here."""
    files = yield
    if file_path.suffix == ".ipynb" and files:
        kind = ColabLikeFile if file_path.parent == ROOT / "chapters/ko" else HereFile
        return [kind.from_parent(parent, path=file_path)]
    return files


_compare_text = IPyNbCell.compare_outputs


def compare_outputs(self, test, ref, skip_compare=None):
    """nbval's comparison of texts, then the stored pictures against the fresh ones."""
    if not _compare_text(self, test, ref, skip_compare):
        return False
    problems = find_picture_problems(ref, test)
    self.comparison_traceback += problems
    return not problems


IPyNbCell.compare_outputs = compare_outputs
