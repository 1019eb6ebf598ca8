//! Edits of the project's own document, and what is reported of them and of undoing them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::difference::{Parts, collect};
use super::verdicts::{A, B, C, D};
use super::*;
use crate::node::{Node, unescape};

/// A document with other values at these pointers, or without what is there.
fn edited(root: &Value, edits: &[(String, Option<Value>)]) -> Document {
    let mut root = root.clone();
    for (pointer, value) in edits.iter().rev() {
        let (above, last) = pointer.rsplit_once('/').unwrap();
        match (root.pointer_mut(above).unwrap(), value.clone()) {
            (Value::Object(members), Some(value)) => drop(members.insert(unescape(last), value)),
            (Value::Object(members), None) => drop(members.remove(&unescape(last)).unwrap()),
            (Value::Array(items), value) => {
                let index = last.parse().unwrap();
                items.splice(index..items.len().min(index + 1), value);
            }
            _ => panic!("{pointer}"),
        }
    }
    let root = Node::parse(&root.to_string()).unwrap();
    Document { file: "document-1.4.0-crate-0.3.1.yaml".into(), root }
}

#[test]
fn each_row_is_shown_by_its_edit() {
    let put = "/paths/~1autoscaling-api~1v1~1{project_id}~1scaling_group~1{scaling_group_id}/put";
    let root = Document::ours().unwrap().root.to_value();
    let ours = edited(&root, &[]);
    for row in ROWS {
        let edits = row.4.trim_start_matches("undo ").split("; ").map(|edit| {
            let edit = edit.replace('#', "/components/schemas/").replace('@', put);
            let (pointer, value) = edit.split_once(' ').unwrap_or((&edit, ""));
            let value = Some(value).filter(|value| !value.is_empty());
            (pointer.to_owned(), value.map(|value| Node::parse(value).unwrap().to_value()))
        });
        let edited = edited(&root, &edits.collect::<Vec<_>>());
        let found = [differences(&ours, &edited), differences(&edited, &ours)];
        let mut found = found[usize::from(row.4.starts_with("undo "))].iter();
        let is_shown = found.any(|it| judge(it).1.iter().any(|it| it.0 == row.0));
        assert!(is_shown, "{} is not shown by {}", row.0, row.4);
        assert!(row.2[0] < B || row.2[1] == B, "{} breaks the wire, but no clients", row.0);
    }
}

#[test]
fn no_edit_goes_unnoticed() {
    let ours = Document::ours().unwrap().root.to_value();
    let document = edited(&ours, &[]);
    let mut batches = BTreeMap::<_, Vec<_>>::new();
    let parts = collect("", "", &document.root, Parts::new());
    for (index, (pointer, node)) in parts.into_values().enumerate() {
        // Edits of the same depth are not within each other.
        let batch = (pointer.split('/').count(), index % 2);
        let (step, value) = match node.to_value() {
            Value::Object(_) => ("/surprise".to_owned(), json!(null)),
            Value::Array(items) => (format!("/{}", items.len()), json!("surprise")),
            Value::Bool(flag) => (String::new(), json!(!flag)),
            other => (String::new(), json!(format!("{other}x"))),
        };
        batches.entry((batch, "set")).or_default().push((format!("{pointer}{step}"), Some(value)));
        batches.entry((batch, "removed")).or_default().push((pointer, None));
    }
    for ((_, kind), edits) in batches.iter().filter(|it| !it.1[0].0.is_empty()) {
        let edited = edited(&ours, edits);
        for found in [differences(&document, &edited), differences(&edited, &document)] {
            for (edit, _) in edits {
                let near = found.iter().filter(|it| {
                    let is_above = !it.pointer.is_empty() && it.what != "reordered";
                    it.pointer.starts_with(edit) || is_above && edit.starts_with(&it.pointer)
                });
                let rows: Vec<_> = near.flat_map(|it| judge(it).1).map(|row| row.0).collect();
                let is_known = *kind != "removed" || !rows.contains(&"*/**:*");
                assert!(!rows.is_empty() && is_known, "{edit} {kind}: {rows:?}");
            }
        }
    }
}

#[test]
fn versions_and_the_changelog_follow_the_verdicts() {
    let folder = std::env::temp_dir().join(format!("compat-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let [manifest, changelog] = ["Cargo.toml", "CHANGELOG.md"].map(|name| Some(folder.join(name)));
    let compat = Compat { old: None, new: None, explain: false, manifest, changelog };
    let demanded = |worst, document: &str, krate: &str, log: &str| {
        let text = format!("[package]\nname = \"x\"\nversion = \"{krate}\"\n");
        fs::write(compat.manifest.as_ref().unwrap(), text).unwrap();
        fs::write(compat.changelog.as_ref().unwrap(), format!("# Changelog\n{log}")).unwrap();
        let sides = ["1.4.0", document].map(|it| edited(&json!({"info": {"version": it}}), &[]));
        let demands = compat.demands(&mut String::new(), sides.each_ref(), worst).unwrap();
        let last = demands.iter().map(|demand| demand.rsplit(' ').next().unwrap());
        last.collect::<Vec<_>>().join(" ")
    };
    let (log, candidate) = ("\n## [Unreleased]\n- New.\n## [0.3.1]\n", "\n## [Unreleased]\n- New.");
    assert_eq!(demanded([B; 3], "1.5.0", "0.3.2", log), "2.0.0 0.4.0");
    assert_eq!(demanded([B, B, C], "2.0.0-rc.1", "0.3.2", log), "");
    assert_eq!(demanded([D, A, D], "1.4.1", "0.3.1", log), "1.5.0 0.3.2");
    assert_eq!(demanded([D; 3], "1.4.0", "0.3.1", candidate), "");
    assert_eq!(demanded([D, D, A], "1.4.0", "0.3.1", candidate), "1.4.1 0.3.2");
    assert_eq!(demanded([D; 3], "1.4.1", "0.3.2", "\n## [0.3.2]\n- New.\n## [0.3.1]"), "");
    assert_eq!(demanded([D; 3], "1.4.1", "1.0.0", "\n## [0.3.1]\n- Old."), "[Unreleased]");
    fs::remove_dir_all(&folder).unwrap();
    let absent = Compat { old: Some("absent.yaml".into()), ..compat };
    assert_eq!(format!("{:?}", absent.run()), format!("{:?}", ExitCode::from(2)));
}
