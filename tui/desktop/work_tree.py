"""Whether a file would be seen by git: what holds secrets must not be taken along by the next commit."""

from __future__ import annotations

import os
import shutil
import subprocess

from .browser import child_environment

LIMIT = 2.0
"""Seconds that git may take to answer."""


def seen_by_git(path: str) -> str:
    """The git work tree that `path` is in and that does not ignore it, "" where there is none. Where git cannot be
    asked, every work tree counts. For threads: it starts git."""
    root = _work_tree(os.path.dirname(path))
    git = shutil.which("git") if root else None
    if not root or not git:
        return root
    # No watcher of the work tree is started for this one question: it would be another program of somebody's choice.
    command = [git, "-C", root, "-c", "core.fsmonitor=false", "check-ignore", "--quiet", "--", path]
    environ = {name: value for name, value in child_environment().items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
            env=environ,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return root
    return "" if done.returncode == 0 else root


def _work_tree(folder: str) -> str:
    """The innermost folder above with a `.git`, which is a file in linked work trees; "" when there is none."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
    return folder
