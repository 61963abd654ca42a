"""The program that makes charts answer: Vega, Vega-Lite and Vega-Embed in one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import vl_convert

from tasks.evidence.report.look import VEGA_LITE

_NAMES = "window.vegaEmbed = vegaEmbed;"  # what a page calls


def write_bundle(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - one signature for all makers
    config: Mapping[str, Any],  # noqa: ARG001
    progress: Callable[[int, int], None],
) -> None:
    """Write the library as a classic script, which a page may load from a folder."""
    text = vl_convert.javascript_bundle(_NAMES, vl_version=VEGA_LITE)
    output.write_text(f"(() => {{\n{text}\n}})();\n", encoding="utf-8")
    progress(1, 1)
