"""A file over 300 lines or a function over 50 tells that a name is missing."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, named, python_files

MODULE_LINES = 300
FUNCTION_LINES = 50
STATEMENT_LINES = 60


@pytest.mark.parametrize("file", python_files() + python_files("tests", "bench"), ids=named)
def test_module_and_its_functions_stay_small(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []


@pytest.mark.parametrize("file", sorted((ROOT / "cypher").glob("*.cypher")), ids=named)
def test_statement_stays_small(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= STATEMENT_LINES


@pytest.mark.parametrize("file", python_files(), ids=named)
def test_module_is_named_for_what_it_holds(file: Path) -> None:
    assert file.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools"}
