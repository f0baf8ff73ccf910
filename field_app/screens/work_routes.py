"""Where the navigator finds the screens of the open phone."""

from collections.abc import Callable, Mapping

from field_app.screens import inspection_routes
from field_app.screens.attention.screen import Attention
from field_app.screens.change_pin.screen import ChangePin
from field_app.screens.complaint.screen import ComplaintScreen
from field_app.screens.field_map.screen import FieldMap
from field_app.screens.hand_over.screen import HandOver
from field_app.screens.messages.screen import Messages
from field_app.screens.more.export import Export
from field_app.screens.more.offline_maps import OfflineMaps
from field_app.screens.more.screen import More
from field_app.screens.more.settings import Settings
from field_app.screens.send_only.screen import SendOnly
from field_app.screens.sync.screen import SyncScreen
from field_app.screens.task.screen import NewTask, TaskScreen
from field_app.screens.today.screen import Today
from field_app.screens.writing.screen import Writing
from mobile.kit.screen import Screen

SEND_ONLY: Mapping[str, Callable[..., Screen]] = {"send_only": SendOnly}
ROUTES: Mapping[str, Callable[..., Screen]] = {
    "today": Today,
    "map": FieldMap,
    "messages": Messages,
    "sync": SyncScreen,
    "more": More,
    "complaint": ComplaintScreen,
    "writing": Writing,
    "hand_over": HandOver,
    "task": TaskScreen,
    "new_task": NewTask,
    "attention": Attention,
    "offline_maps": OfflineMaps,
    "export": Export,
    "settings": Settings,
    "change_pin": ChangePin,
    **inspection_routes.ROUTES,
}
