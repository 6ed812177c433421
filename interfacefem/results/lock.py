# SPDX-License-Identifier: MIT
"""One process writes a run: a lock on the folder, held from before its mesh until it is closed.

The lock is that of the system on the file ``run.lock`` (``flock``), so it vanishes with the
process, however that ends. The file also says in words who holds it. Where the file system has no
such lock, as some that several machines share, those words alone decide: the lock is held while
that process lives, and a process on another machine is believed to live. Who only reads needs no
lock.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import time
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NamedTuple, Self

from interfacefem.errors import ResultsError
from interfacefem.results.files import put_in_place, reason


def process_stamp(process: int | None = None) -> str:
    """Return ``host:process:start`` of a process; numbers are reused, start times are not."""
    number = os.getpid() if process is None else process
    return f"{socket.gethostname()}:{number}:{_start_time(number)}"


def is_running(stamp: str) -> bool:
    """Return whether the process of a stamp runs; True where it cannot be known."""
    host, _, rest = stamp.rpartition(":")[0].rpartition(":")
    if not rest.isdigit() or host != socket.gethostname():
        return True
    number = int(rest)
    if not _alive(number):
        return False
    start = stamp.rpartition(":")[2]
    return start in ("", _start_time(number))


def process_of(stamp: str) -> tuple[str, str, bool]:
    """Return host and number of the process of a stamp, and whether that host is this one."""
    host, _, number = stamp.rpartition(":")[0].rpartition(":")
    return host, number, host == socket.gethostname()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    state = _stat(number)
    return not state or state[0] != "Z"


def _start_time(number: int) -> str:
    fields = _stat(number)
    return fields[19] if len(fields) > 19 else ""


def _stat(number: int) -> list[str]:
    # Only Linux has it; the name in brackets may hold blanks, so count from behind it.
    try:
        text = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FILE_NAME = "run.lock"
#: most bytes of the file that are read
_LONGEST = 1000
#: a link in its place is not followed: it would lead to a file of somebody else
_OPTIONS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
#: where Linux says which start of which machine this is, the same in all containers on it
_BOOT = Path("/proc/sys/kernel/random/boot_id")
#: who only looks whether a lock is held has it for a moment: so often it is tried again, so long
_TRIES, _PAUSE = 5, 0.02
#: what a file system answers that has no locks
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}


class Words(NamedTuple):
    """What a lock file says: the process as a stamp, and the start of its machine."""

    stamp: str = ""
    boot: str = ""

    @property
    def here(self) -> bool:
        """Whether the process is on this machine, so that the system knows it."""
        if self.boot and self.boot == _boot():
            return True
        return process_of(self.stamp)[2]


#: locks of this process; a child process that was forked must not keep them
_held: set[RunLock] = set()
_guard = threading.Lock()


class RunLock:
    """The right to write a run; made by :meth:`take`, given back by :meth:`release`.

    Attributes
    ----------
    folder : Path
    by_system : bool
        Whether the system keeps the lock, so that whoever had it before has ended for certain.
    """

    def __init__(self, folder: Path, handle: int | None, made: tuple[Path, ...]) -> None:
        self.folder = folder
        self.by_system = handle is not None
        self._handle = handle
        self._made = made
        with _guard:
            _held.add(self)

    @classmethod
    def take(cls, folder: Path, *, force: bool = False) -> Self:
        """Take the lock of a folder, which is made if it is missing.

        Parameters
        ----------
        folder : Path
        force : bool
            Believe that a process on another machine has ended.

        Raises
        ------
        ResultsError
            If another process has it, or the folder cannot be written.
        """
        made: tuple[Path, ...] = ()
        try:
            made = tuple(place for place in (folder, *folder.parents) if not place.exists())
            folder.mkdir(parents=True, exist_ok=True)
            return cls(folder, _acquire(folder, force), made)
        except BaseException as error:
            _remove_empty(made)
            if not isinstance(error, OSError):
                raise
            raise ResultsError(
                f"{folder}: cannot be written ({reason(error)}); choose another folder (output "
                "folder of the case, -o on the command line)"
            ) from error

    def release(self) -> None:
        """Give the lock back; folders that were made for it and stayed empty are removed."""
        with _guard:
            if self not in _held:
                return
            _held.discard(self)
        # Removed while it is held, so that nobody takes a file that is about to go.
        path = self.folder / FILE_NAME
        with contextlib.suppress(OSError):
            if self._handle is None:
                own = _read(self.folder).stamp == process_stamp()
            else:
                own = _is_still(self._handle, path)
            if own:
                path.unlink()
        self.close()
        _remove_empty(self._made)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def close(self) -> None:
        """Close the file of the lock in this process."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)


