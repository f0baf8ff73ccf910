"""Imports every domain's tables, so that `SQLModel.metadata` is whole."""

import api.businesses.models
import api.complaints.models
import api.core.models
import api.fieldwork.models
import api.files.models
import api.identity.models
import api.inspections.models
import api.municipalities.models
import api.notices.models
import api.offline_maps.models
import api.sync.models  # noqa: F401
