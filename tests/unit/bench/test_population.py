from collections import Counter

import pytest

from bench.clerk import Row
from bench.inhabitants import Phenomenon, Shares
from bench.population import draw_bank, records_of, table_of, truth_of
from graph.resolution.model import Member
from graph.resolution.policy import load_policy
from graph.resolution.population import gather_evidence, resolve_population
from samples.truth import Scores, pairwise_scores

PEOPLE, SEED = 4_000, 20
BANK = draw_bank(PEOPLE, SEED)
HARDER = Shares(household_phone=0.16, household_email=0.06, family_name=0.7)


def test_the_same_arguments_give_the_same_bank() -> None:
    assert draw_bank(50, 1) == draw_bank(50, 1)
    assert draw_bank(50, 1) != draw_bank(50, 2)


def test_records_are_about_three_a_person_and_named_once() -> None:
    names = [row.record for row in BANK.now]
    assert len(set(names)) == len(names)
    assert len(names) / PEOPLE == pytest.approx(3, rel=0.05)
    assert {1, 7} <= set(Counter(truth_of(BANK.now).values()).values())


def test_every_phenomenon_occurs() -> None:
    found = Counter(phenomenon for row in BANK.now for phenomenon in row.phenomena)
    assert min(found[phenomenon] for phenomenon in Phenomenon) > 0


def test_time_corrects_some_records_and_takes_others() -> None:
    now = {row.record: row for row in BANK.now}
    corrected = [row for row in BANK.before if row.record in now and now[row.record].phone != row.phone]
    assert corrected
    assert all(Phenomenon.CORRECTION in now[row.record].phenomena for row in corrected)
    assert set(now) < {row.record for row in BANK.before}


def test_the_table_has_the_columns_that_resolve_file_reads() -> None:
    read = {"record", "national_id", "passport", "tax_pin", "phone", "email", "full_name", "birth_date"}
    assert read | {"country", "party_type", "verified"} <= set(table_of(BANK.now[:10]).column_names)


def test_what_is_not_verified_is_claimed_as_in_a_file() -> None:
    row = Row(record="web-1", party="1", national_id="12345678", phone=("0712345678",), verified=False)
    [record] = records_of([row])
    assert {it.kind: it.verified for it in record.identifiers} == {"NationalId": False, "Phone": False}


def test_plain_components_are_no_customers() -> None:
    assert _scores("plain").f1 < 0.2, "and less the larger the bank: one agent's phone joins those of the next"


@pytest.mark.parametrize("shares", [Shares(), HARDER])
def test_the_rule_keeps_its_quality(shares: Shares) -> None:
    scores = _scores("guarded", shares)
    assert scores.precision >= 0.985
    assert scores.f1 >= 0.94


def _scores(policy_name: str, shares: Shares | None = None) -> Scores:
    bank = draw_bank(PEOPLE, SEED, shares) if shares else BANK
    policy, records = load_policy(policy_name), records_of(bank.now)
    members = [
        Member(key=it.key, rank=rank, name=it.full_name, birth_date=it.birth_date, party_type=it.party_type)
        for rank, it in enumerate(records)
    ]
    said = resolve_population(members, gather_evidence(records, policy), (), policy)
    return pairwise_scores({key: group[0] for group in said.groups for key in group}, truth_of(bank.now))
