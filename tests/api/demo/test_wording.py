import pytest

from api.demo.wording import dative, genitive, locative
from geo.demo.street_names import ARTERY_NAMES, PARK_NAMES, STREET_NAMES


@pytest.mark.parametrize(
    ("name", "where", "whose", "whither"),
    [
        ("Lale Sokak", "Lale Sokak'ta", "Lale Sokak'ın", "Lale Sokak'a"),
        ("Gazi Caddesi", "Gazi Caddesi'nde", "Gazi Caddesi'nin", "Gazi Caddesi'ne"),
        ("Atatürk Bulvarı", "Atatürk Bulvarı'nda", "Atatürk Bulvarı'nın", "Atatürk Bulvarı'na"),
        ("2. Cadde", "2. Cadde'de", "2. Cadde'nin", "2. Cadde'ye"),
        ("Kuğulu Park", "Kuğulu Park'ta", "Kuğulu Park'ın", "Kuğulu Park'a"),
        ("Gül Parkı", "Gül Parkı'nda", "Gül Parkı'nın", "Gül Parkı'na"),
        ("Kozyatağı Mahallesi", "Kozyatağı Mahallesi'nde", "Kozyatağı Mahallesi'nin", "Kozyatağı Mahallesi'ne"),
    ],
)
def test_case_endings_follow_vowels_and_possession(name, where, whose, whither):
    assert (locative(name), genitive(name), dative(name)) == (where, whose, whither)


@pytest.mark.parametrize("ending", [locative, genitive, dative])
def test_every_name_of_the_made_up_towns_takes_an_ending(ending):
    names = {*ARTERY_NAMES, *STREET_NAMES, *PARK_NAMES, "7. Sokak", "12. Cadde"}
    assert all(ending(name).startswith(f"{name}'") for name in names)
