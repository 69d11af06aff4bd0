"""What the services in front of three of the sample bank's databases offer: nothing else leaves those databases.

Nobody can ask for the text of a conversation, or for a partner's secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """A list: columns of a table, or of a query. ``changed`` is the column by which one asks what is new."""

    rows: str  # what stands behind FROM
    key: str
    changed: str | None
    said: str  # the columns, with spaces between

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.said.split())


PAYMENTS = "(SELECT *, greatest(created_at, updated_at, completed_at) AS changed_at FROM payments)"
# One for each who talked to it: as she named herself last, with what she prefers.
TALKERS = """(SELECT c.*, CASE WHEN p.customer_ref IS NOT NULL THEN json_build_object('language', p.preferred_language,
    'opt_in_insights', p.opt_in_insights) END AS preferences, greatest(c.last_message_at, p.updated_at) AS changed_at
    FROM (SELECT DISTINCT ON (customer_ref) customer_ref, customer_email AS email, customer_phone AS phone,
        min(started_at) OVER (PARTITION BY customer_ref) AS first_seen_at, last_message_at
        FROM conversations ORDER BY customer_ref, last_message_at DESC) c
    LEFT JOIN customer_preferences p USING (customer_ref))"""
CONVERSATIONS = """(SELECT *, (SELECT count(*) FROM conversation_history h WHERE h.conversation_id = c.conversation_id)
    AS messages FROM conversations c)"""

PREFIX: Mapping[str, str] = {"openbanking": "v1/", "erms": "api/", "copilot": ""}  # of their paths
OFFERED: Mapping[str, Mapping[str, Resource]] = {
    "openbanking": {
        "partners": Resource(
            "oauth_clients",
            "client_id",
            "updated_at",
            "client_id name scopes created_at updated_at",
        ),
        "customers": Resource(
            "customers",
            "id",
            "updated_at",
            "id customer_number first_name last_name email phone date_of_birth kyc_status created_at updated_at",
        ),
        "accounts": Resource(
            "accounts",
            "id",
            "updated_at",
            "id account_number customer_id account_type currency balance available_balance status "
            "created_at updated_at",
        ),
        "transactions": Resource(
            "transactions",
            "id",
            "created_at",
            "id transaction_ref account_id transaction_type amount currency description status "
            "transaction_date created_at",
        ),
        "payments": Resource(
            PAYMENTS,
            "id",
            "changed_at",
            "id payment_ref source_account_id destination_account_number amount currency reference "
            "status completed_at created_at changed_at",
        ),
        "consents": Resource(
            "consents",
            "consent_id",
            "updated_at",
            "consent_id customer_id client_id scopes status created_at expires_at revoked_at updated_at",
        ),
        "access-logs": Resource(
            "api_access_logs",
            "id",
            "created_at",
            "id client_id customer_id consent_id endpoint http_method status_code latency_ms created_at",
        ),
    },
    "erms": {
        "Risks": Resource(
            '"Risks"',
            "Id",
            None,
            "Id RiskCode Title Category Status InherentRiskScore InherentRiskLevel ResidualRiskLevel "
            "Department IdentifiedDate NextReviewDate CreatedAt UpdatedAt",
        ),
        "MitigationActions": Resource(
            '"MitigationActions"',
            "Id",
            None,
            "Id RiskId ActionTitle Status DueDate CompletedDate CreatedAt UpdatedAt",
        ),
        "KeyRiskIndicators": Resource(
            '"KeyRiskIndicators"',
            "Id",
            None,
            "Id RiskId Name CurrentValue LastMeasuredDate Status DataSource CreatedAt UpdatedAt",
        ),
        "CustomerRiskProfiles": Resource(
            '"CustomerRiskProfiles"',
            "Id",
            None,
            "Id CustomerNumber NationalId RiskScore RiskLevel Category AssessedAt UpdatedAt",
        ),
    },
    "copilot": {
        "customers": Resource(
            TALKERS,
            "customer_ref",
            "changed_at",
            "customer_ref email phone preferences first_seen_at changed_at",
        ),
        "conversations": Resource(
            CONVERSATIONS,
            "conversation_id",
            "last_message_at",
            "conversation_id customer_ref channel messages started_at last_message_at",
        ),
        "recommendations": Resource(
            "recommendations",
            "id",
            "updated_at",
            "id customer_ref action_type recommended_product confidence_score ai_model_version "
            "is_completed outcome recommended_date completed_date updated_at",
        ),
        "predictions": Resource(
            "model_predictions",
            "id",
            "created_at",
            "id customer_ref account_number prediction_type predicted_value confidence horizon_days "
            "model_version created_at",
        ),
    },
}
