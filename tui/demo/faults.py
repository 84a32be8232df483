"""Faults to order: what the server does wrong, on which operation, how often."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from .wire import Answer

REMOVE = object()
"""As a value in `Fault.replace`: the field is left out of the answer."""

MALFORMED = b'{"truncated": tru'


@dataclass(eq=False)
class Fault:
    """One rule. It fires `count` times (None: for ever) on requests for `operation` ("*": any), after letting
    `skip` matching requests pass. Several effects may be combined.

    Before the request is handled (it changes nothing on the server):
    `delay` seconds; `hang` (accept, send nothing until `release()`); `reset` (close without an answer);
    `status` and/or `code` with `message`, `headers` (an error answer instead of the real one; with `echo` its message
    repeats the request's headers and body too).
    Afterwards (the request has taken effect):
    `replace` (fields of the answer by dotted path, new values of any type, or REMOVE), `body` (these bytes
    instead), `malformed` (not parsable), `cut` (half of the body, then close), `drip` (seconds for each byte), `hold`
    (the answer does not leave until `release()`; `holding` is set meanwhile).
    """

    operation: str = "*"
    count: int | None = 1
    skip: int = 0
    delay: float = 0.0
    hang: bool = False
    reset: bool = False
    status: int = 0
    code: str = ""
    message: str = "Injected fault"
    echo: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    replace: Mapping[str, object] = field(default_factory=dict)
    body: bytes | None = None
    malformed: bool = False
    cut: bool = False
    drip: float = 0.0
    hold: bool = False
    fired: int = 0
    holding: threading.Event = field(default_factory=threading.Event, repr=False)
    released: threading.Event = field(default_factory=threading.Event, repr=False)

    def release(self) -> None:
        """Let every request that hangs or is held in this fault go on, and later ones pass."""
        self.released.set()

    def change(self, answer: Answer) -> Answer:
        """`answer` with the fault's effects on its body and headers."""
        answer.headers.update(self.headers)
        if self.replace:
            if answer.content_type == "text/xml":
                answer.body = _replace_xml(answer.body.decode(), self.replace).encode()
            else:
                answer.body = _replace_json(answer.body, self.replace)
        if self.body is not None:
            answer.body = self.body
        if self.malformed:
            answer.body = MALFORMED
        return answer


class Faults:
    """The rules in force. The first that matches a request takes it. Safe to change while requests run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, operation: str | Fault = "*", **effects: Any) -> Fault:
        """Add a rule, given as a Fault or as its fields: `faults.add("CreateToken", status=503, count=2)`."""
        fault = operation if isinstance(operation, Fault) else Fault(operation, **effects)
        with self._lock:
            self._rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take one rule back and release what hangs in it."""
        fault.release()
        with self._lock:
            if fault in self._rules:
                self._rules.remove(fault)

    def clear(self) -> None:
        """Take every rule back and release what hangs."""
        with self._lock:
            for fault in self._rules:
                fault.release()
            self._rules.clear()

    def take(self, operation: str) -> Fault | None:
        """The rule for this request, counted as fired; None when the request is to be served well."""
        with self._lock:
            for fault in self._rules:
                if fault.operation not in ("*", operation) or (fault.count is not None and fault.fired >= fault.count):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.fired += 1
                return fault
        return None


def _replace_json(body: bytes, replace: Mapping[str, object]) -> bytes:
    value = json.loads(body or b"{}")
    for path, new in replace.items():
        *parents, last = path.split(".")
        target = value
        for name in parents:
            target = target[int(name)] if isinstance(target, list) else target[name]
        if new is REMOVE:
            target.pop(last, None)
        elif isinstance(target, list):
            target[int(last)] = new
        else:
            target[last] = new
    return json.dumps(value).encode()


def _replace_xml(body: str, replace: Mapping[str, object]) -> str:
    for path, new in replace.items():
        name = re.escape(path.rpartition(".")[2])
        element = "" if new is REMOVE else f"<{name}>{escape(str(new))}</{name}>"
        # As parts to join: backslashes in a replacement text would be taken for group references.
        body = element.join(re.split(f"<{name}>.*?</{name}>", body, flags=re.DOTALL))
    return body