def holder(folder: Path) -> str | None:
    """Return who writes a run, as a stamp; None if nobody does as far as can be known.

    Nothing is changed, and no right to write is needed.

    Raises
    ------
    OSError
        If the file of the lock cannot be read.
    """
    try:
        handle = os.open(folder / FILE_NAME, os.O_RDONLY | _OPTIONS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        words = _parse(os.read(handle, _LONGEST))
        try:
            free = _lock(handle, shared=True)
        except OSError:
            free = not is_running(words.stamp)
        return None if free and (words.here or not words.stamp) else words.stamp
    finally:
        os.close(handle)


def require_free(folder: Path) -> None:
    """Refuse a folder that a process writes to.

    Raises
    ------
    ResultsError
        With the number of the process and its host.
    """
    stamp = None
    with contextlib.suppress(OSError):  # who takes the lock is told
        stamp = holder(folder)
    if stamp is not None:
        raise _busy(folder, Words(stamp))


def _acquire(folder: Path, force: bool) -> int | None:
    """Return the open file that holds the lock, None where only its words do."""
    path = folder / FILE_NAME
    words = Words()
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | _OPTIONS, 0o666)
        try:
            words = _parse(os.read(handle, _LONGEST))
            free = _wait(handle)
            if free is None:
                break
            if not free:
                raise _busy(folder, words)
            if not _is_still(handle, path):  # its holder has removed it meanwhile
                continue
            if words.stamp and not words.here and not force:
                # Locks of some file systems end at the machine.
                raise _elsewhere(folder, words)
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, _own_words())
            kept, handle = handle, -1
            return kept
        finally:
            if handle >= 0:
                os.close(handle)
    else:
        raise _busy(folder, words)
    _acquire_by_words(folder, words, force)
    return None


def _acquire_by_words(folder: Path, words: Words, force: bool) -> None:
    if words.stamp and is_running(words.stamp):
        if process_of(words.stamp)[2]:
            raise _busy(folder, words)
        if not force:
            raise _elsewhere(folder, words)
    put_in_place(folder / FILE_NAME, _own_words())
    # Of two that come at the same moment the later one has written over the other.
    time.sleep(_PAUSE)
    words = _read(folder)
    if words.stamp != process_stamp():
        raise _busy(folder, words)


def _wait(handle: int) -> bool | None:
    """Return whether the lock was free; None where the file system has no locks."""
    for turn in range(_TRIES):
        time.sleep(_PAUSE * bool(turn))
        try:
            if _lock(handle):
                return True
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return None
            raise
    return False


def _lock(handle: int, *, shared: bool = False) -> bool:
    """Lock an open file if nobody has it; raise OSError where there are no locks."""
    if fcntl is None:
        raise OSError(errno.ENOSYS, "no locks")
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _read(folder: Path) -> Words:
    try:
        with (folder / FILE_NAME).open("rb") as file:
            return _parse(file.read(_LONGEST))
    except OSError:
        return Words()


def _parse(content: bytes) -> Words:
    return Words(*content.decode(errors="replace").split()[:2])


def _own_words() -> bytes:
    return f"{process_stamp()}\n{_boot()}\n".encode()


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _busy(folder: Path, words: Words) -> ResultsError:
    host, number, here = process_of(words.stamp)
    who = f"process {number} on '{host}'" if number else "another process"
    if here and number == str(os.getpid()):
        who = f"this process ({number} on '{host}')"
    return ResultsError(
        f"{folder}: {who} is still writing this run; wait for it, stop it, or choose another folder"
    )


def _elsewhere(folder: Path, words: Words) -> ResultsError:
    host, number, _ = process_of(words.stamp)
    return ResultsError(
        f"{folder}: was being written by process {number} on '{host}', which cannot be seen from "
        f"here; if it has ended, continue the run with --force (force=True), or remove "
        f"{folder / FILE_NAME}"
    )


def _remove_empty(folders: tuple[Path, ...]) -> None:
    with contextlib.suppress(OSError):
        for folder in folders:  # the innermost first
            folder.rmdir()


def _forget() -> None:
    # A child process has the open files of its parent; with them it would keep the lock after the
    # parent has ended. Closing them here gives nothing back.
    for lock in _held:
        lock.close()
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
