"""The command line: each command is a few lines that call what does the work; errors are one sentence."""

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from api.browser import BrowserMissing
from api.tokens import Role
from graph.errors import IdentityError
from graph.resolution.policy import UnknownPolicy
from ingest.errors import ConfigError
from ingest.grants import grants_of
from ingest.source import load_sources
from ledger.errors import LedgerError
from local.errors import LocalError
from samples.bank import BankError
from samples.newcomer import NewPerson
from wekeza import demo as demonstration
from wekeza import jobs, newcomer, rebuild, safekeeping, site
from wekeza.answers import ApiError
from wekeza.contracts import contracts
from wekeza.ending import run_to_end
from wekeza.inventory import inventory, to_markdown
from wekeza.keys import KeyTooShort
from wekeza.questions import questions
from wekeza.reports import reports
from wekeza.resolve_file import resolve_file
from wekeza.running import NotRunning, running_api
from wekeza.scenario import ScenarioFailed
from wekeza.screen import Screen
from wekeza.settings import Settings, SettingsError, known_sources, read_settings
from wekeza.sign_in import SignIns
from wekeza.stewardship import decide
from wekeza.verification import verify

# What a user can put right: told in one sentence, never as a traceback.
TOLD = (
    ApiError,
    BankError,
    BrowserMissing,
    demonstration.DemoFailed,
    IdentityError,
    KeyTooShort,
    LedgerError,
    LocalError,
    NotRunning,
    rebuild.RebuildFailed,
    rebuild.RebuildRefused,
    safekeeping.SecretMissing,
    ScenarioFailed,
    SettingsError,
    UnknownPolicy,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
ingest = typer.Typer(no_args_is_help=True, help="Read the sources: list, check, once, run.")
ledger = typer.Typer(no_args_is_help=True, help="The memory in one file: dump, restore.")
app.add_typer(ingest, name="ingest")
app.add_typer(decide, name="decide")
app.add_typer(ledger, name="ledger")
app.add_typer(questions)
app.add_typer(reports, name="reports")
app.add_typer(verify, name="verify")
app.command("resolve-file")(resolve_file)
screen = Screen()


def main() -> None:
    """Run the command line."""
    run_to_end(app, "wekeza", sys.argv[1:], TOLD)


@app.command()
def demo() -> None:
    """Start real servers, run the scenario, show the answers. At a terminal everything stays up until Ctrl-C."""
    demonstration.run_demo(read_settings(), screen, linger)


@app.command()
def up() -> None:
    """Start the servers, the sample bank, the scheduled jobs and the API, until Ctrl-C."""
    with site.open_site(read_settings(), screen) as opened, site.serving(opened):
        demonstration.show_servers(opened, screen)
        demonstration.show_links(opened, None, screen)
        screen.say("Running. Ctrl-C ends it.")
        signal.pause()


def linger() -> None:
    """Keep what runs for somebody who watches; where nobody does, end."""
    if screen.interactive and sys.stdin.isatty():
        screen.say(
            "\nEverything keeps running for you. Ctrl-C ends it and leaves nothing behind but the data directory."
        )
        signal.pause()


@app.command()
def serve() -> None:
    """Serve GraphQL and REST until a signal."""
    uvloop.run(jobs.serve(read_settings()))


@app.command()
def resolve(
    everything: Annotated[bool, typer.Option("--all", help="Every record, not only those that are due.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="However many customers lose records by it.")] = False,
) -> None:
    """Resolve what is due; an unchanged graph is not written to. A changed policy shows what it changes, then does."""
    report = uvloop.run(jobs.resolve(read_settings(), screen, everything=everything, dry_run=dry_run, accept=accept))
    if report is None:
        return
    screen.say(
        f"{report.records:,} records in {report.components:,} components: {report.created:,} customers created, "
        f"{report.merged:,} merged, {report.split:,} split; {report.links:,} links, {report.refused:,} refused."
    )


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="Who it is for.")] = Role.INVESTIGATOR,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is valid.")] = 12,
) -> None:
    """Print a bearer token of the local issuer."""
    typer.echo(site.new_token(read_settings().data, role, hours))


@app.command("sign-in")
def sign_in(role: Annotated[Role, typer.Option(help="As whom.")] = Role.INVESTIGATOR) -> None:
    """Print a link to the query page of the running service that signs in once, within minutes."""
    now = read_settings()
    typer.echo(SignIns(now.data).link(running_api(now), role))


