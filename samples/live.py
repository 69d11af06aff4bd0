"""The scenario on the real sources: a customer is opened, logs in, pays, and the fraud engine objects.

Every call commits before it returns and tells when, by this machine's clock: the start of the way to the answer. Where
the bank has a Kafka, mobile and fraud tell there what they committed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import SystemRandom

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from samples import events, spellings
from samples.activity.channel import draw_device
from samples.bank import Bank
from samples.cores import COMPREHENSIVE, Core, next_number
from samples.names import Name
from samples.newcomer import NewPerson, parse_name, parse_phone
from samples.records import Record, draw_uuid
from samples.rows import comprehensive, fraud, mobile
from samples.rows.comprehensive import NIL, Account, Booking
from samples.rows.fraud import Alert
from samples.rows.mobile import Device
from samples.tables import Row
from samples.telling import Teller

AMOUNT_REASON = 30  # FraudReason: far above the customer's average
KNOWN_BY = {
    "comprehensive": 'SELECT * FROM "Customers" WHERE "Id" = %s::uuid',
    "mobile": 'SELECT * FROM "MobileUsers" WHERE "Id" = %s::uuid',
    "fraud": "SELECT * FROM monitored_customers WHERE customer_ref = %s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCustomer:
    """A new core customer with her account; `record` is her core row as it was written."""

    record: Record
    name: Name
    number: str  # nine national digits
    account: Account
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """Her mobile profile, and the log-in that opened the session."""

    record: Record
    device: Device
    login_id: str
    session_id: str
    committed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transacted:
    """A core booking; `seen_id` is the row by which the channel saw it, committed at `seen_at` in the mobile source."""

    booking: Booking
    seen_id: str
    committed_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """What the fraud engine knows of her, its alert and her score, committed together."""

    record: Record
    alert: Alert
    risk_level: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class RawRow:
    """One source row as SQL returns it; `sql` is complete but for the key, which is its one parameter."""

    key: str
    sql: str
    columns: Row


class LiveActivity:
    """Writes to a core, to mobile and to fraud as their own applications would."""

    def __init__(self, bank: Bank, core: Core = COMPREHENSIVE) -> None:
        self._core = core
        self._writers = bank.writers
        self._teller = Teller(bank.broker) if bank.broker else None
        self._random = SystemRandom()

    def create_customer(self, person: NewPerson) -> OpenedCustomer:
        """A core customer with a savings account of KES 150,000. ValueError if core knows the document or address."""
        name, number, now = parse_name(person.name), parse_phone(person.phone), datetime.now(UTC)
        record = Record(
            system=self._core.name,
            id=self._uuid(),
            person="",  # nobody's truth: she is not one of the seeded people
            name=name.words,
            national_id=person.national_id,
            phone=spellings.plus(number),
            email=person.email,
        )
        with psycopg.connect(self._writers[self._core.name]) as core:
            customer_number = self._core.number(core, "Customers")
            customer = comprehensive.customer_row(record, 0, now, now) | {"CustomerNumber": customer_number}
            try:
                _insert(core, "Customers", customer)
            except psycopg.errors.UniqueViolation as error:
                taken = "national id" if "Identification" in (error.diag.constraint_name or "") else "e-mail address"
                raise ValueError(f"Core already has a customer with this {taken}; give another one.") from error
            account = Account(id=self._uuid(), number=self._core.number(core, "Accounts"), customer_id=record.id)
            opening = self._draw_booking(core, account, "Deposit", Decimal("150000.00"), NIL, "Initial deposit", now)
            _insert(core, "Accounts", comprehensive.account_row(account, opening.after, now, now))
            _insert(core, "Transactions", comprehensive.transaction_row(opening))
            committed_at = _commit(core)
        return OpenedCustomer(record=record, name=name, number=number, account=account, committed_at=committed_at)

    def log_in(self, customer: OpenedCustomer) -> LogIn:
        """She installs the app, enrols under a shorter name and a local phone form, and logs in."""
        now = datetime.now(UTC)
        email = customer.record.email
        record = Record(
            system="mobile",
            entity="users",
            id=self._uuid(),
            person="",
            name=spellings.familiar(customer.name) if customer.name.middle else spellings.reversed_order(customer.name),
            phone=spellings.local_spaced(customer.number),
            email=email.capitalize() if email else None,
        )
        device = draw_device(self._random, record.id)
        login_id, session = self._uuid(), self._uuid()
        with psycopg.connect(self._writers["mobile"]) as channel:
            enrolled = mobile.user_row(record, now, now)
            _insert(channel, "MobileUsers", enrolled)
            _insert(channel, "DeviceInfo", mobile.device_row(device, now, now))
            logged_in = mobile.login_row(login_id, device, now)
            _insert(channel, "LoginActivity", logged_in)
            _insert(channel, "ChannelSessions", mobile.session_row(session, device, now, None))
            committed_at = _commit(channel)
        self._tell("customer.events", record.id, events.user(enrolled))
        self._tell("login.events", device.user_id, events.login(logged_in, mobile.device_row(device, now, now)))
        public = mobile.session_id(session)
        return LogIn(record=record, device=device, login_id=login_id, session_id=public, committed_at=committed_at)

    def transact(self, customer: OpenedCustomer, log_in: LogIn, amount: Decimal = Decimal("98500.00")) -> Transacted:
        """She sends `amount` (KES, more than 0, whole cents) to another bank. ValueError if the balance is smaller.

        Core books it and moves the balance; then the channel writes what it saw, in its own database.
        """
        if amount <= 0 or amount != amount.quantize(NIL):
            raise ValueError("The amount must be more than 0 and have at most two decimals.")
        now = datetime.now(UTC)
        with psycopg.connect(self._writers[self._core.name]) as core:
            query = 'SELECT "Balance" FROM "Accounts" WHERE "Id" = %s FOR UPDATE'
            row = core.execute(query, (customer.account.id,)).fetchone()
            if row is None:
                raise ValueError("Core has no such account; create the customer first.")
            if row[0] < amount:
                raise ValueError(f"The account holds {row[0]} KES, less than the amount.")
            booking = self._draw_booking(core, customer.account, "Debit", amount, row[0], "Transfer sent", now)
            _insert(core, "Transactions", comprehensive.transaction_row(booking))
            update = 'UPDATE "Accounts" SET "Balance" = %s, "AvailableBalance" = %s, "UpdatedAt" = %s WHERE "Id" = %s'
            core.execute(update, (booking.after, booking.after, now, booking.account.id))
            committed_at = _commit(core)
        seen_id = self._uuid()
        with psycopg.connect(self._writers["mobile"]) as channel:
            row_seen = mobile.channel_transaction_row(seen_id, log_in.session_id, booking)
            _insert(channel, "ChannelTransactions", row_seen)
            seen_at = _commit(channel)
        self._tell("transaction.events", seen_id, events.transaction(row_seen))
        return Transacted(booking=booking, seen_id=seen_id, committed_at=committed_at, seen_at=seen_at)

    def raise_alert(self, customer: OpenedCustomer, transacted: Transacted, score: int = 910) -> RaisedAlert:
        """The engine scores the booking (0 to 1000) and knows her under a third name and phone form."""
        level, now = fraud.risk_level(score), datetime.now(UTC)
        with psycopg.connect(self._writers["fraud"]) as engine:
            reference = next_number(engine, "monitored_customers", "customer_ref", "CUST_")
            record = Record(
                system="fraud",
                id=f"CUST_{reference:05d}",
                person="",
                name=spellings.upper_reversed(customer.name),
                national_id=customer.record.national_id,
                phone=spellings.bare(customer.number),
            )
            alert = Alert(
                id=self._uuid(),
                booking=transacted.booking,
                customer_ref=record.id,
                phone=record.phone,
                score=score,
                reason=AMOUNT_REASON,
                status="Open",
                raised_at=now,
            )
            monitored = fraud.monitored_customer_row(record, now, now)
            _insert(engine, "monitored_customers", monitored)
            raised, scored = fraud.alert_row(alert), fraud.score_row(record.id, score, Decimal("0.950"), now)
            _insert(engine, "fraud_alerts", raised)
            scored = {"id": _insert(engine, "risk_scores", scored, returning="id"), **scored}
            _insert(engine, "suspicious_transactions", fraud.suspicious_transaction_row(alert))
            _insert(engine, "alert_history", fraud.alert_history_row(alert, None, "Open", now))
            committed_at = _commit(engine)
        self._tell("customer.events", record.id, events.monitored(monitored))
        self._tell("fraud.events", alert.id, events.alert(raised))
        self._tell("risk.events", record.id, events.score(scored))
        return RaisedAlert(record=record, alert=alert, risk_level=level, committed_at=committed_at)

    def _tell(self, topic: str, key: str, event: Row) -> None:
        """After the commit, as applications do: what is told late or never is still polled."""
        if self._teller:
            self._teller.tell(topic, key, event)

    def _uuid(self) -> str:
        return draw_uuid(self._random)

    def _draw_booking(
        self,
        core: psycopg.Connection,
        account: Account,
        type: str,
        amount: Decimal,
        before: Decimal,
        description: str,
        at: datetime,
    ) -> Booking:
        external = f"01{self._random.randrange(10**11):011d}"
        return Booking(
            id=self._uuid(),
            reference=self._core.number(core, "Transactions"),
            account=account,
            type=type,
            amount=amount,
            before=before,
            after=before - amount if type == "Debit" else before + amount,
            description=description,
            related_account=external if type == "Debit" else None,
            at=at,
        )


def raw_rows(bank: Bank, keys: tuple[str, ...]) -> tuple[RawRow, ...]:
    """The source rows behind record keys, each read by SQL through the product's own read-only role."""
    rows: list[RawRow] = []
    for key in keys:
        system, _, id = key.split("|", 2)
        with psycopg.connect(bank.sources[system], row_factory=dict_row) as source:
            row = source.execute(KNOWN_BY[system], (id,)).fetchone()
        if row is None:
            raise LookupError(f"The {system} source has no row with that key.")
        rows.append(RawRow(key, KNOWN_BY[system], row))
    return tuple(rows)


def _insert(connection: psycopg.Connection, table: str, row: Row, returning: str | None = None) -> object:
    """Answers the named column of the row that is there now."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(sql.Placeholder() * len(row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, values)
    if returning is None:
        return connection.execute(statement, tuple(row.values()))
    asked = sql.SQL("{} RETURNING {}").format(statement, sql.Identifier(returning))
    found = connection.execute(asked, tuple(row.values())).fetchone()
    return found[0] if found else None


def _commit(connection: psycopg.Connection) -> datetime:
    connection.commit()
    return datetime.now(UTC)
