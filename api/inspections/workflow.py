"""The life of a visit: planned, then submitted or cancelled; nothing follows either. Nothing here touches the database.

Kinds: `routine` by the rule of the business's class, `complaint` because somebody complained, `recheck` after the term
of a warning, `spot` without a plan. Outcomes: `passed` nothing is left open, `warned` everything left open has a term,
`failed` something has no term or a warning was broken, `nobody_there` the visit could not be made.
"""

from typing import Literal

Kind = Literal["routine", "complaint", "recheck", "spot"]
Status = Literal["planned", "submitted", "cancelled"]
Outcome = Literal["passed", "warned", "failed", "nobody_there"]

# Act → permission and the state it needs; a correction needs a submitted visit, everything else a planned one.
ACTIONS: dict[str, tuple[str, Status]] = {
    "submit": ("inspection.submit", "planned"),
    "assign": ("inspection.plan", "planned"),
    "cancel": ("inspection.plan", "planned"),
    "amend": ("inspection.amend", "submitted"),
}
