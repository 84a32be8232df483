"""The AWS CLI, boto3 and the SDK for JavaScript as other programs: they live in folders of their own, which
`make setup` makes.

They show that this program's files are understood by the clients that people use, and the other way round. So they
are run as they are, in processes of their own.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import needs

ROOT = Path(__file__).parent.parent

FOLDER = ROOT / (os.environ.get("SSOTUI_AWS_VENV") or ".venv-aws")
"""The virtual environment; `make test` says where it is."""

JS_FOLDER = ROOT / (os.environ.get("SSOTUI_JS_CLIENTS") or ".aws-js")
"""The folder with the AWS SDK for JavaScript; `make test` says where it is."""


def path(program: str) -> str:
    """The path of `aws` or `python` in that environment. A test that needs one is skipped when it is missing."""
    found = FOLDER / "bin" / program
    if not os.access(found, os.X_OK):
        needs.missing(f"the AWS CLI and boto3 in {FOLDER.name}", "`make test` installs them")
    return str(found)


def script(name: str, source: str) -> str:
    """Writes a program for Node.js beside the SDK for JavaScript, which it can import, and returns its path. A test
    that needs the SDK is skipped when it, or Node.js, is missing."""
    needs.program("node")
    if not (JS_FOLDER / "node_modules/@aws-sdk").is_dir():
        needs.missing("the AWS SDK for JavaScript")
    path = JS_FOLDER / f"{name}-{os.getpid()}.mjs"
    path.write_text(source)
    return str(path)


def run(*argv: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Runs a client to its end, with no terminal and no input, and returns its status and output as text.

    `env` is the whole environment (default: this process's, which a test has isolated).
    """
    return subprocess.run(
        argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False
    )
