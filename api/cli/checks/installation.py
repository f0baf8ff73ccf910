"""Checks of the installation beside the database: settings, keys, files."""

import os
import shutil

from api.cli.checks.finding import Finding, Patient, Text, fault, notice, well
from api.core import clock, keys
from api.core.crypto import CryptoError
from api.core.sql import fetch_all
from api.core.startup import StartRefused, check_settings, master_key_bytes
from api.core.storage import StorageError
from api.worker import outside_systems

LEAST_FREE_SHARE = 0.15
LEAST_FREE_BYTES = 2 * 1024**3
PROBE = "doctor/probe"


async def settings(patient: Patient) -> Finding:
    """Would the server start with these settings?"""
    try:
        check_settings(patient.settings)
    except StartRefused as refusal:
        return fault(
            Text(f"Ayarlar güvenli değil: {refusal}", f"The settings are not safe: {refusal}"),
            Text("Adı geçen BELEDIYE_ ayarını düzeltin", "Correct the BELEDIYE_ setting that is named"),
        )
    if patient.settings.is_production and clock.offset():
        return fault(
            Text("Saat kaydırılmış (BELEDIYE_CLOCK_OFFSET_SECONDS)", "The clock is shifted"),
            Text("BELEDIYE_CLOCK_OFFSET_SECONDS ayarını kaldırın", "Unset BELEDIYE_CLOCK_OFFSET_SECONDS"),
        )
    name = patient.settings.environment
    if not patient.settings.is_production:
        return notice(
            Text(f"Ortam: {name}; sıkı denetimler kapalı", f"Environment: {name}; the strict checks are off"),
            Text("Gerçek kurulumda BELEDIYE_ENVIRONMENT=production", "For real use: BELEDIYE_ENVIRONMENT=production"),
        )
    return well("Ayarlar üretim için uygun", "The settings are fit for production")


async def master_key(patient: Patient) -> Finding:
    """Does the master key open every municipality's keys?"""
    keys.install_master_key(master_key_bytes(patient.settings.master_key))
    async with patient.platform.transaction() as session:
        towns = await fetch_all(session, "SELECT id, slug FROM municipality ORDER BY slug")
        closed = []
        for town in towns:
            keys.forget(town["id"])
            try:
                await keys.keyring(session, town["id"])
            except CryptoError:
                closed.append(town["slug"])
    if closed:
        names = ", ".join(closed[:5]) + (" …" if len(closed) > 5 else "")  # noqa: PLR2004 (enough to recognise)
        return fault(
            Text(
                f"Ana anahtar {len(closed)} belediyenin anahtarını açmıyor: {names}",
                f"The master key does not open the keys of {len(closed)} municipalities: {names}",
            ),
            Text(
                "BELEDIYE_MASTER_KEY olarak kurulumdaki anahtarın yedeğini verin; yeni anahtar eski kayıtları açmaz",
                "Give the installation's own key as BELEDIYE_MASTER_KEY; a new key does not open old records",
            ),
        )
    return well(f"Ana anahtar {len(towns)} belediyede geçerli", f"The master key opens {len(towns)} municipalities")


async def files(patient: Patient) -> Finding:
    """Can photos be stored and read, and is there room?"""
    path = patient.settings.files_path
    try:
        store = outside_systems(patient.settings)["store"]
        await store.put(PROBE, b"doctor")
        told = await store.get(PROBE)
        await store.delete(PROBE)
    except (StorageError, OSError) as error:
        return fault(
            Text(f"Dosya deposuna yazılamıyor: {error}", f"The file store cannot be written: {error}"),
            Text(
                f"{path} klasörünün sahibini ve diskini (S3 ise adresi ve anahtarları) denetleyin",
                f"Check owner and disk of {path} (for S3, its address and keys)",
            ),
        )
    if told != b"doctor":
        return fault(
            Text("Dosya deposu yazılanı geri vermiyor", "The file store does not give back what was written"),
            Text("Diski ve dosya sistemini denetleyin", "Check the disk and its file system"),
        )
    if patient.settings.s3_bucket:
        return well("Dosya deposu (S3) yazılıp okunuyor", "The file store (S3) can be written and read")
    usage = shutil.disk_usage(path)
    share = f"{usage.free / usage.total:.0%}"
    if usage.free < LEAST_FREE_BYTES or usage.free / usage.total < LEAST_FREE_SHARE:
        return fault(
            Text(f"Diskte yer azaldı: %{share.rstrip('%')} boş", f"The disk is nearly full: {share} free"),
            Text(f"{os.fspath(path)} diskinde yer açın ya da büyütün", f"Free or enlarge the disk of {path}"),
        )
    return well(f"Dosyalar yazılıp okunuyor, disk %{share.rstrip('%')} boş", f"Files are writable, {share} free")
