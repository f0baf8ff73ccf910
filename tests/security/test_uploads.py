"""What is uploaded is a photo or is refused; what is shown of it is pixels and nothing else."""

import io
import re
import struct
import time
import zipfile
import zlib

import pytest
from PIL import Image

from tests.factories.images import photo_bytes

pytestmark = pytest.mark.anyio

ROUTE = "POST /v1/files"
MARK = b"BURADA-BASKA-BIR-SEY-VAR"
# What every virus scanner knows, in two pieces so that none of them takes this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def png(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", b"\x00" * size)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, kind)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
REFUSED = {
    "svg": SVG,
    "svg behind an xml line": b'<?xml version="1.0"?>' + SVG,
    "heic": HEIC,
    "html": b"<!doctype html><script>alert(1)</script>",
    "php": b"<?php system($_GET['x']); ?>",
    "zip bomb": archive(50_000_000),
    "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "ico": picture("ICO"),
    "virus": EICAR,
    "elf": b"\x7fELF" + b"\x00" * 500,
    "png that claims 50,000 by 50,000": png(50_000, 50_000),
    "png that claims 2 billion by 1": png(2_000_000_000, 1),
    "jpeg that ends at once": b"\xff\xd8\xff\xe0",
    "half a jpeg": photo_bytes()[:400],
    "nothing": b"",
    "zeros": b"\x00" * 10_000,
}


async def upload(asking, data: bytes, name: str = "foto.jpg", kind: str = "image/jpeg"):
    return await asking.client.post(
        "/v1/files", files={"file": (name, data, kind)}, headers=asking.person("citizen").headers
    )


async def shown(asking, photo_id: str, variant: str = "public") -> bytes:
    """What is shown of a photo, once it belongs to a case."""
    call, headers = await asking.call("POST /v1/complaints")
    filed = await asking.with_body("POST /v1/complaints", {**call.json, "photo_ids": [photo_id]})
    assert filed.status_code == 201, filed.text
    answer = await asking.client.get(
        f"/v1/complaints/{filed.json()['id']}/photos/{photo_id}/{variant}", headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_photo_is_refused_whatever_it_calls_itself(asking, name):
    before, started = asking.digests(), time.process_time()
    for kind in ("image/jpeg", "image/svg+xml", "text/html", "application/octet-stream"):
        answer = await upload(asking, REFUSED[name], kind=kind)
        assert answer.status_code == 422, answer.text
    assert time.process_time() - started < 3
    assert asking.digests() == before


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/x-php", "", "x" * 300])
async def test_a_photo_is_known_by_its_content_and_not_by_what_it_says_it_is(asking, kind):
    answer = await upload(asking, photo_bytes(), kind=kind)
    assert answer.status_code == 201, answer.text
    assert (await shown(asking, answer.json()["id"]))[:2] == b"\xff\xd8"


POLYGLOTS = {
    "html at the end": photo_bytes() + b"<script>" + MARK + b"</script>",
    "zip at the end": photo_bytes() + archive(1_000) + MARK,
    "virus at the end": photo_bytes() + EICAR + MARK,
    "php in a comment": photo_bytes()[:2] + b"\xff\xfe" + struct.pack(">H", len(MARK) + 8) + b"<?php " + MARK
    + photo_bytes()[2:],
    "javascript in an application segment": photo_bytes()[:2] + b"\xff\xe9" + struct.pack(">H", len(MARK) + 5) + b"/*="
    + MARK + photo_bytes()[2:],
}  # fmt: skip


@pytest.mark.parametrize("name", POLYGLOTS)
async def test_a_second_face_of_a_photo_is_not_shown(asking, name):
    answer = await upload(asking, POLYGLOTS[name])
    assert answer.status_code == 201, answer.text
    for variant in ("public", "thumbnail"):
        assert MARK not in await shown(asking, (await upload(asking, POLYGLOTS[name])).json()["id"], variant)


async def test_the_camera_s_place_and_number_are_shown_to_nobody_else(asking):
    answer = await upload(asking, photo_bytes(place=(29.0254, 40.9871)))
    assert answer.json()["place"] == pytest.approx([29.0254, 40.9871], abs=1e-3), "offered to the sender only"
    public = await shown(asking, answer.json()["id"])
    assert b"Exif" not in public
    assert b"SERIAL-12345" not in public
    row = asking.world.server.rows("SELECT evidence FROM stored_file WHERE id = %s", answer.json()["id"])[0]
    assert b"40.98" not in bytes(row["evidence"])


STORED = re.compile(r"m[12]\+[0-9a-f-]{36}\+(original|public|thumbnail)")
NAMES = (
    "../../../etc/passwd", "/etc/passwd", "..\\..\\windows\\win.ini", "C:\\autoexec.bat", "a\x00.jpg",
    "x" * 300 + ".jpg", "CON", "nul.jpg", ".htaccess", "a\r\nX-Evil: 1.jpg", "é\u202egpj.exe", "%2e%2e%2f",
    "-rf", "", " ", "'; DROP TABLE x;--",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_the_file_s_own_name_decides_nothing(asking, name):
    folder = asking.world.server.app.state.settings.files_path
    outside = {path for path in folder.parent.rglob("*") if folder not in path.parents}
    answer = await upload(asking, photo_bytes(), name)
    assert answer.status_code in ({201} if name else {201, 422}), answer.text
    assert {path for path in folder.parent.rglob("*") if folder not in path.parents} == outside
    stored = [path.name for path in folder.rglob("*") if path.is_file()]
    assert [found for found in stored if not STORED.fullmatch(found)] == []
    assert "x-evil" not in answer.headers


async def test_a_file_over_the_limit_is_refused_while_it_comes_and_leaves_nothing(asking, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = 0

    async def endless():
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\n\r\n'
        for _ in range(60):
            sent += 1
            yield b"\xff" * 1024 * 1024

    headers = {**asking.person("citizen").headers, "Content-Type": "multipart/form-data; boundary=b"}
    before = asking.digests()
    answer = await asking.client.post("/v1/files", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert asking.digests() == before
    assert list(tmp_path.iterdir()) == []


async def test_only_the_one_field_is_taken(asking):
    headers = asking.person("citizen").headers
    for files in ({}, {"other": ("a.jpg", photo_bytes(), "image/jpeg")}):
        answer = await asking.client.post("/v1/files", files=files or None, headers=headers)
        assert answer.status_code == 422
    text = await asking.client.post("/v1/files", data={"file": "not a file"}, headers=headers)
    assert text.status_code == 422


async def test_a_photo_has_no_address_without_its_case(asking):
    photo_id = (await upload(asking, photo_bytes())).json()["id"]
    place = asking.world.towns["kadikoy"].municipality_id
    for path in (
        f"/v1/files/{photo_id}", f"/static/{photo_id}", f"/v1/files/m{place}/{photo_id}/original",
        f"/v1/files/../{photo_id}", f"/files/m{place}/{photo_id}/public",
    ):  # fmt: skip
        assert await asking.at_address("GET", path, asking.person("citizen").headers) in {404, 405}
    case_id = asking.world.towns["kadikoy"].parts["works"].case_id
    for variant in ("original", "evidence", "public%2f..%2foriginal"):
        path = f"/v1/complaints/{case_id}/photos/{photo_id}/{variant}"
        assert await asking.at_address("GET", path, asking.person("citizen").headers) in {404, 422}
