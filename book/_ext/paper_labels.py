"""Equations of the papers show their own id: the label GRH08-12 is printed as (GRH08-12)."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

PAPER = re.compile(r"[A-Z]{2,5}\d*-[A-Za-z0-9.]+(-[A-Za-z0-9.]+)*")  # GRH08-12, GRH08-IIA-2


class PaperLabels(SphinxTransform):
    """Put the label in the place of the running number, on the page and in references."""

    default_priority = 999  # after the equations have been numbered

    def apply(self, **kwargs: Any) -> None:
        equations = self.env.get_domain("math").equations  # type: ignore[attr-defined]
        for node in self.document.findall(nodes.math_block):
            label = node.get("label") or ""
            if PAPER.fullmatch(label):
                node["number"] = label
                equations[label] = (self.env.docname, label)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(PaperLabels)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
