# SPDX-License-Identifier: MIT
r"""The laws of a run as tables, and how compiled loops call the update of each.

The loops over points (:mod:`interfacefem.materials.update`) know no law: they call the update of a
point by its address. So they are compiled once, whatever laws there are, and a law is compiled by
itself.

An update of the package is compiled already and returns its tangent. One of a user is a plain
Python function, :meth:`update` of the law, and perhaps its :meth:`tangent`; both are compiled here.
Without a tangent its derivatives are differences.
"""

from __future__ import annotations

import functools
import hashlib
import types as pytypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from interfacefem import caches
from interfacefem.compiled import carray, cfunc, njit
from interfacefem.errors import MaterialError
from interfacefem.materials.numbers import RELATIVE_STEP, STEP

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.materials.base import Law

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: numbers that an update writes: p, q, p_v, p_s, q_v, q_s, v_e, s_e, work, energy
RESULTS = 10
#: most parameters and internal variables of a law
MOST = 64

_REAL = types.float64
_PLACE: Any = types.CPointer(types.float64)  # type: ignore[no-untyped-call]
_SIGNATURE = types.int64(_REAL, _REAL, _PLACE, _REAL, _PLACE, _PLACE, _PLACE)


@dataclass(frozen=True, eq=False)
class LawTable:
    """Laws as arrays, one row a law.

    Attributes
    ----------
    address : (laws,) int array
        Where the compiled update of the law begins.
    coupled : (laws,) bool array
    rate_dependent : (laws,) bool array
    rows : (laws, widest) array
        Parameters, padded with zeros.
    initial : (laws, most) array
        Internal variables of the undeformed material, padded with zeros.
    """

    address: IntArray
    coupled: npt.NDArray[np.bool_]
    rate_dependent: npt.NDArray[np.bool_]
    rows: Array
    initial: Array

    @property
    def mean_moduli(self) -> Array:
        """Bulk moduli (laws,) [MPa]; zero where a coupled law has the mean stress itself."""
        return np.where(self.coupled, 0.0, self.rows[:, 1])


def law_table(laws: Sequence[Law], temperature: float) -> LawTable:
    """Return the laws as arrays.

    Parameters
    ----------
    laws : sequence of Law
    temperature : float
        [K].

    Raises
    ------
    MaterialError
        If a law has too many parameters or its update cannot be compiled.
    """
    rows = [law.row(temperature) for law in laws]
    states = [law.initial_state(temperature) for law in laws]
    for law, row, state in zip(laws, rows, states, strict=True):
        if max(len(row), len(state)) > MOST:
            raise MaterialError(
                f"law '{law.kind}': has {max(len(row), len(state))} numbers at a point; "
                f"give it {MOST} at most"
            )
    kinds: list[Any] = [type(law) for law in laws]
    return LawTable(
        np.array([compiled_update(kind).address for kind in kinds], dtype=np.int64),
        np.array([law.coupled for law in laws], dtype=np.bool_),
        np.array([law.rate_dependent for law in laws], dtype=np.bool_),
        _padded(rows),
        _padded(states),
    )


def _padded(rows: Sequence[Sequence[float]]) -> Array:
    table = np.zeros((len(rows), max(len(row) for row in rows)))
    for place, row in zip(table, rows, strict=True):
        place[: len(row)] = row
    return table


@intrinsic
def _call(
    context: Any, address: Any, v: Any, s: Any, state: Any, dt: Any, row: Any, new: Any, out: Any
) -> Any:
    """Call the update at an address; arrays are given by where their numbers begin."""
    signature = types.int64(
        types.int64, _REAL, _REAL, types.uintp, _REAL, types.uintp, types.uintp, types.uintp
    )

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        place = ir.DoubleType().as_pointer()
        given = [
            builder.inttoptr(value, place) if kind == types.uintp else value
            for value, kind in zip(values[1:], signature.args[1:], strict=True)
        ]
        form = ir.FunctionType(ir.IntType(64), [value.type for value in given])
        return builder.call(builder.inttoptr(values[0], form.as_pointer()), given)

    return signature, generate


