"""Writes the description of the API to a file: `python .ci/openapi.py docs/openapi.json`."""  # noqa: INP001 (a script)

import base64
import json
import secrets
import sys
from pathlib import Path

from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1]))

from api.app import create_app
from api.settings import Settings

# Nothing is connected: the application is only built, so any address and any key will do.
anywhere = SecretStr("postgresql://nobody@/nowhere")
app = create_app(
    Settings(
        environment="test",
        database_url=anywhere,
        platform_database_url=anywhere,
        master_key=SecretStr(base64.b64encode(secrets.token_bytes(32)).decode()),
    )
)
target = Path(sys.argv[1])
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
