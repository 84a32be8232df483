"""Which profiles are meant by words, as the board's filter takes them: each has to be found in a name, an account, a
role, a session or a region."""

from __future__ import annotations

from collections.abc import Sequence

from ..aws.config.loading import Config
from ..aws.model import Profile
from ..widgets.fuzzy import Index, fold, haystack
from ..widgets.rows import Rows, texts


def holding(config: Config, query: str) -> list[Profile]:
    """The listed profiles that hold every word as it stands, in the order of the files."""
    profiles = list(config.profiles.values())
    words = fold(query).split()
    return [
        profile
        for profile, text in zip(profiles, _haystacks(config, profiles), strict=True)
        if all(word in text for word in words)
    ]


def meant(config: Config, query: str) -> list[str]:
    """The names of all profiles that may be meant, the best first. Letters that are scattered over a name count only
    where no profile holds the words as they stand: the beginning of a name is not to be as good as a chance."""
    found = [profile.name for profile in holding(config, query)]
    words = fold(query).split()
    found += [name for name in config.unlisted if all(word in fold(name) for word in words)]
    if found or not words:
        return found
    profiles = list(config.profiles.values())
    index = Index(_haystacks(config, profiles), range(len(profiles)))
    return [profiles[number].name for number in index.search(query)]


def _haystacks(config: Config, profiles: Sequence[Profile]) -> list[str]:
    columns = texts(Rows(profiles, config.sessions))
    return [haystack(*fields) for fields in zip(*columns, strict=True)]
