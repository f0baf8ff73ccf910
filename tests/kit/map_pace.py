"""What a frame of the map costs: `python -m tests.kit.map_pace` prints CPU milliseconds of the main thread per frame.

Each frame is finished (glFinish) before the next; there is no screen and no graphics chip, so what Mesa does on the
main thread counts as well, and a phone has to be measured itself.
"""

import sys
import time

from tests.kit.robot import FRAME_S, HEIGHT, WIDTH, EventLoop, Robot, glFinish, passed  # isort: skip
from mobile.kit import fonts
from mobile.kit.map.point_index import PointIndex
from mobile.kit.map.view import MapView
from tests.kit.conftest import Showing
from tests.kit.gallery_map import LAT, LON, package_file, points


def frame() -> None:
    passed[0] += FRAME_S
    EventLoop.idle()
    glFinish()


def timed(count: int, step) -> float:
    """CPU milliseconds of the main thread for each step with its frame."""
    began = time.thread_time()
    for at in range(count):
        step(at)
        frame()
    return 1000 * (time.thread_time() - began) / count


def main() -> None:
    """Measure standing, moving and growing, with 5,000 points in clusters and one by one."""
    fonts.register()
    out = sys.stdout.write
    for clusters in (True, False):
        began = time.thread_time()
        PointIndex(points(5000), clusters=clusters)
        seconds = time.thread_time() - began
        out(f"{'clusters' if clusters else 'single points'}: index in a thread {1000 * seconds:.0f} ms")
        view = MapView(LON, LAT, 13.0)
        robot = Robot(Showing(view))
        view.set_packages([package_file(reach=0.3, last=14)])
        view.set_points(points(5000), clusters=clusters)
        robot.until(lambda view=view: view.is_settled)
        still = timed(100, lambda _at: None)
        moving = timed(200, lambda at, view=view: view.drag(-7 if at % 100 < 50 else 7, 5 if at % 60 < 30 else -5))
        growing = timed(100, lambda at, view=view: view.pinch(1.02 if at < 50 else 1 / 1.02, WIDTH / 2, HEIGHT / 2))
        out(f"; a frame {still:.1f} ms standing, {moving:.1f} moving, {growing:.1f} growing; ")
        out(f"{len(view.points._shown)} marks drawn\n")
        view.close()
        robot.close()


if __name__ == "__main__":
    main()
