"""The look of the book's figures, and two small helpers for their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

BLUE, RUST, GREEN, PLUM, INK = "#0072B2", "#B84A00", "#00795A", "#A8447F", "#222222"
ONE_PANEL = (6.4, 4.0)  # inches
TWO_PANELS = (9.0, 3.6)


def style() -> None:
    """Set matplotlib's defaults for the book: call it once, in the first cell of a chapter."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=[BLUE, RUST, GREEN, PLUM, INK]),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "figure.figsize": ONE_PANEL,
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "savefig.dpi": 160,
            "font.size": 10.0,
            "lines.linewidth": 2.0,
            "mathtext.fontset": "dejavusans",
            "xtick.direction": "out",
            "ytick.direction": "out",
        }
    )


def label_line(
    ax: Axes,
    line: Line2D,
    text: str,
    *,
    at: float | None = None,
    offset: tuple[float, float] = (5.0, 0.0),
    **options: Any,
) -> None:
    """Write a label in words at a line, in the line's colour, instead of a legend box.

    Parameters
    ----------
    ax : Axes
    line : Line2D
        A line already drawn.
    text : str
        The label.
    at : float, optional
        Where on the x-axis, in data units; the end of the line if left out.
    offset : (float, float)
        Shift of the text from that point, in points.
    **options
        Passed on to ``Axes.annotate`` (``ha``, ``va``, ``rotation``, ...).

    Raises
    ------
    ValueError
        If ``at`` is off the line.
    """
    import numpy as np

    x, y = (np.asarray(v, dtype=float) for v in line.get_data())
    drawn = np.isfinite(x) & np.isfinite(y)
    x, y = x[drawn], y[drawn]
    if at is None:
        point = (x[-1], y[-1])
    elif x.min() <= at <= x.max():
        order = np.argsort(x)
        point = (at, float(np.interp(at, x[order], y[order])))
    else:
        raise ValueError(f"at = {at:g} must be on the line, between {x.min():g} and {x.max():g}")
    settings = {"color": line.get_color(), "va": "center", "annotation_clip": False} | options
    ax.annotate(text, point, xytext=offset, textcoords="offset points", **settings)


def mark(
    ax: Axes, x: float, y: float, text: str, *, offset: tuple[float, float], **options: Any
) -> None:
    """Mark a special point with a dot and a word."""
    ax.plot([x], [y], "o", color=INK, ms=5, zorder=5)
    settings = {"color": INK, "va": "center"} | options
    ax.annotate(text, (x, y), xytext=offset, textcoords="offset points", **settings)
