import re

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.loader import get_template
from django.test import Client, RequestFactory

COMPONENTS = sorted(path.name for path in (settings.BASE_DIR / "templates/components").glob("*.html"))
STYLESHEETS = sorted(path.name for path in (settings.BASE_DIR / "static/css/components").glob("*.css"))
THEMES = ["tokens.css", "tokens-dark.css"]


def css(name: str) -> str:
    return (settings.BASE_DIR / "static/css" / name).read_text()


def classes_of(sheet: str) -> set[str]:
    return set(re.findall(r"\.([a-z][\w-]+)", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)))


def token_names(sheet: str) -> set[str]:
    return set(re.findall(r"(--[\w-]+):", sheet))


def rendered_templates(client: Client) -> set[str]:
    return {template.name.rpartition("/")[2] for template in client.get("/style/").templates if template.name}


@pytest.mark.django_db
def test_style_shows_every_component(client: Client) -> None:
    assert [name for name in COMPONENTS if name not in rendered_templates(client)] == []


def test_style_builds_every_stylesheet_into_the_one_of_the_pages() -> None:
    assert set(re.findall(r"components/([\w-]+\.css)", css("app.css"))) == set(STYLESHEETS)


@pytest.mark.django_db
def test_style_shows_something_of_every_stylesheet(client: Client) -> None:
    page = client.get("/style/").content.decode()
    shown = {word for words in re.findall(r'class="([^"]+)"', page) for word in words.split()}

    assert [name for name in STYLESHEETS if not shown & classes_of(css(f"components/{name}"))] == []


@pytest.mark.django_db
def test_style_holds_no_inline_script_or_style(client: Client) -> None:
    page = client.get("/style/").content.decode()

    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []


@pytest.mark.django_db
def test_style_names_every_field_and_its_errors_to_a_screen_reader(client: Client) -> None:
    page = client.get("/style/").content.decode()

    described = {name for names in re.findall(r'aria-describedby="([^"]+)"', page) for name in names.split()}
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert described - set(ids) == set()
    assert sorted(ids) == sorted(set(ids))


def test_style_uses_no_colour_that_is_not_a_token() -> None:
    used = {
        (name, token)
        for name in STYLESHEETS
        for token in re.findall(r"var\((--color-[\w-]+)\)", css(f"components/{name}"))
    }

    assert {(name, token) for name, token in used if token not in token_names(css("tokens.css"))} == set()


def test_style_gives_every_colour_in_light_and_dark() -> None:
    light, dark = ({name for name in token_names(css(theme)) if name.startswith("--color-")} for theme in THEMES)

    assert light == dark


@pytest.mark.parametrize("theme", THEMES)
def test_style_tokens_are_plain_values_that_the_pdf_understands(theme: str) -> None:
    values = re.sub(r"/\*.*?\*/", "", css(theme), flags=re.DOTALL)

    assert re.findall(r"color-mix|light-dark|@container|@supports|var\(", values) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
@pytest.mark.django_db
def test_style_gives_every_error_a_page_with_a_way_back(rf: RequestFactory, name: str) -> None:
    page = get_template(f"{name}.html").render({}, rf.get("/nowhere/"))

    assert "<h1>" in page
    assert 'href="/"' in page


def test_style_of_a_broken_server_needs_nothing_but_its_template() -> None:
    assert "Something broke on our side" in Engine.get_default().get_template("500.html").render(Context({}))
