"""What runs on GitHub: pinned, with the least rights, and nothing gets out before a test."""

import http.server
import importlib.util
import re
import shutil
import threading
from functools import partial

import pytest
import yaml

from book.course import ROOT
from tests.built_book import run_build

FOLDER = ROOT / ".github/workflows"
FILES = sorted(FOLDER.glob("*.yml"))
WRITES = {  # all that any job may write
    ("publish.yml", "deploy"): {"pages", "id-token"},
    ("publish.yml", "course"): {"contents"},
    ("matrix.yml", "issue"): {"issues"},
}
every_file = pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])


def load(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def list_steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def list_commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def test_there_are_four():
    names = [path.name for path in FILES]
    assert names == ["links.yml", "matrix.yml", "publish.yml", "published.yml"]


@every_file
def test_every_action_is_pinned_by_its_commit_and_names_its_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert len(lines) == sum("uses" in step for step in list_steps(load(path.name))) > 0
    for line in lines:
        assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_an_action_has_one_pin_everywhere():
    pins = re.findall(
        r"uses: (\S+)@(\S+ # \S+)", "".join(path.read_text(encoding="utf-8") for path in FILES)
    )
    assert len(dict(pins)) == len(set(pins))


@every_file
def test_nothing_may_be_written_but_what_a_job_is_for(path):
    workflow = load(path.name)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        wanted = WRITES.get((path.name, name), set())
        assert {right for right, kind in job["permissions"].items() if kind != "read"} == wanted
        assert set(job["permissions"].values()) <= {"read", "write"}


@every_file
def test_the_token_stays_where_it_is_needed(path):
    for name, job in load(path.name)["jobs"].items():
        for step in job["steps"]:
            if "actions/checkout@" in step.get("uses", ""):
                kept = step.get("with", {}).get("persist-credentials", True)
                assert kept == ("contents" in WRITES.get((path.name, name), ()))


@every_file
def test_jobs_end_and_run_on_a_named_system(path):
    workflow = load(path.name)
    assert "group" in workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])


@every_file
def test_no_command_takes_words_from_outside(path):
    """A title or a branch name inside ${{ }} would be run as a command."""
    for step in list_steps(load(path.name)):
        assert "${{" not in step.get("run", "")


