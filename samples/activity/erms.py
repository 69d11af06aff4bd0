"""ERMS: the risks of the bank's departments, and (proposed) what its officers think of single customers."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from samples.activity.moments import between
from samples.records import draw_uuid
from samples.tables import Row, Table
from samples.world import World

DEPARTMENTS = ("Treasury", "Retail Banking", "Information Technology", "Operations")
PROFILED_SHARE = 0.15  # of the first core's customers
BY_DOCUMENT_SHARE = 0.3  # of the profiles name the national id only
UNKNOWN = 3  # profiles of customers that nobody has
USER = "75736572-0000-4000-8000-000000000001"


def risk_level(score: int) -> int:
    return next(level for level, most in enumerate((4, 9, 15, 20, 25), start=1) if score <= most)


def write_erms(world: World) -> tuple[Table, ...]:
    rng = world.generator("erms")
    risks = [_risk(rng, number, world) for number in range(1, 25)]
    user = {
        "Id": USER,
        "Username": "admin",
        "Email": "erms.admin@wekeza.example.com",
        "PasswordHash": "$2b$12$" + "." * 53,
        "Role": 1,
        "IsActive": True,
        "CreatedAt": world.now - timedelta(days=900),
        "UpdatedAt": None,
        "FullName": "System Administrator",
    }
    return (
        Table("Users", [user]),
        Table("Risks", risks),
        Table("MitigationActions", [_action(rng, risk, world) for risk in risks if rng.random() < 0.7]),
        Table("KeyRiskIndicators", [_indicator(rng, risk, world) for risk in risks if rng.random() < 0.5]),
        Table("CustomerRiskProfiles", list(_profiles(rng, world))),
    )


def _risk(rng: Random, number: int, world: World) -> Row:
    at = between(rng, world.now - timedelta(days=600), world.now - timedelta(days=30))
    likelihood, impact = rng.randint(1, 5), rng.randint(1, 5)
    return {
        "Id": draw_uuid(rng),
        "RiskCode": f"RISK-{number:04d}",
        "Title": f"Risk {number}",
        "Description": "What may go wrong.",
        "Category": rng.randint(1, 15),
        "Status": rng.randint(1, 7),
        "InherentLikelihood": likelihood,
        "InherentImpact": impact,
        "InherentRiskScore": likelihood * impact,
        "InherentRiskLevel": risk_level(likelihood * impact),
        "TreatmentStrategy": 1,
        "OwnerId": USER,
        "Department": rng.choice(DEPARTMENTS),
        "IdentifiedDate": at,
        "NextReviewDate": at + timedelta(days=365),
        "RiskAppetite": 2,
        "CreatedAt": at,
        "CreatedBy": USER,
        "UpdatedAt": between(rng, at, world.now) if rng.random() < 0.5 else None,
    }


def _action(rng: Random, risk: Row, world: World) -> Row:
    at = between(rng, world.now - timedelta(days=30), world.now)
    status = rng.randint(1, 5)
    return {
        "Id": draw_uuid(rng),
        "RiskId": risk["Id"],
        "ActionTitle": "Put it right",
        "Description": "How.",
        "OwnerId": USER,
        "Status": status,
        "DueDate": at + timedelta(days=90),
        "CompletedDate": between(rng, at, world.now) if status == 3 else None,
        "ProgressPercentage": 100 if status == 3 else rng.randint(0, 90),
        "EstimatedCost": 100_000,
        "ActualCost": 0,
        "Notes": "",
        "CreatedAt": at,
        "CreatedBy": USER,
        "UpdatedAt": None,
    }


def _indicator(rng: Random, risk: Row, world: World) -> Row:
    at = between(rng, world.now - timedelta(days=30), world.now)
    return {
        "Id": draw_uuid(rng),
        "RiskId": risk["Id"],
        "Name": f"Incidents of {risk['RiskCode']}",
        "Description": "Counted each week.",
        "MeasurementUnit": "count",
        "CurrentValue": rng.randint(0, 20),
        "ThresholdWarning": 8,
        "ThresholdCritical": 15,
        "Frequency": "Weekly",
        "LastMeasuredDate": at,
        "NextMeasurementDate": at + timedelta(days=7),
        "Status": rng.randint(1, 3),
        "DataSource": "Service desk",
        "OwnerId": USER,
        "CreatedAt": at,
        "CreatedBy": USER,
        "UpdatedAt": None,
    }


def _profiles(rng: Random, world: World) -> Iterator[Row]:
    """Under the first core's customer number, or its document; some name nobody whom any system knows."""
    customers = next(table.rows for table in world.banking.tables if table.name == "Customers")
    named = [(row["CustomerNumber"], row["IdentificationNumber"]) for row in customers if rng.random() < PROFILED_SHARE]
    unknown = [(f"IND9{n:05d}", f"9999000{n}") for n in range(UNKNOWN)]
    for number, document in (*named, *unknown):
        at, score = between(rng, world.now - timedelta(days=200), world.now), rng.randint(1, 25)
        by_document = rng.random() < BY_DOCUMENT_SHARE
        yield {
            "Id": draw_uuid(rng),
            "CustomerNumber": None if by_document else number,
            "NationalId": document if by_document else None,
            "RiskScore": score,
            "RiskLevel": risk_level(score),
            "Category": rng.randint(1, 15),
            "AssessedAt": at,
            "UpdatedAt": None,
        }
