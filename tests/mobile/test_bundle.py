import base64
import hashlib
import io
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.sdk import sealing
from mobile.sdk.bundle import export_bundle, write_bundle
from mobile.wire import bundle as layout
from mobile.wire.bundle import BrokenBundle, BundleWriter, Line, Picture, read_bundle
from tests.mobile.blob_line import Line as Phone
from tests.sync.model_server import TOWN_KEY, open_with_town_key
from tests.sync.public_key import public_half

KEY = bytes(range(32))


@pytest.fixture
def phone(tmp_path):
    (tmp_path / "a").mkdir()
    made = Phone(tmp_path / "a")
    yield made
    made.connection.close()


def exported(phone, path, **more):
    return export_bundle(
        phone.store, phone.photos.bytes_of, path, kid="k1", public_key=public_half(TOWN_KEY), now=phone.now,
        chance=random.Random(1), **more,
    )  # fmt: skip


def opened(path):
    with path.open("rb") as file:
        bundle = read_bundle(file, open_with_town_key)
        return bundle, list(bundle.records)


def test_a_bundle_holds_everything_recorded_and_every_photo_that_the_server_has_not(phone, tmp_path):
    stored = phone.photo(size=900)
    sent = phone.record()
    phone.sync()
    phone.meet()
    waiting = phone.photo("d2", size=150_000)
    noted = phone.record("d2")
    told = exported(phone, tmp_path / "work.cbx")
    bundle, records = opened(tmp_path / "work.cbx")
    lines = [record.mutation for record in records if isinstance(record, Line)]
    assert [(line["id"], line["seq"]) for line in lines] == [(sent, 1), (noted, 2)]
    assert lines[1]["body"]["photos"][0]["sha256"] == waiting.sha256
    pictures = [record for record in records if isinstance(record, Picture)]
    assert {(one.id, one.variant) for one in pictures} == {(waiting.id, "preview"), (waiting.id, "original")}
    assert {one.sha256 for one in pictures} >= {waiting.sha256}
    assert all(one.holder == noted for one in pictures)
    assert (told.lines, told.pictures) == (2, 2)
    assert bundle.manifest["device"] == told.id == bundle.id
    assert bundle.manifest["fork_of"] == phone.store.get("device")
    assert told.sha256 == hashlib.sha256((tmp_path / "work.cbx").read_bytes()).hexdigest()
    assert stored.id not in {one.id for one in pictures}


def test_whoever_carries_a_bundle_reads_nothing_of_it(phone, tmp_path):
    phone.engine.record("complaint.note", {"complaint_id": "c1", "text": "kanarya kanarya"})
    exported(phone, tmp_path / "work.cbx")
    raw = (tmp_path / "work.cbx").read_bytes()
    assert b"kanarya" not in raw
    assert b"complaint" not in raw
    with pytest.raises(BrokenBundle), (tmp_path / "work.cbx").open("rb") as file:
        read_bundle(file, lambda _, sealed: sealing.decryptor(sealing.unseal(KEY[::-1], sealed, layout.SEAL_PURPOSE)))


def test_an_export_that_fails_leaves_no_file_and_a_lost_photo_does_not_keep_the_rest_back(phone, tmp_path):
    photo, other = phone.photo(), phone.photo(size=700)
    phone.record()
    (phone.folder / "photos" / f"{photo.id}.original").unlink()
    assert exported(phone, tmp_path / "work.cbx").pictures == 3

    def broken(photo_id, variant):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_bundle(
            phone.store, broken, tmp_path / "b.cbx", kid="k1", public_key=public_half(TOWN_KEY), now=1,
            chance=random.Random(1),
        )  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "work.cbx"]
    assert other.id in {one.id for one in opened(tmp_path / "work.cbx")[1] if isinstance(one, Picture)}


def test_another_phone_carries_it_unopened_and_deletes_it_when_the_server_has_it(phone, tmp_path):
    phone.photo(size=40_000)
    noted = phone.record()
    told = exported(phone, tmp_path / "work.cbx")
    (tmp_path / "b").mkdir()
    carrier = Phone(tmp_path / "b")
    assert carrier.photos.carry(tmp_path / "work.cbx") == told.id
    assert carrier.photos.carry(tmp_path / "work.cbx") == told.id
    carrier.start()
    carrier.sync(carry=lambda exchange: None if exchange.method == "PATCH" else carrier.carry(exchange))
    for _ in range(4):
        carrier.now += 900_000
        carrier.sync()
    ((_, data),) = carrier.model.blobs.bundles
    assert data == (tmp_path / "work.cbx").read_bytes()
    assert list((tmp_path / "b" / "bundles").iterdir()) == []
    for _ in range(2):
        carrier.model.import_bundle("north", "x", data)
    assert carrier.model.towns["north"].ledger == {noted: 1}
    carrier.connection.close()


