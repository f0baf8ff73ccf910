"""The templates keep what the content security policy asks for: no script and no style in the pages themselves."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.console import pages as pages_module
from api.console.pages import pages

FOLDER = Path(pages_module.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
SCRIPTS = sorted((FOLDER / "static" / "app").glob("*.js"))
STYLES = sorted((FOLDER / "static" / "app").glob("*.css"))


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.name)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.inside = ""
        self.script_text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):  # noqa: ARG002 (the parser calls it so)
        self.inside = ""

    def handle_data(self, data):
        if self.inside in ("script", "style"):
            self.script_text += data.strip()


def tags_of(path: Path) -> _Tags:
    parser = _Tags()
    # What Jinja writes is not markup of the page.
    parser.feed(re.sub(r"\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    return parser


def test_there_are_templates_scripts_and_styles_to_check():
    assert len(TEMPLATES) > 10
    assert len(SCRIPTS) > 3
    assert len(STYLES) > 2


@named(TEMPLATES)
def test_no_inline_script_style_or_event_attribute(path):
    tags = tags_of(path)
    assert tags.script_text == ""
    for tag, attributes in tags.tags:
        assert tag != "style"
        names = set(attributes)
        assert not {name for name in names if name.startswith(("on", "hx-on", "hx-vals", "hx-vars"))}, attributes
        assert "style" not in names, attributes
        if tag == "script":
            assert attributes.get("src", "").startswith("{{ asset("), attributes


@named(TEMPLATES)
def test_nothing_is_loaded_from_elsewhere(path):
    assert not re.search(r"(src|href|action)=[\"']?(https?:)?//", path.read_text(encoding="utf-8"))


@named(TEMPLATES)
def test_nothing_is_marked_as_safe_markup(path):
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text


@named(TEMPLATES)
def test_every_form_that_changes_something_carries_the_token(path):
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL)
    for form in forms:
        assert 'name="csrf"' in form or "{{ inner() }}" in form, form[:200]
    assert len(forms) == len(re.findall(r"method=\"post\"", text))


@named(TEMPLATES)
def test_every_picture_says_what_it_shows(path):
    for tag, attributes in tags_of(path).tags:
        if tag == "img":
            assert attributes.get("alt"), attributes


@named(SCRIPTS)
def test_scripts_make_no_markup_and_no_code_from_text(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setHTML\(", text
    )
    assert not re.search(r"https?://", text)


@named(STYLES)
def test_styles_load_nothing(path):
    text = path.read_text(encoding="utf-8")
    assert "url(" not in text
    assert "@import" not in text


def test_templates_escape_what_they_are_given_and_refuse_unknown_names():
    environment = pages().environment
    assert environment.autoescape is True
    assert environment.from_string("{{ words }}").render(words="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"
    with pytest.raises(Exception, match="undefined"):
        environment.from_string("{{ nothing }}").render()
