"""Identity: `customers = f(evidence, verdicts)`, pure."""

from timeline.folds.identity.derive import Derived, Standing, derive
from timeline.folds.identity.evidence import Evidence, Linked, Seen, customer_id, evidence_of, handle_id
from timeline.folds.identity.verdicts import Verdict, VerdictKind

__all__ = [
    "Derived",
    "Evidence",
    "Linked",
    "Seen",
    "Standing",
    "Verdict",
    "VerdictKind",
    "customer_id",
    "derive",
    "evidence_of",
    "handle_id",
]
