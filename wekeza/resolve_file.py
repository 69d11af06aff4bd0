"""`wekeza resolve-file`: the rule on a file, without any server."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from graph.bulk.columns import COLUMNS, SEPARATOR
from graph.bulk.customers import NAMESPACE
from graph.bulk.file import PHASES, Summary
from graph.bulk.file import resolve_file as resolve_in_columns
from graph.errors import IdentityError
from graph.resolution.policy import UnknownPolicy, load_policy
from wekeza.ending import run_to_end
from wekeza.screen import Screen

HELP = f"""Resolve a Parquet or CSV file of customer records, without any server.

    Columns: {", ".join(COLUMNS)}. Only `record`, a key unique in the file, must be there; others are ignored and
    named. A field of text may hold several identifiers with `{SEPARATOR}` between them (in Parquet also a list).
    `country` is the ISO code of the source's country, `birth_date` is YYYY-MM-DD, `party_type` person or company;
    with `verified` false the identifiers of the row are claims.

    OUTPUT gets `record` and `gcid`. The ids are made in a public namespace and ranked by `record`: the same for the
    same file everywhere, and not those of a production graph.
"""

# What a user can put right.
TOLD = (IdentityError, UnknownPolicy)


def main() -> None:
    """The command without the others, and without what only they need."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(resolve_file)
    run_to_end(app, "wekeza resolve-file", sys.argv[2:], TOLD)


def resolve_file(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="*.parquet or *.csv")],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="*.parquet or *.csv; replaced if it is there.")],
    policy: Annotated[str, typer.Option(help="The name of a file in graph/policies.")] = "guarded",
    links: Annotated[
        Path | None, typer.Option(help="Also write the judged links: a, b, kind, accepted, reason.")
    ] = None,
) -> None:
    screen = Screen()
    chosen = load_policy(policy)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen.console, transient=True, disable=not screen.interactive) as progress:
        bar = progress.add_task("", total=len(PHASES))

        def watch(phase: str, share: float) -> None:
            progress.update(bar, description=phase, completed=PHASES.index(phase) + share)

        summary = resolve_in_columns(source, output, chosen, links, watch)
    show_summary(summary, output, screen)


resolve_file.__doc__ = HELP


def show_summary(summary: Summary, output: Path, screen: Screen) -> None:
    told, counted = summary.told, summary.counted
    if told.ignored:
        screen.say(f"Ignored columns: {', '.join(told.ignored)}. Known are {', '.join(COLUMNS)}.")
    screen.facts(
        {
            "records": told.records,
            "customers": summary.customers,
            "links accepted": summary.accepted,
            **{f"links refused: {reason}": links for reason, links in summary.refused.items()},
            "distinct values": counted.values,
            "values shared by too many": summary.crowded,
            "placeholders": counted.placeholders,
            "invalid identifiers": counted.invalid,
            **{f"unreadable {column}, taken as missing": fields for column, fields in told.unreadable.items()},
            **{f"{phase}, seconds": seconds for phase, seconds in summary.seconds.items()},
            "in all, seconds": sum(summary.seconds.values()),
        }
    )
    screen.say(
        f"{output} has the customer of each record. Its ids are of the public namespace {NAMESPACE.decode()!r}: "
        "not those of a production graph."
    )
