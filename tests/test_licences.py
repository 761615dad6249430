"""Who may do what: named where pip, GitHub and readers look, and beside each asset."""

import re
from fnmatch import fnmatch

import yaml

from book.course import ROOT
from tests.test_requirements import PROJECT, list_files, read_project

ENDINGS = "gif gz ico jpg npz otf png pt svg ttf webp woff woff2".split()  # neither text nor code
HOLDER = "the authors of the LeNet book"
EXPRESSION = "BSD-3-Clause AND CC-BY-4.0 AND CC-BY-SA-3.0"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_each_asset_has_its_licence_beside_it():
    found = {path for path in list_files("*.*") if path.suffix.lstrip(".") in ENDINGS}
    found |= {*list_files("lenet_course/assets/*.json"), *list_files("**/icons.css")}
    assert len(found) >= 13
    for path in found:
        line = rf"^(?:.*, )?\*\*{re.escape(path.name)}\*\*.* · CC BY"
        assert re.search(line, read(path.parent / "README.md"), re.M), path


def test_the_licences_are_named_alike_and_name_their_holder():
    assert f'\nlicense = "{EXPRESSION}"' in PROJECT and f'{{ name = "{HOLDER}" }}' in PROJECT
    for name in ("LICENSE", "LICENSE-text.md"):
        assert f"\nCopyright (c) 2026, {HOLDER}\n" in read(name)
        assert all(f"]({name})" in read(readme) for readme in ("README.md", "README.ko.md"))
    assert read("LICENSE").startswith("BSD 3-Clause License\n")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in read("LICENSE-text.md")
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0" and citation["authors"] == [{"name": HOLDER}]
    assert citation["license"] == "BSD-3-Clause"
    assert citation["preferred-citation"]["license"] == "CC-BY-4.0"


def test_a_wheel_carries_the_licences():
    patterns = read_project("license-files")
    for name in ("LICENSE", "LICENSE-text.md", "lenet_course/assets/README.md"):
        assert any(fnmatch(name, pattern) for pattern in patterns), name
    for pattern in patterns:
        assert list(ROOT.glob(pattern)), pattern
