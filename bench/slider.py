"""From a slider's event to the new picture, through a kernel: FeatureMapBrowser against subplots.

The messages are those of a notebook's page. Both are asked in turns, for all 16 maps of conv2 from
the same network and digits; the page waits until the kernel is idle, then sends the next event.
"""

import statistics
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel

LAYER = "conv2"
SETUP = f"""
import io
import ipywidgets
from matplotlib import pyplot as plt
from lenet_course import compute_feature_maps, load_digits, load_trained, prepare_images
from lenet_course.widgets import FeatureMapBrowser

plt.switch_backend("agg")
net, images = load_trained(), prepare_images(load_digits("test").images[:200])
browser = FeatureMapBrowser(net, images, layer={LAYER!r})

slider, subplots = ipywidgets.IntSlider(max=199), ipywidgets.Image()

def redraw(change):
    maps = compute_feature_maps(net, images[change["new"]:change["new"] + 1])[{LAYER!r}][0]
    figure, axes = plt.subplots(4, 4)
    for axis, each in zip(axes.flat, maps):
        axis.imshow(each)
        axis.axis("off")
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight")  # as the notebook's inline backend does
    plt.close(figure)
    subplots.value = file.getvalue()

slider.observe(redraw, "value")
print(browser.model_id, slider.model_id, subplots.model_id)
"""


def time_sliders(rounds: int) -> dict[str, list[float]]:
    """Milliseconds from event to picture, browser and subplots in turns."""
    manager, client = start_new_kernel(
        kernel_name="python3", extra_arguments=["--IPKernelApp.log_level=ERROR"]
    )
    try:
        browser, slider, subplots = _start(client)
        found = {"browser": [], "subplots": []}
        turns = {"browser": (browser, "index", browser, "maps")}
        turns["subplots"] = (slider, "value", subplots, "value")
        for turn in range(rounds + 2):
            for name, event in turns.items():
                found[name].append(_time_event(client, 1 + turn % 199, *event))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return {name: times[2:] for name, times in found.items()}  # the first two warm up


def summarise_sliders(found: dict[str, list[float]]) -> dict:
    """Medians and p95 in milliseconds, and how many times faster the browser's median is."""
    summary = {
        name: {"median": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1]}
        for name, times in found.items()
    }
    ratio = summary["subplots"]["median"] / summary["browser"]["median"]
    return {**summary, "ratio": ratio, "rounds": len(found["browser"])}


def _start(client) -> list[str]:
    texts = []

    def keep(message):
        texts.append(message["content"].get("text", ""))

    reply = client.execute_interactive(SETUP, timeout=120, output_hook=keep)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"]["evalue"])
    return "".join(texts).split()


def _time_event(client, value: int, control: str, name: str, shown: str, picture: str) -> float:
    """Set a trait of one widget, and wait for the trait of another that holds the picture."""
    content = {"comm_id": control, "data": {"method": "update", "state": {name: value}}}
    message = client.session.msg("comm_msg", content)
    started = time.perf_counter()
    client.shell_channel.send(message)
    taken = None
    while True:
        try:
            answer = client.get_iopub_msg(timeout=60)
        except Empty:
            raise RuntimeError(f"expected a new picture, got none within 60 s ({shown})") from None
        if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        content = answer["content"]
        data = content.get("data", {})
        if content.get("comm_id") == shown and data.get("method") == "update":
            if picture in [path[0] for path in data["buffer_paths"]]:
                taken = 1000 * (time.perf_counter() - started)
        if content.get("execution_state") == "idle":
            if taken is None:
                raise RuntimeError(f"expected a new picture for the value {value}, got none")
            return taken
