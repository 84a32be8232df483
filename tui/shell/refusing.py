"""What a shell, a file or an environment cannot carry is refused, with a reason and without the value."""

from __future__ import annotations

from ..aws.errors import SsoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def profile_name(reader: str, name: str) -> str:
    """`name`, if it can be a profile's name at all."""
    if "\n" in name or "\r" in name:
        raise SsoError("A profile whose name holds a line break cannot be exported", "rename the profile")
    return carried(reader, "AWS_PROFILE", name)


def carried(reader: str, name: str, value: str) -> str:
    """`value`, if it is text without a NUL: no shell and no environment carries anything else."""
    if "\0" in value:
        refuse(reader, name, "it holds a NUL character")
    broken = False
    try:
        value.encode()
    except UnicodeEncodeError:
        broken = True  # told outside of the handler, because the exception holds the value
    if broken:
        refuse(reader, name, "it is not valid Unicode text")
    return value


def refuse_any(reader: str, name: str, value: str, characters: str) -> None:
    """Raises SsoError, which names the variable but not its value, when one of `characters` is in the value."""
    for char in characters:
        if char in value:
            shown = "a line break" if char in "\r\n" else f"the character {char}"
            refuse(reader, name, f"it holds {shown}")


def refuse(reader: str, name: str, reason: str) -> NoReturn:
    """Raises SsoError: `reader` cannot carry this variable's value."""
    raise SsoError(f"{name} cannot be written for {reader}: {reason}", "choose another format")
