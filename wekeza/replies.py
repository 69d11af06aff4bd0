"""Answers to questions about identity, in words: lines for a person, identifiers masked, times in UTC."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from graph.explanation import Construction, Shared, ShownBridges, ShownLink, Why
from graph.past import Answer, Cause, Closed, Conflicting, Current, CustomerThen, Erased, Holder, Merged, PastEvent
from graph.resolution.bridges import Thing
from graph.resolution.explanation import Level
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import Topic
from graph.review import ShownCase
from graph.shown import ShownClash, ShownDecision, ShownValue
from graph.what_if import Item, Listing, Preview
from ledger.entries import EventKind, IdentityEvent
from ledger.history import Event, Run

FORGOTTEN = "(erased)"
GOLDEN = ("name", "birth_date", "party_type", "national_id_masked", "phone_masked", "email_masked")
# Why two records were not linked by what they share, said of "they" or "it", the value.
REASONS = {
    ReasonCode.INVALID_VALUE: "it is not valid",
    ReasonCode.PLACEHOLDER: "it is a filler that many type in",
    ReasonCode.SHARED_BY_TOO_MANY: "too many share it",
    ReasonCode.STEWARD_SUPPRESSED: "a steward suppressed it",
    ReasonCode.UNVERIFIED: "one of them only claims it",
    ReasonCode.NAMES_CONTRADICT: "their names contradict each other",
    ReasonCode.BIRTH_DATES_CONTRADICT: "their birth dates contradict each other",
    ReasonCode.NEEDS_CORROBORATION: "their names would have to agree",
    ReasonCode.DOCUMENTS_DISPUTED: "their names and birth dates contradict each other",
    ReasonCode.AMBIGUOUS: "it points to several customers",
    ReasonCode.DIFFERENT_PARTY_TYPES: "it would join a person and a company",
    ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS: "it would join two national ids",
    ReasonCode.STEWARD_DIFFERENT: "a steward said that they are different",
}
TOPICS = {
    Topic.SLIP: "Two national ids, one edit apart, of people with one name and birth date: is one a slip?",
    Topic.AMBIGUOUS: "To which of these customers do the records between them belong?",
    Topic.DOCUMENTS_DISPUTED: "Holders of one document contradict each other: whose is it?",
    Topic.INSIDE: "Records of one customer contradict each other: is it one?",
    Topic.DECISION: "Something speaks against a decision: does it still hold?",
}
NAMED = 5  # ids in one line
EVENTS = {
    EventKind.CREATED: "created",
    EventKind.MERGED: "merged from",
    EventKind.SPLIT: "split into",
    EventKind.MOVED: "took records from",
    EventKind.CLOSED: "closed",
    EventKind.ERASED: "erased",
}


def instant(at: datetime | None) -> str:
    return "–" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def of_answer(answer: Answer) -> str:
    match answer:
        case Current(gcid):
            return f"{gcid} is a customer."
        case Merged(gcid, into):
            return f"{gcid} was merged: {into} answers for it."
        case Conflicting(gcid, candidates):
            return f"{gcid} is no customer now; those who bore it live in {', '.join(candidates)}."
        case Closed(gcid):
            return f"{gcid} is closed: its records have left."
        case Erased(gcid):
            return f"{gcid} was erased."


def of_event(event: PastEvent) -> str:
    return f"{instant(event.at)}  {of_change(event)} {of_cause(event.cause)}"


def of_change(event: PastEvent | Event | IdentityEvent) -> str:
    """What happened, with the first of many ids that met or came apart."""
    others = [gcid for gcid in event.others if gcid != event.gcid or event.what is EventKind.SPLIT]
    named = ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED:,} more" if len(others) > NAMED else "")
    return f"{event.gcid} {EVENTS[event.what]} {named}".rstrip() + f" ({_count(event.records, 'record')})"


def of_cause(cause: Cause) -> str:
    if cause.decision is not None:
        return f"by decision {cause.decision.id} ({cause.decision.verdict.value}) of {cause.decision.by}"
    match cause.kind:
        case "load":
            return f"by step {cause.step}, which loaded {cause.system}"
        case "erase":
            return f"by step {cause.step}, which erased a record"
        case None:
            return "by resolving everything, as after a change of policy"
        case kind:
            return f"by step {cause.step} ({kind})"


def of_customer_then(then: CustomerThen) -> Iterator[str]:
    if not then.members and not then.erased:
        status = (then.golden or {}).get("status", "no customer yet")
        into = (then.golden or {}).get("into")
        yield f"On {instant(then.at)} {then.gcid} had no records: {status}{f' into {into}' if into else ''}."
        return
    yield f"{then.gcid} on {instant(then.at)}, as we knew it after step {then.step}:"
    yield f"  records: {', '.join((*then.members, *[FORGOTTEN] * then.erased))}"
    for name in GOLDEN:
        if then.golden and then.golden.get(name) is not None:
            yield f"  {name.removesuffix('_masked').replace('_', ' ')}: {then.golden[name]}"
    for held in then.identifiers:
        verb = "claimed" if held.claimed else "held"
        value = f"{held.value.kind} {held.value.masked}" if held.value.kind else FORGOTTEN
        source = f", by its source since {instant(held.source_since)}" if held.source_since else ""
        yield f"  {value} {verb} by {held.record or FORGOTTEN} since {instant(held.since)}{source}"
    for link in then.links:
        by = f"decision {link.decision}" if link.value is None else f"{link.kind} {link.value.masked or FORGOTTEN}"
        yield f"  {link.a or FORGOTTEN} = {link.b or FORGOTTEN} by {by} since {instant(link.since)}"


def of_holders(holders: Sequence[Holder], at: datetime) -> Iterator[str]:
    if not holders:
        yield "Nobody ever had this value."
    for it in holders:
        verb = "claimed" if it.claimed else "held"
        yield f"{it.record or FORGOTTEN} {verb} it from {instant(it.since)} until {_end(it.until)} by our dates,"
        if it.source_since or it.source_until:
            yield f"  from {instant(it.source_since)} until {_end(it.source_until)} by its source's;"
        else:
            yield "  and its source tells no dates;"
        said = {True: "yes", False: "no", None: "unknown"}
        yield f"  on {instant(at)}: by ours {said[it.then]}, by its source's {said[it.then_by_source]}" + (
            f", customer {it.customer}" if it.customer else ""
        )


def of_why(why: Why, a: str, b: str) -> Iterator[str]:
    if why.due:
        yield "A resolution is due; this is what it will come to."
    if why.same:
        yield f"{a} and {b} are one customer, {why.customers[0]}:" if why.chain else "This is one record."
        yield from (f"  {of_link(link)}" for link in why.chain)
        refused = [it for it in why.shared if it.reason is not None]
        if refused:
            yield "They are, in spite of this:"
        yield from (f"  {of_shared(it)}" for it in refused)
        return
    yield f"{a} and {b} are two customers, {why.customers[0]} and {why.customers[1]}."
    yield from (f"  {of_shared(it)}" for it in why.shared)
    if why.between:
        yield "Other records of the two share:"
    yield from (f"  {it.a} and {it.b}: {of_shared(it)}" for it in why.between)
    if why.clash:
        yield f"The two cannot be one: {of_clash(why.clash)}."
    if not why.shared and not why.between and not why.clash:
        yield "  They share nothing."


def of_link(link: ShownLink) -> str:
    since = f"since {instant(link.since)}" if link.since else "from the next resolution on"
    if link.value is None:
        by = of_decision(link.decision) if link.decision else "a decision"
        return f"{link.a} = {link.b} by {by}, {since}"
    dated = [f"{it.record} says since {instant(it.source_from)}" for it in link.holdings if it.source_from]
    return f"{link.a} = {link.b} by {of_value(link.value)} (stage {link.stage}), " + ", ".join((since, *dated))


def of_shared(shared: Shared) -> str:
    what = of_value(shared.value) if shared.value else of_decision(shared.decision) if shared.decision else "a decision"
    match shared.level:
        case Level.ACCEPTED:
            return f"{what} links them"
        case Level.UNUSED:
            return f"{what} is not compared by this policy"
        case _:
            reason = REASONS[shared.reason] if shared.reason else "it was refused"
            return f"{what} does not link them: {reason}" + (f" ({of_clash(shared.clash)})" if shared.clash else "")


def of_clash(clash: ShownClash) -> str:
    if clash.values:
        return f"{clash.a} holds {of_value(clash.values[0])}, {clash.b} holds {of_value(clash.values[1])}"
    if clash.decision:
        return f"{clash.a} and {clash.b}: {of_decision(clash.decision)}"
    return f"{clash.a} and {clash.b}: {REASONS[clash.reason]}"


def of_value(value: ShownValue) -> str:
    return " ".join(filter(None, (value.kind, value.country, value.masked)))


def of_decision(decision: ShownDecision) -> str:
    return f"decision {decision.id} ({decision.verdict}) of {decision.by} on {instant(decision.at)}"


def of_construction(built: Construction) -> Iterator[str]:
    yield f"{built.gcid} has {_count(len(built.members), 'record')}: {', '.join(built.members)}"
    for step in built.steps:
        sides = f"{_count(step.left, 'record')} and {_count(step.right, 'record')}"
        yield f"  {of_link(step.link)}: {sides}"


def of_bridges(bridges: ShownBridges) -> Iterator[str]:
    if not bridges.found:
        yield f"{bridges.gcid}: nothing of what was tried holds it together alone."
    for it in bridges.found:
        what = {Thing.RECORD: f"record {it.candidate.name}", Thing.VALUE: of_value(it.value) if it.value else "a value"}
        name = what.get(it.candidate.thing) or (of_decision(it.decision) if it.decision else it.candidate.name)
        yield f"Without {name}, {bridges.gcid} would fall into {len(it.parts)}:"
        yield from (f"  {', '.join(part)}" for part in it.parts)
    if bridges.untried:
        yield f"{bridges.tried} things were tried; {bridges.untried} more were not, because that would take too long."


def of_preview(preview: Preview) -> Iterator[str]:
    if preview.due:
        yield "A resolution is due: what it will do is in here too."
    if not preview.changed.total and not preview.events.total and not preview.links and not preview.refused:
        yield "Nothing would change."
        return
    yield (
        f"{preview.records:,} records looked at: {preview.customers_before:,} customers before, "
        f"{preview.customers_after:,} after; {_count(preview.changed.total, 'record')} would change id "
        f"({preview.churn:.2%}); {preview.links:,} links new, {preview.refused:,} refused."
    )
    happened = [f"{preview.happened[kind]:,} {kind.value}" for kind in EventKind if preview.happened[kind]]
    if happened:
        yield f"Customers: {', '.join(happened)}."
    for event in preview.events.items:
        yield f"  {of_change(event)}"
    yield from _rest(preview.events)
    for it in preview.changed.items:
        yield f"  {it.record}: {it.before} → {it.after or 'gone'}"
    yield from _rest(preview.changed)


def of_case(shown: ShownCase) -> Iterator[str]:
    case = shown.case
    yield f"{case.key}  {TOPICS[case.item.topic]}"
    weight = f"{_count(case.records, 'record')}, {_count(case.accounts, 'account')}"
    yield f"  {weight}; {', '.join(REASONS[reason] for reason in case.item.reasons)}"
    more = len(case.item.records) - len(shown.records)
    yield f"  {', '.join(shown.records)}" + (f" and {more:,} more" if more else "")
    for value in shown.values:
        yield f"  {of_value(value)}"
    for decision in shown.decisions:
        yield f"  {of_decision(decision)}"


def of_run(run: Run) -> tuple[int, str, str, str | None, int, int, str]:
    share = run.churn / run.records if run.records else 0.0
    return run.step, instant(run.at), run.kind, run.system, run.records, run.churn, f"{share:.2%}"


def _rest(listing: Listing[Item]) -> Iterator[str]:
    if more := listing.total - len(listing.items):
        yield f"  and {more:,} more"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _end(at: datetime | None) -> str:
    return "now" if at is None else instant(at)
