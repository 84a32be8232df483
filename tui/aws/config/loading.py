"""What the AWS configuration files say: profiles, sessions, and what is wrong with them.

The rules are botocore's (1.43), so that a profile means here what it means to the AWS CLI and the SDKs. Where they
refuse a whole file for one bad line, the rest is read all the same, and the line is named.
"""

from __future__ import annotations

import os

from ..model import REFUSED_FILE, SYNTAX, Problem, Profile, Session
from . import ini
from .build import Builder
from .checks import quoted
from .configuration import Config
from .file import Unreadable, decode, decode_name, location, read_bytes, read_excerpt
from .ini import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG_VARIABLE = "AWS_CONFIG_FILE"
CREDENTIALS_VARIABLE = "AWS_SHARED_CREDENTIALS_FILE"
PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def name_from(word: str) -> str:
    """A profile's name as these files have it, given on a command line or in the environment. Python has decoded it by
    the locale, but the files are UTF-8 wherever they are read."""
    if word.isascii():
        return word
    try:
        return decode_name(os.fsencode(word))
    except UnicodeEncodeError:
        return word


def chosen_name(environ: Mapping[str, str]) -> str:
    """The profile that the environment names, "" when it names none. AWS CLI v2 and the SDKs read AWS_PROFILE first."""
    return name_from(environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "")


