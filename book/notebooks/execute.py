"""Execute a notebook, and leave nothing in its outputs that varies from machine to machine."""

import re
import tempfile

import nbformat

from book.notebooks.derive import METADATA
from book.notebooks.environment import fix_environment

LEFT_OUT = "    ..."  # stands in a stored traceback for the frames inside libraries


def execute_notebook(
    notebook: nbformat.NotebookNode, allow_errors: bool = False
) -> nbformat.NotebookNode:
    """Execute a notebook in an empty folder under the fixed environment, and clean its outputs.

    Args:
        allow_errors: go on after a cell that fails, whether or not it is meant to.
    """
    import nbclient

    fix_environment()
    with tempfile.TemporaryDirectory() as empty:
        client = nbclient.NotebookClient(
            notebook,
            timeout=300,
            allow_errors=allow_errors,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,  # the page needs none: widgets put out their mount points
            coalesce_streams=True,  # one text, however the kernel flushed it
            resources={"metadata": {"path": empty}},
            # errors alone: ipykernel 7 warns at every start that loopback TCP is not encrypted
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        client.execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = shorten_traceback(output.traceback)
    return notebook


def shorten_traceback(frames: list[str]) -> list[str]:
    """Keep the notebook's own frames and the message: no library frame, no path of this machine."""
    kept = []
    for frame in frames:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", frame)
        inside_library = plain.startswith("File ")
        if not inside_library:
            kept.append(frame)
        elif kept[-1] != LEFT_OUT:
            kept.append(LEFT_OUT)
    return kept
