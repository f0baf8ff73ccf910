import hashlib
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.sdk.map_packages import MapNotWhole, Package, Piece, fetch_package, path_of

DATA = bytes(range(256)) * 40
PACKAGE = Package("p1", 3, hashlib.sha256(DATA).hexdigest(), len(DATA))


class Server:
    """Serves a file with ranges, and breaks the line where it is told."""

    def __init__(self, data=DATA, breaks=()):
        self.data, self.breaks, self.sent = data, list(breaks), 0

    @contextmanager
    def fetch(self, package_id, headers):
        assert package_id == "p1"
        etag = f'"{hashlib.sha256(self.data).hexdigest()}"'
        start = int(headers["Range"][6:-1]) if headers and headers["If-Range"] == etag else 0
        yield Piece(206 if start else 200, {"etag": etag}, self._blocks(start))

    def _blocks(self, start):
        stop = min(len(self.data), start + self.breaks.pop(0)) if self.breaks else len(self.data)
        for at in range(start, stop, 700):
            block = self.data[at : min(at + 700, stop)]
            self.sent += len(block)
            yield block
        if stop < len(self.data):
            raise ConnectionError


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9_000), max_size=5))
def test_a_package_arrives_whole_however_often_the_line_breaks_and_no_byte_comes_twice(tmp_path_factory, breaks):
    folder, server = tmp_path_factory.mktemp("maps"), Server(breaks=breaks)
    for _ in range(len(breaks)):
        try:
            fetch_package(server.fetch, folder, PACKAGE)
        except ConnectionError:
            assert not path_of(folder, PACKAGE).exists()
    assert fetch_package(server.fetch, folder, PACKAGE).read_bytes() == DATA
    assert server.sent == len(DATA)
    assert [path.name for path in folder.iterdir()] == ["p1-3.mbtiles"]


def test_the_old_map_is_used_until_the_new_one_is_whole_and_goes_then(tmp_path):
    old = tmp_path / "p1-2.mbtiles"
    old.write_bytes(b"old")
    with pytest.raises(ConnectionError):
        fetch_package(Server(breaks=[100]).fetch, tmp_path, PACKAGE)
    assert old.exists()
    told = []
    fetch_package(Server().fetch, tmp_path, PACKAGE, lambda done, all_: told.append((done, all_)))
    assert not old.exists()
    assert told[-1] == (len(DATA), len(DATA))
    assert told == sorted(told)


def test_a_file_that_is_another_one_is_thrown_away_and_fetched_anew(tmp_path):
    with pytest.raises(MapNotWhole):
        fetch_package(Server(data=b"x" * len(DATA)).fetch, tmp_path, PACKAGE)
    assert list(tmp_path.iterdir()) == []
    assert fetch_package(Server().fetch, tmp_path, PACKAGE).read_bytes() == DATA


def test_a_whole_map_is_not_fetched_again(tmp_path):
    fetch_package(Server().fetch, tmp_path, PACKAGE)
    quiet = Server()
    fetch_package(quiet.fetch, tmp_path, PACKAGE)
    assert quiet.sent == 0
