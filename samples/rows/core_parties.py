"""Rows of Wekeza.Core.Api's other master, the parties, and of the loans that are theirs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

from samples.activity.banking import RECENT
from samples.activity.moments import between
from samples.companies import Company
from samples.records import Record, draw_uuid
from samples.rows.comprehensive import NIL
from samples.tables import Row
from samples.world import World

UNVERIFIED_SHARE, EXPIRED_SHARE = 0.1, 0.15  # of a party's documents
ACTIVE, DECEASED, MERGED = 0, 4, 5  # PartyStatus
INDIVIDUAL, CORPORATE = 0, 1  # PartyType
PARTY_LOAN_SHARE, RELATED_SHARE = 0.1, 0.08

Item = dict[str, object]


def write_parties(rng: Random, parties: Sequence[Record], world: World) -> list[Row]:
    """Companies come with those of their directors who are parties; some people with their next of kin or spouse."""
    party_of = {record.person: record for record in parties}
    companies = {company.id: company for company in world.companies}
    people = [record for record in parties if not record.is_company]
    rows: list[Row] = []
    for number, record in enumerate(parties, start=1):
        created_at = between(rng, world.now - timedelta(days=1500), world.now - RECENT)
        row = _party_row(rng, record, number, created_at)
        if record.is_company:
            relationships = _directors(companies[record.person], party_of, created_at)
        else:
            relationships = _relatives(rng, record, people, created_at)
        rows.append(row | {"Relationships": json.dumps(relationships)})
    return rows


def write_party_loans(rng: Random, parties: Sequence[Record], now: datetime) -> Iterator[Row]:
    people = [record for record in parties if not record.is_company]
    borrowers = [record for record in people if rng.random() < PARTY_LOAN_SHARE]
    for number, record in enumerate(borrowers, start=1):
        at = between(rng, now - timedelta(days=700), now - RECENT)
        principal = Decimal(rng.randint(20, 500) * 1000).quantize(NIL)
        guarantor = rng.choice(people)
        guarantors = [] if guarantor is record else [_guarantor(guarantor, principal, at)]
        yield {
            "Id": draw_uuid(rng),
            "LoanNumber": f"PL-{number:08d}",
            "CustomerId": record.id,
            "ProductId": draw_uuid(rng),
            "PrincipalAmount": principal,
            "PrincipalCurrency": "KES",
            "OutstandingPrincipalAmount": principal / 2,
            "OutstandingPrincipalCurrency": "KES",
            "InterestRate": Decimal("0.1350"),
            "TermInMonths": 24,
            "MaturityDate": at + timedelta(days=730),
            "Status": "Active",
            "SubStatus": "Current",
            "ApplicationDate": at,
            "DisbursementDate": at,
            "DaysPastDue": 0,
            "PastDueAmountAmount": NIL,
            "ProvisionRate": Decimal("0.0100"),
            "ProvisionAmountAmount": NIL,
            "CreatedBy": "system",
            "CreatedDate": at,
            "Guarantors": json.dumps(guarantors),
        }


def _party_row(rng: Random, record: Record, number: int, created_at: datetime) -> Row:
    person = not record.is_company
    first, *middle, last = record.name if person else (None, None)
    born = datetime.combine(record.birth_date, time(), UTC) if record.birth_date else None
    return {
        "Id": record.id,
        "PartyNumber": f"PTY{number:08d}",
        "PartyType": INDIVIDUAL if person else CORPORATE,
        "Status": rng.choices((ACTIVE, DECEASED, MERGED), weights=(96, 2, 2))[0],
        "CreatedDate": created_at,
        "CreatedBy": "system",
        "FirstName": first,
        "MiddleName": " ".join(map(str, middle)) or None,
        "LastName": last,
        "DateOfBirth": born,
        "Gender": record.gender,
        "Nationality": "Kenyan" if person else None,
        "CompanyName": None if person else f"{record.full_name} Ltd",
        "RegistrationNumber": record.registration,
        "PrimaryEmail": record.email,
        "PrimaryPhone": record.phone or None,
        "SecondaryPhone": record.second_phone,
        "Identifications": json.dumps(list(_documents(rng, record)) if person else []),
        "KYCStatus": 3,
        "RiskRating": rng.choice((0, 0, 0, 1, 2)),
        "IsPEP": rng.random() < 0.01,
        "IsSanctioned": False,
        "Segment": 0 if person else 2,
        "OptInMarketing": False,
        "OptInSMS": True,
        "OptInEmail": record.email is not None,
    }


def _documents(rng: Random, record: Record) -> Iterator[Item]:
    """The national id, and a passport of some; a few were never verified, some have expired."""
    numbers = [("National ID", record.national_id), ("Passport", record.passport if rng.random() < 0.3 else None)]
    for kind, number in numbers:
        if number:
            expired = rng.random() < EXPIRED_SHARE
            yield {
                "DocumentType": kind,
                "DocumentNumber": number,
                "IssuingCountry": "Kenya",
                "IssueDate": "2012-01-01T00:00:00Z",
                "ExpiryDate": "2022-01-01T00:00:00Z" if expired else "2032-01-01T00:00:00Z",
                "IsVerified": rng.random() >= UNVERIFIED_SHARE,
            }


def _directors(company: Company, party_of: Mapping[str, Record], at: datetime) -> list[Item]:
    return [
        _relationship(party_of[director.id], "Director", at)
        for director in company.directors
        if director.id in party_of
    ]


def _relatives(rng: Random, record: Record, people: Sequence[Record], at: datetime) -> list[Item]:
    if rng.random() >= RELATED_SHARE:
        return []
    relative = rng.choice(people)
    return [] if relative is record else [_relationship(relative, rng.choice(("Spouse", "NextOfKin")), at)]


def _relationship(other: Record, kind: str, at: datetime) -> Item:
    return {
        "RelatedPartyId": other.id,
        "RelationshipType": kind,
        "EffectiveDate": at.isoformat(),
        "EndDate": None,
        "Notes": None,
    }


def _guarantor(record: Record, principal: Decimal, at: datetime) -> Item:
    return {
        "GuarantorId": record.id,
        "GuarantorName": record.full_name,
        "GuaranteeAmount": {"Amount": float(principal), "Currency": "KES"},
        "GuaranteeDate": at.isoformat(),
        "GuaranteeDocument": None,
    }
