import contextlib
import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.wire import codec
from mobile.wire.dictionary import DICTIONARY

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
MESSAGES = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


def inspection() -> dict:
    answers = {f"m{number:02d}": "no" if number % 12 == 5 else "yes" for number in range(1, 37)}
    body = {
        "id": "019a3f5e-7c1d-7a3b-9e21-5b8f0c6d4a10", "visit_id": "019a3f5e-11aa-7c00-8f1e-0a1b2c3d4e5f",
        "business_id": "01993c11-40f2-7b6e-a2d4-91c7e85530bb", "form_id": "01990000-aaaa-7000-8000-000000000001",
        "form_version": 3, "answers": answers, "started_at": "2026-11-20T08:12:44Z", "ended_at": "2026-11-20T08:41:09Z",
        "place": {"lon": 29.02714, "lat": 40.98876},
        "findings": [
            {"code": "m05", "text": "Yangın tüpünün son kullanma tarihi geçmiş.", "photo_ids": []},
            {"code": "m17", "text": "Fiyat etiketi bulunmuyor.", "photo_ids": []},
        ],
    }  # fmt: skip
    return {
        "id": "019a3f5e-7c1e-7b11-8a02-c3d4e5f60718", "seq": 117, "kind": "inspection.submit", "kv": 1,
        "at": {"wall": 1_795_163_000_123, "mono": 88_120_331, "boot": "b7", "offset": -412, "uncertainty": 380},
        "base": {"business/01993c11-40f2-7b6e-a2d4-91c7e85530bb": 4}, "body": body,
        "sha": codec.sha_of("inspection.submit", 1, body),
    }  # fmt: skip


@given(MESSAGES, st.sampled_from((codec.PLAIN, codec.DEFLATED)))
def test_what_was_written_is_read(message, media_type):
    assert codec.decode(media_type, codec.encode(message, media_type)) == message


@given(MESSAGES, st.data())
def test_a_message_that_was_cut_is_none(message, data):
    coded = codec.encode(message)
    cut = data.draw(st.integers(0, len(coded) - 1))
    with pytest.raises(codec.NotOurs):
        codec.decode(codec.DEFLATED, coded[:cut])


@given(st.binary(max_size=200), st.sampled_from((codec.PLAIN, codec.DEFLATED, "text/html", "")))
def test_rubbish_is_refused_or_a_whole_object(data, media_type):
    told: object = {}
    with contextlib.suppress(codec.NotOurs):
        told = codec.decode(media_type, data)
    assert isinstance(told, dict)


def test_a_message_that_would_fill_the_memory_is_refused():
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    bomb = deflate.compress(b'{"a":"' + b"x" * (codec.MOST_PLAIN_BYTES + 10) + b'"}') + deflate.flush()
    with pytest.raises(codec.NotOurs):
        codec.decode(codec.DEFLATED, bomb)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_the_hash_of_a_mutation_does_not_depend_on_the_order_of_its_fields(body):
    turned = dict(reversed(list(body.items())))
    assert codec.sha_of("complaint.note", 1, body) == codec.sha_of("complaint.note", 1, turned)
    assert codec.sha_of("complaint.note", 2, body) != codec.sha_of("complaint.note", 1, body)


def test_the_dictionary_is_frozen():
    assert hashlib.sha256(DICTIONARY).hexdigest() == "d6eb1a883b18de3123ba999f3ca639192b541351c134b8a427a304c283020b50"
    assert len(DICTIONARY) < 32_768


def test_an_inspection_is_small_on_the_wire():
    plain = json.dumps(inspection(), ensure_ascii=False, separators=(",", ":")).encode()
    deflated, coded = len(zlib.compress(plain, 9)), len(codec.encode(inspection()))
    assert (len(plain) > 1_200, deflated <= 600, coded <= 450) == (True, True, True), (len(plain), deflated, coded)
