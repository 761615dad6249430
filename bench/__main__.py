"""One table of how fast and how good: `make bench`, or `python -m bench --quick`.

Runs that are compared take turns (A B A B …) in one process on one machine, so that what else the
machine does falls on both. Ratios are of medians. Every number goes to _build/bench.json.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import torch

from bench.clock import time_run
from bench.mnist import find_mnist
from bench.page import SLOW_DOWN, measure_page
from bench.recipes import FAST, SMALL, train_by
from bench.site import list_pages, measure_site, print_site
from bench.slider import summarise_sliders, time_sliders
from bench.usual_loop import TARGET, time_usual_loop
from book.browser import prepare_browser
from book.course import ROOT
from lenet_course import load_digits
from lenet_course.assets.make_weights import make_weights


def time_command(*command: str, folder: Path = ROOT) -> dict:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return {"wall": time.perf_counter() - started}


def time_chapter(slug: str) -> dict:
    """Time a chapter's execution, in a copy: this machine's outputs may not be those stored."""
    left_out = shutil.ignore_patterns(".*", "_build")
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(ROOT, Path(folder, "course"), symlinks=True, ignore=left_out)
        return time_command(sys.executable, "-m", "book.notebooks", slug, folder=copy)


def summarise(name: str, runs: list[dict]) -> dict:
    """One row of the table: medians of seconds, mean and spread of accuracy."""
    row = {"name": name, "runs": runs, "wall": statistics.median(run["wall"] for run in runs)}
    if "cpu" in runs[0]:
        row["cpu"] = statistics.median(run["cpu"] for run in runs)
    if "accuracy" in runs[0]:
        found = [100 * run["accuracy"] for run in runs]
        row |= {"mean": statistics.mean(found), "least": min(found), "most": max(found)}
    return row


def print_table(rows: list[dict]) -> None:
    print(f"{'':44}{'wall s':>8}{'cpu s':>8}{'mean %':>8}{'least – most %':>18}  runs")
    for row in rows:
        cpu = f"{row['cpu']:8.1f}" if "cpu" in row else " " * 8
        mean = f"{row['mean']:8.2f}" if "mean" in row else " " * 8
        spread = f"{row['least']:.2f} – {row['most']:.2f}" if "mean" in row else ""
        print(f"{row['name']:44}{row['wall']:8.1f}{cpu}{mean}{spread:>18}  {len(row['runs'])}")


def print_sliders(summary: dict) -> None:
    print(
        f"slider event → new picture, ms{'':14}{'median':>8}{'p95':>8}  {summary['rounds']} rounds"
    )
    for key, name in (("browser", "FeatureMapBrowser"), ("subplots", "matplotlib subplots")):
        print(f"{name:44}{summary[key]['median']:8.1f}{summary[key]['p95']:8.1f}")


def print_page(page: dict) -> None:
    print(f"the explorer's page{'':25}{'median':>8}{'p95':>8}")
    print(f"{'navigation → first answer, ms':44}{page['first_answer']:8.0f}")
    names = {
        "update": "stroke → all maps painted, ms",
        "update_slowed": f"the same, processor {SLOW_DOWN} times slower, ms",
    }
    for key, name in names.items():
        print(f"{name:44}{page[key]['median']:8.1f}{page[key]['p95']:8.1f}")
    for file, size in page["bytes"].items():
        print(f"{file + ', kB with gzip':44}{size / 1000:8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed each, within 5 minutes")
    parser.add_argument(
        "--weights", type=int, default=1, help="seeds for load_trained()'s recipe, minutes each"
    )
    chosen = parser.parse_args()
    prepare_browser()  # where there is none, say so now and not after half an hour
    quick = chosen.quick
    seeds = range(1 if quick else 5)
    root = find_mnist()
    small = load_digits("train")
    rows, ratios = [], {}
    if root is None:
        print("full MNIST is not here, so its rows are left out; load_digits(full=True) fetches it")
    else:
        full, test = (load_digits(split, full=True, root=root) for split in ("train", "test"))
        usual, course = [], []
        for seed in seeds:  # taking turns
            usual.append(time_usual_loop(root, seed, 3 if quick else 14))
            course.append(time_run(partial(train_by, FAST, full), test, seed))
        reached = sum(run["accuracy"] >= TARGET for run in usual)
        name = f"usual loop, to 99.0 % ({reached} of {len(usual)} got there)"
        rows.append(summarise(name, usual))
        rows.append(summarise("train(), 1 epoch, full MNIST", course))
        ratios["usual / train(), wall"] = rows[0]["wall"] / rows[1]["wall"]
        ratios["usual / train(), cpu"] = rows[0]["cpu"] / rows[1]["cpu"]
        runs = [time_run(partial(train_by, SMALL, small), test, seed) for seed in seeds]
        rows.append(summarise("train(), packaged digits", runs))
        if chosen.weights and not quick:
            make = partial(make_weights, full)
            runs = [time_run(make, test, seed) for seed in range(chosen.weights)]
            rows.append(summarise("the recipe of load_trained(), full MNIST", runs))
    chapter = time_chapter("01_define_the_net")
    rows.append(summarise("one chapter, executed in both languages", [chapter]))
    builder = (sys.executable, "-m", "book")
    book = time_command(*builder, "build", ".", "--all", "--path-output", "_build/bench")
    rows.append(summarise("the book, built anew", [book]))
    sliders = summarise_sliders(time_sliders(40 if quick else 200))
    ratios["subplots / FeatureMapBrowser, median"] = sliders["ratio"]
    page = measure_page()
    names = list_pages()[:: 7 if quick else 1]
    site = measure_site(ROOT / "_build/bench/_build/html", names)
    machine = {"cores": os.cpu_count(), "threads": torch.get_num_threads(), "quick": quick}
    machine |= {"processor": platform.processor() or platform.machine()}
    machine |= {"torch": torch.__version__}
    print_table(rows)
    print_sliders(sliders)
    print_page(page)
    print_site(site)
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.1f}")
    (ROOT / "_build").mkdir(exist_ok=True)
    result = json.dumps(
        {
            "machine": machine,
            "rows": rows,
            "sliders": sliders,
            "page": page,
            "site": site,
            "ratios": ratios,
        },
        indent=1,
    )
    (ROOT / "_build/bench.json").write_text(result, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()
