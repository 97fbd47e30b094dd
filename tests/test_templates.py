"""Every page can be read in three languages, by everyone, and loads nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.template.base import Lexer, Node, NodeList, TokenType
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "kembar"
TEMPLATES = sorted(
    path for path in PACKAGE.rglob("templates/**/*") if path.suffix in {".html", ".txt"}
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
SCRIPTS = sorted(path for path in PACKAGE.rglob("static/**/*.js"))

# What a tag of Django leaves in the text that is looked at: no letter, no space.
HOLE = "\ue000"
LETTERS = re.compile(r"[^\W\d_]{2,}")
# The same in every language.
NAMES = {"Kembar", "SHA"}
# Attributes that are read by people or read out to them.
READ = {"placeholder", "aria-label", "aria-description", "title", "alt", "label", "summary"}
VOID_OF_WORDS = {"script", "style", "svg"}
CONTROL = re.compile(r"<(?:input|select|textarea)\b[^>]*>")
# A literal given by a filter or to an included template, unless it is marked: _("…").
LITERAL = re.compile(r"""(?<!_\()("[^"]*"|'[^']*')""")


def name_of(path: Path) -> str:
    """Return the name under which Django finds a template."""
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


def has_words(text: str) -> bool:
    return any(word not in NAMES for word in LETTERS.findall(text.replace(HOLE, " ")))


def untranslated(text: str) -> Iterator[str]:
    """Yield literals with words in filters and `with`, which no translator ever sees."""
    for token in Lexer(text).tokenize():
        where = f"line {token.lineno}: {token.contents}"
        if token.token_type == TokenType.VAR and re.search(r"\|(default|yesno|pluralize)", where):
            if any(has_words(each) for each in LITERAL.findall(token.contents)):
                yield where
        elif token.token_type == TokenType.BLOCK and token.contents.startswith("include "):
            given = token.contents.partition(" with ")[2]
            literals = [each.strip("\"'") for each in LITERAL.findall(given)]
            # A word without capital or space is a key, such as kind="signing".
            if any(re.search(r"^[A-Z]|\w \w", each) for each in literals):
                yield where


def without_django(text: str) -> str:
    """Return the HTML of a template: tags of Django are holes, translated blocks are left out."""
    result, skip = [], ""
    for token in Lexer(text).tokenize():
        word = token.contents.split(" ", 1)[0].strip() if token.contents else ""
        if token.token_type == TokenType.BLOCK and word in {"blocktranslate", "comment"}:
            skip = f"end{word}"
            result.append(HOLE)
        elif token.token_type == TokenType.BLOCK and word == skip:
            skip = ""
        elif skip:
            continue
        elif token.token_type == TokenType.TEXT:
            result.append(token.contents)
        elif token.token_type in {TokenType.VAR, TokenType.BLOCK}:
            result.append(HOLE)
    return "".join(result)


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    line: int
    inner: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"line {self.line}: <{self.tag}>"


