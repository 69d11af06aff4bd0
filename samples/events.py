"""What the applications tell of rows that they committed: each event has the whole state, in the brain's words."""

import uuid
from datetime import UTC, datetime

from samples.tables import Row

MOBILE, FRAUD = "Mobile Banking", "Fraud Detection"


def user(row: Row) -> Row:
    """Of MobileUsers."""
    return _envelope("CustomerCreated", MOBILE, row["UpdatedAt"]) | {
        "LocalCustomerId": row["Id"],
        "PartyType": "person",
        "FullName": row["FullName"],
        "PhoneNumber": row["PhoneNumber"],
        "Email": row["Email"],
        "Status": row["Status"],
        "CreatedAt": row["EnrolledAt"],
        "UpdatedAt": row["UpdatedAt"],
    }


def monitored(row: Row) -> Row:
    """Of monitored_customers."""
    return _envelope("CustomerCreated", FRAUD, row["updated_at"]) | {
        "LocalCustomerId": row["customer_ref"],
        "FullName": row["full_name"],
        "NationalId": row["national_id"],
        "PhoneNumber": row["phone"],
        "Email": row["email"],
        "CreatedAt": row["created_at"],
        "UpdatedAt": row["updated_at"],
    }


def login(row: Row, device: Row) -> Row:
    """Of LoginActivity, with the device from DeviceInfo."""
    return _envelope("LoginPerformed", MOBILE, row["OccurredAt"]) | {
        "LoginId": row["Id"],
        "LocalCustomerId": row["MobileUserId"],
        "Channel": "Mobile",
        "IsSuccessful": row["IsSuccessful"],
        "FailureReason": row["FailureReason"],
        "DeviceInfo": {name: value for name, value in device.items() if name != "MobileUserId"},
        "IpAddress": row["IpAddress"],
        "LoggedInAt": row["OccurredAt"],
    }


def transaction(row: Row) -> Row:
    """Of ChannelTransactions."""
    return _envelope("TransactionPosted", MOBILE, row["CompletedAt"] or row["ProcessedAt"]) | {
        "TransactionId": row["Id"],
        "Reference": row["TransactionId"],
        "AccountNumber": row["AccountNumber"],
        "Amount": row["Amount"],
        "Currency": row["Currency"],
        "TransactionType": row["ServiceCode"],
        "Channel": "Mobile",
        "Status": str(row["Status"]),
        "Description": row["Description"],
        "PostedAt": row["ProcessedAt"],
    }


def alert(row: Row, event_type: str = "FraudAlertRaised") -> Row:
    """Of fraud_alerts; also for FraudAlertUpdated."""
    return _envelope(event_type, FRAUD, row["updated_at"]) | {
        "AlertId": row["alert_id"],
        "AlertType": str(row["primary_reason"]),
        "RiskScore": row["fraud_score"],
        "Severity": row["risk_level"],
        "Decision": row["decision"],
        "Status": row["status"],
        "Reason": row["flagged_reason"],
        "RelatedTransactionId": row["transaction_reference"],
        "AccountNumber": row["account_number"],
        "LocalCustomerId": row["customer_ref"],
        "RaisedAt": row["created_at"],
        "UpdatedAt": row["updated_at"],
    }


def case(row: Row, event_type: str = "FraudCaseOpened") -> Row:
    """Of analyst_cases, whose times are UTC and do not say so; also for FraudCaseUpdated."""
    times = {name: _aware(row[name]) for name in ("created_at", "updated_at", "closed_at")}
    return _envelope(event_type, FRAUD, times["updated_at"]) | {
        "CaseId": str(row["case_id"]),
        "Category": row["transaction_type"],
        "Priority": row["risk_level"],
        "Status": row["status"],
        "RelatedTransactionId": row["transaction_id"],
        "LocalCustomerId": row["customer_id"],
        "OpenedAt": times["created_at"],
        "UpdatedAt": times["updated_at"],
        "ClosedAt": times["closed_at"],
    }


def score(row: Row) -> Row:
    """Of risk_scores."""
    return _envelope("RiskAssessed", FRAUD, row["evaluated_at"]) | {
        "AssessmentId": str(row["id"]),
        "LocalCustomerId": row["customer_ref"],
        "Score": row["score"],
        "RiskLevel": row["risk_level"],
        "ModelVersion": row["model_version"],
        "Confidence": float(str(row["confidence"])),
        "AssessedAt": row["evaluated_at"],
    }


def _envelope(event_type: str, system: str, at: object) -> Row:
    return {
        "Id": str(uuid.uuid4()),
        "EventType": event_type,
        "SchemaVersion": 1,
        "OccurredAt": at,
        "SourceSystem": system,
        "Metadata": {},
    }


def _aware(at: object) -> datetime | None:
    return at.replace(tzinfo=UTC) if isinstance(at, datetime) else None
