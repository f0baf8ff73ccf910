"""Imports every domain's tables, so that `SQLModel.metadata` is whole."""

import api.complaints.models
import api.core.models
import api.files.models
import api.identity.models
import api.municipalities.models
import api.notices.models  # noqa: F401
