"""The commands, as far as they can be tested without a network."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "tasks.py"


@pytest.fixture
def tasks(tmp_path: Path) -> ModuleType:
    """The commands, working on a small clone of their own."""
    spec = importlib.util.spec_from_file_location("tasks_under_test", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    files = {
        "offshoring/schedules.py": "T = 1\n",
        "book/chapter.md": f"---\n{module.PAIRED}\n---\n",
        "book/prose.md": "# Prose\n",
        "book/ledger.yml": "rows: []\n",
        "book/_ext/ledger.py": "x = 1\n",
        "book/data/numbers.csv": "1\n",
        "requirements.txt": "-c constraints.txt\n-e .\nnumpy==2.0\n",
        "constraints.txt": "numpy==2.0\n",
        "pyproject.toml": "[project]\nname = 'offshoring'\n[tool.ruff]\nline-length = 100\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    return module


def built(tasks: ModuleType) -> dict[str, Path]:
    """The traces of a build that succeeded."""
    tasks.forget_stale_results()
    traces = {
        "outputs": tasks.ROOT / "_build" / ".jupyter_cache" / "run",
        "pages": tasks.ROOT / "_build" / "html" / "index.html",
        "doctrees": tasks.ROOT / "_build" / ".doctrees" / "page",
    }
    for path in traces.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("built", "utf8")
    tasks.page_stamp().write_text(tasks.pages_fingerprint(), "utf8")
    return traces


def left(tasks: ModuleType, traces: dict[str, Path]) -> set[str]:
    tasks.forget_stale_results()
    return {name for name, path in traces.items() if path.exists()}


def test_nothing_is_forgotten_when_nothing_changed(tasks: ModuleType) -> None:
    assert left(tasks, built(tasks)) == {"outputs", "pages", "doctrees"}


@pytest.mark.parametrize(
    "name",
    ["offshoring/schedules.py", "book/data/numbers.csv", "requirements.txt", "constraints.txt"],
)
def test_every_output_is_forgotten_when_its_source_changes(tasks: ModuleType, name: str) -> None:
    traces = built(tasks)
    (tasks.ROOT / name).write_text("changed = 2\n", "utf8")
    assert left(tasks, traces) == set()


def test_every_output_is_forgotten_when_a_module_moves(tasks: ModuleType) -> None:
    traces = built(tasks)
    (tasks.ROOT / "offshoring" / "schedules.py").rename(tasks.ROOT / "offshoring" / "other.py")
    assert left(tasks, traces) == set()


@pytest.mark.parametrize("name", ["book/ledger.yml", "book/_ext/ledger.py", "_config.yml"])
def test_outputs_stay_when_only_pages_change(tasks: ModuleType, name: str) -> None:
    traces = built(tasks)
    (tasks.ROOT / name).write_text("changed: 2\n", "utf8")
    assert left(tasks, traces) == {"outputs"}


def test_pages_are_written_again_after_a_failed_build(tasks: ModuleType) -> None:
    # a page that is not read again does not repeat its warnings, so a second build would be green
    traces = built(tasks)
    tasks.page_stamp().unlink()
    assert left(tasks, traces) == {"outputs"}


def test_a_failed_build_leaves_no_stamp_and_passes_its_code_on(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "environment", lambda: None)
    codes = iter([7, 0])
    monkeypatch.setattr(tasks, "run", lambda *args, **limits: next(codes))
    assert tasks.main(["book"]) == 7
    assert not tasks.page_stamp().exists()
    assert tasks.main(["book"]) == 0
    assert tasks.page_stamp().exists()


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt", "pyproject.toml"])
def test_environment_is_remade_when_the_pins_change(tasks: ModuleType, name: str) -> None:
    before = tasks.environment_fingerprint()
    (tasks.ROOT / name).write_text("[project]\nname = 'renamed'\n", "utf8")
    assert tasks.environment_fingerprint() != before


def test_environment_stays_when_only_a_linter_setting_changes(tasks: ModuleType) -> None:
    before = tasks.environment_fingerprint()
    project = tasks.ROOT / "pyproject.toml"
    project.write_text(project.read_text("utf8").replace("100", "90"), "utf8")
    assert tasks.environment_fingerprint() == before


def test_environment_is_remade_when_the_clone_moves_but_not_when_it_is_linked(
    tasks: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = tasks.environment_fingerprint()
    other = tmp_path_factory.mktemp("other") / "clone"
    original = tasks.ROOT
    tasks.ROOT = original.rename(other)
    assert tasks.environment_fingerprint() != before
    tasks.ROOT = other.rename(original)
    (original / ".venv").mkdir()
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        (tmp_path_factory.getbasetemp() / name).write_bytes((original / name).read_bytes())
    tasks.ROOT = tmp_path_factory.getbasetemp()
    (tasks.ROOT / ".venv").symlink_to(original / ".venv")
    assert tasks.environment_fingerprint() == before


def test_a_half_made_environment_is_remade(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def pretend(words: str, *command: object, minutes: float) -> int:
        steps.append(words)
        tasks.python().parent.mkdir(parents=True, exist_ok=True)
        tasks.python().write_text("", "utf8")
        return 1 if interrupted and "installing" in words else 0

    monkeypatch.setattr(tasks, "run", pretend)
    interrupted = True
    with pytest.raises(tasks.Refusal, match="could not be installed"):
        tasks.environment()
    interrupted = False
    tasks.environment()
    assert sum("making" in words for words in steps) == 2
    tasks.environment()
    assert sum("making" in words for words in steps) == 2, "a complete one stays"


def test_removing_a_linked_environment_keeps_what_it_points_at(
    tasks: ModuleType, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    (tmp_path / ".venv").symlink_to(target)
    tasks.remove(tmp_path / ".venv")
    assert target.is_dir()
    assert not (tmp_path / ".venv").exists()


def test_children_find_our_package_and_programs_first(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "theirs")
    monkeypatch.setenv("MPLBACKEND", "agg")
    env = tasks.child_environment()
    assert env["PYTHONPATH"] == os.pathsep.join([str(tasks.ROOT), "theirs"])
    assert env["PATH"].split(os.pathsep)[0] == str(tasks.programs())
    assert "MPLBACKEND" not in env


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
def test_an_old_python_is_told_so(tasks: ModuleType, version: tuple[int, ...]) -> None:
    words = tasks.python_problem(version)
    assert "needs Python 3.11 or newer" in words
    assert ".".join(map(str, version)) in words


def test_this_python_will_do(tasks: ModuleType) -> None:
    assert tasks.python_problem((3, 11, 0)) == tasks.python_problem(sys.version_info[:3]) == ""


def test_an_unknown_command_is_named(tasks: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tasks.main(["bok"]) == 2
    err = capsys.readouterr().err
    assert "no command 'bok'" in err
    assert all(name in err for name in tasks.COMMANDS)


def test_an_argument_too_many_is_named(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.main(["clean", "everything"]) == 2
    assert "clean takes no argument, and got: everything" in capsys.readouterr().err


def test_without_a_command_every_one_is_listed_on_a_line(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.main([]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(tasks.COMMANDS)
    assert all(len(line.split()) > 3 for line in lines)


def test_chapters_are_chosen_by_name(tasks: ModuleType) -> None:
    chapter = tasks.ROOT / "book" / "chapter.md"
    for names in ([], ["chapter"], ["book/chapter.md"], ["book/chapter.ipynb"]):
        assert tasks.chosen(names) == [chapter]
    with pytest.raises(tasks.Refusal, match=r"no chapter 'prose'\. There are: chapter"):
        tasks.chosen(["prose"])


@pytest.mark.parametrize("name", ["pages", "open"])
def test_without_a_build_the_reader_is_told_what_to_run(
    tasks: ModuleType,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tasks, "environment", lambda: None)
    assert tasks.main([name]) == 1
    assert "Run first: python3 tasks.py book" in capsys.readouterr().err


def test_pins_that_depend_on_a_place_are_refused(tasks: ModuleType) -> None:
    assert tasks.pins("numpy==2.0\n").endswith("\nnumpy==2.0\n")
    for bad in ("numpy @ file:///home/me/numpy", "--index-url https://example.org/simple"):
        with pytest.raises(tasks.Refusal, match="holds everywhere"):
            tasks.pins(f"scipy==1.0\n{bad}\n")


def test_a_step_that_hangs_is_stopped_with_its_children(tasks: ModuleType) -> None:
    inner = "import time, pathlib; time.sleep(2); pathlib.Path('late').write_text('')"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    begin = time.monotonic()
    with pytest.raises(tasks.Refusal, match="Stopped after"):
        tasks.run("hanging", sys.executable, "-c", outer, minutes=0.01)
    assert time.monotonic() - begin < 1.9
    time.sleep(2.5)
    assert not (tasks.ROOT / "late").exists()


@pytest.mark.parametrize("script, code", [("raise SystemExit(5)", 5), ("", 0)])
def test_exit_codes_are_passed_on(tasks: ModuleType, script: str, code: int) -> None:
    assert tasks.run("trying", sys.executable, "-c", script, minutes=1) == code


def test_clean_removes_what_was_made_and_nothing_else(tasks: ModuleType) -> None:
    sources = {p for p in tasks.ROOT.rglob("*") if p.is_file()}
    built(tasks)
    cache = tasks.ROOT / "offshoring" / "__pycache__"
    cache.mkdir()
    (tasks.ROOT / ".venv").mkdir()
    assert tasks.main(["clean"]) == 0
    assert {p for p in tasks.ROOT.rglob("*") if p.is_file()} == sources
    assert not cache.exists()


def test_the_list_is_shown_by_a_bare_python() -> None:
    shown = subprocess.run(
        [sys.executable, "-S", "-I", str(SOURCE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Run the chapters" in shown.stdout
