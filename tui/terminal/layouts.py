"""Keys of keyboard layouts that have no Latin letters: a command is its key's place, wherever no text is typed.

The letters are those of the usual layouts (xkeyboard-config). Where two layouts have a letter in two places, it is the
place of the layout with more users; terminals that tell the place themselves (the kitty protocol) leave no doubt.
"""

from __future__ import annotations

import unicodedata

from textual.events import Key
from textual.keys import KEY_NAME_REPLACEMENTS

_ROWS = (
    # Russian, and what Ukrainian, Belarusian, Kazakh, Serbian and Macedonian have besides
    ("qwertyuiop[]", "йцукенгшщзхъ"),
    ("asdfghjkl;'`", "фывапролджэё"),
    ("zxcvbnm,.", "ячсмитьбю"),
    ("s]'\\o]", "іїєґўђ"),
    ("qwjx'y]", "љњјџћѕѓ"),
    # Greek
    ("wertyuiop", "ςερτυθιοπ"),
    ("asdfghjkl", "ασδφγηξκλ"),
    ("zxcvbnm", "ζχψωβνμ"),
    # Hebrew; with shift it has Latin letters
    ("ertyuiop", "קראטוןםפ"),
    ("asdfghjkl;", "שדגכעיחלךף"),
    ("zxcvbnm,.", "זסבהנמצתץ"),
    # Arabic, and what Persian has besides
    ("qwertyuiop[]", "ضصثقفغعهخحجد"),
    ("asdfghjkl;'", "شسيبلاتنمكط"),
    ("zxcvbnm,.", "ئءؤرﻻىةوز"),
    ("QWERASX", "\u064e\u064b\u064f\u064c\u0650\u064d\u0652"),
    ("TYGHN", "ﻹإﻷأآ"),
    ("d;'cbnm]", "یکگژذدپچ"),
    # Georgian
    ("qwertyuiop", "ქწერტყუიოპ"),
    ("asdfghjkl", "ასდფგჰჯკლ"),
    ("zxcvbnm", "ზხცვბნმ"),
    ("WRTSJZC", "ჭღთშჟძჩ"),
    # Armenian
    ("qwertyuiop", "ճփբսմուկըթ"),
    ("asdfghjkl", "ջվգեանիտհ"),
    ("zxcvbnm", "ժդչյզլք"),
    # Korean
    ("qwertyuiop", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ"),
    ("asdfghjkl", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ"),
    ("zxcvbnm", "ㅋㅌㅊㅍㅠㅜㅡ"),
    ("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ"),
    # Signs that mean the same, wherever they are
    ("???!", "\u061f\u055e\u037e\u055c"),
)
_PLACES = {letter: place for places, letters in reversed(_ROWS) for place, letter in zip(places, letters, strict=True)}


class PlacedKey(Key):
    """A key of a layout without Latin letters. `base`: what the terminal says that it types in a Latin one. `typed`:
    what it is as text, where this is what it is as a command."""

    def __init__(self, key: str, character: str | None, base: str = "", typed: str | None = None) -> None:
        super().__init__(key, character)
        self.base = base
        self.typed = typed


PlacedKey.handler_name = Key.handler_name  # Textual would look for handlers by the name of the class


def by_place(event: Key, in_text: bool) -> Key:
    """The key as a command: a letter that is not Latin becomes the one in its place. `in_text`: letters are typed, and
    only those with ctrl or alt are commands."""
    *modifiers, name = event.key.split("+")
    if not modifiers and event.character:
        name = event.character
    if len(name) != 1 or name.isascii() or (in_text and not modifiers):
        return event
    told = event.base if isinstance(event, PlacedKey) and _has_place(name) else ""
    place = told or _place(name.lower()) or _place(name)
    if not place:
        return event
    if name != name.lower():
        place = place.upper()
    key = "+".join([*modifiers, _name(place)])
    return PlacedKey(key, None if modifiers else place, typed=event.character)


def _name(char: str) -> str:
    """What Textual calls the key that types this character."""
    if char.isalnum():
        return char
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _has_place(char: str) -> bool:
    """Whether the key of this character may be told by its place: in Latin layouts, a letter is the key's own name."""
    return unicodedata.category(char)[0] in "LM" and not unicodedata.name(char, "LATIN").startswith("LATIN")


def _place(char: str) -> str:
    plain = unicodedata.normalize("NFD", char)[0]  # Greek letters with an accent
    wide = unicodedata.normalize("NFKC", char)  # what East Asian input methods make of Latin letters and signs
    return _PLACES.get(char) or _PLACES.get(plain) or (wide if len(wide) == 1 and "!" <= wide <= "~" else "")
