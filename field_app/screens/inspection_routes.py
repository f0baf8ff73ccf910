"""Where the navigator finds the screens of visits, records, businesses and new findings."""

from collections.abc import Callable, Mapping

from field_app.screens.business.edit import BusinessEdit
from field_app.screens.business.screen import BusinessScreen
from field_app.screens.business.search import BusinessSearch
from field_app.screens.inspection.screen import InspectionScreen
from field_app.screens.new_finding.category import ChooseCategory
from field_app.screens.new_finding.filling import NewBusinessScreen, NewCaseScreen
from field_app.screens.new_finding.screen import NewFinding
from field_app.screens.record.amendment import Amendment
from field_app.screens.record.screen import RecordScreen
from mobile.kit.screen import Screen

ROUTES: Mapping[str, Callable[..., Screen]] = {
    "inspection": InspectionScreen,
    "record": RecordScreen,
    "amendment": Amendment,
    "business": BusinessScreen,
    "business_edit": BusinessEdit,
    "businesses": BusinessSearch,
    "new_finding": NewFinding,
    "choose_category": ChooseCategory,
    "new_case": NewCaseScreen,
    "new_business": NewBusinessScreen,
}
