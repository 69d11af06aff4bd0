"""``wekeza verify``: whether the laws hold; ``wekeza verify audit``: whether the audit chain is whole."""

import typer
import uvloop

from wekeza import jobs
from wekeza.auditing import prove_chain
from wekeza.safekeeping import ledger_dsn
from wekeza.screen import Screen
from wekeza.settings import read_settings

verify = typer.Typer(invoke_without_command=True)
screen = Screen()


@verify.callback()
def verify_laws(context: typer.Context) -> None:
    """Check the laws that a live graph can show, or with `audit` the audit chain. Exit code 1 if one is broken."""
    if context.invoked_subcommand is not None:
        return
    findings = uvloop.run(jobs.verify(read_settings()))
    if not findings:
        screen.say("All laws hold.")
        return
    for finding in findings:
        screen.say(f"Not so: {finding.law} ({finding.id})")
    raise typer.Exit(1)


@verify.command("audit")
def verify_audit() -> None:
    """Prove that the audit chain is whole, by itself and by its signed heads; else name the first wrong row."""
    settings = read_settings()
    with ledger_dsn(settings) as dsn:
        proof = uvloop.run(prove_chain(dsn, settings.data))
    if proof.fault:
        screen.say(f"The audit chain is broken: {proof.fault} {proof.rows:,} rows before it are whole.")
        raise typer.Exit(1)
    screen.say(
        f"The audit chain is whole: {proof.rows:,} rows, and a signed head vouches for the first {proof.signed:,}."
    )
