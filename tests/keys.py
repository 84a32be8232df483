"""The bytes that a terminal sends for keys."""

from __future__ import annotations

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
}


def key_bytes(key: str, kitty: bool = False) -> bytes:
    """What a terminal sends for a key: a name of KEYS, `ctrl+LETTER`, or one character that stands for itself.

    `kitty`: the program asked for the kitty keyboard protocol, so Escape is sent as `CSI 27 u`. As a lone ESC byte
    it would be read as the alt key of whatever comes right behind it. ValueError for an unknown name.
    """
    if key == "escape" and kitty:
        return b"\x1b[27u"
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) ^ 0x40])
    if key not in KEYS and len(key) != 1:
        raise ValueError(f"unknown key: {key}")
    return KEYS.get(key, key).encode()