class Reader(HTMLParser):
    """Collects the elements of a template, and its words that stand in no element of none."""

    VOID = frozenset({"input", "br", "hr", "img", "link", "meta", "wbr", "path", "circle", "use"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.words: list[str] = []
        self.open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, self.getpos()[0])
        for outer in self.open:
            outer.inner.append(tag)
        self.elements.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        inside = {element.tag for element in self.open}
        if not inside & VOID_OF_WORDS and has_words(data):
            self.words.append(f"line {self.getpos()[0]}: {data.strip()}")


def read(path: Path) -> Reader:
    return Reader(without_django(path.read_text(encoding="utf-8")))


@pytest.fixture(params=PAGES, ids=name_of)
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


# Words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_word_is_translated(path: Path) -> None:
    reader = read(path)
    spoken = [
        f"{element} {name}={value}"
        for element in reader.elements
        for name, value in element.attrs.items()
        if has_words(value)
        and (
            name in READ
            or (name == "value" and element.attrs.get("type") in {"submit", "button", "reset"})
            or (name == "content" and element.attrs.get("name") == "description")
            or (name.startswith("data-") and re.search(r"\w \w", value))
        )
    ]

    assert reader.words + spoken == []
    assert list(untranslated(path.read_text(encoding="utf-8"))) == []


def test_words_are_found_where_they_hide() -> None:
    """The test above is worth something only if its reader sees these, and not the others."""
    seen = [
        "<p>Hello</p>",
        '<p>{% translate "Hello" %} world</p>',
        "{% if a %}Yes{% endif %}",
        "<p>{% blocktranslate %}x{% endblocktranslate %} days</p>",
        "<title>{% block title %}Ties{% endblock %}</title>",
    ]
    unseen = [
        '<p class="field">{% translate "Hello" %}</p>',
        "{# a remark #}{% comment %}a remark{% endcomment %}<p>{{ word }} · Kembar</p>",
        "<p>{% blocktranslate with n=1 %}Page {{ n }}{% endblocktranslate %}</p>",
        '<svg><text>Hello</text></svg><script src="x"></script>',
    ]

    assert all(Reader(without_django(html)).words for html in seen)
    assert not any(Reader(without_django(html)).words for html in unseen)
    assert list(untranslated('{{ x|default:"none" }}{% include "a" with label="The title" %}'))
    assert not list(untranslated('{{ x|default:_("none") }}{% include "a" with kind="signing" %}'))


# Safety --------------------------------------------------------------------------------


def test_nothing_is_styled_or_scripted_inline(page: Path) -> None:
    wrong = [
        str(element)
        for element in read(page).elements
        if "style" in element.attrs
        or any(name.startswith("on") for name in element.attrs)
        or element.tag == "style"
        or (element.tag == "script" and not element.attrs.get("src"))
        or element.attrs.get("href", "").lower().startswith("javascript:")
    ]

    assert wrong == []


def test_nothing_is_loaded_from_another_host(page: Path) -> None:
    wrong = [
        f"{element} {name}={element.attrs[name]}"
        for element in read(page).elements
        for name in ("src", "srcset", "href", "action", "poster", "data", "hx-get", "hx-post")
        if re.match(r"\s*(https?:)?//", element.attrs.get(name, ""))
        # A link may lead out; what is loaded with the page may not come from there.
        and not (element.tag == "a" and name == "href")
    ]

    assert wrong == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_load_nothing_and_say_nothing(script: Path) -> None:
    """Words come from the page, in the reader's language; a script only moves them."""
    text = re.sub(r"(?m)(?<!:)//.*$", "", script.read_text(encoding="utf-8"))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)

    assert not re.search(r"[\"'`](https?:)?//", text)
    assert not re.search(r"\beval\(|new Function|innerHTML\s*=", text)
    assert not re.findall(r"(?:textContent|innerText|title|ariaLabel)\s*=\s*[\"'`][A-Za-z]", text)
    assert not re.search(r"\b(alert|confirm|prompt)\(\s*[\"'`]", text)


