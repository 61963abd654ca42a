"""Compiled kernels of strikeproof; use the Python modules around them."""

from collections.abc import Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray


def build_info() -> dict[str, str | bool]:
    """How the core was compiled."""

def black_scholes_price_one(arg0: float, arg1: float, arg2: float, arg3: float, arg4: float, arg5: float, arg6: float, /) -> tuple[float, int]: ...

def black_scholes_greeks_one(arg0: float, arg1: float, arg2: float, arg3: float, arg4: float, arg5: float, arg6: float, /) -> tuple[float, float, float, float, float, float, int]: ...

def black_scholes_implied_volatility_one(arg0: float, arg1: float, arg2: float, arg3: float, arg4: float, arg5: float, arg6: float, /) -> tuple[float, int]: ...

def black_scholes_price(columns: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]], outputs: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')] | None], status: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu')], threads: int) -> None: ...

def black_scholes_implied_volatility(columns: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]], outputs: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')] | None], status: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu')], threads: int) -> None: ...

def black_scholes_greeks(columns: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu', writable=False)]], outputs: Sequence[Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', device='cpu')] | None], status: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu')], threads: int) -> None: ...
