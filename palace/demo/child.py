"""Becomes another program that ends when its parent ends, even if the parent is killed.

Run as a plain file, not as a module, so that it starts in a few milliseconds:
``python -IS child.py PARENT_PID SIGNAL USER_OR_DASH PROGRAM [ARGUMENT …]``.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def become(user):
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = "/"


def end_with_parent(parent, signal):
    """Linux only; elsewhere a killed launcher leaves its servers, and the next start stops them."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(0)


def main(parent, signal, user, *command):
    if user != "-":
        become(user)
    end_with_parent(int(parent), int(signal))  # after the change of user, which would clear it
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
