"""What this program was started with, cannot use for itself, and hands on to a program that takes its place."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal

_core_limit: tuple[int, int] | None = None
_ignored_children = False
_blocked: set[int | signal.Signals] = set()


def forbid_core_dumps() -> None:
    """No memory of this program on a disk."""
    global _core_limit
    try:
        import resource

        _core_limit = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, _core_limit[1]))
    except (ImportError, ValueError, OSError):
        pass


def hear_signals() -> None:
    """Let no signal wait, and ask for the ends of children: where they are ignored, the exit code of a child that has
    failed is lost, and it counts as one that has done its work."""
    import signal

    global _ignored_children, _blocked
    if not hasattr(signal, "SIGCHLD"):
        return
    try:
        if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _ignored_children = True
        _blocked |= signal.pthread_sigmask(signal.SIG_SETMASK, ())
    except ValueError:
        pass  # only the main thread may: it is not ours


def hand_on() -> None:
    """Give a program that takes this one's place what it would have had without it."""
    import signal

    if _core_limit is not None:
        import resource

        try:
            resource.setrlimit(resource.RLIMIT_CORE, _core_limit)
        except (ValueError, OSError):
            pass
    if _ignored_children:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if _blocked:
        signal.pthread_sigmask(signal.SIG_BLOCK, _blocked)