@app.command()
def customer(
    name: Annotated[str, typer.Option(help="First and last name, middle names between.")],
    phone: Annotated[str | None, typer.Option(help="A Kenyan mobile number, in any form.")] = None,
    national_id: Annotated[str | None, typer.Option(help="Invented if not given.")] = None,
    email: Annotated[str | None, typer.Option(help="Invented if not given.")] = None,
) -> None:
    """Put your own customer into the running sample bank's systems and watch her join."""
    given = {"name": name, "phone": phone, "national_id": national_id, "email": email}
    try:
        person = NewPerson(**{field: value for field, value in given.items() if value is not None})
    except ValueError as fault:
        raise SettingsError(str(fault)) from fault
    newcomer.watch_newcomer(read_settings(), person, screen)


@app.command()
def settings() -> None:
    """List what can be set, with the values in force; secrets are not shown."""
    now = read_settings()
    screen.table(
        ("variable", "value", "what"),
        [(variable_of(name), getattr(now, name), field.description) for name, field in Settings.model_fields.items()],
    )


@ingest.command("list")
def list_sources(
    markdown: Annotated[bool, typer.Option("--markdown", help="The text of docs/sources.md.")] = False,
) -> None:
    """The systems that are known, what the inventory says of them, and how each is doing."""
    if markdown:
        typer.echo(to_markdown(inventory(load_sources().values())), nl=False)
    else:
        uvloop.run(jobs.list_sources(read_settings(), screen))


@ingest.command("check")
def check_sources(names: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Check source files, and the columns of each source that is switched on. Exit code 1 if one is wrong."""
    _exit_unless(uvloop.run(jobs.check(read_settings(), names, screen)))


@ingest.command("once")
def ingest_once(
    names: Annotated[list[str] | None, typer.Argument()] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="However many records end and customers lose records by it.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Read again what changed on this day and after it."),
    ] = None,
) -> None:
    """Read the named sources (or all that are switched on) once and resolve. Exit code 1 if one failed."""
    since_day = since and since.date()
    _exit_unless(uvloop.run(jobs.ingest_once(read_settings(), names, screen, since=since_day, accept=accept)))


@ingest.command("replay")
def replay_letters(names: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Try the rows again that became no record. Exit code 1 if some are left."""
    _exit_unless(uvloop.run(jobs.replay(read_settings(), names, screen)))


@ingest.command("grants")
def print_grants(name: str) -> None:
    """Print the script by which a source's owner lets us read the declared columns alone. We never run it."""
    sources = known_sources(read_settings())
    if name not in sources:
        raise ConfigError(f"There is no source {name}; `wekeza ingest list` lists them.")
    typer.echo(grants_of(sources[name]))


@ingest.command("contracts")
def write_contracts(folder: Path) -> None:
    """Write the JSON Schema of every topic of Kafka, ours too, into a folder, such as docs/events."""
    for name, text in contracts().items():
        (folder / name).write_text(text, encoding="utf-8")


@ingest.command("run")
def ingest_run(names: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Read the named sources (or all that are switched on) on schedule, until a signal.

    Several such processes share the work: each source is read by one of them, and taken over when that one ends.
    """
    uvloop.run(jobs.ingest_run(read_settings(), names))


@app.command("rebuild")
def rebuild_graph(
    into: Annotated[
        str | None,
        typer.Option(
            help="An empty Neo4j of yours to fill, by its address; user and password are NEO4J_USER and NEO4J_PASSWORD."
        ),
    ] = None,
) -> None:
    """Make the graph anew from the ledger and the sources, in a second store, verify it, then swap."""
    rebuild.rebuild(read_settings(), screen, into=into)


@ledger.command("dump")
def dump_ledger(file: Path) -> None:
    """Write the whole ledger to a file."""
    safekeeping.dump_ledger(read_settings(), file, screen)


@ledger.command("restore")
def restore_ledger(file: Path) -> None:
    """Fill an empty ledger from such a file, all or nothing."""
    safekeeping.restore_ledger(read_settings(), file, screen)


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    return (
        field.upper()
        if field in {"neo4j_uri", "neo4j_user", "neo4j_password", "database_url"}
        else f"WEKEZA_{field.upper()}"
    )


def _exit_unless(fine: bool) -> None:
    if not fine:
        raise typer.Exit(1)
