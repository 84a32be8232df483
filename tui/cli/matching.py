"""Which profiles are meant by words, as the board's filter takes them: each has to be found in a name, an account, a
role, a session or a region, and one that begins with `!` must not be. Where the caller knows states, the word of one
means those that are in it too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ..aws.config.configuration import Config
from ..aws.config.loading import name_from
from ..aws.model import Profile
from ..widgets.fuzzy import Index, fold, haystack
from ..widgets.rows import Rows, texts


def holding(
    config: Config, query: str, states_of: Callable[[Profile], Collection[str]] = lambda _: ()
) -> list[Profile]:
    """The listed profiles that hold every word as it stands, in the order of the files. `states_of`: the words of the
    states that a profile is in."""
    profiles = list(config.profiles.values())
    texts_of = _haystacks(config, profiles)
    return [profile for profile, text in zip(profiles, texts_of, strict=True) if holds(text, query, states_of(profile))]


def named_or_holding(config: Config, words: Sequence[str]) -> list[Profile]:
    """Those that hold all words; where there are none, and each word is the name of a profile, these."""
    found = holding(config, " ".join(words))
    named = [config.profiles[name] for name in dict.fromkeys(map(name_from, words)) if name in config.profiles]
    return found or (named if len(named) == len(set(words)) else [])


def meant(config: Config, query: str) -> list[str]:
    """The names of all profiles that may be meant, the best first. Letters that are scattered over a name count only
    where no profile holds the words as they stand: the beginning of a name is not to be as good as a chance."""
    found = [profile.name for profile in holding(config, query)]
    found += [name for name in config.unlisted if holds(fold(name), query)]
    wanted, _unwanted = _parts(query)
    if found or not wanted:
        return found
    profiles = list(config.profiles.values())
    haystacks = _haystacks(config, profiles)
    excluding = " ".join(word for word in query.split() if word.startswith("!"))
    numbers = Index(haystacks, range(len(profiles))).search(" ".join(wanted))
    return [profiles[number].name for number in numbers if holds(haystacks[number], excluding)]


def _parts(query: str) -> tuple[list[str], list[str]]:
    """The words that have to be there, and those that must not. A `!` alone is still being typed, and says nothing."""
    words = fold(query).split()
    return [word for word in words if word[0] != "!"], [word[1:] for word in words if word[0] == "!" and word != "!"]


def holds(text: str, query: str, states: Collection[str] = ()) -> bool:
    """Whether a text, as `haystack` makes it, has what the query wants and nothing that it does not want. One of the
    `states` counts as a whole word."""
    wanted, unwanted = _parts(query)
    return all(it in text or it in states for it in wanted) and not any(it in text or it in states for it in unwanted)


def _haystacks(config: Config, profiles: Sequence[Profile]) -> list[str]:
    columns = texts(Rows(profiles, config.sessions))
    return [haystack(*fields) for fields in zip(*columns, strict=True)]
