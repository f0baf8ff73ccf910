"""What the demonstration runs: the SMS simulator, the server and the worker, all on this machine's loopback."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from api.demo.processes import Troupe, environment_of, free_port
from api.demo.stage import Secrets, Stage, Urls

SERVER_PORT, SIMULATOR_PORT = 8000, 8088
_SMS_ACCOUNT, _SMS_HEADER = "850000000", "BELEDIYE"
_DELIVERY_SECONDS = "0.3"
_COMMAND = ("-c", "from api.cli.main import app; app()")


@dataclass(frozen=True)
class Addresses:
    """Where the started processes answer."""

    server: str
    simulator: str


def raise_curtain(
    troupe: Troupe, stage: Stage, urls: Urls, secrets: Secrets, checkout: Path, told: Callable[[str], None]
) -> Addresses:
    """Start simulator, server and worker and wait until they answer.

    Args:
        troupe: stops them in the end.
        stage: the folder of logs and photos.
        urls: the filled database.
        secrets: of this folder.
        checkout: where the simulators lie; they are part of the tests, not of the product.
        told: hears of each process that has come up.

    Raises:
        ChildFailed: one of them did not come up.
        OSError: no free port.
    """
    ports = free_port(SERVER_PORT), free_port(SIMULATOR_PORT)
    addresses = Addresses(*(f"http://127.0.0.1:{port}" for port in ports))
    simulator = troupe.start(
        "simulator",
        (
            *("-m", "tests.simulators.netgsm", "--port", str(ports[1]), "--delivery-seconds", _DELIVERY_SECONDS),
            # A random password may begin with "-": only this form keeps it from being read as an option.
            *("--username", _SMS_ACCOUNT, f"--password={secrets.sms_password}", "--header", _SMS_HEADER),
        ),
        environment_of({}),
        checkout,
    )
    settings = environment_of(
        {
            "environment": "demo",
            "database_url": urls.app,
            "platform_database_url": urls.platform,
            "master_key": secrets.master_key,
            "public_url": addresses.server,
            "files_path": str(stage.photos),
            "netgsm_base_url": addresses.simulator,
            "netgsm_username": _SMS_ACCOUNT,
            "netgsm_password": secrets.sms_password,
            "netgsm_header": _SMS_HEADER,
            "log_json": "false",
        }
    )
    server = troupe.start(
        "serve", (*_COMMAND, "serve", "--port", str(ports[0]), "--notice-seconds", "0"), settings, checkout
    )
    worker = troupe.start("worker", (*_COMMAND, "worker"), settings, checkout)
    simulator.wait_ready(f"{addresses.simulator}/")
    told(f"SMS benzetimi {addresses.simulator}{_moved(ports[1], SIMULATOR_PORT)}")
    server.wait_ready(f"{addresses.server}/readyz")
    worker.demand_alive()
    told(f"sunucu {addresses.server}{_moved(ports[0], SERVER_PORT)}, işleyici")
    return addresses


def _moved(port: int, wanted: int) -> str:
    return "" if port == wanted else f" ({wanted} dolu olduğu için)"
