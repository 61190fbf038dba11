"""In place of Pyodide's event loop: the calculators wait for nothing, and asyncio is large."""

# Pyodide's snapshots count on the JavaScript objects that Python holds, and on their order.
from pyodide_js._api import scheduleCallback as scheduleCallback


def _initialize_event_loop() -> None:
    """Pyodide calls this when it starts."""
