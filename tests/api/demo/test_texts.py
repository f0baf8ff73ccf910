import json
import re

import pytest

from api.complaints.answers import checked
from api.complaints.seeding import seed
from api.complaints.workflow import Action
from api.demo.cases import NONE
from api.demo.practice import RANKS, REROUTED, SEASONS
from api.demo.saying import Speaker
from api.demo.texts import Filler, acts, category_texts

CODES = [category["code"] for category in seed()["categories"]]
CHANCES = [number * 0x9E3779B97F4A7C15 % (1 << 60) for number in range(1, 60)]


def test_every_category_has_its_words_and_no_others():
    assert sorted(category_texts()) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_category_has_at_least_six_different_reports_and_a_solution(code):
    said = category_texts()[code]
    assert len({template.text for template in said.placed}) >= 6
    assert said.closing


@pytest.mark.parametrize("code", CODES)
def test_every_report_is_a_whole_sentence_of_letters_and_plain_signs(code):
    said = category_texts()[code]
    filler = Filler("Lale Sokak", "Çeşme", "Gül Parkı")
    sentences = [filler.fill(template.text, chance) for template in said.placed for chance in CHANCES[:12]]
    for sentence in (*sentences, *said.closing):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence[-1] in ".!?"
        assert re.fullmatch(r"[A-Za-zÇĞİÖŞÜçğıöşüâîû0-9 .,:;!?'()/-]+", sentence), sentence
        # A new sentence begins with a capital.
        assert not re.search(r"[.!?] [a-zçğıöşü]", re.sub(r"No\. |\d\. ", "", sentence)), sentence


def test_what_follows_a_report_is_said_in_plain_signs_too():
    said = [
        text for texts in acts().values() for item in texts for text in (item if isinstance(item, list) else [item])
    ]
    assert len(said) > 80
    assert not [text for text in said if re.search(r"[\\\t\n]", text)]


def test_ranks_name_every_category_once():
    assert all(sorted(ranks) == sorted(CODES) for ranks in RANKS.values())
    assert set(SEASONS) | set(REROUTED) <= set(CODES)


def test_answers_are_those_the_category_asks_for(setting):
    speaker = Speaker(setting)
    answered = 0
    for category in setting.config.categories.values():
        if not category.is_group:
            for chance in CHANCES:
                answers = json.loads(speaker.answers(category, chance))
                answered += len(answers)
                assert checked(category.questions, answers) == answers
    assert answered > 200


def test_a_report_without_a_place_names_none(setting):
    speaker = Speaker(setting)
    social = next(item for item in setting.config.categories.values() if item.code == "SOS-01")
    for chance in CHANCES:
        said = speaker.describe(social, NONE, chance)
        assert said.address == ""
        assert "Sokak" not in said.text


def test_closing_a_case_says_what_was_done(setting):
    speaker = Speaker(setting)
    pothole = next(item for item in setting.config.categories.values() if item.code == "FEN-01")
    assert speaker.say(Action.CLOSE, pothole, 0, 5) in category_texts()["FEN-01"].closing
    assert speaker.say(Action.START, pothole, 0, 5) == ""
