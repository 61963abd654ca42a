"""JUnit XML of a test run, as counts."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree

_LISTED = 50  # failed tests that are named


def summary(data: bytes) -> dict[str, Any]:
    """Counts of a report: tests, passed, failed, errors, skipped, by suite; failed ones by name.

    Raises
    ------
    ValueError
        The bytes are not a JUnit report.
    """
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValueError(f"not a JUnit report: {error}") from None
    if root.tag not in ("testsuite", "testsuites"):
        raise ValueError(f"not a JUnit report: the root is {root.tag}")
    counts: Counter[str] = Counter()
    suites: Counter[str] = Counter()
    failed = []
    for case in root.iter("testcase"):
        state = _state(case)
        counts[state] += 1
        suites[_suite(case)] += 1
        if state in ("failed", "errors"):
            failed.append(f"{_suite(case)}::{case.get('name', '')}")
    return {
        "tests": sum(counts.values()),
        **{state: counts[state] for state in ("passed", "failed", "errors", "skipped")},
        "suites": dict(sorted(suites.items())),
        "failed_tests": failed[:_LISTED],
    }


def _state(case: ElementTree.Element) -> str:
    children = {child.tag for child in case}
    if "failure" in children or case.get("status") == "fail":
        return "failed"
    if "error" in children:
        return "errors"
    if "skipped" in children or case.get("status") in ("disabled", "notrun"):
        return "skipped"
    return "passed"


def _suite(case: ElementTree.Element) -> str:
    """Module of a Python test, fixture of a C++ one."""
    name, module = case.get("name", ""), case.get("classname", "")
    if module and module != name:
        return module
    return name.partition(".")[0] or "unnamed"
