"""The words: both languages say the same things, and nothing on a page is without words."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from api.complaints.schemas import ComplaintFilter, ComplaintIn, CounterComplaintIn, PhotoOut
from api.complaints.workflow import Action, Status
from api.console import language
from api.console.actions import ACTIONS
from api.console.language import LANGUAGES, catalogue, chosen_language
from api.console.views.filters import GROUPS

FOLDER = Path(language.__file__).parent
SOURCES = [
    *FOLDER.rglob("*.html"),
    *(path for path in FOLDER.rglob("*.py") if "static" not in path.parts),
]
# Keys that are put together from a word of the domain; the test below names every such word.
COMPOSED = ("status.", "kind.", "channel.", "group.", "filter.name.", "event.", "actor.", "action.", "photo.", "month.",
            "theme.", "nav.", "field.tab.", "field.done.", "field.kind.", "field.state.", "field.reason.",
            "field.fact.", "field.value.", "field.device.", "field.bundle.", "business.status.", "business.state.",
            "business.decided.", "business.match.", "business.line.", "business.outcome.", "business.told.",
            "business.field.", "business.column.", "business.import.", "tasks.", "inspection.tab.",
            "inspection.done.", "inspection.group.", "inspection.kind.", "inspection.outcome.", "inspection.fact.",
            "inspection.severity.", "inspection.finding.", "inspection.warning.", "inspection.item.",
            "inspection.fate.", "inspection.return.")  # fmt: skip
TURKISH = catalogue("tr")


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys():
    assert list(catalogue("tr").texts) == list(catalogue("en").texts)


def test_both_languages_put_the_same_values_into_each_text():
    for key, text in TURKISH.texts.items():
        assert fields_of(text) == fields_of(catalogue("en").texts[key]), key


def test_no_text_is_empty_or_holds_markup():
    for name in LANGUAGES:
        for key, text in catalogue(name).texts.items():
            assert text.strip(), key
            assert "<" not in text, key


def used_keys() -> set[str]:
    keys = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        keys |= set(re.findall(r"\bt\(\s*[\"']([a-z0-9_.]+)[\"']", text))
        keys |= {f"{key}.one" for key in re.findall(r"\bt\.count\(\s*[\"']([a-z0-9_.]+)[\"']", text)}
        keys |= set(re.findall(r"[\"']((?:fault|sign_in)\.[a-z_]+)[\"']", text))
    return {key for key in keys if not key.endswith((".", ".html"))}


def test_every_text_that_pages_name_is_in_the_catalogues():
    keys = used_keys()
    assert len(keys) > 100
    assert keys - set(TURKISH.texts) == set()


def test_no_text_is_left_that_no_page_names():
    keys = used_keys() | {key.removesuffix(".one") + ".other" for key in used_keys() if key.endswith(".one")}
    unused = {key for key in TURKISH.texts if key not in keys and not key.startswith(COMPOSED)}
    assert unused == set()


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_word_of_the_domain_has_its_text(name):
    t = catalogue(name)
    kinds = ComplaintIn.model_json_schema()["properties"]["kind"]["enum"]
    channels = CounterComplaintIn.model_json_schema()["properties"]["channel"]["enum"]
    phases = PhotoOut.model_json_schema()["properties"]["phase"]["enum"]
    wanted = [
        *(f"status.{status.value}" for status in Status),
        *(f"event.{action.value}" for action in Action),
        *(f"kind.{kind}" for kind in kinds),
        *(f"channel.{channel}" for channel in (*channels, "citizen_app", "portal", "field_app", "console")),
        *(f"photo.{phase}" for phase in phases),
        *(f"actor.{kind}" for kind in ("citizen", "staff", "system", "anonymous")),
        *(f"group.{group}" for group in GROUPS),
        *(f"filter.name.{field}" for field in ComplaintFilter.model_fields if field != "status"),
        *(f"month.{number}" for number in range(1, 13)),
        *(f"theme.{choice}" for choice in ("system", "light", "dark")),
    ]
    for spec in ACTIONS.values():
        wanted += [f"action.{spec.name}", f"action.{spec.name}.submit"]
        wanted += [f"action.{spec.name}.{field.name}" for field in spec.fields]
    assert [key for key in wanted if not t.has(key)] == []


def test_a_missing_text_is_an_error_and_never_shown_as_its_key():
    with pytest.raises(KeyError):
        TURKISH("no.such.text")


def test_values_are_put_in_as_they_are_even_with_braces():
    assert TURKISH("board.ignored", names="{0.__class__}").endswith("{0.__class__}")


def test_counts_say_one_and_many():
    english = catalogue("en")
    assert (english.count("fresh", 1), english.count("fresh", 3)) == ("1 new case", "3 new cases")


def test_turkish_comes_first_and_a_foreign_language_code_changes_nothing():
    assert chosen_language({}) == "tr"
    assert chosen_language({"console_language": "xx"}) == "tr"
    assert chosen_language({"console_language": "en"}) == "en"


def test_catalogue_files_are_plain_maps_of_texts():
    for name in LANGUAGES:
        loaded = json.loads((FOLDER / "i18n" / f"{name}.json").read_text(encoding="utf-8"))
        assert all(isinstance(text, str) for text in loaded.values())
