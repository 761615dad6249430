"""A browser that hangs ends one test and not the run: the test is tried once more, which is said.

A call into a browser may wait for ever. After `faulthandler_timeout` seconds (pyproject.toml)
pytest prints where each thread waits and ends the worker; pytest-xdist starts another, which begins
with the test that hung. A second time it has failed, as has any other test at once.
"""

import pytest

HUNG = "hung, tried once more"
MAY_HANG = "tests/browser/"


def pytest_configure(config):
    config.hung = set()


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem, report, sched):
    hung = sched.config.hung
    if crashitem.startswith(MAY_HANG) and crashitem not in hung:
        hung.add(crashitem)
        report.outcome, report.longrepr = "skipped", (report.fspath, 0, HUNG)


def pytest_report_teststatus(report):
    if report.skipped and report.longrepr[2] == HUNG:
        return HUNG, "h", f"HUNG {report.nodeid}"


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get(HUNG, ()):
        terminalreporter.line(f"{report.nodeid} {HUNG}: see above where it waited")
