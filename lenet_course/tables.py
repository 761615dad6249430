"""Small tables of numbers as figures: a number written in each cell, red above zero, blue below."""

import torch
from matplotlib.figure import Figure

from lenet_course.figures import DPI, GREY, SIGNED, WIDTH, find_limit
from lenet_course.fonts import show_hangul
from lenet_course.values import to_int, to_tensor

CELL = 0.42  # inches, at most


def draw_tables(tables: dict[str, torch.Tensor], window: int = 0) -> Figure:
    """Draw tables side by side, each under its name, each on a scale of its own.

    Args:
        tables: code name → shape (rows, columns).
        window: a line after so many rows and columns, as of pooling windows; 0: none.

    Raises:
        ValueError: no table, or one of another shape.
    """
    tables = {name: to_tensor(name, table) for name, table in tables.items()}
    window = to_int("a window", window)
    if not tables or any(table.ndim != 2 for table in tables.values()):
        shapes = {name: tuple(table.shape) for name, table in tables.items()}
        raise ValueError(f"expected tables of shape (rows, columns), got {shapes}")
    widths = [table.shape[1] for table in tables.values()]
    rows, columns = max(len(table) for table in tables.values()), sum(widths)
    across = columns + len(widths) - 0.8  # cells, with a gap of one between tables
    cell = min(CELL, WIDTH / across)
    figure = Figure(figsize=(cell * across, cell * (rows + 0.8)), dpi=DPI)
    grid = figure.add_gridspec(
        1, len(tables), width_ratios=widths, wspace=len(widths) / columns,
        left=0.1 / across, right=1 - 0.1 / across, bottom=0.1 / rows, top=1 - 0.7 / rows,
    )  # fmt: skip
    for place, (name, table) in zip(grid, tables.items(), strict=True):
        _draw_table(figure.add_subplot(place), name, table, window)
    return show_hangul(figure)


def draw_vjp(v: torch.Tensor, jacobian: torch.Tensor) -> Figure:
    """Draw a vector–Jacobian product: v at the left of its rows, v @ J below its columns.

    Args:
        v: shape (rows,).
        jacobian: shape (rows, columns).

    Raises:
        ValueError: shapes that do not fit.
    """
    v, jacobian = to_tensor("v", v), to_tensor("J", jacobian)
    if jacobian.ndim != 2 or v.shape != jacobian.shape[:1]:
        shapes = f"{tuple(v.shape)} and {tuple(jacobian.shape)}"
        raise ValueError(f"expected v of shape (rows,) and J of (rows, columns), got {shapes}")
    rows, columns = jacobian.shape
    across, down = columns + 2.2, rows + 2.9  # cells, with gaps and names
    cell = min(CELL, WIDTH / across)
    figure = Figure(figsize=(cell * across, cell * down), dpi=DPI)
    grid = figure.add_gridspec(
        2, 2, width_ratios=(1, columns), height_ratios=(rows, 1), left=0.1 / across,
        right=1 - 0.1 / across, bottom=0.1 / down, top=1 - 0.8 / down,
        wspace=2 / (1 + columns), hspace=2 / (1 + rows),
    )  # fmt: skip
    _draw_table(figure.add_subplot(grid[0, 0]), "v", v[:, None])
    _draw_table(figure.add_subplot(grid[0, 1]), "J", jacobian)
    _draw_table(figure.add_subplot(grid[1, 1]), "v @ J", (v @ jacobian)[None])
    return figure


def _draw_table(axes, name: str, table: torch.Tensor, window: int = 0) -> None:
    values = table.detach().cpu()
    limit = find_limit(values)
    axes.imshow(values.numpy(), cmap=SIGNED, vmin=-2.5 * limit, vmax=2.5 * limit)
    for (row, column), value in zip(torch.cartesian_prod(*map(torch.arange, values.shape)),
                                    values.flatten().tolist(), strict=True):  # fmt: skip
        shown = round(value, 1) + 0  # never -0.0
        text = "0" if value == 0 else f"{value:.3g}" if value % 1 == 0 else f"{shown:.1f}"
        faint = GREY if value == 0 else "black"
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color=faint)
    for draw_line, size in zip((axes.axhline, axes.axvline), values.shape, strict=True):
        for edge in range(window, size, window) if window else ():
            draw_line(edge - 0.5, color="black", lw=1)
    axes.set(xticks=[], yticks=[])
    axes.set_title(name, fontsize=9, pad=3, family="monospace")
