"""The kind that the name of a new source suggests: ``Ministry of Roads`` is an office, ``Reuters`` an outlet."""

import re
from typing import NamedTuple

from annotator.domain.canonical_text import one_line

NEUTRAL_KIND = "organisation"
"""The kind of a name that suggests none."""


class _Words(NamedTuple):
    """The words of one language that show a kind; all in lower case."""

    office: str = ""
    outlet: str = ""
    organisation: str = ""
    document: str = ""
    collective: str = ""
    unnamed: str = ""


_WORDS = (
    # English
    _Words(
        office="ministry minister department government cabinet parliament congress senate assembly "
        "legislature council court tribunal police army navy military gendarmerie agency authority "
        "authorities commission commissioner committee bureau office directorate inspectorate embassy "
        "consulate treasury presidency administration municipality prefecture customs brigade "
        "coastguard prosecutor prosecutors ombudsman regulator chancellery president chancellor "
        "premier governor mayor ambassador secretary spokesman spokeswoman spokesperson",
        outlet="times gazette herald tribune courier newspaper paper magazine journal television tv radio "
        "broadcaster broadcasting news post telegraph chronicle daily weekly observer press newswire "
        "wire mail ledger media channel blog",
        organisation="company corporation bank group holding holdings industries airline airlines airways energy "
        "freight shipping marine systems technologies pharma oil steel party union association "
        "federation foundation institute university college school museum hospital club charity "
        "church league society organisation organization forum network alliance coalition "
        "international partners brothers sons insurance",
        document="report study statement audit memo memorandum letter letters survey register transcript bill "
        "calendar statistics census leaflet communique dossier poll",
        collective="residents witnesses eyewitnesses protesters demonstrators workers dockers neighbours "
        "neighbors villagers analysts economists experts critics observers traders exporters insurers "
        "readers lawyers doctors scientists researchers lawmakers deputies students farmers fishermen "
        "survivors",
        unnamed="source sources insider insiders person people official officials diplomat diplomats somebody "
        "someone nurse employee employees bankers receptionist driver servant man woman anonymous "
        "unnamed",
    ),
    # German
    _Words(
        office="ministerium minister ministerin regierung parlament bundestag bundesrat landtag senat "
        "gericht polizei armee bundeswehr marine behörde behörden amt kommission kommissariat "
        "botschaft konsulat kanzleramt finanzamt staatsanwaltschaft stadtrat stadtverwaltung rathaus "
        "zoll feuerwehr präsidium präsident präsidentin kanzler kanzlerin bürgermeister "
        "bürgermeisterin botschafter botschafterin sprecher sprecherin pressestelle direktion "
        "aufsicht",
        outlet="zeitung anzeiger tageblatt rundschau nachrichten rundfunk fernsehen sender magazin "
        "nachrichtenagentur presseagentur bote kurier morgenpost allgemeine tagesspiegel merkur "
        "presse blatt",
        organisation="unternehmen firma konzern bank sparkasse gewerkschaft partei verein verband bund stiftung "
        "institut universität hochschule schule krankenhaus klinikum museum klub kirche gesellschaft "
        "genossenschaft werke stadtwerke reederei versicherung fluggesellschaft",
        document="bericht studie gutachten umfrage brief vermerk protokoll statistik akte erklärung register",
        collective="anwohner bewohner zeugen augenzeugen demonstranten arbeiter experten kritiker beobachter "
        "händler nachbarn ökonomen analysten forscher abgeordnete studenten bauern",
        unnamed="quelle quellen insider person personen beamter beamte diplomat diplomaten mitarbeiter",
    ),
)
"""The words that show a kind, one row for each language. A word of several kinds has the first of them."""

_ENDINGS = {
    "outlet": ("zeitung", "nachrichten", "rundfunk", "fernsehen", "anzeiger", "nachrichtenagentur", "presseagentur"),
    "office": ("ministerium", "minister", "ministerin", "behörde", "regierung", "gericht", "amt", "polizei", "agentur"),
    "organisation": ("verband", "gesellschaft", "bank", "konzern", "verein", "gewerkschaft", "versicherung"),
    "document": ("bericht", "studie", "gutachten"),
}
"""The ends of German compounds, whose last part tells the kind: ``Außenministerium``."""

_SHORTEST_BEGINNING = 3
"""Letters of a compound before one of these ends."""

_OFFICES = frozenset(
    "kremlin; pentagon; white house; downing street; state department; foreign office; home office; post "
    "office; press office; coast guard; fire brigade; european union; european commission; united "
    "nations; nato; un; eu; fbi; cia; imf; world bank; central bank; federal reserve; world health "
    "organization; world health organisation; who; unicef; unhcr; unesco; europol; interpol; secret "
    "service; weather service; health service; kreml; weißes haus; auswärtiges amt; europäische "
    "kommission; vereinte nationen; zentralbank; bundesbank; ezb; bnd; bka; rki".split("; ")
)
_OUTLETS = frozenset(
    "reuters; bloomberg; associated press; ap; afp; agence france-presse; dpa; tass; interfax; xinhua; "
    "ansa; efe; kyodo; anadolu; pa media; upi; ria novosti; bbc; cnn; cnbc; nbc; abc; cbs; npr; pbs; fox "
    "news; sky news; itv; al jazeera; al arabiya; euronews; deutsche welle; dw; ard; zdf; rtl; ndr; wdr; "
    "mdr; swr; orf; srf; n-tv; deutschlandfunk; tagesschau; spiegel; stern; zeit; focus; faz; bild; welt; "
    "taz; handelsblatt; süddeutsche; standard; nzz; guardian; independent; economist; atlantic; new "
    "yorker; wall street journal; le monde; le figaro; liberation; el pais; el mundo; la repubblica; "
    "corriere della sera; politico; axios; buzzfeed; bellingcat; meduza; pravda; izvestia; kommersant; "
    "haaretz; asahi shimbun; twitter; facebook; telegram; wikipedia; reuters.com".split("; ")
)
_LEGAL_FORMS = frozenset(
    "plc inc ltd limited llc llp lp corp corporation co company gmbh mbh ag se kg kgaa ohg ug ev eg gbr "
    "sa sarl sas nv bv spa srl oy oyj ab asa pty ooo pao zao jsc ojsc pjsc incorporated "
    "aktiengesellschaft".split()
)
"""Legal forms of companies and associations, without full stops."""

_TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir dame lord lady king queen prince princess president chancellor "
    "premier minister secretary senator governor mayor ambassador judge justice general admiral colonel "
    "captain major lieutenant sergeant chief master commissioner inspector spokesman spokeswoman "
    "spokesperson deputy bishop archbishop pope imam herr frau präsident präsidentin kanzler kanzlerin "
    "ministerin bürgermeister bürgermeisterin botschafter botschafterin sprecher sprecherin richter "
    "richterin oberst kapitän pfarrer bischof".split()
)
"""Words that make a person of the name behind them."""

_TITLE_ENDINGS = (
    "minister",
    "ministerin",
    "präsident",
    "präsidentin",
    "kanzler",
    "kanzlerin",
    "sprecher",
    "sprecherin",
)
"""The ends of German titles: ``Finanzminister``."""

_ARTICLES = frozenset("the a an der die das ein eine".split())
_PREPOSITIONS = frozenset(
    "of for in on at with to by from and von vom der des für im in am an auf aus bei zu zum zur und mit".split()
)
"""Words after which a name goes on beside the word that tells its kind: ``Ministry of Roads``."""

_PARTICLES = frozenset("von van de der den del della di da du la le al el bin ibn ben abu zu zum af ter ten".split())
"""Small words inside the name of a person."""

_MOST_WORDS_OF_A_PERSON = 3
"""Words of the name of a person, without particles."""

_BY_WORD = {
    word: kind
    for words in reversed(_WORDS)
    for kind in reversed(_Words._fields)
    for word in getattr(words, kind).split()
}


def guess_kind(name: str, otherwise: str = NEUTRAL_KIND) -> str:
    """Return the kind that ``name`` suggests, one of SOURCE_KINDS; ``otherwise`` where it suggests none."""
    words = re.findall(r"[\w.&’'-]+", one_line(name))
    while len(words) > 1 and words[0].casefold() in _ARTICLES:
        words = words[1:]
    plain = [_plain(word) for word in words]
    whole = " ".join(plain)
    if not words:
        return otherwise
    if whole in _OUTLETS:
        return "outlet"
    if whole in _OFFICES:
        return "office"
    if len(words) > 1 and plain[-1] in _LEGAL_FORMS:
        return "organisation"
    if _is_titled_person(words, plain):
        return "person"
    return _by_words(plain) or ("person" if _is_person(words) else otherwise)


def _by_words(plain: list[str]) -> str:
    """Return the kind that the words show, or an empty text.

    The last word before a preposition counts first, the others from the last to the first: in ``Port Authority of
    Kessal`` it is ``authority``, in ``Energy Ministry Gazette`` it is ``gazette``.
    """
    head = next((at for at, word in enumerate(plain) if at and word in _PREPOSITIONS), len(plain))
    for at in (*range(head - 1, -1, -1), *range(len(plain) - 1, head - 1, -1)):
        pair = " ".join(plain[at - 1 : at + 1]) if at else ""
        if kind := "office" if pair in _OFFICES else "outlet" if pair in _OUTLETS else _kind_of(plain[at]):
            return kind
    return ""


def _kind_of(word: str) -> str:
    """Return the kind that one word shows, or an empty text."""
    if word in _BY_WORD:
        return _BY_WORD[word]
    if word in _OUTLETS and len(word) > 3:
        return "outlet"
    for kind, endings in _ENDINGS.items():
        if any(word.endswith(end) and len(word) >= len(end) + _SHORTEST_BEGINNING for end in endings):
            return kind
    return ""


def _is_titled_person(words: list[str], plain: list[str]) -> bool:
    """Return whether a name follows a title: ``Police Chief Karin Holt``, but not ``Chief of Police``."""
    last = max((at for at, word in enumerate(plain) if word in _TITLES or word.endswith(_TITLE_ENDINGS)), default=-1)
    named = words[last + 1 :]
    return last >= 0 and _looks_personal(named) and not any(_kind_of(word) for word in plain[last + 1 :])


def _is_person(words: list[str]) -> bool:
    """Return whether the words look like a first name and a last name."""
    return len(words) > 1 and _looks_personal(words)


def _looks_personal(words: list[str]) -> bool:
    """Return whether all words are capitalised, besides particles, and no more than a person has."""
    names = [word for word in words if word.casefold() not in _PARTICLES]
    return 0 < len(names) <= _MOST_WORDS_OF_A_PERSON and all(map(_is_capitalised, names))


def _is_capitalised(word: str) -> bool:
    """Return whether a word is written like a name or an initial: ``Anna``, ``O’Brien``, ``J.``, but not ``NATO``."""
    is_initial = len(word.rstrip(".")) == 1
    has_digit = any(sign.isdigit() for sign in word)
    return word[0].isupper() and not has_digit and (is_initial or not word.isupper())


def _plain(word: str) -> str:
    """Return a word in lower case, without full stops and without an English genitive: ``Prosecutor’s``."""
    return re.sub(r"[’']s?$", "", word.casefold().replace(".", ""))
