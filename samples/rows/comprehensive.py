"""One row of each ComprehensiveWekezaApi table, as the application would write it. Columns left out are NULL."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from samples.records import Record
from samples.tables import Row

NIL = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What other rows need to know of an account."""

    id: str
    number: str
    customer_id: str
    business_id: str | None = None  # whose it is, where it is a company's
    currency: str = "KES"
    product: str = "Savings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A movement on an account; `amount` is positive, `type` (Deposit, Credit, Debit) tells its direction."""

    id: str
    reference: str
    account: Account
    type: str
    amount: Decimal
    before: Decimal
    after: Decimal
    description: str
    related_account: str | None
    at: datetime


def customer_row(record: Record, number: int, created_at: datetime, updated_at: datetime) -> Row:
    first, *middle, last = record.name
    customer_number = f"IND{number:06d}"
    birth_date = datetime.combine(record.birth_date, time(), UTC) if record.birth_date else None
    return {
        "Id": record.id,
        "CustomerNumber": customer_number,
        "FirstName": first,
        "MiddleName": " ".join(middle) or None,
        "LastName": last,
        "IdentificationNumber": record.national_id,
        # NOT NULL and unique: the branch makes an address up for customers who have none.
        "Email": record.email or f"{customer_number.lower()}@no-email.example.com",
        "PrimaryPhone": record.phone,
        "SecondaryPhone": record.second_phone,
        "DateOfBirth": birth_date,
        "Gender": record.gender,
        "Nationality": "Kenyan",
        "PreferredLanguage": "English",
        "KYCStatus": "Verified",
        "KYCCompletedAt": created_at,
        "AMLRiskRating": "Low",
        "LastAMLScreening": updated_at,
        "OptInEmail": record.email is not None,
        "OptInMarketing": False,
        "OptInSMS": True,
        "Status": "Active",
        "CreatedAt": created_at,
        "UpdatedAt": updated_at,
    }


def account_row(account: Account, balance: Decimal, created_at: datetime, updated_at: datetime) -> Row:
    return {
        "Id": account.id,
        "AccountNumber": account.number,
        "CustomerId": account.customer_id,
        "BusinessId": account.business_id,
        "AccountType": account.product,
        "ProductName": f"Wekeza {account.product} {account.currency}",
        "Currency": account.currency,
        "Balance": balance,
        "AvailableBalance": balance,
        "OverdraftLimit": NIL,
        "InterestRate": Decimal("3.50") if account.product == "Savings" else None,
        "IsClosed": False,
        "IsDeactivated": False,
        "IsFrozen": False,
        "Status": "Active",
        "CreatedAt": created_at,
        "UpdatedAt": updated_at,
    }


def transaction_row(booking: Booking) -> Row:
    return {
        "Id": booking.id,
        "AccountId": booking.account.id,
        "Reference": booking.reference,
        "Type": booking.type,
        "Amount": booking.amount,
        "Currency": booking.account.currency,
        "PreviousBalance": booking.before,
        # The admin panel leaves both balances of an initial deposit at zero: they must not be reconciled from.
        "NewBalance": NIL if booking.type == "Deposit" else booking.after,
        "RelatedAccountNumber": booking.related_account,
        "Description": booking.description,
        "ProcessedBy": "AdminPanel" if booking.type == "Deposit" else "System",
        "Status": "Completed",
        "ProcessedAt": booking.at,
    }


def loan_row(id: str, number: int, account: Account, principal: Decimal, approved_at: datetime) -> Row:
    return {
        "Id": id,
        "LoanNumber": f"LN{number:08d}",
        "CustomerId": account.customer_id,
        "AccountId": account.id,
        "Amount": principal,
        "PrincipalAmount": principal,
        "OutstandingBalance": (principal * Decimal("0.60")).quantize(Decimal("0.01")),
        "Currency": account.currency,
        "InterestRate": Decimal("14.00"),
        "TermInMonths": 24,
        "Purpose": "School fees",
        "RiskGrade": "Low",
        "Status": "Active",
        "ApprovedAt": approved_at,
        "ApprovedBy": "Credit Committee",
        "DisbursedAt": approved_at,
        "DisbursedBy": "System",
        "MaturityDate": approved_at + timedelta(days=730),
        "CreatedAt": approved_at - timedelta(days=7),
        "UpdatedAt": approved_at,
    }


def card_row(id: str, number: str, account: Account, holder: str, issued_at: datetime) -> Row:
    return {
        "Id": id,
        "CardNumber": number,
        "CustomerId": account.customer_id,
        "AccountId": account.id,
        "CardHolderName": holder.upper()[:100],
        "CardType": "Debit",
        "DailyLimit": Decimal("100000.00"),
        "MonthlyLimit": Decimal("1000000.00"),
        "UsedToday": NIL,
        "UsedThisMonth": NIL,
        "IsContactless": True,
        "IsInternational": False,
        "Status": "Active",
        "IssuedAt": issued_at,
        "ExpiryDate": issued_at + timedelta(days=3 * 365),
        "CreatedAt": issued_at,
        "UpdatedAt": issued_at,
    }


def business_row(record: Record, number: int, created_at: datetime) -> Row:
    return {
        "Id": record.id,
        "BusinessNumber": f"BUS{number:06d}",
        "BusinessName": record.full_name,
        "CompanyName": f"{record.full_name} Ltd",
        "CompanyType": "LLC",
        "BusinessType": "Private",
        "Industry": "Trade",
        "RegistrationNumber": record.registration,
        "KraPin": record.tax_pin or "",
        # NOT NULL and unique, like customers' addresses.
        "Email": record.email or f"bus{number:06d}@no-email.example.com",
        "Phone": record.phone or "",
        "PrimaryContactPerson": "",
        "IncorporationDate": created_at - timedelta(days=1500),
        "Status": "Active",
        "VerificationStatus": "Pending",
        "CreatedAt": created_at,
        "UpdatedAt": created_at,
    }


def signatory_row(record: Record, account: Account, created_at: datetime) -> Row:
    return {
        "Id": record.id,
        "AccountId": account.id,
        "SignatoryName": record.full_name,
        "IdNumber": record.national_id or "",
        "Role": "Approver",
        "SignatureLimit": Decimal("500000.00"),
        "IsActive": True,
        "Status": "Active",
        "CreatedAt": created_at,
    }
