"""Turkish practice, by judgement: the order of the subjects, their seasons, the channels, what becomes of cases."""

from collections.abc import Mapping
from typing import NamedTuple

# Rank of the subjects in a dense metropolitan district; the shares come from `api.demo.arrivals`.
METROPOLITAN_DISTRICT = (
    "TEM-01", "ZAB-01", "FEN-01", "PRK-01", "FEN-02", "TEM-03", "ZAB-09", "VET-02", "ZAB-04", "TEM-04", "TEM-05",
    "FEN-08", "PRK-03", "TEM-02", "FEN-09", "FEN-06", "ZAB-05", "TEM-07", "FEN-04", "VET-01", "IMR-01", "ZAB-02",
    "SU-03", "PRK-02", "ZAB-10", "SOS-01", "ULS-01", "TEM-06", "ZAB-08", "SU-01", "FEN-05", "RUH-02", "ZAB-12",
    "MAL-01", "RUH-01", "ZAB-06", "PER-01", "SOS-02", "IMR-03", "ZAB-07", "ZAB-11", "SU-02", "FEN-03", "IMR-02",
    "ZAB-03", "BIM-01", "FEN-07", "SOS-03", "AFT-01",
)  # fmt: skip
# A small historic town has its own water works, more snow, stray dogs and fewer cars in the way.
DISTRICT = (
    "FEN-01", "TEM-01", "SU-01", "VET-02", "FEN-02", "FEN-08", "SU-03", "PRK-01", "TEM-02", "FEN-06", "FEN-07",
    "ZAB-01", "SU-02", "TEM-03", "TEM-04", "PRK-03", "FEN-09", "VET-01", "TEM-07", "IMR-01", "ZAB-12", "ZAB-09",
    "FEN-04", "FEN-05", "PRK-02", "SOS-01", "ULS-01", "IMR-03", "ZAB-06", "TEM-05", "IMR-02", "ZAB-04", "SOS-02",
    "ZAB-02", "MAL-01", "FEN-03", "ZAB-05", "TEM-06", "RUH-01", "ZAB-08", "PER-01", "ZAB-10", "SOS-03", "RUH-02",
    "ZAB-07", "ZAB-11", "ZAB-03", "BIM-01", "AFT-01",
)  # fmt: skip
RANKS: Mapping[str, tuple[str, ...]] = {"metropolitan_district": METROPOLITAN_DISTRICT, "district": DISTRICT}

_WINTER = (3.6, 3.2, 1.6, 0.1, 0, 0, 0, 0, 0, 0, 0.6, 2.6)
_HEATING = (2.2, 2.0, 1.6, 0.8, 0.3, 0.1, 0.1, 0.1, 0.2, 0.8, 1.6, 2.2)
_SUMMER = (0.2, 0.2, 0.4, 0.8, 1.3, 1.9, 2.1, 2.0, 1.4, 0.8, 0.4, 0.2)
_RAIN = (1.5, 1.4, 1.2, 0.9, 0.8, 0.7, 0.5, 0.6, 0.9, 1.2, 1.3, 1.5)
# How much oftener than in the mean of the year, January first; subjects that are not named come all year round.
SEASONS: Mapping[str, tuple[float, ...]] = {
    "FEN-07": _WINTER,
    "ZAB-12": _HEATING,
    "TEM-07": _SUMMER,
    "PRK-03": _SUMMER,
    "ZAB-04": _SUMMER,
    "FEN-05": _RAIN,
    "FEN-01": _RAIN,
}


class Channel(NamedTuple):
    """A way by which reports come; `by_staff` says that somebody at the municipality wrote it down."""

    code: str
    share: float
    by_staff: bool
    unnamed_share: float


CHANNELS = (
    Channel("citizen_app", 0.38, by_staff=False, unnamed_share=0.06),
    Channel("portal", 0.11, by_staff=False, unnamed_share=0.07),
    Channel("call_centre", 0.25, by_staff=True, unnamed_share=0.05),
    Channel("whatsapp", 0.10, by_staff=True, unnamed_share=0.0),
    Channel("counter", 0.06, by_staff=True, unnamed_share=0.02),
    Channel("social_media", 0.03, by_staff=True, unnamed_share=0.9),
    Channel("cimer", 0.03, by_staff=True, unnamed_share=0.0),
    Channel("headman", 0.02, by_staff=True, unnamed_share=0.0),
    Channel("letter", 0.01, by_staff=True, unnamed_share=0.0),
    Channel("field", 0.01, by_staff=True, unnamed_share=1.0),
)

# What becomes of closed cases that were not handed over when they were filed.
WITHDRAWN_SHARE, REJECTED_SHARE, FORWARDED_SHARE = 0.015, 0.075, 0.025
# Of cases whose reporter is known.
ASKED_SHARE, REPLIED_SHARE, RATED_SHARE = 0.05, 0.75, 0.34
REOPENED_SHARE, REOPENED_SHARE_IF_DISCONTENT = 0.012, 0.22
# Handed on by the service desk because the first department was the wrong one.
REROUTED: Mapping[str, str] = {
    "TEM-04": "cleaning",
    "FEN-06": "transport",
    "ZAB-08": "health",
    "ZAB-10": "urban_planning",
    "PRK-03": "cleaning",
    "TEM-07": "cleaning",
    "RUH-02": "enforcement",
    "FEN-02": "parks_gardens",
}
REROUTED_SHARE = 0.12
# How content people are, 1 to 5, with a solution in time and with a late one.
RATINGS_IN_TIME = (0.05, 0.06, 0.14, 0.33, 0.42)
RATINGS_LATE = (0.24, 0.21, 0.24, 0.19, 0.12)
# Part of the reports that were filed without a place where the subject needs none.
PLACELESS_SHARE = 0.7
