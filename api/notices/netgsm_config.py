"""One municipality's NetGSM account, checked so that the client's silent fallbacks cannot be reached."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class SimulatorInProductionError(ValueError):
    """A production start points at something that cannot be the real provider."""


class NetgsmConfig(BaseModel):
    """Account, sender header and address; `base_url` alone decides between the real provider and a simulator."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    username: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)
    header: str = Field(pattern=r"^[A-Za-z0-9 .\-]{3,11}$")  # approved sender name, no Turkish letters
    deadline_seconds: float = Field(default=10.0, gt=0, le=60)

    @field_validator("base_url")
    @classmethod
    def _address_is_complete(cls, base_url: str) -> str:
        # An empty address would make the client fall back to the real NetGSM without a word.
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("base_url must look like https://host[:port]")
        if parts.username or parts.password:
            raise ValueError("base_url carries no credentials")
        return base_url.rstrip("/")

    @field_validator("username", "password")
    @classmethod
    def _fits_the_client(cls, value: str | SecretStr) -> str | SecretStr:
        # The client builds its Basic header in ASCII and raises UnicodeEncodeError on the first letter outside it.
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not re.fullmatch(r"[\x21-\x7e]+", text):
            raise ValueError("NetGSM credentials are printable ASCII without spaces")
        return value

    @field_validator("username")
    @classmethod
    def _has_no_colon(cls, username: str) -> str:
        if ":" in username:
            raise ValueError("a colon ends the user name in Basic authentication")
        return username


def refuse_simulator_in_production(config: NetgsmConfig) -> None:
    """Stop a production start whose SMS would go to a simulator or travel unencrypted.

    Raises:
        SimulatorInProductionError: the address is plain http or a loopback host.
    """
    parts = urlsplit(config.base_url)
    if parts.scheme != "https":
        raise SimulatorInProductionError("the SMS provider must be reached over https")
    if _is_loopback(parts.hostname or ""):
        raise SimulatorInProductionError("the SMS provider cannot be this machine")


def _is_loopback(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".localdomain")):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))  # 127.1, 0x7f000001, 2130706433
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified
