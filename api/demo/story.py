"""The main job, played over HTTP as its people would do it: report, route, map, work, answer, rate, reopen."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from api.core import clock
from api.core.clock import ISTANBUL
from api.core.ids import uuid7
from api.demo.people import PREFIX
from api.demo.pictures import draw_scene
from api.demo.stage import Urls
from api.demo.towns import KADIKOY
from api.demo.vector_tile import read_points
from api.demo.visitor import Phones, Visitor, demand
from geo.mercator import cell_of, tile_bounds_m, to_metres

CATEGORY = "FEN-01"
DESK, OFFICER = "beyazmasa", "fen.memur"
_NEAR_ZOOM, _FAR_ZOOM, _TILE_UNITS = 18, 13, 4096
# Live tiles group reports into this many squares along a side.
_SQUARES = 40

OnPhone = Callable[[str], None]
"""Plays the inspector's part with the real app, for the report of this id."""

Step = Callable[[str], AbstractContextManager[Callable[[str], None]]]
"""Opens one step of the story by its title; what it gives takes what is to be told when the step is done."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the citizen stands: a quiet street of a team's area."""

    lon: float
    lat: float
    street: str
    team: str


def choose_spot(urls: Urls) -> Spot:
    """Choose the middle of a street that no main road is near, and say which team the routing rules name for it."""
    with psycopg.connect(urls.admin) as connection:
        row = connection.execute(
            """WITH town AS (SELECT id FROM municipality WHERE slug = %(slug)s),
                    spot AS (SELECT f.name, ST_Transform(ST_LineInterpolatePoint(f.geom_3857, 0.5), 4326) AS place
                               FROM base_map_feature f, town
                              WHERE f.municipality_id = town.id AND f.layer = 'street' AND f.kind = 'street'
                              ORDER BY f.id LIMIT 400)
               SELECT ST_X(place), ST_Y(place), spot.name, d.name
                 FROM spot, town
                 JOIN service_area a ON a.municipality_id = town.id AND a.purpose = 'team'
                 JOIN routing_rule r ON r.municipality_id = town.id AND r.service_area_id = a.id
                 JOIN complaint_category c ON c.municipality_id = town.id AND c.id = r.category_id AND c.code = %(code)s
                 JOIN department d ON d.municipality_id = town.id AND d.id = r.department_id
                WHERE ST_Contains(a.geom, place)
                ORDER BY spot.name, ST_X(place) LIMIT 1""",
            {"slug": KADIKOY.slug, "code": CATEGORY},
        ).fetchone()
    if row is None:
        raise LookupError("the town has no street in a team's area")
    return Spot(round(row[0], 6), round(row[1], 6), row[2], row[3])


def play(api_url: str, simulator_url: str, spot: Spot, step: Step, on_phone: OnPhone) -> str:
    """Play the whole job and give the number of the report.

    Raises:
        Unexpected: something was not as it must be.
        httpx.HTTPError: the server did not answer.
    """
    with (
        Visitor(api_url) as citizen,
        Visitor(api_url) as desk,
        Visitor(api_url) as officer,
        Phones(simulator_url) as phones,
    ):
        return _Story(citizen, desk, officer, phones, spot, step, on_phone).play()


