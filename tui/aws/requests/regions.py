"""The regions that botocore knows of, by their partition."""

from __future__ import annotations

import json
import os
import re


def regions_like(home: str) -> dict[str, str]:
    """The regions of the partition that `home` is in, with what they are called; none where that is not known. For
    threads: it reads a file."""
    import botocore

    try:
        path = os.path.join(os.path.dirname(botocore.__file__), "data", "partitions.json")
        with open(path, encoding="utf-8") as file:
            partitions = json.load(file)["partitions"]
        for partition in partitions:
            if re.match(partition["regionRegex"], home):
                regions: dict[str, dict[str, str]] = partition["regions"]
                return {
                    name: about.get("description", "")
                    for name, about in sorted(regions.items())
                    if re.match(partition["regionRegex"], name)
                }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # a later form of the file
    return {}
