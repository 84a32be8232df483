"""A command line to complete. The fake `ssotui` of the shells' tests loads it again and again, and little with it."""

from __future__ import annotations

import argparse


def command_line() -> argparse.ArgumentParser:
    """A parser with one of each kind of verb, option and word."""
    parser = argparse.ArgumentParser("ssotui")
    parser.add_argument("--version", action="version", version="1")
    parser.add_argument("--emit", choices=["bash", "fish"])
    verbs = parser.add_subparsers(dest="verb")
    env = verbs.add_parser("env", help="export lines, 100%% quoted, for the user's shell")
    env.add_argument("profile")
    env.add_argument("--format", choices=["dotenv", "docker"], help="how")
    env.add_argument("--unset", action="store_true")
    env.add_argument("--hidden", help=argparse.SUPPRESS)
    login = verbs.add_parser("login", help="sign in")
    login.add_argument("profile", nargs="?")
    login.add_argument("--session", metavar="S")
    login.add_argument("--all", action="store_true")
    init = verbs.add_parser("init", help="the shell function")
    init.add_argument("shell", choices=["bash", "zsh", "fish", "pwsh"])
    each = verbs.add_parser("each", help="many", usage="ssotui each [WORDS ...] -- COMMAND")
    each.add_argument("words", nargs="*", metavar="WORDS")
    each.add_argument("--json", action="store_true")
    secret = verbs.add_parser("secret-verb")
    secret.add_argument("word")
    return parser
