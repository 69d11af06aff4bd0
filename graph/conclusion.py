"""What the rule says of a region of the graph, in the form in which the graph holds it. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.components import Region, evidence_of, members_of
from graph.events import Change
from graph.memberships import View, lead_on
from graph.records import CustomerRecord, PartyType
from graph.resolution.global_ids import founders, present_heir
from graph.resolution.golden import Correction, golden_record
from graph.resolution.policy import Policy
from graph.resolution.population import resolve_population

Properties = Mapping[str, Any]
CURRENT, MERGED, CLOSED, ERASED = "current", "merged", "closed", "erased"  # what becomes of an id


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The view that the graph should hold, and what each of its customers should say."""

    view: View
    customers: Mapping[str, Properties]  # by GCID: status, golden record with provenance, and the hash of all that


def conclude(region: Region, policy: Policy, trust: Mapping[str, float]) -> Conclusion:
    """Resolve the region's records, and name what becomes of every customer that was ever named after one of them."""
    records = region.records
    resolution = resolve_population(
        members_of(records.values()), evidence_of(records.values()), region.decisions, policy
    )
    heirs = name_heirs(region)
    homes = {key: present_heir(key, heirs) if key in heirs else key for key, _ in region.nodes()}
    groups = _name(resolution.groups, region, heirs)
    memberships = {key: gcid for gcid, group in groups.items() for key in group}
    mergers = lead_on(region.held.customers, memberships, {node.birth_id: homes[key] for key, node in region.nodes()})
    corrections = _corrections(region, homes)
    customers = {
        gcid: _current(
            [records[key].said for key in group], trust, [it for key in group for it in corrections.get(key, ())]
        )
        for gcid, group in groups.items()
    }
    customers |= {gcid: _hashed({"status": MERGED}) for gcid in mergers}
    customers |= {gcid: _hashed({"status": status}) for gcid, status in _ended(region, customers).items()}
    view = View(
        memberships=memberships,
        links=frozenset(resolution.links),
        refusals=frozenset(resolution.refused),
        customers={gcid: properties["hash"] for gcid, properties in customers.items()},
        mergers=mergers,
        heirs=heirs,
    )
    return Conclusion(view, customers)


def change_of(region: Region, conclusion: Conclusion) -> Change:
    """What the conclusion changes, as `graph.events.identity_events` asks for it."""
    ended = {gcid: said["status"] for gcid, said in conclusion.customers.items()}
    return Change(
        old={**region.held.memberships, **_answered(region)},
        new=conclusion.view.memberships,
        leads=conclusion.view.mergers,
        closed={gcid for gcid, status in ended.items() if status == CLOSED},
        erased={gcid for gcid, status in ended.items() if status == ERASED},
        due={key: node.due for key, node in region.nodes() if node.marked and node.due is not None},
    )


def name_heirs(region: Region) -> dict[str, str | None]:
    """Each ghost's heir: the one it has, or else whoever of those who stay in its customer has the lowest rank."""
    held = region.held
    first: dict[str, str] = {}
    if region.ghosts:
        for key in sorted(region.records.keys() & held.memberships.keys(), key=lambda key: region.records[key].rank):
            first.setdefault(held.memberships[key], key)
    return {
        key: held.heirs[key] if key in held.heirs else first.get(held.memberships.get(key, "")) for key in region.ghosts
    }


def _name(groups: Sequence[Sequence[str]], region: Region, heirs: Mapping[str, str | None]) -> dict[str, Sequence[str]]:
    """The groups by GCID: the birth id of the founder, who may be a ghost."""
    named = founders(groups, {key: node.rank for key, node in region.nodes()}, heirs)
    return {region.birth_id(founder): group for founder, group in zip(named, groups, strict=True)}


def _answered(region: Region) -> dict[str, str]:
    """Of records that return, the customers that answered for them."""
    held = region.held
    homes = {key: present_heir(key, held.heirs) for key in region.records.keys() & held.heirs.keys()}
    return {key: held.memberships[home] for key, home in homes.items() if home and home in held.memberships}


def _ended(region: Region, alive: Mapping[str, Properties]) -> dict[str, str]:
    """The status of those ids that nobody answers for."""
    erased = {ghost.birth_id for ghost in region.ghosts.values() if ghost.erased}
    return {gcid: ERASED if gcid in erased else CLOSED for gcid in region.held.customers if gcid not in alive}


def _corrections(region: Region, homes: Mapping[str, str | None]) -> dict[str, list[Correction]]:
    """Corrections by the record at which the customer is that they concern."""
    found: dict[str, list[Correction]] = {}
    for key, corrections in region.corrections.items():
        if (home := homes[key]) is not None:
            found.setdefault(home, []).extend(corrections)
    return found


def _current(
    records: Sequence[CustomerRecord], trust: Mapping[str, float], corrections: Sequence[Correction]
) -> Properties:
    properties: dict[str, Any] = {"status": CURRENT}
    for name, survivor in golden_record(records, trust, corrections).items():
        value = survivor.value.value if isinstance(survivor.value, PartyType) else survivor.value
        properties |= {
            name: value,
            f"{name}_masked": survivor.masked,
            f"{name}_source": survivor.source,
            f"{name}_updated_at": survivor.updated_at,
        }
    return _hashed({name: value for name, value in properties.items() if value is not None})


def _hashed(properties: Mapping[str, Any]) -> Properties:
    """With a hash, so that an unchanged customer is told by one short text instead of by all its properties."""
    digest = hashlib.blake2b(repr(sorted(properties.items())).encode(), digest_size=16)
    return {**properties, "hash": digest.hexdigest()}
