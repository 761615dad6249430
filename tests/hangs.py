"""A browser that hangs ends one test and not the run: the test is tried once more, which is said.

A call into a browser may wait for ever. After `faulthandler_timeout` seconds (pyproject.toml)
pytest prints where each thread waits and ends the worker; pytest-xdist starts another, which begins
with the test that hung. A second time it has failed, as has any other test at once.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

HUNG = "hung, tried once more"
MAY_HANG = "tests/browser/"


class Scheduler(LoadScopeScheduling):
    """xdist's own, which leaves a worker that takes over from one that ended waiting for ever.

    It hands on what that worker had finished, too: nothing is sent, so nothing comes back, and only
    what comes back makes it send more. Nor does it say that a last test is the last.
    """

    def remove_node(self, node):
        work = self.assigned_work[node]
        for scope in [scope for scope, tests in work.items() if all(tests.values())]:
            del work[scope]
        return super().remove_node(node)

    def schedule(self):
        super().schedule()
        for node in self.nodes:
            while self.workqueue and self._pending_of(self.assigned_work[node]) < 2:
                self._assign_work_unit(node)
            if not self.workqueue:
                node.shutdown()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Scheduler(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_configure(config):
    config.hung = set()


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem, report, sched):
    hung = sched.config.hung
    if crashitem.startswith(MAY_HANG) and crashitem not in hung:
        hung.add(crashitem)
        sched.config.pluginmanager.getplugin("terminalreporter").line(f"{crashitem} {HUNG}")
        report.outcome, report.longrepr = "skipped", (report.fspath, 0, HUNG)


def pytest_report_teststatus(report):
    if report.skipped and report.longrepr[2] == HUNG:
        return HUNG, "h", f"HUNG {report.nodeid}"


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get(HUNG, ()):
        terminalreporter.line(f"{report.nodeid} {HUNG}: see above where it waited")
