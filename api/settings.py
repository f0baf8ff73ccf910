"""Everything the server reads from its environment, in one place; nothing else reads environment variables."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one installation; each is `BELEDIYE_<NAME>` in the environment or in the file named by `env_file`."""

    model_config = SettingsConfigDict(env_prefix="BELEDIYE_", extra="ignore")

    environment: Literal["production", "demo", "test"] = "production"

    # Three roles on one database: the app may see one municipality at a time, platform crosses them, owner migrates.
    database_url: SecretStr = Field(description="role belediye_app")
    platform_database_url: SecretStr = Field(description="role belediye_platform (BYPASSRLS)")
    owner_database_url: SecretStr | None = Field(default=None, description="role belediye_owner; only for migrations")
    pool_size: int = 8
    statement_timeout_ms: int = 5_000

    # 32 random bytes, base64; `belediye keys new` makes one. Lost key = lost personal data: keep a copy outside.
    master_key: SecretStr
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: list[str] = []
    # An operator network from which /metrics may be read; empty = loopback only.
    metrics_networks: list[str] = []

    # How often one person may do what a flood could be made of; several windows each (`limits` notation).
    pace_filing: str = "30/hour;100/day"
    pace_uploading: str = "200/hour;600/day"
    pace_searching: str = "120/minute;2000/hour"
    pace_sending_files: str = "1000/hour;4000/day"

    files_path: Path = Path("/var/lib/belediye/files")
    s3_endpoint_url: str | None = None
    s3_bucket: str | None = None
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    s3_region: str = "us-east-1"

    netgsm_base_url: str = "https://api.netgsm.com.tr"
    netgsm_username: str = ""
    netgsm_password: SecretStr = SecretStr("")
    netgsm_header: str = ""
    netgsm_deadline_seconds: float = 10.0

    log_json: bool = True
    log_level: str = "INFO"

    @property
    def is_production(self) -> bool:
        """Whether the strict start-up checks apply (no simulators, no weak secrets, https cookies)."""
        return self.environment == "production"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
