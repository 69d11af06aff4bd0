"""What the ledger remembers of a resolution: all that it changes, in birth ids, GCIDs and keyed hashes. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from graph.components import Region
from graph.conclusion import Conclusion, Properties
from graph.events import Causes
from graph.memberships import Difference
from graph.resolution.global_ids import value_id
from graph.resolution.model import SAME_KIND, Link, RefusedLink
from ledger.entries import (
    Entries,
    GoldenVersion,
    HeirDelta,
    Heirship,
    IdentityEvent,
    LinkDelta,
    LinkFate,
    MembershipDelta,
)

INTO = "into"  # what is told of a merged customer besides its properties: who answers for it
Name = Callable[[str], str]  # an identifier's key → what the ledger calls it


def entries_of(
    region: Region,
    conclusion: Conclusion,
    difference: Difference,
    events: Sequence[IdentityEvent],
    causes: Causes,
    *,
    secret: bytes,
) -> Entries:
    """The entries of the step that writes the difference; ``secret`` is the installation's, see `value_id`."""

    @cache
    def name(key: str) -> str:
        return str(value_id(secret, key))

    return Entries(
        heirs=tuple(_heirs(region, difference)),
        memberships=tuple(_memberships(region, difference, causes)),
        links=tuple(_links(region, difference, name)),
        events=events,
        goldens=tuple(_goldens(conclusion, difference)),
    )


def tell(properties: Properties) -> dict[str, Any]:
    """A customer's properties as JSON; dates and times as ISO 8601."""
    return {name: it.isoformat() if isinstance(it, date) else it for name, it in properties.items()}


def recall(said: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of the customer's node that `tell` wrote."""
    properties: dict[str, Any] = {}
    for name, value in said.items():
        if name == "birth_date":
            properties[name] = date.fromisoformat(value)
        elif name.endswith("_updated_at"):
            properties[name] = datetime.fromisoformat(value)
        elif name != INTO:
            properties[name] = value
    return properties


def _heirs(region: Region, difference: Difference) -> Iterator[HeirDelta]:
    for key, _ in difference.heirs_dropped:
        yield HeirDelta(region.birth_id(key), Heirship.DROPPED)
    for key, heir in difference.heirs_named:
        yield HeirDelta(region.birth_id(key), Heirship.NAMED, region.birth_id(heir) if heir else None)


def _memberships(region: Region, difference: Difference, causes: Causes) -> Iterator[MembershipDelta]:
    old, new = dict(difference.closed), dict(difference.opened)
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        yield MembershipDelta(region.birth_id(key), before, after, causes.of(before, after))


def _links(region: Region, difference: Difference, name: Name) -> Iterator[LinkDelta]:
    ended, accepted, refused = LinkFate.ENDED, LinkFate.ACCEPTED, LinkFate.REFUSED
    for what, links in ((ended, difference.links_closed), (accepted, difference.links_opened)):
        for link in links:
            yield LinkDelta(what=what, stage=link.stage, **_ends(region, link, name))
    for what, refusals in ((ended, difference.refusals_closed), (refused, difference.refusals_opened)):
        for refusal in refusals:
            reason, inside = refusal.reason.value, refusal.inside
            yield LinkDelta(what=what, reason=reason, inside=inside, **_ends(region, refusal, name))


def _ends(region: Region, link: Link | RefusedLink, name: Name) -> dict[str, Any]:
    ends = {"a": region.birth_id(link.a), "b": region.birth_id(link.b), "kind": link.kind}
    if link.kind == SAME_KIND:
        return {**ends, "decision": int(link.identifier.rpartition("|")[2])}
    return {**ends, "value": name(link.identifier)}


def _goldens(conclusion: Conclusion, difference: Difference) -> Iterator[GoldenVersion]:
    """Also of customers that were merged before and are answered by another now."""
    for gcid in sorted({gcid for gcid, _ in (*difference.customers, *difference.mergers_opened)}):
        said, into = tell(conclusion.customers[gcid]), conclusion.view.mergers.get(gcid)
        yield GoldenVersion(gcid, {**said, INTO: into} if into else said)
