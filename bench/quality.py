"""How good the rule is on populations of which the truth is known, beside peers, and what each phenomenon costs."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from bench.clerk import Row
from bench.contestants import Groups, by_rule, groups_of, judge
from bench.febrl import load_febrl
from bench.goldenmatch_peer import by_goldenmatch
from bench.inhabitants import Phenomenon, Shares
from bench.population import Bank, draw_bank, records_of, truth_of
from bench.records import draw_customers
from bench.rounds import Result, load_average
from bench.scoring import costs
from bench.splink_peer import best_groups
from graph.records import CustomerRecord
from graph.resolution.model import Evidence
from graph.resolution.names import canonical_name
from graph.resolution.policy import load_policy
from graph.resolution.review import Bearer, Dispute, Document, review_items
from samples import people
from samples.truth import pairwise_scores

PEOPLE = 30_000  # some 90,000 records
PEOPLE_OF_VARIANTS = 8_000
PEOPLE_OF_SAMPLE = 2_000
SEEDS = (1, 2, 3)
POLICIES = ("guarded", "guarded-contacts", "extended", "plain")
VARIANTS: Mapping[str, Shares] = MappingProxyType(
    {
        "twice the households, more of one name": Shares(household_phone=0.16, household_email=0.06, family_name=0.7),
        "twice the name variants and nameless": Shares(name_variant=0.6, nameless=0.2),
        "twice of all that is shared or stale": Shares(recycled=0.06, agent=0.04, dummy=0.008, companies=0.06),
        "twice the slips, more unverified": Shares(id_slip=0.03, birth_slip=0.03, unverified=0.03),
    }
)
SAMPLES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"sample bank": {}, "sample bank, harder": {"HOUSEHOLD_SHARE": 0.16, "FAMILY_NAME_SHARE": 0.7}}
)
SCORED = ("precision", "recall", "F1")
JUDGED_CLOSELY = ("guarded", "plain", "Splink")

Rows = tuple[Row, ...]


async def measure_quality() -> AsyncIterator[Result]:
    first, *others = (draw_bank(PEOPLE, seed) for seed in SEEDS)
    found = _by_policies(first.now) | _by_peers(first.now)
    yield _whole([(first.now, found), *((bank.now, _by_policies(bank.now)) for bank in others)])
    yield _phenomena(first.now, found)
    yield _over_time(first)
    yield _review(records_of(first.now))
    yield _variants()
    yield _febrl()


def _by_policies(rows: Rows) -> dict[str, Groups]:
    records = records_of(rows)
    return {name: by_rule(name, records) for name in POLICIES}


def _by_peers(rows: Rows) -> dict[str, Groups]:
    records = records_of(rows)
    return {"Splink": best_groups(records, truth_of(rows)), "GoldenMatch": by_goldenmatch(records)}


def _whole(found: Sequence[tuple[Rows, Mapping[str, Groups]]]) -> Result:
    rows = [
        (str(seed), f"{len(bank):,}", name, *_scores(groups, truth_of(bank)))
        for seed, (bank, by_name) in zip(SEEDS, found, strict=True)
        for name, groups in by_name.items()
    ]
    return _result(f"Pairwise quality, {PEOPLE:,} people", ("seed", "records", "who", *SCORED), rows)


def _phenomena(bank: Rows, found: Mapping[str, Groups]) -> Result:
    """Of the true pairs that a phenomenon touches the share found, and the number of false pairs that it touches."""
    told = {name: costs(groups, bank) for name, groups in found.items() if name in JUDGED_CLOSELY}
    rows = [
        (
            phenomenon,
            f"{cost.true_pairs:,}",
            *(f"{by_name[phenomenon].recall:.3f}" for by_name in told.values()),
            *(f"{by_name[phenomenon].false_pairs:,}" for by_name in told.values()),
        )
        for phenomenon, cost in told["guarded"].items()
    ]
    columns = ("phenomenon", "true pairs", *(f"found by {name}" for name in told), *(f"false, {name}" for name in told))
    return _result(f"What each phenomenon costs, {PEOPLE:,} people, seed {SEEDS[0]}", columns, rows)


def _variants() -> Result:
    rows = []
    for name, shares in VARIANTS.items():
        bank = draw_bank(PEOPLE_OF_VARIANTS, SEEDS[0], shares).now
        rows += _beside_splink(name, records_of(bank), truth_of(bank), birth_dates=True)
    for name, changed in SAMPLES.items():
        with _sample_shares(changed):
            records, truth = draw_customers(PEOPLE_OF_SAMPLE, SEEDS[0])
        rows += _beside_splink(name, records, truth, birth_dates=False)
    return _result("Pairwise quality on other populations", ("population", "who", *SCORED), rows)


def _beside_splink(
    population: str, records: Sequence[CustomerRecord], truth: Mapping[str, str], *, birth_dates: bool
) -> list[tuple[str, ...]]:
    found = {name: by_rule(name, records) for name in ("guarded", "plain")}
    found["Splink"] = best_groups(records, truth, birth_dates=birth_dates)
    return [(population, name, *_scores(groups, truth)) for name, groups in found.items()]


def _over_time(bank: Bank) -> Result:
    """The same bank before and after its corrections and deletions: what was joined in error comes apart."""
    rows = []
    for when, moment in (("before", bank.before), ("after", bank.now)):
        groups = by_rule("guarded", records_of(moment))
        corrected = costs(groups, moment)[Phenomenon.CORRECTION]
        told = (f"{corrected.recall:.3f}", f"{corrected.false_pairs:,}")
        rows.append((when, f"{len(moment):,}", *_scores(groups, truth_of(moment)), *told))
    columns = ("corrections and deletions", "records", *SCORED, "found of the corrected", "false of the corrected")
    return _result(f"guarded, {PEOPLE:,} people, seed {SEEDS[0]}", columns, rows)


def _review(records: Sequence[CustomerRecord]) -> Result:
    """How many items there are for people to decide, by topic."""
    said, evidence = judge("guarded", records)
    customer = {key: str(group) for key, group in groups_of(said).items()}
    disputes = [Dispute(link, customer[link.a], customer[link.b]) for link in said.refused]
    topics = Counter(item.topic for item in review_items(disputes, _bearers(records, evidence, customer)))
    rows = [(topic, f"{number:,}", f"{1000 * number / len(records):.1f}") for topic, number in topics.most_common()]
    title = f"Review items, guarded, {len(records):,} records, {len(said.refused):,} refused links"
    return _result(title, ("topic", "items", "per 1,000 records"), rows)


def _bearers(
    records: Sequence[CustomerRecord], evidence: Sequence[Evidence], customer: Mapping[str, str]
) -> dict[str, list[Bearer]]:
    exclusive = load_policy("guarded").exclusive
    eligible = {value.key for value in evidence if value.suppressed is None and value.kind in exclusive}
    found: dict[str, list[Bearer]] = {}
    for record in records:
        documents = tuple(
            Document(it.key, it.kind, it.country, it.value) for it in record.identifiers if it.key in eligible
        )
        bearer = Bearer(record.key, canonical_name(record.full_name), record.birth_date, documents)
        found.setdefault(customer[record.key], []).append(bearer)
    return found


def _febrl() -> Result:
    records, truth = load_febrl()
    found = {name: by_rule(name, records) for name in ("extended", "guarded", "plain")}
    rows = [(name, *_scores(groups, truth)) for name, groups in found.items()]
    return _result(f"febrl3, {len(records):,} records", ("who", *SCORED), rows)


@contextmanager
def _sample_shares(shares: Mapping[str, float]) -> Iterator[None]:
    """Draw people with other shares: they are constants of the sample bank, which has no use for a choice."""
    before = {name: getattr(people, name) for name in shares}
    for name, share in shares.items():
        setattr(people, name, share)
    try:
        yield
    finally:
        for name, share in before.items():
            setattr(people, name, share)


def _scores(groups: Groups, truth: Mapping[str, str]) -> tuple[str, ...]:
    scores = pairwise_scores({key: str(group) for key, group in groups.items()}, truth)
    return tuple(f"{value:.4f}" for value in (scores.precision, scores.recall, scores.f1))


def _result(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Result:
    return Result(title=title, columns=columns, rows=rows, load=load_average())
