"""What the ledger remembers, as the nodes and edges that the steps left in the graph. Pure."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from graph.conclusion import CURRENT
from graph.deltas import INTO, recall
from graph.evidence import compare_evidence
from graph.records import CustomerRecord, system_of
from graph.relationships import CLAIMS, HAD, HAS, relationship
from graph.resolution.derived import derive
from graph.resolution.model import SAME_KIND
from graph.resolution.reasons import ReasonCode
from graph.rows import properties_of
from graph.said import hear
from ledger.decisions import Decision
from ledger.entries import EvidenceValue, Evident, LinkFate, Presence
from ledger.history import Holding, Link, Run, Version
from ledger.state import Golden, Heir, Membership, RecordState

Row = dict[str, Any]
Values = Mapping[str, EvidenceValue]  # by what the ledger calls them
GONE = frozenset({Presence.LEFT, Presence.ERASED})
ERASED = "(erased)"


def run_row(run: Run) -> Row:
    return {**run.counts, "id": run.step, "kind": run.kind, "at": run.at, "system": run.system}


def identifier_row(value: EvidenceValue, standing: str | None) -> Row:
    suppressed = ReasonCode.PLACEHOLDER.value if value.said.get("placeholder") else None
    return {**value.said, "key": value.key, "suppressed": suppressed, "standing": standing}


def customer_row(golden: Golden) -> Row:
    """The ledger also has a word of a customer without members whenever another answers for it, the node has not."""
    current = golden.said["status"] == CURRENT
    step = golden.step if current else golden.since_step
    return {**recall(golden.said), "gcid": golden.gcid, "since": golden.since, "step": step}


def merger_row(golden: Golden) -> Row | None:
    """Where a customer without members leads."""
    if (into := golden.said.get(INTO)) is None:
        return None
    return {"from": golden.gcid, "to": into, "properties": {"at": golden.at, "step": golden.step}}


def record_rows(records: Iterable[RecordState]) -> list[Row]:
    """In the order of ranks: where two have one key, it is the later one's."""
    rows: list[Row] = []
    holders: dict[str, Row] = {}
    for record in records:
        rows.append(_record_row(record))
        properties = rows[-1]["properties"]
        if former := holders.get(properties["key"]):
            former["key"] = f"former|{former['birth_id']}"
        holders[properties["key"]] = properties
    return rows


def _record_row(record: RecordState) -> Row:
    """A present record with all that it says, or what is left of one that is gone."""
    named = {"birth_id": record.birth_id, "rank": record.rank}
    if record.presence in GONE:
        return {"labels": _ghost_labels(record), "properties": _ghost(record) | named}
    if record.said is None or record.hash is None or record.step is None:
        raise ValueError(f"The ledger has no word of record {record.birth_id}, which never left.")
    properties = properties_of(hear(record.said), record.hash, record.step) | named
    del properties["due"]
    return {"labels": [], "properties": properties}


def _ghost_labels(record: RecordState) -> list[str]:
    return ["Ghost", "Erased"] if record.presence is Presence.ERASED else ["Ghost"]


def _ghost(record: RecordState) -> Row:
    if record.presence is Presence.ERASED or record.key is None:
        return {"key": f"erased|{record.birth_id}", "step": record.presence_step}
    last, version = hear(record.said) if record.said is not None else None, record.presence_source_version
    return {
        "key": record.key,
        "system": system_of(record.key),
        "entity": record.key.split("|", 2)[1],
        "updated_at": record.presence_source_at or (last.updated_at if last else None),
        "source_version": last.source_version if version is None and last else version,
        "step": record.presence_step,
    }


def holding_rows(holdings: Iterable[Holding], versions: Iterable[Version], values: Values) -> list[Row]:
    """Identifier edges, as the record's words at that time tell them; what was forgotten has none."""
    words: dict[str, list[Version]] = {}
    for version in versions:
        words.setdefault(version.birth_id, []).append(version)
    told: dict[tuple[str, int], Mapping[tuple[str, str], Row]] = {}
    rows = []
    for holding in holdings:
        value, word = values.get(holding.value), _word_during(holding, words.get(holding.birth_id, ()))
        if value is None or word is None:
            continue
        name = (word.birth_id, word.step)
        if name not in told:
            told[name] = _edges_told(hear(word.said))
        rows.append(_holding_row(holding, value, told[name]))
    return rows