@njit(inline="always")
def respond(
    address: int, v: float, s: float, state: Array, dt: float, row: Array, new: Array, out: Array
) -> Any:
    """Write the response of one point to ``out``; return whether its law found one.

    Parameters
    ----------
    address : int
        Of :class:`LawTable`.
    v, s : float
        Trace of the trial strain, and sqrt(2/3) times the norm of its deviator [-].
    state, new : (k,) array
        Accepted internal variables, and where those after the increment are written.
    dt : float
        Duration of the increment [s].
    row : (m,) array
        Parameters of the law.
    out : (10,) array
        Mean and von Mises stress [MPa], their derivatives by v and by s, the elastic invariants
        after the update [-], plastic work of the increment and stored elastic energy per reference
        volume [MPa].
    """
    call: Any = _call
    return call(
        address, v, s, state.ctypes.data, dt, row.ctypes.data, new.ctypes.data, out.ctypes.data
    )


def _point(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any, out: Any) -> int:
    result = carray(out, (RESULTS,))
    ok, p, q, p_v, p_s, q_v, q_s, v_e, s_e, work, energy = update(  # type: ignore[name-defined]  # noqa: F821
        v, s, carray(state, (MOST,)), dt, carray(row, (MOST,)), carray(new_state, (MOST,))
    )
    result[0], result[1] = p, q
    result[2], result[3], result[4], result[5] = p_v, p_s, q_v, q_s
    result[6], result[7], result[8], result[9] = v_e, s_e, work, energy
    return 1 if ok else 0


def _with_tangent(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any) -> Any:
    p, q, v_e, s_e, work, energy = update(v, s, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    p_v, p_s, q_v, q_s = tangent(v, s, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    ok = abs(p) < np.inf and abs(q) < np.inf  # False for what is no number
    return ok, p, q, p_v, p_s, q_v, q_s, v_e, s_e, work, energy


def _with_differences(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any) -> Any:
    h, k = STEP + RELATIVE_STEP * abs(v), STEP + RELATIVE_STEP * s
    low = max(s - k, 0.0)
    p1, q1, _, _, _, _ = update(v + h, s, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    p0, q0, _, _, _, _ = update(v - h, s, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    p3, q3, _, _, _, _ = update(v, s + k, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    p2, q2, _, _, _, _ = update(v, low, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    p, q, v_e, s_e, work, energy = update(v, s, state, dt, row, new_state)  # type: ignore[name-defined]  # noqa: F821
    width = s + k - low
    ok = abs(p) < np.inf and abs(q) < np.inf
    return (
        ok, p, q, (p1 - p0) / (2.0 * h), (p3 - p2) / width, (q1 - q0) / (2.0 * h),
        (q3 - q2) / width, v_e, s_e, work, energy,
    )  # fmt: skip


@functools.cache
def compiled_update(law: Any) -> Any:
    """Return the update of a law as a function that is called by its address.

    Raises
    ------
    MaterialError
        If it cannot be compiled.
    """
    given: Any = law.respond()
    if given is not None:
        return _compiled(_point, {"update": given}, law.kind, given.py_func)
    names: dict[str, Any] = {"update": njit(law.update)}
    form = _with_differences
    if hasattr(law, "tangent"):
        names["tangent"], form = njit(law.tangent), _with_tangent
    try:
        source: Any = law.update
        whole = njit(_made(form, names, f"{law.kind}_whole_{_key(source)}"))
        return _compiled(_point, {"update": whole}, law.kind, source)
    except MaterialError:
        raise
    except Exception as error:  # numba raises many kinds
        reason = str(error).strip().splitlines()[-1]
        raise MaterialError(
            f"law '{law.kind}': its update cannot be compiled by numba ({reason}); use numbers, "
            "functions of math and arrays of numpy only"
        ) from error


def _compiled(
    form: Callable[..., Any], names: dict[str, Any], kind: str, source: Callable[..., Any]
) -> Any:
    return cfunc(_SIGNATURE, _made(form, names, ""), name=f"{kind}_{_key(source)}")


def _made(form: Callable[..., Any], names: dict[str, Any], name: str) -> Any:
    """Return a function with the lines of another in which some names mean something else.

    Unlike those of a closure, numba keeps such functions in its cache.
    """
    lines: Any = form
    made: Any = pytypes.FunctionType(lines.__code__, lines.__globals__ | names, lines.__name__)
    if name:
        made.__qualname__ = name
    return made


def _key(source: Callable[..., Any]) -> str:
    """Return a hash of what a function is made of."""
    code: Any = source
    file = Path(code.__code__.co_filename)
    if file.is_file():
        return caches.reached_key(file)
    text = repr((code.__code__.co_code, code.__code__.co_consts, code.__code__.co_names))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