def chosen_problem(config: Config, environ: Mapping[str, str]) -> Problem | None:
    """What is wrong with the profile that the environment names."""
    variable = next((name for name in PROFILE_VARIABLES if environ.get(name)), "")
    name = chosen_name(environ)
    if name in config.profiles or name in config.all_names:
        return None
    if not variable:
        variable = next((name for name in PROFILE_VARIABLES if name in environ), "")
        why = "it is empty, and the AWS CLI looks for a profile of that name: unset it"
        return Problem(variable, 0, why) if variable else None
    if not name.strip():
        return Problem(variable, 0, "it is blank, and no profile has such a name: unset it")
    from .similar import similar, suggestion  # a rare case, and difflib is not small

    said = [f"there is no profile {quoted(name)}", suggestion(similar(name, config.all_names))]
    return Problem(variable, 0, "; ".join(filter(None, said)))


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read both files where `environ` (the process's own by default) says they are. Never raises for their contents."""
    environ = os.environ if environ is None else environ
    config = Config()
    builder, parsed = read_files(config, environ)
    builder.build()
    if not any(file.problems for file in parsed):  # else all of them refuse the whole file
        from . import sdks  # here, because one profile alone is found without it

        config.problems += sdks.about_names(config, builder.entries, builder.session_entries)
        config.problems += sdks.about_static_keys(config, builder.entries)
    order = {config.config_file: 0, config.credentials_file: 1}
    config.problems.sort(key=lambda problem: (order.get(problem.file, 2), problem.line))
    wrong = chosen_problem(config, environ)
    if wrong is not None:
        config.problems.insert(0, wrong)
    return config


def credential_process(name: str, environ: Mapping[str, str]) -> str:
    """The command that the AWS CLI and the SDKs run for this profile's credentials, "" when it names none. It may hold
    secrets."""
    entry = read_files(Config(), environ)[0].entries.get(name)
    return entry[0].get("credential_process", "") if entry is not None else ""


def read_files(config: Config, environ: Mapping[str, str]) -> tuple[Builder, tuple[ini.Ini, ini.Ini]]:
    """The sections of both files, and the files. What is wrong with these goes to `config`."""
    config.config_file, config.credentials_file = locations(environ)
    main = _read(config, config.config_file, CONFIG_VARIABLE if CONFIG_VARIABLE in environ else "")
    shared = _read(config, config.credentials_file, CREDENTIALS_VARIABLE if CREDENTIALS_VARIABLE in environ else "")
    builder = Builder(config, environ)
    builder.add_config_sections(main)
    builder.add_credentials_sections(shared)
    return builder, (main, shared)


def locations(environ: Mapping[str, str]) -> tuple[str, str]:
    """The paths of the configuration and of the credentials file."""
    return (
        location(environ, CONFIG_VARIABLE, "~/.aws/config"),
        location(environ, CREDENTIALS_VARIABLE, "~/.aws/credentials"),
    )


def credentials_sections(environ: Mapping[str, str]) -> list[str]:
    """The names of the profiles in the credentials file; none where it cannot be read."""
    try:
        text, _problems = decode(read_bytes(locations(environ)[1]))
    except (FileNotFoundError, Unreadable):
        return []
    return list(ini.parse(text).sections)


def fingerprint(environ: Mapping[str, str]) -> tuple[object, ...]:
    """What the files hold now, for comparing with that of a Config."""
    found: list[object] = []
    for path in locations(environ):
        try:
            found.append(hash(read_bytes(path)))
        except (FileNotFoundError, Unreadable) as error:
            found.append(_reason(error))
    return tuple(found)


def _reason(error: Exception) -> str:
    return "this file does not exist" if isinstance(error, FileNotFoundError) else f"this file {error}"


def _read(config: Config, path: str, variable: str) -> ini.Ini:
    try:
        data = read_bytes(path)
    except (FileNotFoundError, Unreadable) as error:
        config.fingerprint += (_reason(error),)
        what = _reason(error)
        if variable and not path:
            what = f"{variable} is empty: no file is read"
        elif variable and isinstance(error, FileNotFoundError):
            what = f"{variable} names this file, but it does not exist"
        elif variable:
            what += f" ({variable} names it)"
        config.unread[path] = what
        if variable or isinstance(error, Unreadable):
            config.problems.append(Problem(path, 0, what))
        return ini.Ini(path)
    config.fingerprint += (hash(data),)
    text, problems = decode(data)
    del data
    parsed = ini.parse(text, path, problems)
    if parsed.odd and not parsed.problems:
        from . import sdks

        config.problems += sdks.about_spelling(text, path)
    config.problems += [Problem(path, line, message, SYNTAX) for line, message in parsed.problems]
    if parsed.omitted:
        config.problems.append(Problem(path, 0, f"{parsed.omitted} more errors of this file are not listed"))
    if parsed.problems:
        message = "the AWS CLI and the SDKs refuse this whole file until its errors are corrected"
        config.problems.append(Problem(path, 0, message, REFUSED_FILE))
    if parsed.defaults:
        message = f"the keys of [DEFAULT] apply to every section of this file: {', '.join(parsed.defaults)}"
        config.problems.append(Problem(path, parsed.defaults_line, shorten(message, 200)))
        parsed.apply_defaults()
    return parsed


def find_profile(
    name: str, environ: Mapping[str, str] | None = None, *, lines: bool = True
) -> tuple[Profile, Session] | None:
    """One SSO profile and its session, as `load` would give them, without reading the others.

    None whenever the answer is not plain: the profile is not there, is chained or broken, or the files use quotes,
    `[DEFAULT]`, repeated sections or anything else that only `load` can judge. `Session.profile_count` is 1 here.
    Line numbers are 0 unless `lines`: counting them takes as long as all the rest.
    """
    environ = os.environ if environ is None else environ
    if not _is_plain(name):
        return None
    config = Config()
    config.config_file, config.credentials_file = locations(environ)
    default_mark = f"[{ini.DEFAULT_SECTION}]"
    marks = (name.encode(), b"[sso-session", default_mark.encode()) if not lines and name != "default" else ()
    text, shared_text = _text(config.config_file, marks), _text(config.credentials_file)
    if not text or shared_text is None or ini.has_quoted_headers(text) or default_mark in text:
        return None
    main, shared = ini.Ini(config.config_file), ini.Ini(config.credentials_file)
    header, begin = f"profile {name}", ini.find_named(text, "profile", name)
    if name == "default" and "[default]" in text:
        if text.count("default]") != 1 or "default " in text or "default\t" in text:
            return None
        header, begin = name, ini.find_header(text, name)
    if not _take(text, begin, header, main):
        return None
    options = main.sections[header]
    if f"[{name}]" in shared_text:
        if default_mark in shared_text or not _take(shared_text, ini.find_header(shared_text, name), name, shared):
            return None
        options = {**options, **shared.sections[name]}
    session = options.get("sso_session")
    if session is not None:
        begin = ini.find_named(text, "sso-session", session, few=True) if _is_plain(session) else -1
        if not _take(text, begin, f"sso-session {session}", main):
            return None
    else:
        whole = (_text(config.config_file) or "") if marks else text
        url, region = options.get("sso_start_url", ""), options.get("sso_region", "")
        if not _is_only_region(whole, shared_text, url, region):
            return None
    builder = Builder(config, environ)
    builder.add_config_sections(main)
    builder.add_credentials_sections(shared)
    builder.build()
    profile = config.profiles.get(name)
    if profile is None or profile.session is None or profile.problems or profile.via or config.problems:
        return None
    found = config.sessions[profile.session]
    if not lines:
        profile.line = found.line = 0
    return profile, found


def _is_plain(name: str) -> bool:
    """Whether a section of this name can only be spelled in one way."""
    return name.isprintable() and bool(name) and not any(mark in name for mark in " '\"\\[]")


def _text(path: str, marks: Sequence[bytes] = ()) -> str | None:
    """What is in the file, "" when there is none, None when something is wrong with it. Given `marks`, an excerpt."""
    try:
        data = read_excerpt(path, marks) if marks else read_bytes(path)
        if data is None:
            return None
        text, problems = decode(data)
    except FileNotFoundError:
        return ""
    except Unreadable:
        return None
    return None if problems else text


def _take(text: str, begin: int, header: str, into: ini.Ini) -> bool:
    found = ini.section_at(text, begin) if begin >= 0 else None
    if found is not None:
        into.sections[header], into.lines[header] = found
    return found is not None


def _is_only_region(text: str, shared_text: str, url: str, region: str) -> bool:
    """Whether a legacy profile's session cannot be coloured by another profile: no other sso_region is anywhere."""
    return (
        bool(url and region)
        and url not in shared_text
        and "sso_region" not in shared_text.lower()
        and f"[sso-session {url}" not in text
        and text.isascii()
        and not any(f"\n{space}" in text for space in " \t\x0b\x0c\x1c\x1d\x1e\x1f")
        and text.lower().count("sso_region") == text.count(f"sso_region = {region}\n")
    )