@every_file
def test_every_make_target_and_every_module_exists(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = "\n".join(map(str, list_steps(load(path.name))))
    targets = re.findall(r"make ([a-z ]+)", steps)
    modules = re.findall(r"python3 -m ([\w.]+)", steps)
    assert targets or modules
    for target in " ".join(targets).split():
        assert re.search(rf"^{target}:", makefile, re.M), target
    for module in modules:
        assert importlib.util.find_spec(module), module


def test_the_tests_come_before_the_book_and_both_before_the_site():
    jobs = load("publish.yml")["jobs"]
    commands = list_commands(jobs["test"])
    test, book = commands.index("make test"), commands.index("make book pdf")
    assert test < book
    steps = jobs["test"]["steps"]
    upload = next(n for n, s in enumerate(steps) if "upload-pages-artifact@" in s.get("uses", ""))
    assert steps[upload]["with"]["path"] == "_build/html"
    assert upload > next(n for n, s in enumerate(steps) if s.get("run") == "make book pdf")
    assert not any("continue-on-error" in step for step in steps)


def test_the_site_takes_its_pdfs_along():
    commands = list_commands(load("publish.yml")["jobs"]["test"])
    assert commands.index("cp _build/pdf/*.pdf _build/html/") > commands.index("make book pdf")


def test_only_main_is_deployed_and_only_after_a_green_test():
    workflow = load("publish.yml")
    events = workflow[True]  # YAML reads the key `on` as true
    assert set(events) == {"push", "pull_request", "workflow_dispatch"}
    assert events["push"] == {"branches": ["main"]}
    for name, before in (("deploy", {"test"}), ("course", {"test", "deploy"})):
        job = workflow["jobs"][name]
        needs = job["needs"]
        assert set([needs] if isinstance(needs, str) else needs) == before
        assert job["if"] == "github.ref == 'refs/heads/main'"  # no always(): a red need stops it


def test_a_deployment_is_not_cut_short():
    cancel = load("publish.yml")["concurrency"]["cancel-in-progress"]
    assert cancel == "${{ github.event_name == 'pull_request' }}"


def test_the_course_branch_moves_to_the_tested_commit_with_this_repository_s_address():
    """And never back: tests/test_fork.py."""
    job = load("publish.yml")["jobs"]["course"]
    assert list_commands(job) == ['python3 -m book.course_branch "$GITHUB_REPOSITORY"']
    (checkout,) = (step for step in job["steps"] if "uses" in step)
    assert checkout["with"]["fetch-depth"] == 0  # whether it is overtaken, the history says


def test_the_site_is_built_with_this_repository_s_address_which_no_test_saw():
    steps = load("publish.yml")["jobs"]["test"]["steps"]
    commands = [step.get("run") or step.get("id") for step in steps]
    named = commands.index('make repository URL="https://github.com/$GITHUB_REPOSITORY"')
    assert commands.index("make test") < named < commands.index("make book pdf")
    pages, book = steps[commands.index("pages")], steps[commands.index("make book pdf")]
    assert "actions/configure-pages@" in pages["uses"]
    assert book["env"]["SITE_ADDRESS"] == "${{ steps.pages.outputs.base_url }}"
    assert commands.index("pages") < commands.index("make book pdf")


@pytest.mark.parametrize(
    ("name", "days", "command"),
    [
        ("links", "0123456", "make links"),
        ("matrix", "0123456", "make matrix"),
        ("published", "*", 'python3 -m book.site.published "" "$(git rev-parse HEAD^)"'),
    ],
)
def test_what_is_not_ours_is_looked_at_on_time(name, days, command):
    """Outside links and new releases once a week, the published site once a day."""
    workflow = load(f"{name}.yml")
    (when,) = workflow[True]["schedule"]
    minute, hour, day, month, weekday = when["cron"].split()
    assert (day, month) == ("*", "*") and weekday in days and hour.isdigit() and minute.isdigit()
    assert command in list_commands(workflow["jobs"][name])


def test_the_published_site_is_held_to_the_commit_that_was_deployed():
    (checkout, _) = list_steps(load("published.yml"))
    assert checkout["with"]["ref"] == "course"  # whose first parent it is
    assert checkout["with"]["fetch-depth"] == 2


def test_the_matrix_has_the_lowest_and_the_newest_python_and_its_report_becomes_an_issue():
    jobs = load("matrix.yml")["jobs"]
    (python,) = (s for s in jobs["matrix"]["steps"] if "actions/setup-python@" in s.get("uses", ""))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lowest = re.search(r'requires-python = ">=(.*)"', project)[1]
    assert python["with"]["python-version"].split() == [lowest, "3.x"]
    report = jobs["matrix"]["steps"][-1]
    assert report["if"] == jobs["issue"]["if"] == "failure()"
    shorten = "python3 -m tests.matrix.shorten < _build/matrix.json"
    assert report["run"] == f'echo "report=$({shorten})" >> "$GITHUB_OUTPUT"'
    said = f"${{{{ steps.{report['id']}.outputs.report }}}}"
    assert jobs["matrix"]["outputs"] == {"report": said}
    assert jobs["issue"]["needs"] == "matrix"  # another job: what was installed gets no token
    (step,) = (s for s in jobs["issue"]["steps"] if "run" in s)
    assert step["env"]["REPORT"] == "${{ needs.matrix.outputs.report }}"
    assert step["env"]["GH_TOKEN"] == "${{ github.token }}"  # without it `gh` says nothing
    assert "GH_TOKEN" not in str(jobs["matrix"])


def test_the_links_are_asked_by_sphinx():
    rule = re.search(r"^links:.*\n\t(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[
        1
    ]
    wanted = "-m book build . --all --builder linkcheck --path-output _build/links"
    assert rule.endswith(wanted)  # beside the book, not in it


@pytest.fixture
def neighbour(tmp_path):
    """A site on this machine with one page, there.html."""
    (tmp_path / "there.html").write_text("<p>here</p>", encoding="utf-8")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(("page", "code"), [("there.html", 0), ("gone.html", 1)])
def test_a_dead_outside_link_fails_the_weekly_check(tmp_path, neighbour, page, code):
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(ROOT / "_config.yml", source)
    shutil.copytree(ROOT / "book", source / "book")
    (source / "lenet_course").symlink_to(ROOT / "lenet_course")
    (source / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    (source / "index.md").write_text(f"# Small\n\n[page]({neighbour}{page})\n", encoding="utf-8")
    result = run_build(source, tmp_path / "out", "--all", "--builder", "linkcheck")
    assert result.returncode == code, result.stdout[-2000:] + result.stderr[-2000:]
    if code:
        assert "404" in result.stdout
