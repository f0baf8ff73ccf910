"""Before the work: whose phone it is, which server it speaks with, and changing its PIN."""

import httpx
import pytest

from field_app.account import Account, AnotherOwner
from field_app.i18n.phone_texts import PHONE_TEXTS
from field_app.i18n.texts import TEXTS
from field_app.phone import Phone
from field_app.screens.change_pin.vm import ChangePinModel
from field_app.screens.sign_in.vm import SignInModel
from field_app.server import NoAddress, address_of
from mobile.kit.i18n import language
from tests.field_app.world import COLLEAGUE, ME, PIN, MemoryKeyStore, make_phone, opened, profile

NEW_PIN = "830562"


@pytest.fixture(autouse=True)
def words():
    for texts in (TEXTS, PHONE_TEXTS):
        language.add(texts)


# --- another person ---------------------------------------------------------------------------------------------------


def office(staff_id: str, asked: list[str]) -> httpx.Client:
    """A server at which one person signs in."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.path} {request.headers.get('authorization', '')}".strip())
        told = {
            "/v1/auth/staff": {
                "state": "signed_in",
                "tokens": {"access_token": "theirs", "refresh_token": "r", "expires_in": 900},
            },
            "/v1/sync/profile": {**profile(), "staff": {"id": staff_id, "name": "Mehmet Çağlar"}},
        }
        return httpx.Response(200, json=told.get(request.url.path, {}))

    return httpx.Client(base_url="https://town.invalid", transport=httpx.MockTransport(answer))


def test_nobody_signs_in_over_the_records_of_another_person(tmp_path, clock):
    asked: list[str] = []
    phone = make_phone(tmp_path / "phone", clock, office(COLLEAGUE, asked))
    unlocked = opened(phone)
    unlocked.acts.post_message(unlocked.profile.departments[0], "Gönderilmeyi bekliyor")
    unlocked.close()
    with pytest.raises(AnotherOwner) as told:
        phone.account.sign_in("kadikoy", "mehmet", "parola", None, "Telefon")
    assert told.value.name == "Işıl Öztürk"
    assert asked[-1] == "/v1/auth/logout Bearer theirs"
    again = Account(phone._client, phone.around.key_store, clock)
    assert (again.profile.staff_id, again.token()) == (ME, "a")
    back = phone.open(phone.vault.open(PIN))
    assert back.engine.numbers()["waiting"] == 1
    back.close()


def test_whose_phone_it_is_is_said_in_plain_words(tmp_path, clock):
    phone = make_phone(tmp_path / "phone", clock, office(COLLEAGUE, []))
    opened(phone).close()
    told = SignInModel(phone.account, "Telefon", lambda _state: None).attempt("kadikoy", "mehmet", "parola")
    assert "Işıl Öztürk" in told["error"]
    assert "step" not in told


def test_the_owner_signs_in_again_and_so_does_anybody_on_an_empty_phone(tmp_path, clock):
    phone = make_phone(tmp_path / "phone", clock, office(ME, []))
    opened(phone).close()
    assert phone.account.sign_in("kadikoy", "isil", "parola", None, "Telefon")["state"] == "signed_in"
    empty = make_phone(tmp_path / "empty", clock, office(COLLEAGUE, []))
    empty.account.sign_in("kadikoy", "mehmet", "parola", None, "Telefon")
    assert empty.account.profile.staff_id == COLLEAGUE


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("cep.kadikoy.bel.tr", "https://cep.kadikoy.bel.tr"),
        ("  https://cep.kadikoy.bel.tr/ ", "https://cep.kadikoy.bel.tr"),
        ("https://cep.kadikoy.bel.tr:8443", "https://cep.kadikoy.bel.tr:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_is_taken_as_people_type_it(typed, address):
    assert address_of(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "http://cep.kadikoy.bel.tr", "http://127.0.0.1.evil.tr", "ftp://cep.tr", "https://", "https://a:b@cep.tr",
     "https://cep.tr/yol", "https://cep.tr?x=1", "https://cep.tr:99999", "iki kelime", "https://[::1"],
)  # fmt: skip
def test_what_is_no_encrypted_address_is_refused(typed):
    with pytest.raises(NoAddress):
        address_of(typed)


def new_phone(phone: Phone) -> Phone:
    """The same phone before anybody signed in."""
    phone.account.forget()
    return phone


def test_the_typed_server_holds_for_the_next_start_and_only_while_nobody_has_signed_in(phone, clock):
    new_phone(phone).change_server("cep.akpinar.bel.tr")
    assert phone.server == "https://cep.akpinar.bel.tr"
    again = Phone(phone.around, httpx.Client(base_url="https://cep.kadikoy.bel.tr"))
    assert again.server == "https://cep.akpinar.bel.tr"
    opened(make_phone(phone.around.folder, clock)).close()
    with pytest.raises(RuntimeError):
        again.change_server("https://evil.tr")
    assert again.server == "https://cep.akpinar.bel.tr"


def test_the_server_is_typed_at_the_sign_in_and_a_wrong_one_says_so(robot, phone, tmp_path):
    from field_app.app import FieldApp  # noqa: PLC0415
    from mobile.device.desktop import device  # noqa: PLC0415

    running = robot(FieldApp(new_phone(phone), device(tmp_path / "device")))
    running.frames(10)
    running.find("server_line").parent.parent.parent.scroll_y = 0
    running.frames(3)
    running.tap("server_line")
    running.frames(3)
    running.find("server").text = "http://cep.kadikoy.bel.tr"
    running.tap("server_use")
    assert "Bu, şifreli (https) bir sunucu adresi değil." in running.texts()
    running.find("server").text = "cep.kadikoy.bel.tr"
    running.tap("server_use")
    assert running.find("server_line").text == "Sunucu: cep.kadikoy.bel.tr"


# --- the nearest municipality -----------------------------------------------------------------------------------------


def test_the_nearest_municipality_comes_first_and_none_is_missing(clock):
    towns = {"akpinar": "Akpınar", "besiktas": "Beşiktaş", "kadikoy": "Kadıköy"}

    def answer(request: httpx.Request) -> httpx.Response:
        wanted = ["kadikoy", "besiktas"] if "lon" in request.url.params else list(towns)
        return httpx.Response(200, json=[{"slug": slug, "name": towns[slug]} for slug in wanted])

    client = httpx.Client(base_url="https://town.invalid", transport=httpx.MockTransport(answer))
    account = Account(client, MemoryKeyStore(), clock)
    assert [slug for slug, _ in account.municipalities()] == ["akpinar", "besiktas", "kadikoy"]
    assert [slug for slug, _ in account.municipalities((29.03, 40.987))] == ["kadikoy", "besiktas", "akpinar"]


# --- another PIN ------------------------------------------------------------------------------------------------------


def typed(model: ChangePinModel, *pins: str) -> bool:
    return [model.typed(pin) for pin in pins][-1]


def test_the_pin_is_changed_by_the_old_one_and_opens_the_same_database(phone):
    key = phone.vault.set_up(ME, PIN)
    assert typed(ChangePinModel(phone.vault), PIN, NEW_PIN, NEW_PIN)
    assert phone.vault.open(NEW_PIN) == key


@pytest.mark.parametrize(
    ("pins", "error", "prompt"),
    [
        ((PIN, NEW_PIN, "111222"), "İki PIN aynı değil", "yeni bir PIN"),
        ((PIN, "123456", "123456"), "çok kolay", "yeni bir PIN"),
        (("830561", NEW_PIN, NEW_PIN), "9 hakkınız", "Şimdiki"),
    ],
)
def test_what_is_wrong_with_a_change_is_said_and_the_old_pin_stays(phone, pins, error, prompt):
    key = phone.vault.set_up(ME, PIN)
    model = ChangePinModel(phone.vault)
    assert not typed(model, *pins)
    assert error in model.error
    assert prompt in model.prompt
    assert phone.vault.open(PIN) == key


def test_the_pin_is_changed_in_the_settings(app):
    running = app()
    running.tap("nav.more")
    running.frames(5)
    running.tap("more.settings")
    running.frames(5)
    running.tap("change_pin")
    running.frames(5)
    for pin in (PIN, NEW_PIN, NEW_PIN):
        for digit in pin:
            running.tap(f"pin.{digit}")
        running.until(lambda: not any(pad.disabled for pad in running.find_all("change_pin")))
    running.until(lambda: "PIN değişti" in running.texts())
    assert running.app.phone.vault.open(NEW_PIN)
