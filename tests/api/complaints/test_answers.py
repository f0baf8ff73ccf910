"""Answers to a category's extra questions."""

import pytest

from api.complaints.answers import checked, described
from api.complaints.errors import AnswerInvalid
from api.complaints.seeding import seed

QUESTIONS = [
    {"code": "depth", "type": "number", "label": {"tr": "Derinlik"}, "required": True},
    {"code": "damage", "type": "bool", "label": {"tr": "Zarar", "en": "Damage"}},
    {"code": "lane", "type": "choice", "label": {"tr": "Şerit"}, "choices": [{"code": "left", "label": {"tr": "Sol"}}]},
    {"code": "since", "type": "date", "label": {"tr": "Ne zamandan beri"}},
    {"code": "note", "type": "text", "label": {"tr": "Not"}},
]


def test_good_answers_come_back_typed_and_empty_ones_are_left_out():
    given = {"depth": 12, "damage": True, "lane": "left", "since": "2026-11-01", "note": "  çukur\u202e büyük "}
    assert checked(QUESTIONS, given) == {**given, "note": "çukur büyük"}
    assert checked(QUESTIONS, {"depth": 3, "note": "", "damage": None}) == {"depth": 3}


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({}, "depth"),
        ({"depth": "on iki"}, "depth"),
        ({"depth": True}, "depth"),
        ({"depth": float("nan")}, "depth"),
        ({"depth": 1, "damage": "evet"}, "damage"),
        ({"depth": 1, "lane": "up"}, "lane"),
        ({"depth": 1, "lane": ["left"]}, "lane"),
        ({"depth": 1, "since": "01.11.2026"}, "since"),
        ({"depth": 1, "since": 5}, "since"),
        ({"depth": 1, "note": {"a": 1}}, "note"),
        ({"depth": 1, "note": "x" * 5000}, "note"),
        ({"depth": 1, "unasked": 1}, "unasked"),
    ],
)
def test_a_bad_answer_is_refused_and_its_question_named(answers, question):
    with pytest.raises(AnswerInvalid) as refusal:
        checked(QUESTIONS, answers)
    assert refusal.value.details["question"] == question


def test_people_read_labels_and_words_not_codes():
    lines = described(QUESTIONS, {"damage": True, "lane": "left"}, "tr")
    assert [(line["label"], line["value"]) for line in lines] == [("Zarar", "Evet"), ("Şerit", "Sol")]


def test_every_seeded_question_is_well_formed_in_both_languages():
    for category in seed()["categories"]:
        for question in category["questions"]:
            assert question["type"] in {"text", "number", "bool", "choice", "date"}
            assert question["label"]["tr"]
            assert question["label"]["en"]
            assert all(choice["label"]["en"] for choice in question.get("choices", []))
