"""The metadata of an article in a web page, besides the words that it shows.

Source: schema.org in JSON-LD, the Open Graph protocol, Dublin Core and the ``citation_`` names that Google Scholar asks
for, as pages write them in their heads. Most pages state a value several times: ``_ORDER`` defines which one counts,
and contradicting values are kept among the facts.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from annotator.domain.canonical_text import without_surrogates
from annotator.formats.reading.article_structure import shown
from annotator.formats.reading.file_dates import iso_date, mail_date

_MAX_VALUES = 50
_MAX_NAMES = 500
"""Maximum number of values of one name, and of names."""

_MAX_LENGTH = 2_000
"""Maximum characters of a value; of a longer one the beginning is kept."""

_MAX_JSON_LENGTH = 2_000_000
_MAX_NODES = 2_000
"""Maximum characters of all JSON-LD of a page, and number of its objects; the rest is skipped."""


_ORDER: Mapping[str, Sequence[str]] = {
    "title": (
        "json-ld:headline",
        "json-ld:name",
        "og:title",
        "citation_title",
        "dc.title",
        "parsely-title",
        "sailthru.title",
        "twitter:title",
        "itemprop:headline",
    ),
    "author": (
        "json-ld:author",
        "json-ld:creator",
        "article:author",
        "citation_author",
        "dc.creator",
        "author",
        "byl",
        "parsely-author",
        "sailthru.author",
    ),
    "published_at": (
        "json-ld:datePublished",
        "article:published_time",
        "og:article:published_time",
        "citation_publication_date",
        "citation_online_date",
        "citation_date",
        "dc.date.issued",
        "dc.issued",
        "dc.date",
        "itemprop:datepublished",
        "parsely-pub-date",
        "sailthru.date",
        "pubdate",
        "publishdate",
        "publish-date",
        "publication_date",
        "date",
        "json-ld:WebPage.datePublished",
        "json-ld:dateCreated",
        "time",
    ),
    "source": (
        "og:site_name",
        "json-ld:publisher",
        "citation_journal_title",
        "citation_publisher",
        "dc.publisher",
        "json-ld:WebSite.name",
        "application-name",
    ),
    "language": (
        "json-ld:inLanguage",
        "html lang",
        "json-ld:WebPage.inLanguage",
        "content-language",
        "dc.language",
        "citation_language",
        "og:locale",
    ),
    "address": (
        "canonical",
        "json-ld:url",
        "json-ld:mainEntityOfPage",
        "og:url",
        "citation_public_url",
        "citation_fulltext_html_url",
        "citation_abstract_html_url",
        "dc.identifier",
        "saved from",
    ),
}
"""For each field of an article: where pages state it, in order of priority."""

_FACTS: Mapping[str, Sequence[str]] = {
    "kind": ("json-ld:@type",),
    "summary": ("json-ld:description", "og:description", "description", "dc.description"),
    "section": ("json-ld:articleSection", "article:section"),
    "dateline": ("json-ld:dateline",),
    "modified": ("json-ld:dateModified", "article:modified_time", "dc.modified", "dc.date.modified"),
    "doi": ("citation_doi",),
    "is_free": ("json-ld:isAccessibleForFree",),
    "saved_at": ("saved date",),
}
_KEYWORDS = ("json-ld:keywords", "news_keywords", "article:tag", "keywords", "dc.subject")

_ARTICLE = re.compile(r"\w*Article|Report|(?:Live)?BlogPosting|SocialMediaPosting|DiscussionForumPosting")
_ADDRESSES = ("url", "mainEntityOfPage")
_WEB = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SAVED_FROM = re.compile(r"\s*saved from url=\(\d+\)(https?://\S+)")
_SINGLE_FILE = re.compile(r"\s*Page saved with SingleFile\s+url:\s*(\S+)(?:\s+saved date:\s*([^\n]+))?")
_LOOSE_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_DIVIDER = r"\s*(?:[|•·:»\u2013\u2014]|\s-)\s*"
_NO_WORD = re.compile(r"[\W_]+")
_UNSET = ("0001-01-01", "1970-01-01T00:00:00")
"""Dates that programs write for an unknown date."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The resulting metadata.

    ``fields``: those of an article that are stated, by name. ``facts``: other useful values; ``stated_otherwise`` among
    them names, for a field, other values that the page states.
    """

    fields: Mapping[str, str]
    facts: Mapping[str, Any]


class PageFacts:
    """A stream reader of a page that keeps the metadata of its article."""

    def __init__(self) -> None:
        self._stated: dict[str, list[str]] = {}
        self._scripts: list[str] = []
        self._script: list[str] | None = None
        self._left = _MAX_JSON_LENGTH

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Handle the start of an element."""
        if tag == "meta":
            self._meta(attributes)
        elif tag == "html":
            self._add("html lang", attributes.get("lang") or attributes.get("xml:lang") or "")
        elif tag == "link" and "canonical" in (attributes.get("rel") or "").lower().split():
            self._add("canonical", attributes.get("href") or "")
        elif tag == "time":
            is_of_article = "pubdate" in attributes or (attributes.get("itemprop") or "").lower() == "datepublished"
            self._add("itemprop:datepublished" if is_of_article else "time", attributes.get("datetime") or "")
        elif tag == "script" and "ld+json" in (attributes.get("type") or "").lower():
            self._script = []

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        if tag == "script" and self._script is not None:
            if self._left > 0:
                self._scripts.append("".join(self._script))
            self._script = None

    def data(self, words: str) -> None:
        """Handle the text inside an element."""
        if self._script is not None:
            self._left -= len(words)
            if self._left > 0:
                self._script.append(words)

    def comment(self, words: str) -> None:
        """Handle a comment, in which browsers note the address of a saved page."""
        if found := _SAVED_FROM.match(words[:_MAX_LENGTH]):
            self._add("saved from", found[1])
        elif found := _SINGLE_FILE.match(words[:_MAX_LENGTH]):
            self._add("saved from", found[1])
            self._add("saved date", found[2] or "")

    def settled(self, heading: str) -> Stated:
        """Return the resulting metadata. ``heading``: the one that the page shows."""
        values = self._stated | _of_json_ld(self._scripts, self._stated, heading)
        days = {value[:10] for value in values.get("time", ())}
        if len(days) > 1:
            # Metadata of comments, or of other articles that the page links to.
            del values["time"]
        fields: dict[str, str] = {}
        otherwise: dict[str, dict[str, str]] = {}
        for name, places in _ORDER.items():
            for place in places:
                value = _READ[name](values.get(place, ()))
                if name == "title":
                    value = _without_outlet(value, _first(values.get("og:site_name", ())))
                    value = heading if _folded(heading) == _folded(value) else value
                if value and name not in fields:
                    fields[name] = value
                elif value and not _SAME.get(name, _are_alike)(value, fields[name]):
                    otherwise.setdefault(name, {})[place] = value
        facts: dict[str, Any] = {
            name: next((value for place in places if (value := _first(values.get(place, ())))), "")
            for name, places in _FACTS.items()
        }
        facts["is_free"] = False if facts["is_free"].lower() == "false" else ""
        facts["keywords"] = next((words for place in _KEYWORDS if (words := _listed(values.get(place, ())))), [])
        facts["stated_otherwise"] = otherwise
        if "published_at" not in fields:
            facts["date"] = _first([value for place in _ORDER["published_at"] for value in values.get(place, ())])
        return Stated(fields, {name: fact for name, fact in facts.items() if fact not in ("", [], {})})

    def _meta(self, attributes: Mapping[str, str]) -> None:
        content = attributes.get("content") or ""
        for kind in ("property", "name", "http-equiv", "itemprop"):
            for name in (attributes.get(kind) or "").lower().split():
                name = re.sub(r"^(?:dc|dcterms)[.:]", "dc.", name)
                self._add(f"itemprop:{name}" if kind == "itemprop" else name, content)

    def _add(self, name: str, value: str) -> None:
        value = _line(value)
        if not value or (name not in self._stated and len(self._stated) >= _MAX_NAMES):
            return
        values = self._stated.setdefault(name, [])
        if len(values) < _MAX_VALUES and value not in values:
            values.append(value)


