"""Ways in which a good file goes bad: by accident, by other programs, and by hostile hands.

Each takes the bytes of a file and a source of chance, and gives other bytes. What a mutation cannot be applied to, it
gives back as it was.
"""

import copy
import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

Mutation = Callable[[bytes, random.Random], bytes]

_ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 10**6, 2**31, 2**63, -(2**64), 1.5, 1e308, "", "0", "\u0000", "\ud83d", "🦊" * 3, "e\u0301",
    [], {}, [[]], [-1, -5], [5, 1], [0, 0], [0, 10**9], {"start": -1}, "../../etc/passwd", "=1+1", "\u202e",
    "a" * 5_000,
)  # fmt: skip
_ODD_WORDS = (
    "-1",
    "0",
    "999999999999999999999",
    "1e9",
    "NaN",
    "",
    "../x",
    "%00",
    "&#0;",
    "\u202e",
    "[",
    "\\",
    '"',
    "\t",
    "_",
)
_DEEP = 10_000


# ------------------------------------------------------------------------------------------------- any bytes


def truncated(data: bytes, chance: random.Random) -> bytes:
    """Cut off somewhere."""
    return data[: chance.randrange(len(data))] if data else data


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes are others."""
    held = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if held:
            held[chance.randrange(len(held))] = chance.randrange(256)
    return bytes(held)


def without_a_piece(data: bytes, chance: random.Random) -> bytes:
    """A piece is gone."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randint(1, 200) :]


def with_a_piece_twice(data: bytes, chance: random.Random) -> bytes:
    """A piece is there many times."""
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randint(1, 200)]
    return data[:start] + piece * chance.choice((2, 3, 50)) + data[start:]


def in_another_encoding(data: bytes, chance: random.Random) -> bytes:
    """A text as another encoding has it."""
    try:
        return data.decode().encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp037")))
    except UnicodeError:
        return data


def with_bytes_of_no_encoding(data: bytes, chance: random.Random) -> bytes:
    """Bytes that are no UTF-8, in the middle."""
    place = chance.randrange(len(data) + 1)
    return (
        data[:place] + chance.choice((b"\xff\xfe\xff", b"\xc3(", b"\xed\xa0\x80", b"\x00", b"\x80" * 9)) + data[place:]
    )


def with_other_line_ends(data: bytes, chance: random.Random) -> bytes:
    """Line ends of other systems."""
    return data.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\x0b\n", "\u2028".encode(), b"")))


# ------------------------------------------------------------------------------------------------- lines


def with_odd_words(data: bytes, chance: random.Random) -> bytes:
    """A number or word becomes something that nobody expects there."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    places = [found.span() for found in re.finditer(r"-?\d+|\w+", text)]
    for start, end in sorted(chance.sample(places, min(len(places), chance.randint(1, 4))), reverse=True):
        text = text[:start] + chance.choice(_ODD_WORDS) + text[end:]
    return text.encode("utf-8", "surrogatepass")


def with_odd_numbers(data: bytes, chance: random.Random) -> bytes:
    """Every number of a kind is another: offsets beyond the text, negative, reversed, of no length."""
    other = chance.choice((b"-1", b"0", b"1", b"999999", b"99999999999999999999"))
    share = chance.random()
    return re.sub(rb"(?<![\w.#])\d+(?![\w.])", lambda found: other if chance.random() < share else found[0], data)


def with_lines_anew(data: bytes, chance: random.Random) -> bytes:
    """Lines in another order, some twice, some gone."""
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(line for line in lines for _ in range(chance.choice((0, 1, 1, 1, 2))))


# ------------------------------------------------------------------------------------------------- JSON


def json_tree(data: bytes, chance: random.Random) -> bytes:
    """JSON, or JSON Lines, with values that are of the wrong type, missing, or too many."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return _json_lines(data, chance)
    return _dumped(_bent(whole, chance))


def _json_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    try:
        held = [json.loads(line) if line.strip() else None for line in lines]
    except (ValueError, RecursionError):
        return data
    place = chance.randrange(len(held))
    return b"\n".join(
        (_dumped(_bent(one, chance)) if number == place else lines[number]) if one is not None else b""
        for number, one in enumerate(held)
    )


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield from _places(one, (*path, key))


