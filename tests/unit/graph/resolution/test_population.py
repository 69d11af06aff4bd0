from graph.resolution.eligibility import Standing
from graph.resolution.model import Evidence
from graph.resolution.population import gather_evidence, raw_components
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import GUARDED, LOW, World, different, identifier, record, same

PHONE, CLAIM, EMAIL = identifier("Phone", "7"), identifier("Phone", "7", verified=False), identifier("Email", "7")


def test_evidence_tells_holders_claimants_and_what_is_suppressed() -> None:
    records = [
        record("a", "John Doe", PHONE, identifier("Phone", "0")),
        record("b", None, CLAIM),
        record("c", None, PHONE, CLAIM, PHONE),
    ]
    assert {value.key: value for value in gather_evidence(records, GUARDED)} == {
        "Phone|7": Evidence(key="Phone|7", kind="Phone", holders=("a", "c"), claimants=("b",)),
        "Phone|0": Evidence(key="Phone|0", kind="Phone", holders=("a",), suppressed=ReasonCode.PLACEHOLDER),
    }


def test_a_steward_s_word_on_a_value_counts() -> None:
    records = [record("a", "John Doe", PHONE, identifier("Phone", "0"))]
    standings = {"Phone|7": Standing.SUPPRESS, "Phone|0": Standing.RELEASE}
    assert {value.key: value.suppressed for value in gather_evidence(records, GUARDED, standings)} == {
        "Phone|7": ReasonCode.STEWARD_SUPPRESSED,
        "Phone|0": None,
    }


def test_claims_do_not_count_as_people() -> None:
    low = GUARDED.model_copy(update=LOW)
    records = [
        record("a", "John Doe", PHONE),
        *(record(f"b{n}", f"Mary {'xyz'[n % 3] * n}", CLAIM) for n in range(2, 12)),
    ]
    assert [value.suppressed for value in gather_evidence(records, low)] == [None]


def test_more_claimants_than_the_hub_are_nobody_and_a_holder_who_also_claims_is_none() -> None:
    policy = GUARDED.model_copy(update={"hub": 2})
    holder, crowd = record("a", None, PHONE, CLAIM), [record(f"b{n}", None, CLAIM) for n in range(3)]
    (few,), (many,) = (gather_evidence([holder, *crowd[:number]], policy) for number in (2, 3))
    assert (few.holders, few.claimants, few.suppressed) == (("a",), ("b0", "b1"), None)
    assert (many.holders, many.claimants, many.suppressed) == (("a",), (), None)


def test_raw_components_connect_by_values_claims_and_sames() -> None:
    records = (
        record("a", None, PHONE),
        record("b", None, CLAIM),
        record("c", None, EMAIL),
        record("d", None, EMAIL, identifier("Phone", "0")),
        record("e", None, identifier("Phone", "0")),
        record("f"),
        record("g"),
    )
    decisions = (same(1, "b", "c"), different(2, "f", "g"), different(3, "ae", "df"), same(4, "g", "gone"))
    world = World(records, decisions)
    found = raw_components(world.members, world.evidence(GUARDED), decisions)
    assert [[member.key for member in part.members] for part in found] == [["a", "b", "c", "d"], ["e"], ["f"], ["g"]]
    assert [[value.key for value in part.evidence] for part in found] == [["Phone|7", "Email|7"], [], [], []]
    assert [[decision.id for decision in part.decisions] for part in found] == [[1, 3], [], [], []]
