"""How the command line speaks: headings, facts and tables on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_OF_A_FILE = 120


class Screen:
    """Standard output for what was asked, standard error for what went wrong."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=False)
        if not self.console.is_terminal:
            self.console.width = WIDTH_OF_A_FILE
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)

    @property
    def interactive(self) -> bool:
        return self.console.is_terminal

    def heading(self, text: str) -> None:
        self.console.print()
        self.console.rule(Text(text, style="bold"), align="left", style="dim")

    def say(self, text: str) -> None:
        """A line for people; values are data, never markup."""
        self.console.print(Text(text), soft_wrap=True)

    def link(self, name: str, address: str) -> None:
        self.console.print(Text.assemble((f"  {name:<28}", "bold"), address), soft_wrap=True)

    def error(self, sentence: str) -> None:
        self._errors.print(Text.assemble(("wekeza: ", "bold red"), sentence))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: Sequence[str] = ()) -> None:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(_spell(cell)) for cell in row))
        self.console.print(table)

    def facts(self, facts: Mapping[str, Any]) -> None:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in facts.items():
            table.add_row(name, Text(_spell(value)))
        self.console.print(table)

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """A line that changes while something is awaited; where nobody watches, it is printed once."""
        if not self.interactive:
            self.say(text)
            yield lambda _: None
            return
        with self.console.status(Text(text)) as status:
            yield lambda newer: status.update(Text(newer))


def _spell(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}"
        case _:
            return str(value)
