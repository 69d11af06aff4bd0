"""Cypher lives in cypher/, one statement a file, each used by its name; Python holds none."""

import ast
import re
from pathlib import Path

import pytest

from graph.statements import statement, statement_names
from tests.architecture.tree import ROOT, named, python_files

STAGES = (
    *("schema_", "load_", "resolve_", "decide_", "run_", "restore_", "copy_", "verify_"),
    *("read_", "project_", "explain_", "review_", "browse_"),
)
TYPED = "read_linked_equals_memberships"  # the law as a person types it: the README shows it, and a test runs it
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|CREATE|DETACH DELETE)\s+[($]|\bOPTIONAL MATCH\b|\bRETURN\s+\w+\s*\{")


def strings(file: Path) -> list[str]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


@pytest.mark.parametrize("file", python_files(), ids=named)
def test_python_holds_no_cypher(file: Path) -> None:
    assert [text for text in strings(file) if CYPHER.search(text)] == []


def test_the_scan_would_find_cypher() -> None:
    assert CYPHER.search("MATCH (g:GlobalCustomer) RETURN g")
    assert CYPHER.search("UNWIND $rows AS row")


def test_every_statement_is_used_by_its_name() -> None:
    texts = [text for file in python_files("graph", "api", "ingest", "wekeza") for text in strings(file)]
    # A name may be composed: f"load_{kind}s" leaves its constant beginning in the source.
    unused = [
        name
        for name in statement_names()
        if not name.startswith(("schema_", "project_")) and name != TYPED and not any(text == name for text in texts)
    ]
    assert unused == []


@pytest.mark.parametrize("name", statement_names())
def test_statement_is_one_and_says_its_stage(name: str) -> None:
    assert name.startswith(STAGES)
    assert ";" not in statement(name)
    first = (ROOT / "cypher" / f"{name}.cypher").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("// "), "the first line says what the statement is for"
