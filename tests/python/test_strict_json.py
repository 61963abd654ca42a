"""JSON as evidence: what a lenient reader lets through is refused."""

import pytest

from tasks.evidence import strict_json

pytestmark = pytest.mark.fast

REFUSED = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b'{"a": NaN}\n', "non-finite number NaN", id="nan"),
    pytest.param(b'{"a": -Infinity}\n', "non-finite number -Infinity", id="infinity"),
    pytest.param(b'{\n  "a": 1e999\n}\n', "non-finite", id="overflow"),
    pytest.param(b'{"a": 1, "a": 2}\n', "duplicate key 'a'", id="duplicate"),
    pytest.param(b'\xef\xbb\xbf{"a": 1}\n', "byte-order mark", id="bom"),
    pytest.param(b'{\r\n  "a": 1\r\n}\r\n', "CRLF", id="crlf"),
    pytest.param(b'{"a": 1', "newline at the end", id="cut"),
    pytest.param(b'{"a": \n', "not JSON: .* line 2", id="truncated"),
    pytest.param(b'{"a": 1}\n', "canonical", id="other-layout"),
    pytest.param(b'{"a": "\xff"}\n', "not UTF-8", id="bytes"),
    pytest.param(b"[" * 200_000 + b"\n", "nested too deeply|not JSON", id="deep"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_not_our_json_to_the_byte_is_refused(data, message):
    with pytest.raises(strict_json.JsonFault, match=message):
        strict_json.parse(data, canonical=True)


def test_our_own_text_is_read():
    assert strict_json.parse(b'{\n  "a": 0.1\n}\n', canonical=True) == {"a": 0.1}


def test_a_file_is_read_in_canonical_form_unless_it_is_of_others(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": 1}\n')
    with pytest.raises(strict_json.JsonFault, match="canonical"):
        strict_json.read(path)
    assert strict_json.read(path, canonical=False) == {"a": 1}
