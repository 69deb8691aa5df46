"""The package as a whole: light to import, typed, documented by examples that run."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import offshoring

MODULES = ["offshoring"] + [
    m.name for m in pkgutil.walk_packages(offshoring.__path__, prefix="offshoring.")
]


def test_importing_the_package_loads_neither_sympy_nor_matplotlib():
    code = (
        "import sys, offshoring, offshoring.trading_tasks, offshoring.evidence, offshoring.figures;"
        "print([m for m in ('sympy', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_some_docstrings_have_examples():
    """The test above would be empty without them."""
    found = (doctest.DocTestFinder().find(importlib.import_module(n)) for n in MODULES)
    assert sum(bool(test.examples) for tests in found for test in tests) >= 12


def test_models_import_no_other_model():
    """Arrows run one way: a model uses the ground floor, never another model."""
    ground = {"branches", "schedules", "technologies", "residuals", "roots", "validation"}
    folder = Path(offshoring.__file__).parent
    for model in [p for p in folder.iterdir() if p.is_dir() and (p / "__init__.py").exists()]:
        allowed = {f"from offshoring.{name}" for name in ground | {model.name}}
        for file in model.glob("*.py"):
            lines = file.read_text("utf8").splitlines()
            used = [line for line in lines if line.startswith(("from offshoring", "import offsh"))]
            assert all(line.startswith(tuple(allowed)) for line in used), file


def test_the_package_is_typed():
    assert (Path(offshoring.__file__).parent / "py.typed").exists()
