from gokiln.base.gojson import encode


def test_as_marshal_indent():
    value = {"A": "x<y>&\u2028\x01\udcff", "B": [], "C": {}, "D": ["p", 1, True, None], "E": {"z": 1}}
    want = (
        '{\n\t"A": "x\\u003cy\\u003e\\u0026\\u2028\\u0001\\ufffd",\n\t"B": [],\n\t"C": {},\n'
        '\t"D": [\n\t\t"p",\n\t\t1,\n\t\ttrue,\n\t\tnull\n\t],\n\t"E": {\n\t\t"z": 1\n\t}\n}'
    )
    assert encode(value) == want


def test_compact_and_without_html():
    assert encode({"a": [1, {"b": "<\b>"}]}, "", html=False) == '{"a":[1,{"b":"<\\b>"}]}'
