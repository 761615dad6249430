"""Which release is behind a difference: the one whose exchange makes it go away."""

from collections.abc import Callable, Iterable

from tests.matrix.known import KNOWN

TOGETHER = ("torch", "torchvision")  # one does not load beside another's release


def find_causes(reports: dict[str, dict], good: dict[str, str], compare: Callable) -> None:
    """Give each difference of each report its "known" reason, or "", and its "cause".

    Args:
        reports: environment's name → its report, by tests.matrix.compare.
        good: the releases with which nothing differed.
        compare: (environment's name, packages, chapters) → the report with these packages' good
            releases in place of its own; None where they cannot be installed.
    """
    for name, report in reports.items():
        others = [other for other in reports if other != name]
        for difference in report["differences"]:
            difference["known"] = KNOWN.get(name, {}).get(locate(difference), "")
            difference["cause"] = difference["known"] and "known"
            everywhere = [mark(difference) in map(mark, reports[o]["differences"]) for o in others]
            if not difference["known"] and others and all(everywhere):
                difference["cause"] = "no release: every environment puts out the same"
        for packages in list_suspects(report["releases"], good):
            open_ones = [d for d in report["differences"] if not d["cause"]]
            if not open_ones:
                break
            chapters = tuple(sorted({difference["chapter"] for difference in open_ones}))
            exchanged = compare(name, packages, chapters)
            left = exchanged and {locate(d) for d in exchanged["differences"]}
            for difference in open_ones:
                if exchanged and locate(difference) not in left:
                    difference["cause"] = say_change(packages, good, report["releases"])
        rest = say_change(good, good, report["releases"]) or "nothing"
        for difference in report["differences"]:
            difference["cause"] = difference["cause"] or f"no release alone; changed: {rest}"


def mark(difference: dict) -> tuple:
    return (*locate(difference), difference["fresh"])


def locate(difference: dict) -> tuple:
    return difference["cell"], difference["kind"]


def list_suspects(releases: dict[str, str], good: dict[str, str]) -> list[tuple[str, ...]]:
    """List what to exchange, one after another: torch, the largest by far, comes last."""
    changed = [name for name in good if releases.get(name) != good[name] and name != "python"]
    alone = [(name,) for name in changed if name not in TOGETHER]
    return alone + ([TOGETHER] if set(TOGETHER) & set(changed) else [])


def say_change(names: Iterable[str], good: dict[str, str], releases: dict[str, str]) -> str:
    return ", ".join(
        f"{name} {good[name]} → {releases.get(name, 'none')}"
        for name in names
        if releases.get(name) != good[name]
    )
