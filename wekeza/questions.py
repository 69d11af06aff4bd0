"""Commands that ask about identity: nothing here writes anything."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer
import uvloop

from graph.proposals import Different, Release, Same, Suppress, Undo
from graph.resolution.policy import load_policy
from graph.resolution.review import Topic
from graph.what_if import BadPolicy, Change, Delete, change_policy, read_setting
from wekeza import replies
from wekeza.screen import Screen
from wekeza.settings import read_settings
from wekeza.wiring import Parts, connect

T = TypeVar("T")

questions = typer.Typer(no_args_is_help=True, help=__doc__)
what_if = typer.Typer(no_args_is_help=True, help="What would change if …: computed, shown, nothing written.")
questions.add_typer(what_if, name="what-if")
screen = Screen()


def read_moment(text: str) -> datetime:
    """A date or a time in ISO 8601; in UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a date or a time like 2026-03-03 or 2026-03-03T08:00+03:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Gcid = Annotated[str, typer.Argument(help="A GlobalCustomerId, also one of the past.")]
Record = Annotated[str, typer.Argument(help="A record as system|entity|id; quote it.")]
Kind = Annotated[str, typer.Argument(help="Phone, NationalId, Email, …")]
Raw = Annotated[str, typer.Argument(metavar="VALUE", help="In any form in which it is written.")]
Country = Annotated[str | None, typer.Option(help="ISO code of the country that issued it.")]
Moment = Annotated[datetime | None, typer.Option(parser=read_moment, metavar="TIME", help="ISO 8601; UTC if not said.")]


@questions.command("history")
def tell_history(gcid: Gcid, as_of: Moment = None) -> None:
    """What happened to a customer; with --as-of, what it was then, as we knew it."""

    async def ask(parts: Parts) -> list[str]:
        history = parts.history()
        if as_of is not None:
            return list(replies.of_customer_then(await history.customer_as_of(gcid, as_of)))
        answer = replies.of_answer(await history.answer(gcid))
        return [answer, *map(replies.of_event, await history.events(gcid))]

    _say(_ask(ask))


@questions.command("holders")
def tell_holders(kind: Kind, value: Raw, country: Country = "KE", at: Moment = None) -> None:
    """Who had a value, and whether they did at a time: by our dates and by their sources' own."""
    when = at or datetime.now(UTC)

    async def ask(parts: Parts) -> list[str]:
        found = await parts.history().holders_of(kind, value, country, when)
        return list(replies.of_holders(found, when))

    _say(_ask(ask))


@questions.command("why")
def tell_why(a: Record, b: Record) -> None:
    """Why two records are one customer, or why they are not."""

    async def ask(parts: Parts) -> list[str]:
        return list(replies.of_why(await parts.explanations().why(a, b), a, b))

    _say(_ask(ask))


@questions.command("construction")
def tell_construction(gcid: Gcid) -> None:
    """How a customer was put together, step by step, and what happened to it since."""

    async def ask(parts: Parts) -> list[str]:
        built = await parts.explanations().construction(gcid)
        events = await parts.history().events(built.gcid)
        return [*replies.of_construction(built), *map(replies.of_event, events)]

    _say(_ask(ask))


@questions.command("bridges")
def tell_bridges(gcid: Gcid) -> None:
    """Which single record, value or decision holds a customer together."""

    async def ask(parts: Parts) -> list[str]:
        return list(replies.of_bridges(await parts.explanations().bridges(gcid)))

    _say(_ask(ask))


@questions.command("review")
def tell_review(
    reason: Annotated[Topic | None, typer.Option(help="Only this one.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    after: Annotated[str | None, typer.Option(help="Go on after the item with this key.")] = None,
) -> None:
    """What only a person can decide, the weightiest first."""

    async def ask(parts: Parts) -> list[str]:
        review = parts.review()
        queue = await review.queue(reason)
        counts = ", ".join(f"{number:,} {topic.value}" for topic, number in queue.counts().items() if number)
        lines = [f"To decide: {counts or 'nothing'}."]
        if not queue.complete:
            lines.append("There are more refused links than are looked at: these are not all.")
        shown = await review.show(queue.after(after)[:limit])
        return [*lines, *(line for case in shown for line in replies.of_case(case))]

    _say(_ask(ask))


@questions.command("runs")
def tell_runs(limit: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """The last steps, and how many records changed their id in each."""

    async def ask(parts: Parts) -> list[tuple[Any, ...]]:
        return [replies.of_run(run) for run in await parts.history().runs(limit)]

    columns = ("step", "at", "kind", "system", "records", "churn", "share")
    screen.table(columns, _ask(ask), numbers=("step", "records", "churn", "share"))


@what_if.command("suppress")
def preview_suppress(kind: Kind, value: Raw, country: Country = "KE") -> None:
    """A value linked nobody any more."""
    _preview(lambda parts: Suppress(kind, value, country))


@what_if.command("release")
def preview_release(kind: Kind, value: Raw, country: Country = "KE") -> None:
    """A value linked in spite of being a filler or shared by many."""
    _preview(lambda parts: Release(kind, value, country))


@what_if.command("same")
def preview_same(a: Record, b: Record) -> None:
    """A steward said that two records are one customer."""
    _preview(lambda parts: Same(a, b))


@what_if.command("different")
def preview_different(
    left: Annotated[list[str], typer.Option(help="A record of the one side; may be given often.")],
    right: Annotated[list[str], typer.Option(help="A record of the other side; may be given often.")],
) -> None:
    """A steward said that nobody on the left is anybody on the right."""
    _preview(lambda parts: Different(frozenset(left), frozenset(right)))


@what_if.command("undo")
def preview_undo(decision: Annotated[int, typer.Argument(help="The number of a decision.")]) -> None:
    """A decision stood no more."""
    _preview(lambda parts: Undo(decision))


@what_if.command("delete")
def preview_delete(record: Record) -> None:
    """The source had a record no longer."""
    _preview(lambda parts: Delete(record))


@what_if.command("policy")
def preview_policy(
    settings: Annotated[list[str], typer.Argument(metavar="NAME|SETTING=VALUE...", help="extended, or cap=20 hub=500")],
) -> None:
    """Another policy held, or this one with other settings. Looks at every record."""
    _preview(lambda parts: _changed_policy(parts, settings))


def _changed_policy(parts: Parts, words: Iterable[str]) -> Change:
    names = [word for word in words if "=" not in word]
    if len(names) > 1:
        raise BadPolicy("Name at most one policy; settings are written as cap=20.")
    policy = load_policy(names[0]) if names else parts.policy
    pairs = (word.split("=", 1) for word in words if "=" in word)
    return change_policy(policy, {name.strip(): read_setting(text.strip()) for name, text in pairs})


def _preview(change: Callable[[Parts], Change]) -> None:
    async def ask(parts: Parts) -> list[str]:
        return list(replies.of_preview(await parts.what_if().preview(change(parts))))

    _say(_ask(ask))


def _ask(question: Callable[[Parts], Awaitable[T]]) -> T:
    """Connect, ask, and let go."""

    async def run() -> T:
        async with connect(read_settings()) as parts:
            return await question(parts)

    return uvloop.run(run())


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        screen.say(line)