@pytest.mark.parametrize("content", [b"", b"CBX1", b"CBX2" + bytes(100), b"<html>", b"CBX1\xff\xff" + bytes(90)])
def test_what_is_no_bundle_is_not_carried(phone, tmp_path, content):
    (tmp_path / "x.cbx").write_bytes(content)
    with pytest.raises(BrokenBundle):
        phone.photos.carry(tmp_path / "x.cbx")
    assert phone.store.all("SELECT id FROM upload") == []


def test_a_bundle_whose_name_leads_elsewhere_is_not_carried(phone, tmp_path):
    with (tmp_path / "x.cbx").open("wb") as file:
        writer = BundleWriter(file, {"id": "../../phone.db", "kid": "k", "sealed": ""}, sealing.encryptor(KEY))
        writer.manifest({})
        writer.close()
    with pytest.raises(BrokenBundle):
        phone.photos.carry(tmp_path / "x.cbx")


# --- the layout -----------------------------------------------------------------------------------------------------


def head():
    return {"id": "b", "kid": "k1", "sealed": base64.b64encode(b"key").decode()}


def written(build):
    file = io.BytesIO()
    writer = BundleWriter(file, head(), sealing.encryptor(KEY))
    build(writer)
    return file


def read(file):
    bundle = read_bundle(file, lambda _kid, _sealed: sealing.decryptor(KEY))
    return list(bundle.records)


def whole(writer):
    writer.manifest({"device": "b"})
    writer.line({"id": "m1", "body": {"text": "Çukur"}})
    writer.picture(
        {"id": "p1", "variant": "original", "sha256": hashlib.sha256(b"x" * 70_000).hexdigest()}, b"x" * 70_000
    )
    writer.close()


def test_what_was_written_is_read_a_record_at_a_time():
    line, picture = read(written(whole))
    assert line.mutation == {"id": "m1", "body": {"text": "Çukur"}}
    assert (picture.id, len(picture.data)) == ("p1", 70_000)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_bundle_that_was_cut_or_changed_anywhere_is_broken(data):
    raw = bytearray(written(whole).getvalue())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenBundle):
        read(io.BytesIO(bytes(raw)))


def resealed(raw):
    """Give a changed file the right hash again, as a forger would."""
    return io.BytesIO(raw[:-32] + hashlib.sha256(raw[:-32]).digest())


def test_frames_cannot_be_left_out_turned_or_added_even_with_a_right_hash():
    raw = written(whole).getvalue()
    start = 6 + int.from_bytes(raw[4:6], "big")
    frames, at = [], start
    while at < len(raw) - 32:
        length = int.from_bytes(raw[at : at + 4], "big") & 0x7FFF_FFFF
        frames.append(raw[at : at + 4 + length])
        at += 4 + length
    assert len(frames) == 6
    for others in (frames[:1] + frames[2:], [frames[1], frames[0], *frames[2:]], [*frames, frames[-1]], frames[:-1]):
        with pytest.raises(BrokenBundle):
            read(resealed(raw[:start] + b"".join(others) + bytes(32)))


@pytest.mark.parametrize(
    "build",
    [
        lambda w: w.close(),
        lambda w: (w.line({"id": "m"}), w.close()),
        lambda w: (w.manifest({}), w._record(b"L", b"[1]"), w.close()),
        lambda w: (w.manifest({}), w._record(b"L", b"[" * 60_000), w.close()),
        lambda w: (w.manifest({}), w._record(b"D", b"bytes"), w.close()),
        lambda w: (w.manifest({}), w._record(b"P", json.dumps({"size": 2**40}).encode()), w.close()),
        lambda w: (w.manifest({}), w._record(b"P", json.dumps({"size": 4}).encode()), w.close()),
        lambda w: (w.manifest({}), w.picture({"id": "p", "sha256": "other"}, b"x"), w.close()),
        lambda w: (
            w.manifest({}),
            w._record(b"E", b'{"lines":1,"pictures":0}', is_last=True),
            w._write(w._digest.digest()),
        ),
        lambda w: (w.manifest({}), w._record(b"L", b"x" * 200_000), w.close()),
    ],
)
def test_a_sealed_file_with_another_content_than_it_says_is_broken(build):
    with pytest.raises(BrokenBundle):
        read(written(build))


def test_there_is_a_limit_to_everything(monkeypatch):
    file = written(whole)
    for name in ("MOST_BUNDLE_BYTES", "MOST_BUNDLE_LINES", "MOST_BUNDLE_PICTURES", "MOST_PICTURE_BYTES"):
        with monkeypatch.context() as patch:
            patch.setattr(layout, name, 0)
            with pytest.raises(BrokenBundle):
                read(file)
    assert len(read(file)) == 2


def test_lines_are_exported_in_the_order_in_which_they_were_recorded(phone):
    for number in range(300):
        phone.engine.record("complaint.note", {"complaint_id": "c1", "text": str(number)})
    file = io.BytesIO()
    write_bundle(phone.store, None, file, "k1", public_half(TOWN_KEY), phone.now, random.Random(1), "0.1.0")
    records = list(read_bundle(file, open_with_town_key).records)
    assert [record.mutation["body"]["text"] for record in records] == [str(number) for number in range(300)]
