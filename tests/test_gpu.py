"""Chapter 10's tables: the reader's own numbers, those recorded on a GPU, and what records them."""

import json

import pytest

from bench import gpu
from lenet_course.gpu import load_recording, show_throughput

MACHINE = {"gpu": "A GPU", "torch": "2.11.0", "date": "2026-11-27"}
TABLES = {"batch size": {"1": 1500.0, "64": 90000.4}}


@pytest.fixture
def recording(tmp_path):
    gpu.write_part("chapter", {"tables": TABLES}, MACHINE, tmp_path / "gpu.json")
    return tmp_path / "gpu.json"


def test_where_nothing_is_recorded_the_reader_s_own_column_stands_alone(tmp_path, capsys):
    path = tmp_path / "none.json"
    assert load_recording(path) is None
    show_throughput("batch size", {"1": 1234.0, "64": 20.0}, path)
    own, *rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == ["1", "64"] and "1,234" in rows[0]
    assert len(own.split("  ")[-1]) and len(rows) == 2
    show_throughput("CUDA graph", {}, path)
    assert capsys.readouterr().out == ""


def test_what_was_recorded_stands_beside_with_gpu_date_and_script(recording, capsys):
    show_throughput("batch size", {"1": 1234.0}, recording)
    head, one, many, last = capsys.readouterr().out.splitlines()
    saved = json.loads(recording.read_text())
    assert head.endswith(f"  A GPU, {saved['machine']['date']}")
    assert one.split() == ["1", "1,234", "1,500"] and many.split() == ["64", "-", "90,000"]
    assert last == f"A GPU: torch {saved['machine']['torch']}, python -m bench.gpu"
    show_throughput("batch size", {}, recording)
    assert capsys.readouterr().out.splitlines()[1].split() == ["1", "1,500"]


def test_a_part_is_written_beside_the_others_of_its_machine(recording):
    gpu.write_part("nccl", {"sum": 3}, MACHINE, recording)
    assert json.loads(recording.read_text()) == {
        "machine": MACHINE,
        "chapter": {"tables": TABLES},
        "nccl": {"sum": 3},
    }
    gpu.write_part("record", None, MACHINE | {"gpu": "another"}, recording)
    assert json.loads(recording.read_text()) == {"machine": MACHINE | {"gpu": "another"}}


def test_the_script_runs_the_chapter_s_own_cells():
    """With a measure that takes one step, since nobody reads the numbers."""
    quick = {
        "measure-cell": "def measure(step, batches):\n    step(batches[0])\n    return 1.0",
        "batch-size-cell": "from lenet_course.gpu import show_throughput\n"
        "def take_few(size):\n    return make_batches(size)[:1].to(device)",
        "rates-cell": "",
        "train-cell": "",
    }
    cells = gpu.read_cells()
    names = [name for name, _ in cells]
    assert "half-cell" in names and not {"two-devices-cell", "flat"} & set(names)
    left, tables, printed = gpu.run_cells([(name, quick.get(name, code)) for name, code in cells])
    assert set(tables) == {"ways", "CUDA graph"}
    assert tables["ways"]["cpu, 64"] == tables["ways"]["autocast, 1600"] == 1.0
    assert printed["three-ways-cell"] == "0 True\n" and "rates" in left


def test_the_step_of_the_chapter_needs_no_other_cells():
    left, _, _ = gpu.run_cells([cell for cell in gpu.read_cells() if cell[0] in gpu.NEEDED])
    step = left["make_step"](left["start"], left["fetch_near"])
    assert left["measure"](step, left["make_batches"](64)[:1]) > 0
