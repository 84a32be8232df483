"""The part of a page of the guide that a module makes from what it declares: printed, checked, written anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable


def main(arguments: Iterable[str], module: str, block: Callable[[], str], begin: str, end: str) -> int:
    """Print a block, or check or rewrite the one in a file (`--check FILE`, `--write FILE`). Returns the exit code.

    `module` makes the `block`, which stands between `begin` and `end`.
    """
    match list(arguments):
        case []:
            print(block())
            return 0
        case ["--check" | "--write" as mode, path]:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            before, _, rest = text.partition(begin)
            _, _, after = rest.partition(end)
            wanted = f"{before}{begin}\n{block()}\n{end}{after}"
            if mode == "--write":
                with open(path, "w", encoding="utf-8") as file:
                    file.write(wanted)
                return 0
            if text == wanted:
                return 0
            print(f"{path} is out of date: run python -m {module} --write {path}", file=sys.stderr)
            return 1
        case _:
            print(f"usage: python -m {module} [--check FILE | --write FILE]", file=sys.stderr)
            return 2
