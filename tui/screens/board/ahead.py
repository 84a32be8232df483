"""What the keys of the board load. A thread imports it once the board is there, else a key would wait for its files."""

from __future__ import annotations

import textual.system_commands  # noqa: F401

from ...aws.role import fleet as fleet_of_requests  # noqa: F401
from ...shell import more_formats  # noqa: F401
from ...widgets import detail, filter_bar, fuzzy  # noqa: F401
from .. import console, copying, dialogs, export, help, identity, sign_out, use  # noqa: A004, F401
from ..accounts import browsing  # noqa: F401
from ..accounts.new_profiles import write_profiles  # noqa: F401
from ..acting import consoles  # noqa: F401
from ..asking import guard_question  # noqa: F401
from ..diagnosis import problems, why  # noqa: F401
from ..picking import copy_menu, many_identities, which_profile  # noqa: F401
from ..sign_in import screen  # noqa: F401
from . import details, on_rows, refreshing  # noqa: F401
