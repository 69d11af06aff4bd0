"""The commands about the relational copy: bring it up to date, say what is in it."""

from typing import Annotated

import typer
import uvloop

from graph.copy import CopyReport
from ledger.reports_model import GRANTS, describe, may_be_read
from wekeza.screen import Screen
from wekeza.settings import read_settings
from wekeza.wiring import connect

reports = typer.Typer(no_args_is_help=True, help="The relational copy that reports read: refresh, model.")
screen = Screen()


@reports.command()
def refresh(
    from_nothing: Annotated[bool, typer.Option("--from-nothing", help="Compare everything with the graph.")] = False,
) -> None:
    """Bring the copy up to date; what is in it as it should be is not written."""
    report, granted = uvloop.run(_refresh(from_nothing))
    screen.table(
        ("table", "rows written", "rows taken away"),
        [(name, f"{it.written:,}", f"{it.removed:,}") for name, it in report.tables.items()],
        numbers=("rows written", "rows taken away"),
    )
    screen.say(f"The copy is up to date with step {report.step:,}.")
    if not granted:
        screen.say(f"The role wekeza_reports may not read it: have an administrator of PostgreSQL run\n{GRANTS}")


@reports.command()
def model() -> None:
    """Print what the copy holds, as Markdown: docs/data-model.md."""
    typer.echo(uvloop.run(_describe()), nl=False)


async def _refresh(from_nothing: bool) -> tuple[CopyReport, bool]:
    async with connect(read_settings()) as parts:
        report = await parts.copier().publish(from_nothing=from_nothing)
        async with parts.ledger.transaction() as connection:
            return report, await may_be_read(connection)


async def _describe() -> str:
    async with connect(read_settings()) as parts, parts.ledger.transaction() as connection:
        return await describe(connection)
