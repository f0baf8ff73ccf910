import pytest

from api.core import clock
from api.core.images import inspect_and_reencode
from api.demo.pictures import SIZE, draw_scene


@pytest.mark.parametrize("code", ["FEN-01", "TEM-01", "PRK-01", "ZAB-01", "SU-02"])
def test_a_drawn_photo_is_a_photo_that_the_server_takes(code):
    photo = inspect_and_reencode(draw_scene(code, 3))
    assert (photo.width, photo.height, photo.format) == (*SIZE, "JPEG")
    assert (photo.exif_place, photo.exif_taken_at) == (None, None)


def test_the_pretend_camera_writes_place_and_time():
    now = clock.now().replace(microsecond=0)
    photo = inspect_and_reencode(draw_scene("FEN-01", 3, taken_at=now, place=(29.0651234, -40.9812345)))
    assert photo.exif_place == pytest.approx((29.0651234, -40.9812345), abs=1e-6)
    assert photo.exif_taken_at == now


def test_before_and_after_differ_and_the_same_number_draws_the_same():
    assert draw_scene("FEN-01", 3) == draw_scene("FEN-01", 3)
    assert len({draw_scene("FEN-01", 3), draw_scene("FEN-01", 4), draw_scene("FEN-01", 3, is_solved=True)}) == 3
