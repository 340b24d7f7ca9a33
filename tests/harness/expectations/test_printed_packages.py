"""What the project's file excuses in the packages that `component wit` prints."""

from __future__ import annotations

from tests.harness.expectations.known import excuses

OF_ITEM = "component wit (subject, {}: worlds.a:b/w.{}): expected {}, got {}"
DOCS, GATE, NOTHING = '{"contents": "D"}', '{"unstable": {"feature": "on"}}', "(nothing)"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("labels", "x", "fail", OF_ITEM.format("wit-text", "imports.p.docs", NOTHING, DOCS), (), True),
        ("labels", "x", "fail", OF_ITEM.format("wit-text", "imports.p.docs", DOCS, NOTHING), (), False),
        ("labels", "x", "fail", OF_ITEM.format("wit-json", "imports.p.docs", NOTHING, DOCS), (), False),
        ("labels", "x", "fail", OF_ITEM.format("wit-text", "imports.a:b/s.docs", NOTHING, DOCS), (), False),
        ("plain", "x", "fail", OF_ITEM.format("wit-text", "imports.p.docs", NOTHING, DOCS), (), False),
        ("docs", "x", "fail", OF_ITEM.format("wit-json", "exports.a:b/i.docs", DOCS, NOTHING), (), True),
        ("docs", "x", "fail", OF_ITEM.format("wit-json", "imports.a:b/i.docs", DOCS, NOTHING), (), False),
        ("docs", "x", "fail", OF_ITEM.format("wit-json", "exports.a:b/i.docs", NOTHING, DOCS), (), False),
        ("docs", "x", "fail", OF_ITEM.format("wit-json", "exports.a:b/i.stability", NOTHING, GATE), (), False),
        ("gates", "x", "fail", OF_ITEM.format("wit-wasm", "exports.a:b/i.stability", NOTHING, GATE), (), True),
        ("gates", "x", "fail", OF_ITEM.format("wit-wasm", "imports.a:b/i.stability", NOTHING, GATE), (), False),
        ("gates", "x", "fail", OF_ITEM.format("wit-wasm", "exports.a:b/i.docs", DOCS, NOTHING), (), False),
    ],
)
