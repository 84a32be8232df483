"""What Textual paints for a terminal is not put together where there is none.

Under Pilot nobody gets what is painted: the widgets' lines are cut into pieces, put together by lines of the screen and
thrown away. Here the widgets draw their lines as often as ever, but that is all; who reads the screen gets the whole of
it as Textual puts it together. And a line gets a cache when something is kept in it: most of the seven that it has
stay empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

_CACHES = {name: cache._maxsize for name in Strip.__slots__ if isinstance(cache := getattr(Strip([]), name), FIFOCache)}
_render_update = Compositor.render_update


def _new(strip: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    """A line without its caches."""
    strip._segments = list(segments)
    strip._cell_length = cell_length
    strip._render_cache = strip._link_ids = strip._cell_count = None


def _cache(strip: Strip, name: str) -> FIFOCache[Any, Any]:
    """One of them, when it is asked for first."""
    if name not in _CACHES:
        raise AttributeError(name)
    cache: FIFOCache[Any, Any] = FIFOCache(_CACHES[name])
    setattr(strip, name, cache)
    return cache


def _draw(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> Any:
    """Have the widgets draw what has changed."""
    if full or simplify:
        return _render_update(compositor, full, screen_stack, simplify)  # for a picture
    visible_screen_stack.set(screen_stack or [])
    screen, changed = compositor.size.region, compositor._dirty_regions.copy()
    compositor._dirty_regions.clear()
    if not changed:
        return None
    for _ in compositor._get_renders(Region.from_union(changed).intersection(screen)):
        pass
    return ""


def share() -> None:
    """Make it so, from now on."""
    Compositor.render_update = _draw  # type: ignore[method-assign,assignment]
    Strip.__init__ = _new  # type: ignore[method-assign,assignment]
    Strip.__getattr__ = _cache  # type: ignore[attr-defined]