def _word_during(holding: Holding, versions: Sequence[Version]) -> Version | None:
    """What the record said last while it had the value; ``versions`` are in order."""
    said = [version for version in versions if holding.to_step is None or version.step < holding.to_step]
    return said[-1] if said else None


def _edges_told(record: CustomerRecord) -> dict[tuple[str, str], Row]:
    derived = derive(record.full_name, record.birth_date)  # whether a policy counted on them, the holdings tell
    whole = CustomerRecord(key=record.key, identifiers=(*record.identifiers, *derived))
    return {(row["type"], row["identifier"]): row for row in compare_evidence([whole], {}).opened}


def _holding_row(holding: Holding, value: EvidenceValue, told: Mapping[tuple[str, str], Row]) -> Row:
    claimed = holding.what is Evident.CLAIMED
    kind: str = value.said["kind"]
    edge = relationship(kind, CLAIMS if claimed else HAS)
    said = told[edge, value.key]
    properties = {name: said[name] for name in ("raw", "source_from", "source_to")} | {"valid_from": holding.from_at}
    if holding.to_step is None:
        properties |= {"position": said["position"], "step": holding.from_step}
    else:
        edge = relationship(kind, HAD)
        properties |= {"valid_to": holding.to_at, "claimed": claimed or None, "step": holding.to_step}
    return {"record": holding.birth_id, "identifier": value.key, "type": edge, "properties": properties}


def membership_row(membership: Membership) -> Row:
    named = {"record": membership.birth_id, "gcid": membership.gcid}
    properties: Row = {"valid_from": membership.from_at}
    if membership.to_step is None:
        properties |= {"step": membership.from_step, "policy": membership.policy}
        return {**named, "type": "RESOLVES_TO", "properties": properties}
    properties |= {"step": membership.to_step, "valid_to": membership.to_at}
    return {**named, "type": "WAS_RESOLVED_TO", "properties": properties}


def heir_row(heir: Heir) -> Row | None:
    """Of a closed id there is no edge."""
    if heir.heir is None:
        return None
    return {"ghost": heir.birth_id, "heir": heir.heir, "properties": {"at": heir.at, "step": heir.step}}


def link_row(link: Link, values: Values) -> Row:
    properties = {"kind": link.kind, "identifier": link_identifier(link, values), "step": link.step}
    if link.what is LinkFate.ACCEPTED:
        edge, more = "LINKED", {"stage": link.stage, "policy": link.policy}
    else:
        edge, more = "QUARANTINED", {"reason": link.reason, "inside": link.inside}
    return {"a": link.a, "b": link.b, "type": edge, "properties": {**properties, **more, "valid_from": link.at}}


def link_identifier(link: Link, values: Values) -> str | None:
    """What the graph calls that by which two records are linked; None for a value that was forgotten."""
    if link.kind == SAME_KIND:
        return f"{SAME_KIND}|{link.decision}"
    value = values.get(link.value or "")
    return value.key if value else None


def decision_row(decision: Decision, values: Values, erased: Container[str]) -> Row:
    """The decision, and what it concerns. Its words go with the records that it is about."""
    named = {name: getattr(decision, name) for name in ("id", "at", "step", "by", "field")}
    forgotten = any(record in erased for record in (*decision.left, *decision.right))
    words = {"reason": ERASED, "value": None} if forgotten else {"reason": decision.reason, "value": decision.content}
    value = values.get(decision.value or "")
    return {
        "decision": {**named, **words, "verdict": decision.verdict.value},
        "records": [
            {"birth_id": birth_id, "side": side}
            for side, records in (("left", decision.left), ("right", decision.right))
            for birth_id in records
        ],
        "value": value.key if value else None,
    }


def standings(decisions: Iterable[Decision]) -> dict[str, str]:
    """The last word on each value, by what the ledger calls it; ``decisions`` stand, and are in order."""
    return {decision.value: decision.verdict.value for decision in decisions if decision.value is not None}


def concerned(decisions: Iterable[Decision], since: int) -> tuple[set[str], set[str]]:
    """Records and values that decisions after a step are about; an undo is about what its target is about."""
    known = {decision.id: decision for decision in decisions}
    records: set[str] = set()
    values: set[str] = set()
    for decision in [decision for decision in known.values() if decision.step > since]:
        while decision.undoes is not None:
            decision = known[decision.undoes]
        records |= {*decision.left, *decision.right}
        values |= {decision.value} if decision.value else set()
    return records, values