# ---------------------------------------------------------------------------------------------------- JSON-LD


def _of_json_ld(scripts: Sequence[str], by_place: Mapping[str, Sequence[str]], heading: str) -> dict[str, list[str]]:
    """Return the values of a page's article in its JSON-LD, by place. Malformed JSON-LD is ignored."""
    nodes = [node for script in scripts for node in _nodes(_parsed(script))][:_MAX_NODES]
    named = {id: node for node in reversed(nodes) if isinstance(id := node.get("@id"), str)}
    found: dict[str, list[str]] = {}
    for node in _of_the_page([node for node in nodes if _is_article(node)], by_place, heading):
        of_article = {name: _values(value, named) for name, value in node.items()}
        of_article |= {name: _addresses(node[name]) for name in _ADDRESSES if name in node}
        of_article["@type"] = _types(node)
        if node.get("isAccessibleForFree") is False:
            of_article["isAccessibleForFree"] = ["false"]
        for name, values in of_article.items():
            found.setdefault(f"json-ld:{name}", values)
    for kind, names in (("WebPage", ("datePublished", "inLanguage")), ("WebSite", ("name",))):
        for node in nodes:
            if kind in _types(node):
                for name in names:
                    found.setdefault(f"json-ld:{kind}.{name}", _values(node.get(name), named))
    return found


