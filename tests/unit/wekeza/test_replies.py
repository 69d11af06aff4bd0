"""Answers in words, as a person reads them, and how questions are read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import typer

from graph.explanation import Construction, ConstructionStep, Holding, Shared, ShownBridge, ShownBridges, ShownLink, Why
from graph.past import (
    Answer,
    Cause,
    Closed,
    Conflicting,
    Current,
    CustomerThen,
    Erased,
    HeldThen,
    Holder,
    KnownValue,
    LinkThen,
    Merged,
    PastEvent,
)
from graph.resolution.bridges import Candidate, Thing
from graph.resolution.explanation import Level
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import ReviewItem, Topic
from graph.review import Case, ShownCase
from graph.shown import ShownClash, ShownDecision, ShownValue
from graph.what_if import ChangedId, Preview, read_setting
from ledger.decisions import Decision
from ledger.entries import EventKind, IdentityEvent, Verdict
from ledger.history import Run
from wekeza import replies
from wekeza.questions import read_moment

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SAID = "2026-03-03 12:00:00 UTC"
PHONE = ShownValue("Phone|+254712000001", "Phone", None, "+254712***001")
ID = ShownValue("NationalId|KE|1", "NationalId", "KE", "1*")
OTHER = ShownValue("NationalId|KE|2", "NationalId", "KE", "2*")
SAME = ShownDecision(4, "same", NOON, "jane", "they are")
LINK = ShownLink(
    a="s|c|1",
    b="s|c|2",
    stage=3,
    since=NOON,
    value=PHONE,
    holdings=(Holding(record="s|c|1", claimed=False, since=NOON, source_from=NOON, source_to=None),),
    decision=None,
)
SHARED = Shared(
    a="s|c|1", b="s|c|2", level=Level.PAIR, reason=ReasonCode.NAMES_CONTRADICT, value=PHONE, decision=None, clash=None
)
CLASH = ShownClash(
    reason=ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, a="s|c|1", b="s|c|2", values=(ID, OTHER), decision=None
)
WHY = Why(customers=("G1", "G1"), chain=(LINK,), shared=(), between=(), clash=None, due=False)


def test_every_code_has_words() -> None:
    assert replies.REASONS.keys() == set(ReasonCode)
    assert replies.TOPICS.keys() == set(Topic)
    assert replies.EVENTS.keys() == set(EventKind)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Current("G"), "G is a customer."),
        (Merged("G", "H"), "G was merged: H answers for it."),
        (Conflicting("G", ("H", "I")), "G is no customer now; those who bore it live in H, I."),
        (Closed("G"), "G is closed: its records have left."),
        (Erased("G"), "G was erased."),
    ],
)
def test_what_an_id_is_now(answer: Answer, words: str) -> None:
    assert replies.of_answer(answer) == words


def test_an_event_says_what_caused_it() -> None:
    cause = Cause(step=7, kind="load", system="core", decision=None)
    event = PastEvent(step=8, at=NOON, what=EventKind.MERGED, gcid="G", others=("G", "H"), records=1, cause=cause)
    assert replies.of_event(event) == f"{SAID}  G merged from H (1 record) by step 7, which loaded core"
    decision = Decision(
        id=4, step=7, at=NOON, verdict=Verdict.SAME, left=("a",), right=("b",), value=None, field=None, content=None,
        by="jane", reason="they are", undoes=None, undone_by=None,
    )  # fmt: skip
    assert replies.of_cause(replace(cause, decision=decision)) == "by decision 4 (same) of jane"
    assert replies.of_cause(replace(cause, kind="erase")) == "by step 7, which erased a record"
    nothing = Cause(step=None, kind=None, system=None, decision=None)
    assert replies.of_cause(nothing) == "by resolving everything, as after a change of policy"


def test_of_many_customers_that_met_the_first_are_named() -> None:
    met = IdentityEvent(what=EventKind.MERGED, gcid="c3", others=tuple(f"c{n}" for n in range(9)), records=1)
    assert replies.of_change(met) == "c3 merged from c0, c1, c2, c4, c5 and 3 more (1 record)"
    apart = IdentityEvent(what=EventKind.SPLIT, gcid="a", others=("a", "b"), records=2)
    assert replies.of_change(apart) == "a split into a, b (2 records)"


def test_a_customer_of_the_past() -> None:
    then = CustomerThen(
        gcid="G",
        at=NOON,
        step=9,
        members=("s|c|1",),
        erased=1,
        identifiers=(
            HeldThen(
                record="s|c|1",
                value=KnownValue(kind="Phone", masked="+254712***001", key="k"),
                claimed=True,
                since=NOON,
                source_since=NOON,
            ),
            HeldThen(
                record=None,
                value=KnownValue(kind=None, masked=None, key=None),
                claimed=False,
                since=NOON,
                source_since=None,
            ),
        ),
        links=(LinkThen(a="s|c|1", b=None, kind="Same", value=None, decision=4, stage=0, since=NOON),),
        golden={"status": "current", "name": "John Doe", "phone": "+254712000001", "phone_masked": "+254712***001"},
    )
    lines = list(replies.of_customer_then(then))
    assert lines == [
        f"G on {SAID}, as we knew it after step 9:",
        "  records: s|c|1, (erased)",
        "  name: John Doe",
        "  phone: +254712***001",
        f"  Phone +254712***001 claimed by s|c|1 since {SAID}, by its source since {SAID}",
        f"  (erased) held by (erased) since {SAID}",
        f"  s|c|1 = (erased) by decision 4 since {SAID}",
    ]
    merged = replace(then, members=(), erased=0, golden={"status": "merged", "into": "H"})
    assert list(replies.of_customer_then(merged)) == [f"On {SAID} G had no records: merged into H."]


def test_holders_both_ways() -> None:
    holder = Holder(
        record="s|c|1",
        claimed=False,
        since=NOON,
        until=None,
        source_since=None,
        source_until=None,
        customer="G",
        then=True,
        then_by_source=None,
    )
    assert list(replies.of_holders([holder], NOON)) == [
        f"s|c|1 held it from {SAID} until now by our dates,",
        "  and its source tells no dates;",
        f"  on {SAID}: by ours yes, by its source's unknown, customer G",
    ]
    assert list(replies.of_holders([], NOON)) == ["Nobody ever had this value."]


def test_why_two_records_are_one_in_spite_of_something() -> None:
    lines = list(replies.of_why(replace(WHY, shared=(SHARED,)), "s|c|1", "s|c|2"))
    assert lines == [
        "s|c|1 and s|c|2 are one customer, G1:",
        f"  s|c|1 = s|c|2 by Phone +254712***001 (stage 3), since {SAID}, s|c|1 says since {SAID}",
        "They are, in spite of this:",
        "  Phone +254712***001 does not link them: their names contradict each other",
    ]


def test_why_two_records_are_two() -> None:
    apart = replace(WHY, customers=("G1", "G2"), chain=(), shared=(SHARED,), clash=CLASH)
    assert list(replies.of_why(apart, "s|c|1", "s|c|2"))[1:] == [
        "  Phone +254712***001 does not link them: their names contradict each other",
        "The two cannot be one: s|c|1 holds NationalId KE 1*, s|c|2 holds NationalId KE 2*.",
    ]
    nothing = replace(apart, shared=(), clash=None)
    assert list(replies.of_why(nothing, "s|c|1", "s|c|2"))[1:] == ["  They share nothing."]


def test_a_link_by_decision_that_is_due() -> None:
    link = replace(LINK, value=None, holdings=(), decision=SAME, since=None)
    words = f"s|c|1 = s|c|2 by decision 4 (same) of jane on {SAID}, from the next resolution on"
    assert replies.of_link(link) == words


def test_construction_and_bridges() -> None:
    built = Construction(gcid="G", members=("s|c|1", "s|c|2"), steps=(ConstructionStep(LINK, 1, 1),))
    assert [line.rpartition(": ")[2] for line in replies.of_construction(built)] == [
        "s|c|1, s|c|2",
        "1 record and 1 record",
    ]
    bridge = ShownBridge(Candidate(Thing.VALUE, PHONE.key), PHONE, None, (("s|c|1",), ("s|c|2",)))
    assert list(replies.of_bridges(ShownBridges(gcid="G", found=(bridge,), tried=3, untried=2))) == [
        "Without Phone +254712***001, G would fall into 2:",
        "  s|c|1",
        "  s|c|2",
        "3 things were tried; 2 more were not, because that would take too long.",
    ]


def test_a_preview_counts_and_lists() -> None:
    preview = Preview(records=4, customers_before=2, customers_after=1)
    preview.changed.add(ChangedId("s|c|2", "G2", "G1"))
    preview.changed.total = 3
    preview.events.add(IdentityEvent(what=EventKind.MERGED, gcid="G1", others=("G1", "G2"), records=3))
    preview.happened[EventKind.MERGED] += 1
    assert list(replies.of_preview(preview)) == [
        "4 records looked at: 2 customers before, 1 after; 3 records would change id (75.00%); 0 links new, 0 refused.",
        "Customers: 1 merged.",
        "  G1 merged from G2 (3 records)",
        "  s|c|2: G2 → G1",
        "  and 2 more",
    ]
    assert list(replies.of_preview(Preview(records=4))) == ["Nothing would change."]


def test_a_case_names_no_value_in_the_clear() -> None:
    item = ReviewItem(
        topic=Topic.SLIP,
        subject=(ID.key, OTHER.key),
        customers=("G1", "G2"),
        records=("s|c|1", "s|c|2", "s|c|3"),
        identifiers=(ID.key, OTHER.key),
        reasons=(ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS,),
    )
    case = Case(key="K", item=item, records=3, accounts=1)
    shown = ShownCase(case=case, records=item.records[:2], values=(ID, OTHER), decisions=())
    assert list(replies.of_case(shown))[1:] == [
        "  3 records, 1 account; it would join two national ids",
        "  s|c|1, s|c|2 and 1 more",
        "  NationalId KE 1*",
        "  NationalId KE 2*",
    ]


def test_a_run_says_its_churn() -> None:
    run = Run(step=3, at=NOON, kind="resolve", system=None, policy=None, counts={}, churn=1, records=8)
    assert replies.of_run(run) == (3, SAID, "resolve", None, 8, 1, "12.50%")


def test_settings_are_read_as_a_policys_file_writes_them() -> None:
    assert read_setting("20") == 20
    assert read_setting("false") is False
    assert read_setting('[["Phone"], ["Email"]]') == [["Phone"], ["Email"]]
    assert read_setting("many") == "many"


def test_times_are_utc_unless_they_say_otherwise() -> None:
    assert read_moment("2026-03-03") == datetime(2026, 3, 3, tzinfo=UTC)
    assert read_moment("2026-03-03T15:00+03:00") == NOON.astimezone(timezone(timedelta(hours=3)))
    assert read_moment("2026-03-03").date() == date(2026, 3, 3)
    with pytest.raises(typer.BadParameter):
        read_moment("yesterday")
