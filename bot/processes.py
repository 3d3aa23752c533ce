"""Names this process, and tells whether the process with another such name is dead."""

import os
import socket
import uuid


def name_this_process() -> str:
    """Return a name that no other process has: host, process id and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def is_dead(name: str) -> bool:
    """Tell whether the named process is surely dead.

    Only a process of this host can be known to be: its id is our own (a restarted container has the
    same name and the same small ids), or no process has that id.
    """
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    pid = int(rest)
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
