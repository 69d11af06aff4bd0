"""The product's own files, as the architecture tests walk them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "graph", "ingest", "ledger", "local", "samples", "wekeza")


def python_files(*packages: str) -> list[Path]:
    return sorted(file for package in packages or PACKAGES for file in (ROOT / package).rglob("*.py"))


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))
