"""Where the navigator finds the screens of visits, records, businesses and new findings."""

from collections.abc import Callable, Mapping

from field_app.screens.inspection.screen import InspectionScreen
from field_app.screens.record.amendment import Amendment
from field_app.screens.record.screen import RecordScreen
from mobile.kit.screen import Screen

ROUTES: Mapping[str, Callable[..., Screen]] = {
    "inspection": InspectionScreen,
    "record": RecordScreen,
    "amendment": Amendment,
}
