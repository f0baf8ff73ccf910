"""Starts the field app: `python -m field_app.main --server URL` on a desktop, or as the entry of an Android build.

On a desktop its files stand in `.local/field` and its keys are plain files: for development and tests, never for work.
"""

import argparse
import os
from pathlib import Path

import httpx

from field_app.phone import Phone, Surroundings
from mobile.device.ports import Device, Fix, Network

SERVER_FILE = Path(__file__).with_name("server.txt")
"""Written into a build: the address of the installation that it belongs to."""
ON_ANDROID = "ANDROID_ARGUMENT" in os.environ


def make_phone(device: Device, client: httpx.Client) -> Phone:
    """Put the phone together from the device's ports and a client of the server's address."""
    clock = device.clock
    around = Surroundings(
        folder=device.folder / "app",
        key_store=device.keys,
        clock=lambda: int(clock.wall().timestamp() * 1000),
        uptime=lambda: (clock.boot_id(), int(clock.elapsed() * 1000)),
        is_line_fast=lambda: device.connectivity.current() is Network.FREE,
    )
    return Phone(around, client)


def start(phone: Phone, device: Device) -> None:
    """Open the window."""
    # Kivy would read this program's own options, and does so when it is imported.
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    from field_app.app import FieldApp  # noqa: PLC0415

    FieldApp(phone, device).run()


def run_desktop() -> None:
    """Run in a window of this machine."""
    from mobile.device.desktop import device  # noqa: PLC0415 (not part of an Android build)

    parser = argparse.ArgumentParser(prog="field_app", description="Saha uygulaması")
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="sunucunun adresi")
    parser.add_argument("--folder", type=Path, default=Path(".local/field"), help="uygulamanın klasörü")
    parser.add_argument("--place", default="29.030,40.987", help="telefonun yeri: boylam,enlem")
    options = parser.parse_args()
    desktop = device(options.folder)
    lon, lat = (float(part) for part in options.place.split(","))
    desktop.location.give(Fix(lon, lat, 8.0, desktop.clock.wall()))  # type: ignore[attr-defined]  # the desktop's own
    start(make_phone(desktop, httpx.Client(base_url=options.server)), desktop)


def run_android() -> None:
    """Run on a phone."""
    from mobile.device.android import device  # noqa: PLC0415 (not to be had elsewhere)

    phone = device()
    server = SERVER_FILE.read_text(encoding="utf-8").strip()
    start(make_phone(phone, httpx.Client(base_url=server)), phone)


if __name__ == "__main__":
    (run_android if ON_ANDROID else run_desktop)()
