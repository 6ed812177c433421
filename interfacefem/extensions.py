# SPDX-License-Identifier: MIT
"""Load other people's code: a file by its path, or the packages installed beside this one.

What is loaded registers things (pictures, risks) by decorators; the registers themselves are
:mod:`interfacefem.registry`. An installed package names its modules in the entry point group
``interfacefem``::

    [project.entry-points.interfacefem]
    my_pictures = "my_package.pictures"
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from interfacefem import logs
from interfacefem.errors import ExtensionError, InterfaceFEMError
from interfacefem.paths import AnyPath, user_path

#: group of the entry points
GROUP = "interfacefem"

logger = logs.get(__name__)
_files: dict[Path, ModuleType] = {}
_installed: list[str] = []
_asked = False


def load_file(path: AnyPath) -> ModuleType:
    """Execute a Python file that registers things, once however often it is asked for.

    The file is not the main program, so what stands under ``if __name__ == "__main__"`` is left
    out. Files beside it can be imported, as from a script.

    Parameters
    ----------
    path : path
        A ``.py`` file; ``~`` is expanded.

    Returns
    -------
    module
        Its names are attributes.

    Raises
    ------
    ExtensionError
        If there is no such file, or it stops with an error; the message names the line.
    """
    where = user_path(path, "extension", ExtensionError)
    if where.suffix != ".py":
        raise ExtensionError(f"{where}: is no Python file; give a .py file that registers things")
    if not where.is_file():
        raise ExtensionError(f"{where}: there is no such file; correct the path")
    where = where.resolve()
    if where in _files:
        return _files[where]
    name = f"interfacefem_extension_{len(_files)}_{where.stem}"
    spec = importlib.util.spec_from_file_location(name, where)
    if spec is None or spec.loader is None:
        raise ExtensionError(f"{where}: cannot be read as a Python file; correct its name")
    module = importlib.util.module_from_spec(spec)
    beside = str(where.parent)
    sys.modules[name] = module  # dataclasses and the registers look for it there
    sys.path.insert(0, beside)
    try:
        spec.loader.exec_module(module)
    except InterfaceFEMError as error:
        del sys.modules[name]
        raise ExtensionError(f"{where}: {error}") from error
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ExtensionError(f"{told(error, where)}; correct the file") from error
    finally:
        sys.path.remove(beside)
    _files[where] = module
    return module


def load_installed() -> tuple[str, ...]:
    """Load the modules that installed packages name in the entry point group, once.

    A package that cannot be loaded is left out, with a warning in the log: it must not keep the
    program from reading a run.

    Returns
    -------
    tuple of str
        ``"package: entry point"`` of those that were loaded.
    """
    global _asked
    if not _asked:
        _asked = True  # first, for a package may look into a register while it is loaded
        for point in importlib.metadata.entry_points(group=GROUP):
            package = point.dist.name if point.dist is not None else "?"
            try:
                point.load()
            except (Exception, SystemExit) as error:
                logger.warning(
                    "package %s: its entry point '%s' (%s) cannot be loaded, so what it registers "
                    "is missing: %s: %s",
                    package, point.name, point.value, type(error).__name__, error,
                )  # fmt: skip
            else:
                _installed.append(f"{package}: {point.name}")
    return tuple(_installed)


def told(error: BaseException, where: str | Path) -> str:
    """Return ``FILE, line 3: NameError: ...``: an error of somebody's file in one line.

    Parameters
    ----------
    error : BaseException
        What was raised.
    where : path
        The file; its last line in the traceback is named. Of a syntax error the line that cannot
        be read.
    """
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename) == Path(where):
        return f"{where}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if _same(frame.filename, where)]
    place = f"{where}, line {lines[-1]}" if lines else f"{where}"
    text = str(error) or "no message"
    return f"{place}: {type(error).__name__}: {text}"


def _same(one: str, two: str | Path) -> bool:
    return one == str(two) or Path(one).resolve() == Path(two).resolve()
