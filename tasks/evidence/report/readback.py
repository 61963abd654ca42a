"""Reads a page of the report back: figures, claims, links, and what a page must not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tasks.evidence.faults import EvidenceFault

_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_FETCHING = ("src", "srcset", "poster", "data", "background", "action", "formaction", "ping")
_FOREIGN = ("http:", "https:", "//", "ftp:", "ws:", "wss:", "javascript:")


@dataclass(slots=True)
class Page:
    """What a page shows."""

    figures: list[tuple[str, str, str]] = field(default_factory=list)  # name, JSON, visible text
    claims: list[tuple[str, str, str]] = field(default_factory=list)  # name, state, JSON of limit
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []
        self._figure: tuple[str, str, int] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.page.faults.append(f"<{tag}> repeats an attribute")
        self._references(tag, given)
        if "id" in given:
            if given["id"] in self.page.anchors:
                self.page.faults.append(f"id {given['id']} is given twice")
            self.page.anchors.add(given["id"])
        if tag == "img" and not given.get("alt", "").strip():
            self.page.faults.append(f"image {given.get('src')} has no alternative text")
        if "data-claim" in given:
            claim = (given["data-claim"], given.get("data-state", ""), given.get("data-limit", ""))
            self.page.claims.append(claim)
        if tag not in _VOID:
            self._open.append(tag)
        if "data-figure" in given:
            self._figure = (given["data-figure"], given.get("data-value", ""), len(self._open))
            self._text = []

    def _references(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            if name.startswith("on"):
                self.page.faults.append(f"<{tag}> runs a script by {name}")
            if name in (*_FETCHING, "href", "xlink:href"):
                if value.strip().lower().startswith(_FOREIGN):
                    self.page.faults.append(f"<{tag} {name}> leaves the pack: {value}")
                else:
                    self.page.links.append(value)

    def handle_data(self, data: str) -> None:
        if self._figure is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._figure is not None and len(self._open) == self._figure[2]:
            name, value, _ = self._figure
            self.page.figures.append((name, value, "".join(self._text).strip()))
            self._figure = None
        if not self._open or self._open.pop() != tag:
            self.page.faults.append(f"</{tag}> closes nothing")


def parse(text: str) -> Page:
    """What a page's text shows; unfit markup is refused.

    Raises
    ------
    EvidenceFault
        The page fetches from elsewhere, repeats an id or an attribute, runs a script by an
        attribute, has an image without text, or its tags do not nest.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if not text.startswith("<!doctype html>\n"):
        reader.page.faults.append("no HTML page")
    if reader.page.faults:
        raise EvidenceFault(reader.page.faults[:20])
    return reader.page


def pairs(page: Page) -> dict[str, Any]:
    """Visible text of every figure by name."""
    return {name: text for name, _, text in page.figures}
