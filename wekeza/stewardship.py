"""``wekeza decide``: what a steward decides, and what that changed, in sentences. Identifiers are masked."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from getpass import getuser
from typing import Annotated, TypeVar

import typer
import uvloop

from graph.decisions import DecisionReport, StandingDecision, Steward
from graph.erasure import ErasureReport
from graph.errors import BadDecision
from graph.proposals import Correct, Different, Proposal, Release, Same, Suppress, Undo
from wekeza.replies import REASONS, instant, of_change, of_preview
from wekeza.screen import Screen
from wekeza.settings import read_settings
from wekeza.wiring import connect

T = TypeVar("T")

decide = typer.Typer(no_args_is_help=True, help="Decide what the rule cannot know; every decision can be undone.")
screen = Screen()


def _operator() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container's user may have no name
        raise BadDecision("This user has no name: say who decides with --by NAME.") from None


Record = Annotated[str, typer.Argument(help="A record as system|entity|id; quote it.")]
Kind = Annotated[str, typer.Argument(help="Phone, NationalId, Email, …")]
Raw = Annotated[str, typer.Argument(metavar="VALUE", help="In any form in which it is written.")]
Country = Annotated[str | None, typer.Option(help="ISO code of the country that issued it.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
By = Annotated[str, typer.Option(default_factory=_operator, show_default="this user", help="Who decides.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")]
Side = Annotated[list[str] | None, typer.Option(help="A record of this side; may be given often.")]


@decide.command()
def same(a: Record, b: Record, reason: Reason, by: By, dry_run: DryRun = False) -> None:
    """Two records are one person or company."""
    _decide(Same(a, b), reason, by, dry_run)


@decide.command()
def different(
    reason: Reason,
    by: By,
    pair: Annotated[list[str] | None, typer.Argument(metavar="[A B]", help="Two records of one customer.")] = None,
    left: Side = None,
    right: Side = None,
    dry_run: DryRun = False,
) -> None:
    """Two people: all who were with A and all who were with B when they were apart last; or exactly --left, --right."""
    if (len(pair or ()) == 2) == bool(left or right) or len(pair or ()) not in (0, 2):
        raise typer.BadParameter("give two records, or --left and --right, each once or more.")

    async def judge(steward: Steward) -> list[str]:
        sides = await steward.sides_of(*pair) if pair else (frozenset(left or ()), frozenset(right or ()))
        told = [f"Two sides: {', '.join(sorted(sides[0]))}; and {', '.join(sorted(sides[1]))}."]
        return told + await take(steward, Different(*sides), reason=reason, by=by, dry_run=dry_run)

    _say(_ask(judge))


@decide.command()
def suppress(kind: Kind, value: Raw, reason: Reason, by: By, country: Country = "KE", dry_run: DryRun = False) -> None:
    """A value says nothing about who somebody is: it links nobody, and tells nobody apart."""
    _decide(Suppress(kind, value, country), reason, by, dry_run)


@decide.command()
def release(kind: Kind, value: Raw, reason: Reason, by: By, country: Country = "KE", dry_run: DryRun = False) -> None:
    """A value links, though it looks like a filler or many share it."""
    _decide(Release(kind, value, country), reason, by, dry_run)


@decide.command()
def correct(
    gcid: Annotated[str, typer.Argument(help="A GlobalCustomerId, also one of the past.")],
    field: Annotated[str, typer.Argument(help="name, birth_date, party_type, national_id, phone or email.")],
    value: Annotated[str, typer.Argument(help="What it should say.")],
    reason: Reason,
    by: By,
    country: Country = "KE",
    dry_run: DryRun = False,
) -> None:
    """What a field of a customer says, whatever the sources say."""
    _decide(Correct(gcid, field, value, country), reason, by, dry_run)


@decide.command()
def undo(
    decision: Annotated[int, typer.Argument(help="Its number.")], reason: Reason, by: By, dry_run: DryRun = False
) -> None:
    """A decision stands no more; undoing an undo revives what it had ended."""
    _decide(Undo(decision), reason, by, dry_run)


@decide.command("list")
def list_decisions() -> None:
    """The decisions that stand."""
    standing = _ask(lambda steward: steward.standing())
    screen.table(("no.", "verdict", "at", "by", "about", "reason"), [of_standing(it) for it in standing])


@decide.command()
def erase(key: Record, reason: Reason, by: By) -> None:
    """Erase what a record said, for good: this cannot be undone. Its key stays out until it is released."""

    async def take_away(steward: Steward) -> list[str]:
        return of_erasure(await steward.erase(key, by=by, reason=reason))

    _say(_ask(take_away))


@decide.command("release-erased")
def release_erased(key: Record, reason: Reason, by: By) -> None:
    """An erased key may be loaded again, as somebody new."""

    async def let_in(steward: Steward) -> list[str]:
        await steward.release_erased(key, by=by, reason=reason)
        return ["The key may be loaded again, as a new record."]

    _say(_ask(let_in))


async def take(steward: Steward, proposal: Proposal, *, reason: str, by: str, dry_run: bool) -> list[str]:
    """Decide, or preview; answers what changed, or would, in sentences."""
    if dry_run:
        return ["Nothing is written.", *of_preview(await steward.preview(proposal))]
    return list(of_report(await steward.decide(proposal, by=by, reason=reason)))


def of_report(report: DecisionReport) -> Iterator[str]:
    yield f"Decision {report.decision} is taken."
    if report.suppressed:
        yield f"The value links nobody: {REASONS[report.suppressed]}."
    if not report.events:
        yield "No customer changed."
    for event in report.events:
        yield f"  {of_change(event)}"


def of_erasure(report: ErasureReport) -> list[str]:
    it = report.resolved
    if report.step is None:
        return ["The graph had forgotten the record before; the ledger has now, too."]
    return [f"The record is erased. Customers split: {it.split:,}, closed: {it.closed:,}; records moved: {it.churn:,}."]


def of_standing(decision: StandingDecision) -> tuple[int, str, str, str, str, str]:
    left, right = (", ".join(sorted(side)) for side in (decision.left, decision.right))
    about = " and ".join(filter(None, (left, right, *decision.values)))
    if decision.field:
        about = f"{decision.field} of {about}"
    return decision.id, decision.verdict, instant(decision.at), decision.by, about, decision.reason


def _decide(proposal: Proposal, reason: str, by: str, dry_run: bool) -> None:
    _say(_ask(lambda steward: take(steward, proposal, reason=reason, by=by, dry_run=dry_run)))


def _ask(work: Callable[[Steward], Awaitable[T]]) -> T:
    async def ask() -> T:
        async with connect(read_settings()) as parts:
            answer = await work(parts.steward())
            await parts.copier().publish()
            return answer

    return uvloop.run(ask())


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        screen.say(line)
