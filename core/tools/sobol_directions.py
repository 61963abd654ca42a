"""Primitive polynomials and first direction numbers of Sobol's sequence, printed as C++ arrays.

The numbers are those of the file new-joe-kuo-6.21201 by S. Joe and F. Kuo (SIAM J. Sci. Comput.
30, 2635-2654, 2008; their notice stands in the printed file), as SciPy distributes them. A
polynomial is written with all its bits, the highest power first; its degree d says how many odd
numbers m_1 .. m_d follow it in the second array. Needs numpy and scipy.
"""

import sys
from pathlib import Path

import numpy as np
import scipy.stats

DIMENSIONS = 2048
NOTICE = """\
// Made by core/tools/sobol_directions.py. Direction numbers by Stephen Joe and Frances Y. Kuo.
//
// Copyright (c) 2008, Frances Y. Kuo and Stephen Joe. All rights reserved.
//
// Redistribution and use in source and binary forms, with or without modification, are permitted
// provided that the following conditions are met:
//  * Redistributions of source code must retain the above copyright notice, this list of
//    conditions and the following disclaimer.
//  * Redistributions in binary form must reproduce the above copyright notice, this list of
//    conditions and the following disclaimer in the documentation and/or other materials provided
//    with the distribution.
//  * Neither the names of the copyright holders nor the names of the University of New South Wales
//    and the University of Waikato and its contributors may be used to endorse or promote products
//    derived from this software without specific prior written permission.
//
// THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
// INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
// PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS BE LIABLE FOR ANY
// DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
// LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR
// BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT
// LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
// SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def lines(name, values):
    """A constexpr array, filled to 100 columns."""
    yield f"inline constexpr std::uint16_t {name}[] = {{\n"
    row = "   "
    for value in values:
        word = f" {value},"
        if len(row) + len(word) > 100:
            yield row + "\n"
            row = "   "
        row += word
    yield row + "\n};\n"


stored = np.load(Path(scipy.stats.__file__).parent / "_sobol_direction_numbers.npz")
polynomials = stored["poly"][:DIMENSIONS].tolist()
numbers = []
for polynomial, row in zip(polynomials[1:], stored["vinit"][1:DIMENSIONS], strict=True):
    numbers += row[: polynomial.bit_length() - 1].tolist()
sys.stdout.write(NOTICE + "#pragma once\n\n#include <cstdint>\n\n// clang-format off\n")
sys.stdout.writelines(lines("kPolynomials", polynomials))
sys.stdout.writelines(lines("kNumbers", numbers))
