"""Sync for the rest of the house: every verb and every reading, by name."""

from api.sync.blobs import sweep_uploads
from api.sync.bundle_desk import bring_bundle, list_bundles, retry_bundle
from api.sync.bundles import Importing, Outcome, import_bundle
from api.sync.disaster import declare_disaster, end_disaster, list_disasters, policy_for_phones
from api.sync.epoch import begin_epoch
from api.sync.field_devices import list_field_devices, revoke_field_device
from api.sync.inbox import (
    count_conflicts,
    escalate_conflicts,
    list_conflicts,
    list_register_questions,
    resolve_conflict,
)
from api.sync.office_schemas import (
    BundleOut,
    BusinessChangeOut,
    BusinessMatchOut,
    ConflictOut,
    DisasterIn,
    FieldDeviceOut,
    ResolveIn,
)
from api.sync.profile import read_profile
from api.sync.pull import pull
from api.sync.push import push

__all__ = [
    "BundleOut",
    "BusinessChangeOut",
    "BusinessMatchOut",
    "ConflictOut",
    "DisasterIn",
    "FieldDeviceOut",
    "Importing",
    "Outcome",
    "ResolveIn",
    "begin_epoch",
    "bring_bundle",
    "count_conflicts",
    "declare_disaster",
    "end_disaster",
    "escalate_conflicts",
    "import_bundle",
    "list_bundles",
    "list_conflicts",
    "list_disasters",
    "list_field_devices",
    "list_register_questions",
    "policy_for_phones",
    "pull",
    "push",
    "read_profile",
    "resolve_conflict",
    "retry_bundle",
    "revoke_field_device",
    "sweep_uploads",
]