def _bent(value: Any, chance: random.Random) -> Any:
    places = list(_places(value))
    if not places:
        return chance.choice(_ODD_VALUES)
    for *way, key in chance.sample(places, min(len(places), chance.randint(1, 3))):
        holder = value
        try:
            for step in way:
                holder = holder[step]
            act = chance.randrange(4)
            if act == 0:
                del holder[key]
            elif act == 1 and isinstance(holder, list):
                holder += [holder[key]] * chance.choice((1, 5))
            elif act == 2 and isinstance(holder[key], int) and not isinstance(holder[key], bool):
                number = holder[key]
                holder[key] = chance.choice((-1, 0, number + 1, number * 1000, float(number), str(number)))
            else:
                holder[key] = chance.choice(_ODD_VALUES)
        except (KeyError, IndexError, TypeError):
            continue
    return value


def json_deep(data: bytes, chance: random.Random) -> bytes:
    """A value that is nested ten thousand deep."""
    places = [found.start() for found in re.finditer(rb'(?<=[:\[,])\s*["\d\[{tfn]', data)]
    if not places:
        return data
    place = chance.choice(places)
    opens, closes = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return data[:place] + opens * _DEEP + b"1" + closes * _DEEP + b"," + data[place:]


# ------------------------------------------------------------------------------------------------- XML


def xml_tree(data: bytes, chance: random.Random) -> bytes:
    """XML with elements moved, doubled, emptied or renamed, and attributes of other values."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return data
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    for one in chance.sample(elements, min(len(elements), chance.randint(1, 4))):
        above = one.getparent()
        act = chance.randrange(6)
        if act == 0 and above is not None:
            above.remove(one)
        elif act == 1 and above is not None:
            above.append(copy.deepcopy(one))
        elif act == 2:
            one.tag = "odd"
        elif act == 3 and one.attrib:
            one.attrib[chance.choice(list(one.attrib))] = chance.choice(_ODD_WORDS)
        elif act == 4 and one.attrib:
            del one.attrib[chance.choice(list(one.attrib))]
        else:
            one.text = chance.choice(("", "-1", "🦊", "99999999999999999999", "a" * 5_000))
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True))


def xml_bomb(data: bytes, chance: random.Random) -> bytes:
    """Entities that grow, or that come from elsewhere, and elements without end."""
    start = re.search(rb"<(?![?!])[\w:]+[^>]*>", data)
    if start is None:
        return data
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
    place, end = start.start(), start.end()
    act = chance.randrange(3)
    if act == 0:
        return data[:place] + b"<!DOCTYPE x [" + laughs + b"]>" + data[place:end] + b"&l9;" + data[end:]
    if act == 1:
        outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        return data[:place] + outside + data[place:end] + b"&e;" + data[end:]
    return data[:end] + b"<a>" * _DEEP + b"</a>" * _DEEP + data[end:]


# ------------------------------------------------------------------------------------------------- archives


def zip_members(data: bytes, chance: random.Random) -> bytes:
    """An archive of which a member has a bad name, is gone, is doubled, or holds something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    # NotImplementedError: zipfile's word for a method or version that it does not know.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return data
    if not members:
        return data
    place = chance.randrange(len(members))
    name, held = members[place]
    act = chance.randrange(5)
    if act == 0:
        members[place] = chance.choice(("../up.txt", "/etc/x", "C:\\x", "a\x01b", "x" * 300, "..")), held
    elif act == 1:
        del members[place]
    elif act == 2:
        members.append((f"more/{name}", held))
    elif act == 3:
        members[place] = name, bytes(30_000_000)
    else:
        mutate = chance.choice((truncated, flipped, xml_tree, xml_bomb, json_tree, with_odd_numbers))
        members[place] = name, mutate(held, chance)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        # That a name is there twice.
        warnings.simplefilter("ignore")
        for each, content in members:
            archive.writestr(each, content)
    return made.getvalue()


ANY: tuple[Mutation, ...] = (truncated, flipped, without_a_piece, with_a_piece_twice)
TEXT: tuple[Mutation, ...] = (
    in_another_encoding,
    with_bytes_of_no_encoding,
    with_other_line_ends,
    with_odd_words,
    with_odd_numbers,
    with_lines_anew,
)
JSON: tuple[Mutation, ...] = (json_tree, json_tree, json_deep)
XML: tuple[Mutation, ...] = (xml_tree, xml_tree, xml_bomb)
ARCHIVE: tuple[Mutation, ...] = (zip_members, zip_members)


def fitting(data: bytes) -> tuple[Mutation, ...]:
    """The mutations that change a file of this kind."""
    if data.startswith(b"PK"):
        return ANY + ARCHIVE
    try:
        beginning = data[:4096].decode().lstrip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        return ANY
    more = JSON if beginning[:1] in ("{", "[") else XML if beginning[:1] == "<" else ()
    return ANY + TEXT + more
