"""Why a value links nobody, or why two of its holders were not linked."""

from enum import StrEnum


class ReasonCode(StrEnum):
    """Closed: whoever shows or stores a reason may rely on these thirteen."""

    # of a value
    INVALID_VALUE = "invalid_value"
    PLACEHOLDER = "placeholder"
    SHARED_BY_TOO_MANY = "shared_by_too_many"
    STEWARD_SUPPRESSED = "steward_suppressed"
    # of a pair, told by the two records and the value
    UNVERIFIED = "unverified"
    NAMES_CONTRADICT = "names_contradict"
    BIRTH_DATES_CONTRADICT = "birth_dates_contradict"
    NEEDS_CORROBORATION = "needs_corroboration"
    DOCUMENTS_DISPUTED = "documents_disputed"
    # of a pair, told by everything that its two components hold
    AMBIGUOUS = "ambiguous"
    DIFFERENT_PARTY_TYPES = "different_party_types"
    WOULD_JOIN_TWO_NATIONAL_IDS = "would_join_two_national_ids"
    STEWARD_DIFFERENT = "steward_different"
