//! The modules of `src/` import only from lower layers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regex::Regex;

/// The layers from the bottom up. A folder is one layer; `service` is a module of the generated code.
const LAYERS: [&str; 25] = [
    "clock",
    "operation",
    "kind",
    "service",
    "validation",
    "redact",
    "json",
    "wire",
    "rules",
    "exchange",
    "error",
    "response",
    "retry",
    "transport",
    "mock",
    "credentials",
    "client",
    "call",
    "pagination",
    "generated",
    "schema",
    "trigger",
    "wait",
    "config",
    "lib",
];

/// The module of each name that `lib.rs` re-exports.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let export = Regex::new(r"pub use ([[:word:]]+)::(?:\{([^}]*)\}|([[:word:]]+));").unwrap();
    let mut exports = BTreeMap::new();
    for found in export.captures_iter(lib) {
        let names = found.get(2).or(found.get(3)).unwrap().as_str();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            exports.insert(name.to_owned(), found[1].to_owned());
        }
    }
    exports
}

/// Returns the imports of a module from higher or unknown layers.
fn upward(module: &str, code: &str, exports: &BTreeMap<String, String>) -> Vec<String> {
    let level = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let own =
        level(module).unwrap_or_else(|| panic!("LAYERS has no {module}: put it in its place"));
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let comments = Regex::new(r"(?m)//.*$").unwrap();
    let code = comments.replace_all(code, "");
    let path = Regex::new(r"crate::([[:word:]]+)(?:::([[:word:]]+))?").unwrap();
    let mut upward = Vec::new();
    for found in path.captures_iter(&code) {
        let name = if &found[1] == "generated"
            && found.get(2).is_some_and(|it| it.as_str() == "service")
        {
            "service"
        } else {
            exports.get(&found[1]).map_or(&found[1], String::as_str)
        };
        if name != module && level(name).is_none_or(|level| level > own) {
            upward.push(found[0].to_owned());
        }
    }
    upward
}

fn modules(folder: &Path, of: Option<&str>, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = of.unwrap_or(&name).to_owned();
        if path.is_dir() {
            modules(&path, Some(&module), found);
        } else {
            found.push((module, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn modules_import_only_from_lower_layers() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let exports = exports(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let mut found = Vec::new();
    modules(&src, None, &mut found);
    assert!(found.len() > 30, "only {} files were read", found.len());
    let upward = found.iter().flat_map(|(module, code)| {
        upward(module, code, &exports).into_iter().map(move |import| format!("{module}: {import}"))
    });
    assert_eq!(upward.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn reversed_import_is_detected() {
    let exports =
        exports("pub use client::Client;\npub use credentials::{\n    AccessKey, Token,\n};");
    for (code, expected) in [
        ("use crate::client::Client;", vec!["crate::client::Client"]),
        ("fn f(_: &crate::Client) {}", vec!["crate::Client"]),
        ("use crate::Token;", vec!["crate::Token"]),
        ("use crate::generated::types;", vec!["crate::generated::types"]),
        ("use crate::unheard_of::Thing;", vec!["crate::unheard_of::Thing"]),
        ("use crate::generated::service;\nuse crate::error::Fault;", vec![]),
        ("/// See crate::client.\n#[cfg(test)]\nmod tests { use crate::client::Client; }", vec![]),
    ] {
        assert_eq!(upward("retry", code, &exports), expected, "{code}");
    }
}
