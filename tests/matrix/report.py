"""The matrix as tables, for people: releases by environment, and what differs."""


def write_report(reports: dict[str, dict], names: list[str]) -> str:
    """Write two tables in Markdown: each environment's releases, and each difference."""
    lines = [f"| | {' | '.join(reports)} |", "|---|" + "---|" * len(reports)]
    for name in names:
        releases = (report["releases"].get(name, "none") for report in reports.values())
        lines.append(f"| {name} | {' | '.join(releases)} |")
    rows = [(name, d) for name, report in reports.items() for d in report["differences"]]
    lines += ["", f"{len(rows)} differences, {len(list_new(reports))} of them new."]
    if rows:
        lines += [
            "",
            "| environment | cell | what | stored | there | cause |",
            "|---|" + "---|" * 5,
        ]
    for name, d in sorted(rows, key=lambda row: bool(row[1]["known"])):
        cells = name, d["cell"], d["kind"], d["stored"], d["fresh"], d["known"] or d["cause"]
        lines.append(f"| {' | '.join(map(quote, cells))} |")
    return "\n".join(lines) + "\n"


def list_new(reports: dict[str, dict]) -> list[dict]:
    """List what differs for a release's sake and is not known; the machine's share is nbval's."""
    return [
        difference
        for report in reports.values()
        for difference in report["differences"]
        if not difference["known"] and not difference["cause"].startswith("no release:")
    ]


def quote(text: str, length: int = 120) -> str:
    """Fit a text into a table's cell."""
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= length else line[: length - 1] + "…"