@dataclass
class _Story:
    citizen: Visitor
    desk: Visitor
    officer: Visitor
    phones: Phones
    spot: Spot
    step: Step
    on_phone: OnPhone

    def play(self) -> str:
        phone = f"{PREFIX}{secrets.randbelow(10_000_000):07d}"
        with self.step("Vatandaş telefonuna gelen kodla giriş yapar") as tell:
            is_new = self.citizen.sign_in_as_citizen(KADIKOY.slug, phone, self.phones)
            tell(f"{phone}, {'yeni hesap açıldı' if is_new else 'hesabı vardı'}")
        with self.step("Beyaz Masa parola ve doğrulama koduyla giriş yapar") as tell:
            self.desk.sign_in_as_staff(KADIKOY.slug, DESK)
            before = self._on_the_map()
            tell(f"haritanın bu köşesinde {before[0]} başvuru")
        report_id, number = self._report(phone)
        self._see(report_id, number, before)
        self._work(report_id, number)
        self._hear(phone, number)
        self._judge(report_id, number)
        return number

    def _report(self, phone: str) -> tuple[str, str]:
        spot = self.spot
        with self.step("Vatandaş fotoğraf çekip yerini gösterir ve bildirir") as tell:
            picture = draw_scene(CATEGORY, 7, taken_at=clock.now(), place=(spot.lon, spot.lat))
            photo = self.citizen.upload(picture)
            demand(photo["place"], "fotoğraftan yer önerisi", photo)
            subjects = self.citizen.get(f"/v1/public/{KADIKOY.slug}/categories")
            subject = next(item for item in subjects if item["code"] == CATEGORY)
            report = {
                "id": str(uuid7()),
                "category_id": subject["id"],
                "description": f"{spot.street} ortasında derin bir çukur açıldı, bisikletler düşüyor.",
                "answers": {"depth_cm": 14},
                "place": {"lon": spot.lon, "lat": spot.lat},
                "address_text": f"{spot.street} No: 12",
                "photo_ids": [photo["id"]],
            }
            filed = self.citizen.post("/v1/complaints", report)
            again = self.citizen.post("/v1/complaints", report)
            demand(again["number"] == filed["number"], "ikinci gönderişte aynı numara", again)
            tell(f"{filed['number']} · {subject['name']['tr']}")
        with self.step("Yer ve konu sorumlu birimi belirler") as tell:
            demand(filed["department_name"] == spot.team, f"sorumlu birim {spot.team}", filed["department_name"])
            demand(filed["neighbourhood_name"], "mahalle", filed)
            tell(
                f"{filed['department_name']}, {filed['neighbourhood_name']} Mahallesi · ilk yanıt"
                f" {_moment(filed['first_answer_due_at'])}, çözüm {_moment(filed['solution_due_at'])}"
            )
        with self.step("Vatandaşa başvurunun alındığı bildirilir") as tell:
            tell(self.phones.wait_for(phone, filed["number"]))
        return filed["id"], filed["number"]

    def _see(self, report_id: str, number: str, before: tuple[int, int]) -> None:
        with self.step("Beyaz Masa başvuruyu haritada görür") as tell:
            near, far = self._on_the_map()
            demand((near, far) == (before[0] + 1, before[1] + 1), "haritada bir başvuru fazla", (before, (near, far)))
            demand(self._stands_on_the_map(number), f"haritada {number} ya da onu içeren küme")
            tell(f"yakın ve uzak görünümde bir nokta arttı ({before[0]} → {near}, {before[1]} → {far})")
        with self.step("Beyaz Masa başvuruyu listede görür ve açar") as tell:
            listed = self.desk.get("/v1/complaints", text=number)["items"]
            demand([item["id"] for item in listed] == [report_id], f"listede yalnız {number}", listed)
            case = self.desk.get(f"/v1/complaints/{report_id}")
            demand(case["reporter"] and "*" in case["reporter"]["phone"], "maskeli telefon", case["reporter"])
            thumbnail = self.desk.get_bytes(case["photos"][0]["thumbnail_url"])
            demand(thumbnail.startswith(b"\xff\xd8"), "küçük resim", thumbnail[:10])
            tell(f"başvuran {case['reporter']['phone']}, fotoğraf {len(thumbnail) // 1024} kB")

    def _work(self, report_id: str, number: str) -> None:
        path = f"/v1/complaints/{report_id}"
        with self.step("Birim memuru giriş yapar ve başvuruyu birimin listesinde bulur") as tell:
            self.officer.sign_in_as_staff(KADIKOY.slug, OFFICER)
            waiting = self.officer.get("/v1/complaints", status_group="new")["items"]
            demand(report_id in [item["id"] for item in waiting], f"birimin listesinde {number}", len(waiting))
            tell(f"ilk sayfada {len(waiting)} yeni başvuru")
        with self.step("Vatandaşa yazar") as tell:
            answer = "Ekibimiz yola çıktı, çukur bugün kapatılacak."
            self.officer.post(f"{path}/answers", {"text": answer})
            tell(answer)
        self.on_phone(report_id)
        with self.step("Beyaz Masa kapanışı ve fotoğrafını görür") as tell:
            case = self.desk.get(path)
            demand(case["status"] == "solved", "durum: solved", case["status"])
            phases = sorted(item["phase"] for item in case["photos"])
            demand(phases == ["closing", "filed"], "biri önce, biri sonra iki fotoğraf", phases)
            closing = next(item for item in case["photos"] if item["phase"] == "closing")
            thumbnail = self.desk.get_bytes(closing["thumbnail_url"])
            demand(thumbnail.startswith(b"\xff\xd8"), "kapanış fotoğrafı", thumbnail[:10])
            tell(next(event["text"] for event in case["timeline"] if event["action"] == "close"))

    def _hear(self, phone: str, number: str) -> None:
        with self.step("Vatandaşa SMS gider") as tell:
            self.phones.wait_for(phone, "yanıt")
            tell(self.phones.wait_for(phone, "çözüldü"))
        with self.step("Aynısı gelen kutusunda durur") as tell:
            inbox = self.citizen.get("/v1/inbox")["items"]
            demand(all(number in item["body"] for item in inbox), f"gelen kutusunda {number}", inbox)
            demand(len(inbox) == 3, "üç ileti", [item["title"] for item in inbox])  # noqa: PLR2004 (filed, answered, solved)
            tell(" · ".join(item["title"] for item in inbox))

    def _judge(self, report_id: str, number: str) -> None:
        path = f"/v1/complaints/{report_id}"
        with self.step("Vatandaş 2 puan verir, memnun değildir, yeniden açar") as tell:
            self.citizen.post(f"{path}/rating", {"rating": 2, "comment": "Yama bir günde dağıldı."})
            text = "Çukur yeniden açıldı, yama tutmamış."
            self.citizen.post(f"{path}/reopen", {"text": text})
            case = self.citizen.get(path)
            demand((case["rating"], case["reopen_count"]) == (2, 1), "2 puan ve bir yeniden açma", case)
            tell(text)
        with self.step("Başvuru birimin listesine döner, süreler yeniden başlar") as tell:
            listed = self.officer.get("/v1/complaints", status_group="open", text=number)["items"]
            demand([item["id"] for item in listed] == [report_id], f"açık başvurular arasında {number}", listed)
            case = self.officer.get(path)
            demand(
                case["is_open"] and case["department_name"] == self.spot.team, f"açık, {self.spot.team}", case["status"]
            )
            demand(case["first_answered_at"] is None and case["solved_at"] is None, "süreleri sıfırlanmış", case)
            tell(f"{case['department_name']} · yeni çözüm süresi {_moment(case['solution_due_at'])}")

    def _on_the_map(self) -> tuple[int, int]:
        """How many reports the tiles round the spot show, from near and from far."""
        counts = []
        for zoom in (_NEAR_ZOOM, _FAR_ZOOM):
            points = self._tile(zoom)
            # From far the numbers come from kept counts, from near from the reports themselves.
            counts.append(sum(int(point.properties.get("point_count", 1)) for point in points))
        return counts[0], counts[1]

    def _stands_on_the_map(self, number: str) -> bool:
        x, y = cell_of(self.spot.lon, self.spot.lat, _NEAR_ZOOM)
        west, south, east, north = tile_bounds_m(_NEAR_ZOOM, x, y)
        at_x, at_y = to_metres(self.spot.lon, self.spot.lat)
        tile_x, tile_y = (at_x - west) / (east - west) * _TILE_UNITS, (north - at_y) / (north - south) * _TILE_UNITS
        square = _TILE_UNITS / _SQUARES
        return any(
            point.properties.get("number") == number
            or ("point_count" in point.properties and max(abs(point.x - tile_x), abs(point.y - tile_y)) <= square)
            for point in self._tile(_NEAR_ZOOM)
        )

    def _tile(self, zoom: int) -> list[Any]:
        x, y = cell_of(self.spot.lon, self.spot.lat, zoom)
        return read_points(self.desk.get_bytes(f"/v1/complaints/tiles/{zoom}/{x}/{y}.mvt"))


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(ISTANBUL).strftime("%d.%m %H:%M")