def _parsed(script: str) -> Any:
    script = _WRAPPING.sub("", _WRAPPING.sub("", script))
    for source in (script, _LOOSE_COMMA.sub("", script), unescape(script)):
        try:
            return json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(held: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a script one by one: it may hold one, a list or a graph of them."""
    waiting, left = [held], _MAX_NODES
    while waiting and left:
        left -= 1
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one[:_MAX_NODES])
        elif isinstance(one, dict):
            yield one
            waiting += [one[name] for name in ("mainEntity", "@graph") if name in one]


def _types(node: Mapping[str, Any]) -> list[str]:
    stated = node.get("@type")
    kinds = stated if isinstance(stated, list) else [stated]
    return [re.split("[/:#]", kind)[-1] for kind in kinds[:_MAX_VALUES] if isinstance(kind, str)]


def _is_article(node: Mapping[str, Any]) -> bool:
    return any(_ARTICLE.fullmatch(kind) for kind in _types(node)) and bool(node.keys() & {"headline", "name"})


def _of_the_page(
    articles: list[dict[str, Any]], values: Mapping[str, Sequence[str]], heading: str
) -> Sequence[dict[str, Any]]:
    """Return the objects that describe the article of the page: among several, those with its address or its title."""
    if len(articles) < 2:
        return articles
    addresses = {_comparable(one) for place in ("canonical", "og:url", "saved from") for one in values.get(place, ())}
    titles = {_folded(heading), *(_folded(one) for one in values.get("og:title", ()))} - {""}
    return [
        node
        for node in articles
        if {_comparable(one) for name in (*_ADDRESSES, "@id") for one in _addresses(node.get(name))} & addresses
        or {_folded(one) for name in ("headline", "name") for one in _values(node.get(name), {})} & titles
    ]


def _values(held: Any, named: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the words of a value: texts, or objects by their names, one or a list of them."""
    found: list[str] = []
    for one in (held if isinstance(held, list) else [held])[:_MAX_VALUES]:
        if isinstance(one, dict):
            one = _name(one) or _name(named.get(str(one.get("@id")), {}))
            one = one[0] if isinstance(one, list) and one else one
        if isinstance(one, str) and (words := _line(unescape(one[:_MAX_LENGTH]))):
            found.append(words)
    return list(dict.fromkeys(found))


def _addresses(held: Any) -> list[str]:
    """Return the addresses in a value."""
    things = (held if isinstance(held, list) else [held])[:_MAX_VALUES]
    found = (one.get("url") or one.get("@id") if isinstance(one, dict) else one for one in things)
    return [_line(one) for one in found if isinstance(one, str)]


def _name(thing: Mapping[str, Any]) -> Any:
    names = [thing.get(part) for part in ("givenName", "familyName")]
    whole = " ".join(part for part in names if isinstance(part, str))
    return thing.get("@value") or thing.get("alternateName" if "Language" in _types(thing) else "name") or whole


# ---------------------------------------------------------------------------------------------------- fields


def _line(value: str) -> str:
    return " ".join(without_surrogates(value[:_MAX_LENGTH]).replace("\x00", "").split())


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""


def _people(values: Sequence[str]) -> str:
    names = (re.sub(r"^by\s+", "", value, flags=re.IGNORECASE) for value in values)
    return shown("; ".join(dict.fromkeys(name for name in names if _is_name(name))))


def _outlet(values: Sequence[str]) -> str:
    return shown(next((value for value in values if _is_name(value)), ""))


def _is_name(value: str) -> bool:
    # Some pages give an address or an account instead.
    return not _WEB.match(value) and not value.startswith(("@", "#", "/", "_:"))


def _date(values: Sequence[str]) -> str:
    for value in values:
        found = iso_date(value) or mail_date(value)
        if found and not found.startswith(_UNSET) and found != "1970-01-01":
            return found
    return ""


def _language(values: Sequence[str]) -> str:
    names = (value.split(",")[0].strip().replace("_", "-") for value in values)
    return next((name for name in names if _LANGUAGE.fullmatch(name)), "")


def _link(values: Sequence[str]) -> str:
    return next((value for value in values if _WEB.match(value)), "")


def _listed(values: Sequence[str]) -> list[str]:
    words = values[0].split(",") if len(values) == 1 else values
    return [word.strip() for word in words if word.strip()][:_MAX_VALUES]


_READ: Mapping[str, Callable[[Sequence[str]], str]] = {
    "title": lambda values: shown(_first(values)),
    "author": _people,
    "published_at": _date,
    "source": _outlet,
    "language": _language,
    "address": _link,
}


def _without_outlet(title: str, outlet: str) -> str:
    """Return a title without the name of the outlet that many pages append."""
    return re.sub(f"{_DIVIDER}{re.escape(outlet)}$", "", title, flags=re.IGNORECASE) if outlet else title


def _folded(words: str) -> str:
    return _NO_WORD.sub("", words).casefold()


def _comparable(address: str) -> str:
    """Return an address without the parts that may differ for the same page."""
    return re.sub(r"^https?://(?:www\.)?|[?#].*$", "", address, flags=re.IGNORECASE).rstrip("/").casefold()


def _are_alike(one: str, other: str) -> bool:
    return _folded(one) == _folded(other)


def _are_same_time(one: str, other: str) -> bool:
    """Return whether two dates can both be true: one time in two time zones, or a day and a time of it."""
    first, second = datetime.fromisoformat(one), datetime.fromisoformat(other)
    if first.tzinfo and second.tzinfo:
        return abs((first - second).total_seconds()) < 60
    return first.date() == second.date()


_SAME: Mapping[str, Callable[[str, str], bool]] = {
    "author": lambda one, other: set(_NO_WORD.split(one.casefold())) == set(_NO_WORD.split(other.casefold())),
    "published_at": _are_same_time,
    "language": lambda one, other: one.partition("-")[0].lower() == other.partition("-")[0].lower(),
    "address": lambda one, other: _comparable(one) == _comparable(other),
}
