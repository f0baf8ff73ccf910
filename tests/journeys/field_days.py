"""The plan of three days without a network: who works on what, which work two people touch, what is killed when."""

from dataclasses import dataclass, field
from typing import Any

from tests.factories.towns import Staff
from tests.journeys.field_office import Citizen, Office

DAYS = 3
CASES_A_DAY = VISITS_A_DAY = 5
PHOTOS_EACH = 3
SHARED_CASES = 7

Orders = list[dict[str, Any]]


@dataclass
class Work:
    """The rows of the three days, by their ids."""

    cases: dict[str, list[list[str]]] = field(default_factory=dict)
    """By phone and day: cases that are this phone's alone."""
    visits: dict[str, list[list[str]]] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    """Cases that both phones and the office touch."""
    shared_visit: str = ""
    business: str = ""
    """Its telephone number is changed by everybody."""
    task: str = ""
    category: str = ""

    @property
    def all_cases(self) -> list[str]:
        """Every case."""
        return [*self.shared, *(case for days in self.cases.values() for day in days for case in day)]


def lay_out(office: Office, citizen: Citizen, crew: dict[str, Staff]) -> Work:
    """Have the work reported, planned and given out."""
    work, town = Work(category=citizen.category), office.town
    number = 0
    for phone, staff in crew.items():
        work.cases[phone], work.visits[phone] = [], []
        for _ in range(DAYS):
            cases, visits = [], []
            for _ in range(CASES_A_DAY):
                number += 1
                lon, lat = town.place(number % 4)
                cases.append(citizen.report(f"Çukur {number:02d}", (lon + number * 2e-5, lat - number * 1e-5)))
            for _ in range(VISITS_A_DAY):
                number += 1
                visits.append(office.plan_visit(office.open_business(number), staff))
            work.cases[phone].append(cases)
            work.visits[phone].append(visits)
    work.shared = [citizen.report(f"Ortak çukur {at}", town.place(at % 4)) for at in range(SHARED_CASES)]
    work.business = office.open_business(90)
    work.shared_visit = office.plan_visit(work.business, crew["A"])
    work.task = office.give_task(crew["B"], "Pazar yerini ölç")
    return work


def usual_day(phone: str, day: int, work: Work, *, skip_cases: int = 0, skip_visits: int = 0) -> Orders:
    """Give a day's own work; what is done by hand is left out."""
    orders: Orders = []
    for at, case in enumerate(work.cases[phone][day][skip_cases:]):
        orders += [
            {"act": "take", "case": case},
            {"act": "start", "case": case},
            {"act": "visit", "case": case},
            {"act": "note", "case": case, "text": f"{phone}{day}{at} yerinde bakıldı"},
            {"act": "close", "case": case, "text": f"{phone}{day}{at} asfaltlandı", "photos": PHOTOS_EACH},
        ]
    for at, visit in enumerate(work.visits[phone][day][skip_visits:]):
        text = f"{phone}{day}{at} fiyat listesi yok"
        orders.append({"act": "inspect", "visit": visit, "text": text, "photos": PHOTOS_EACH})
    return orders


def shared_work(phone: str, day: int, work: Work, crew: dict[str, Staff]) -> Orders:
    """Give what is done to the work that the other phone or the office touches too."""
    taken, passed_on, closed_twice, closed, moved, given, answered = work.shared
    colleague = str(crew["B" if phone == "A" else "A"].id)
    plan: dict[str, list[Orders]] = {
        "A": [
            [
                {"act": "take", "case": taken},
                {"act": "take", "case": passed_on},
                {"act": "telephone", "business": work.business, "phone": "0216 330 00 01"},
                {"act": "file", "category": work.category, "text": "A0 rögar kapağı çökmüş", "photos": 1},
            ],
            [
                {"act": "hand_over", "case": passed_on, "to": colleague, "text": "A1 yarın izinliyim"},
                {"act": "close", "case": closed_twice, "text": "A1 iki kez kapatıldı", "photos": 1},
                {"act": "take", "case": given},
                {"act": "give_task", "to": colleague, "text": "A1 levhayı getir"},
                {"act": "amend", "visit": work.visits["A"][0][-1], "text": "A1 tarih düzeltildi"},
            ],
            [
                {"act": "answer", "case": closed, "text": "A2 ekip yolda"},
                {"act": "note", "case": moved, "text": "A2 ruhsat işi", "photos": 1},
                {"act": "close", "case": answered, "text": "A2 kapandı", "photos": 1},
                {"act": "inspect", "visit": work.shared_visit, "text": "A2 tarife eski", "photos": 1},
                {"act": "tell", "text": "A2 yarın merkezdeyim"},
            ],
        ],
        "B": [
            [
                {"act": "take", "case": taken},
                {"act": "note", "case": passed_on, "text": "B0 ben de baktım", "photos": 1},
                {"act": "tell", "text": "B0 çarşıdayım"},
            ],
            [
                {"act": "telephone", "business": work.business, "phone": "0216 330 00 02"},
                {"act": "close", "case": closed_twice, "text": "B1 iki kez kapatıldı", "photos": 1},
                {"act": "start", "case": given},
                {"act": "finish_task", "task": work.task, "text": "B1 ölçüldü", "photos": 1},
            ],
            [
                {"act": "close", "case": passed_on, "text": "B2 devredilen kapandı", "photos": 1},
                {"act": "answer", "case": answered, "text": "B2 yarın gelinecek"},
                {"act": "inspect", "visit": work.shared_visit, "text": "B2 tarife eski", "photos": 1},
            ],
        ],
    }
    return plan[phone][day]


def decide_meanwhile(office: Office, day: int, work: Work, crew: dict[str, Staff]) -> None:
    """Let the office do what it does while it does not know of the phones."""
    _, _, _, closed, moved, given, _ = work.shared
    if day == 0:
        office.post(f"/v1/complaints/{given}/assign", staff_user_id=str(crew["B"].id))
        number = {"phone": {"base": "+902163300000", "value": "0216 330 00 09"}}
        office.patch(f"/v1/businesses/{work.business}", changes=number)
    elif day == 1:
        department = str(office.town.departments["licensing"])
        office.post(f"/v1/complaints/{moved}/route", department_id=department, note="Ruhsatla ilgili")
        office.post(f"/v1/complaints/{closed}/close", text="Büroda çözüldü", photo_ids=[office.upload()])
    else:
        case = work.cases["B"][2][-1]
        office.post(f"/v1/complaints/{case}/assign", staff_user_id=str(crew["A"].id))
