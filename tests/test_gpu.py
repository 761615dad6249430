"""Chapter 10's tables and figures: the reader's own numbers beside those recorded on a GPU."""

import json

import pytest

from bench import gpu
from lenet_course import gpu as shown
from lenet_course import gpu_recording

MACHINE = {"gpu": "NVIDIA A100-SXM4-40GB", "torch": "2.11.0", "date": "2026-11-27"}
TABLES = {
    "batch size": {"1": 1500.0, "64": 90000.4},
    "ways": {"cpu, 64": 10.0, "near, 64": 20.0, "cpu, 1600": 30.0, "near, 1600": 40.0},
    "CUDA graph": {"near, 64": 25.0, "replay, 64": 90.0, "replay, 1600": 95.0},
}


@pytest.fixture
def recording(tmp_path, monkeypatch):
    path = tmp_path / "gpu.json"
    gpu.write_part("chapter", {"tables": TABLES}, MACHINE, path)
    monkeypatch.setattr(
        shown, "load_recording", lambda: json.loads(path.read_text(encoding="utf-8"))
    )
    monkeypatch.setattr(shown, "name_device", lambda: "cpu")
    return path


def test_the_reader_s_own_numbers_stand_beside_what_was_recorded(recording, capsys):
    shown.show_throughput("batch size", {"1": 1234.0, "320": 7.0})
    head, *rows, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["cpu", "A100"]
    assert [row.split() for row in rows] == [
        ["1", "1,234", "1,500"],
        ["64", "-", "90,000"],
        ["320", "7", "-"],
    ]
    assert last == "A100: NVIDIA A100-SXM4-40GB, 2026-11-27, torch 2.11.0"


def test_where_nothing_was_measured_the_recording_stands_alone(recording, capsys):
    shown.show_throughput("batch size", {})
    head, one, _, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["A100"] and one.split() == ["1", "1,500"]


def test_a_reader_with_the_recorded_gpu_sees_both_columns(recording, capsys, monkeypatch):
    monkeypatch.setattr(shown, "name_device", lambda: MACHINE["gpu"])
    shown.show_throughput("batch size", {"1": 2.0})
    head, one, _, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["A100", "A100"] and one.split() == ["1", "2", "1,500"]


@pytest.mark.parametrize(
    "name, model",
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("Tesla T4", "T4"),
        ("NVIDIA A100-SXM4-40GB", "A100"),
        ("NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 4090"),
        ("cpu", "cpu"),
    ],
)
def test_a_gpu_goes_by_its_model(name, model):
    assert shown.shorten(name) == model


def test_the_figure_of_batch_sizes_has_a_line_of_each_device(recording):
    (axes,) = shown.draw_throughput({"1": 5.0, "64": 6.0, "320": 7.0}).axes
    found = {line.get_label(): [*map(list, line.get_data())] for line in axes.lines}
    assert found == {
        "cpu": [[1, 64, 320], [5.0, 6.0, 7.0]],
        "A100": [[1, 64], [1500.0, 90000.4]],
    }
    with pytest.raises(ValueError, match=r"expected at least one batch size, got \{\}"):
        shown.draw_throughput({})


def test_the_figure_of_ways_has_a_panel_for_each_batch_size(recording):
    few, many = shown.draw_ways({"cpu, 64": 5.0, "near, 1600": 6.0}).axes
    names = [label.get_text() for label in few.get_yticklabels()]
    assert names == ["cpu", "near", "replay"]
    found = [
        {line.get_label(): [*map(list, line.get_data())] for line in axes.lines}
        for axes in (few, many)
    ]
    assert found == [
        {"A100": [[10.0, 25.0, 90.0], [0, 1, 2]], "cpu": [[5.0], [0]]},
        {"A100": [[30.0, 40.0, 95.0], [0, 1, 2]], "cpu": [[6.0], [1]]},
    ]


def test_the_figure_of_kernels_colours_the_time_in_which_they_ran(monkeypatch):
    kernels = {"64": {"kernels": 3, "busy": 30.0, "step": 300.0}}
    kernels["1600"] = {"kernels": 5, "busy": 100.0, "step": 400.0}
    monkeypatch.setattr(gpu_recording, "load_recording", lambda: {"kernels": kernels})
    (axes,) = gpu_recording.draw_kernel_times().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(kernels)
    assert [bar.get_width() for bar in axes.patches] == [300, 400]
    spans = [[path.vertices[:, 0] for path in ran.get_paths()] for ran in axes.collections]
    assert [[path.min() for path in paths] for paths in spans] == [
        [0, 100, 200],
        [0, 80, 160, 240, 320],
    ]
    assert [sum(path.max() - path.min() for path in paths) for paths in spans] == [30, 100]


def test_the_figure_of_the_record_fills_the_seeds_that_reached_the_goal(monkeypatch):
    runs = [{"seed": n, "accuracy": right} for n, right in enumerate((0.9899, 0.99, 0.9931))]
    monkeypatch.setattr(gpu_recording, "load_recording", lambda: {"record": {"runs": runs}})
    line, *dots = gpu_recording.draw_record().axes[0].lines
    assert list(line.get_xdata()) == [9900, 9900]
    found = [(*dot.get_xdata(), *dot.get_ydata(), dot.get_markerfacecolor()) for dot in dots]
    colour = dots[0].get_color()
    assert found == [(9899, 0, "white"), (9900, 1, colour), (9931, 2, colour)]


def test_a_part_is_written_beside_the_others_of_its_machine(recording):
    gpu.write_part("nccl", {"sum": 3}, MACHINE, recording)
    assert json.loads(recording.read_text(encoding="utf-8")) == {
        "machine": MACHINE,
        "chapter": {"tables": TABLES},
        "nccl": {"sum": 3},
    }
    gpu.write_part("record", {}, MACHINE | {"gpu": "another"}, recording)
    assert json.loads(recording.read_text(encoding="utf-8")) == {
        "machine": MACHINE | {"gpu": "another"},
        "record": {},
    }


def test_the_committed_recording_has_every_part_and_names_its_commit():
    recording = shown.load_recording()
    assert set(recording) == {"machine", *gpu.PARTS}
    assert set(recording["machine"]) >= {"gpu", "driver", "cuda", "torch", "date", "commit"}
    assert not recording["machine"]["commit"].endswith("dirty")


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
    assert printed["three-ways-cell"] == "0 True\n" and "graphs" in left


def test_the_step_of_the_chapter_needs_no_other_cells():
    left = gpu.define_step()
    step = left["make_step"](left["start"], left["fetch_near"])
    assert left["measure"](step, left["make_batches"](64)[:1]) > 0


def test_chapter_11_s_program_is_changed_by_the_lines_that_it_gives_for_nccl():
    cells = {cell["id"]: cell["text"] for cell in gpu.read_source("11_many_machines")}
    program = gpu.write_many(cells)
    compile(program, "many.py", "exec")
    assert "gloo" not in program and program.count('init_process_group("nccl")') == 1
    assert "DistributedDataParallel(net, device_ids=[local])" in program
