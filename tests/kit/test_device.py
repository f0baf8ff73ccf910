"""The phone of development behaves as its ports promise."""

import stat
from datetime import UTC, datetime

import pytest
from PIL import Image

from mobile.device.desktop import device
from mobile.device.ports import Fix, Network, Refused

FIX = Fix(32.85, 39.93, 8.0, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def phone(tmp_path):
    return device(tmp_path / "phone")


def test_a_secret_comes_back_and_only_its_user_may_read_it(phone):
    phone.keys.write("db", b"\x00" * 32)
    phone.keys.write("db", b"\x01" * 32)
    (path,) = (phone.folder / "keys").iterdir()
    assert phone.keys.read("db") == b"\x01" * 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    phone.keys.forget("db")
    assert phone.keys.read("db") is None


@pytest.mark.parametrize("name", ["../x", "", "A", ".hidden", "a/b"])
def test_a_secret_has_a_plain_name(phone, name):
    with pytest.raises(ValueError, match="name"):
        phone.keys.write(name, b"x")


def test_each_picture_is_another_file(phone):
    taken = []
    for _ in range(2):
        phone.camera.take(taken.append, failed=pytest.fail)
    assert len(set(taken)) == 2
    with Image.open(taken[0]) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 1200))


def test_a_refusing_camera_says_why(phone):
    phone.camera.refusal = Refused("permission")
    refused = []
    phone.camera.take(done=pytest.fail, failed=refused.append)
    assert [refusal.code for refusal in refused] == ["permission"]


def test_a_position_is_told_until_the_end_of_watching(phone):
    refused, told = [], []
    phone.location.current(done=pytest.fail, failed=refused.append)
    end = phone.location.watch(told.append)
    phone.location.give(FIX)
    phone.location.current(told.append, failed=pytest.fail)
    end()
    phone.location.give(FIX)
    assert ([refusal.code for refusal in refused], told) == (["missing"], [FIX, FIX])


def test_only_changes_of_the_network_are_told(phone):
    told = []
    end = phone.connectivity.watch(told.append)
    for network in (Network.FREE, Network.OFFLINE, Network.OFFLINE, Network.METERED):
        phone.connectivity.give(network)
    end()
    phone.connectivity.give(Network.FREE)
    assert told == [Network.OFFLINE, Network.METERED]


def test_elapsed_time_goes_on_within_one_boot(phone):
    before = phone.clock.elapsed()
    assert phone.clock.elapsed() >= before > 0
    assert phone.clock.boot_id() == phone.clock.boot_id() != ""
    assert phone.clock.wall().tzinfo is UTC


def test_where_the_way_was_to_lead_is_remembered(phone):
    phone.navigation.lead_to(29.03, 40.987, "Moda Cad. 14")
    assert phone.navigation.asked == [(29.03, 40.987, "Moda Cad. 14")]


def test_an_exported_file_is_a_copy(phone, tmp_path):
    (tmp_path / "rescue.zip").write_bytes(b"data")
    phone.sharing.export_file(tmp_path / "rescue.zip", "application/zip", "Kurtarma")
    assert (phone.folder / "exported" / "rescue.zip").read_bytes() == b"data"