def test_every_form_that_writes_carries_its_token(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    wrong = [
        form[:80]
        for form in re.findall(r"<form\b.*?</form>", text, flags=re.DOTALL)
        if re.search(r"method=[\"']?post", form, flags=re.IGNORECASE)
        and "{% csrf_token %}" not in form
    ]

    assert wrong == []


# Shape ---------------------------------------------------------------------------------


def headings(nodes: NodeList, blocks: dict[str, BlockNode]) -> tuple[int, int]:
    """Return how many <h1> the nodes show at least and at most, whatever the conditions."""
    least = most = 0
    for node in nodes:
        low, high = headings_of(node, blocks)
        least, most = least + low, most + high
    return least, most


def headings_of(node: Node, blocks: dict[str, BlockNode]) -> tuple[int, int]:
    if isinstance(node, ExtendsNode):
        parent = engines["django"].get_template(node.parent_name.resolve({})).template  # type: ignore[union-attr]
        return headings(parent.nodelist, {**node.blocks, **blocks})
    if isinstance(node, BlockNode):
        return headings(blocks.get(node.name, node).nodelist, blocks)
    if isinstance(node, IfNode):
        branches = [headings(nodes, blocks) for _condition, nodes in node.conditions_nodelists]
        if all(condition is not None for condition, _nodes in node.conditions_nodelists):
            branches.append((0, 0))
        return min(low for low, _ in branches), max(high for _, high in branches)
    if isinstance(node, ForNode):
        return 0, 2 * headings(node.nodelist_loop, blocks)[1]
    if isinstance(node, IncludeNode):
        name = node.template.var
        if not isinstance(name, str):
            return 0, 0
        return headings(engines["django"].get_template(name).template.nodelist, blocks)  # type: ignore[union-attr]
    if type(node).__name__ == "DefinePartialNode":
        return headings(node.nodelist, blocks) if node.inline else (0, 0)  # type: ignore[attr-defined]
    if type(node).__name__ == "RenderPartialNode":
        partial: Any = node.partial_mapping[node.partial_name]  # type: ignore[attr-defined]
        return headings(partial.nodelist, blocks)
    if hasattr(node, "s"):
        found = len(re.findall(r"<h1\b", node.s))
        return found, found
    inner = [getattr(node, name, None) for name in node.child_nodelists]
    counts = [headings(nodes, blocks) for nodes in inner if nodes]
    return sum(low for low, _ in counts), sum(high for _, high in counts)


def parents(name: str) -> list[str]:
    """Return what a template stands on, the nearest first."""
    template = engines["django"].get_template(name).template  # type: ignore[union-attr]
    for node in template.nodelist:
        if isinstance(node, ExtendsNode):
            above = str(node.parent_name.resolve({}))
            return [above, *parents(above)]
    return []


def layouts() -> set[str]:
    """Return the templates that others fill in; those others are the pages."""
    found = {above for path in PAGES for above in parents(name_of(path))}
    return found | {name_of(path) for path in PAGES if "layouts" in path.parts}


def test_a_page_stands_on_the_common_base(page: Path) -> None:
    above = parents(name_of(page))
    if above:
        assert above[-1] == "kit/base.html"
    elif name_of(page) != "kit/base.html":
        tags = {element.tag for element in read(page).elements}

        assert not tags & {"html", "body", "main"}, "a page begins with {% extends %}"


def test_a_page_has_one_heading_of_the_first_rank(page: Path) -> None:
    name = name_of(page)
    if not parents(name) or name in layouts():
        return
    template = engines["django"].get_template(name).template  # type: ignore[union-attr]

    least, most = headings(template.nodelist, {})

    assert (least, most) == (1, 1), f"between {least} and {most} <h1>"


def test_a_page_has_a_title(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if parents(name_of(page)) == ["kit/base.html"]:
        assert re.search(r"\{% block title %\}\s*\S", text)


def test_a_document_says_its_language(page: Path) -> None:
    for element in read(page).elements:
        if element.tag == "html":
            assert element.attrs.get("lang")


def test_a_picture_is_described_and_a_table_has_a_caption(page: Path) -> None:
    wrong = [
        str(element)
        for element in read(page).elements
        if (element.tag == "img" and "alt" not in element.attrs)
        or (element.tag == "table" and "caption" not in element.inner)
    ]

    assert wrong == []


def test_what_a_script_fetches_can_be_reached_without_one(page: Path) -> None:
    reader = read(page)
    wrong = []
    for element in reader.elements:
        if "hx-get" in element.attrs and element.tag == "a" and "href" not in element.attrs:
            wrong.append(str(element))
        if "hx-post" in element.attrs and element.tag not in {"form", "button"}:
            wrong.append(str(element))

    assert wrong == []


def test_every_input_has_a_label(page: Path) -> None:
    """Its own, one round it, or a name that is read out."""
    reader = read(page)
    labelled = {e.attrs["for"] for e in reader.elements if e.tag == "label" and "for" in e.attrs}
    inside: set[str] = set()
    text = without_django(page.read_text(encoding="utf-8"))
    for label in re.findall(r"<label\b.*?</label>", text, flags=re.DOTALL):
        inside.update(CONTROL.findall(label))
    wrong = []
    for tag in CONTROL.findall(text):
        (element,) = Reader(tag).elements
        kind = element.attrs.get("type", "text")
        named = {"aria-label", "aria-labelledby"} & set(element.attrs)
        if kind in {"hidden", "submit", "button"} or named or tag in inside:
            continue
        if element.attrs.get("id") not in labelled:
            wrong.append(tag)

    assert wrong == []
