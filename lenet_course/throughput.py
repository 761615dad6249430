"""Images a second in chapter 10: the reader's own beside those recorded on a named GPU.

gpu.json is written by `python -m bench.gpu`, which runs the chapter's own cells:
{"machine": {"gpu": its name, "torch": version, "date": "2026-11-27", ...},
"chapter": {"tables": {table: {row: images a second}}, ...}, ...}
"""

import json
from pathlib import Path

import torch

RECORDING = Path(__file__).parent / "assets/gpu.json"


def load_recording(path: Path = RECORDING) -> dict | None:
    """Load what was recorded on a GPU; None where nothing has been recorded yet."""
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def name_device() -> str:
    """Return the GPU's name, or "cpu" where there is none."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def show_throughput(table: str, rates: dict[str, float], path: Path = RECORDING) -> None:
    """Print images a second: one column for this machine, one for the recorded GPU.

    Where nothing was measured here the first column is left out, where nothing is recorded the
    second; with neither, nothing is printed.

    Args:
        table: a table's name in the recording, such as "batch size".
        rates: row → images a second, as measured here; may be empty.
    """
    recording = load_recording(path)
    columns = {name_device(): rates} if rates else {}
    if recording is not None:
        machine = recording["machine"]
        columns[f"{machine['gpu']}, {machine['date']}"] = recording["chapter"]["tables"][table]
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    if not rows:
        return
    first = max(map(len, rows))
    print(" " * first, *columns, sep="  ")
    for row in rows:
        cells = [
            (f"{column[row]:,.0f}" if row in column else "-").rjust(len(name))
            for name, column in columns.items()
        ]
        print(row.ljust(first), *cells, sep="  ")
    if recording is not None:
        print(f"{machine['gpu']}: torch {machine['torch']}, python -m bench.gpu")
