//! Tests of the report on edits of the project's own document, and on their reversal.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::verdicts::{A, B, C, D};
use super::*;
use crate::node::{Node, escape, unescape};

/// A document with other values at these pointers, or without the nodes at them.
fn edited(root: &Value, edits: &[(String, Option<Value>)]) -> Document {
    let mut root = root.clone();
    for (pointer, value) in edits {
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
fn each_row_applies_to_its_example() {
    let put = "/paths/~1autoscaling-api~1v1~1{project_id}~1scaling_group~1{scaling_group_id}/put";
    let root = Document::ours().unwrap().root.to_value();
    let ours = edited(&root, &[]);
    for (row, edit) in ROWS.iter().flat_map(|row| row.4.split(" | ").map(move |it| (row, it))) {
        let edits = edit.trim_start_matches("undo ").split("; ").map(|edit| {
            let edit = edit.replace('%', "/components/schemas/").replace('@', put);
            let (pointer, value) = edit.split_once(' ').unwrap_or((&edit, ""));
            let value = Some(value).filter(|value| !value.is_empty());
            (pointer.to_owned(), value.map(|value| Node::parse(value).unwrap().to_value()))
        });
        let edited = edited(&root, &edits.collect::<Vec<_>>());
        let found = [differences(&ours, &edited), differences(&edited, &ours)];
        let found = found[usize::from(edit.starts_with("undo "))].iter().map(verdicts_of);
        let (verdicts, rows): (Vec<_>, Vec<_>) = found.unzip();
        assert!(rows.iter().flatten().any(|it| it.0 == row.0), "{} is not shown by {edit}", row.0);
        assert_eq!(worst(verdicts.into_iter()), row.2, "{edit}");
        assert!(row.2[0] < B || row.2[1] == B, "{} breaks the wire, but no clients", row.0);
    }
}

#[test]
fn every_edit_is_reported() {
    let ours = Document::ours().unwrap().root.to_value();
    let document = edited(&ours, &[]);
    let (mut open, mut batches) = (vec![(String::new(), &ours)], BTreeMap::<_, Vec<_>>::new());
    while let Some((pointer, value)) = open.pop() {
        let inner = |step: String| format!("{pointer}/{step}");
        let members = value.as_object().into_iter().flatten();
        open.extend(members.map(|(name, it)| (inner(escape(name)), it)));
        let items = value.as_array().into_iter().flatten().enumerate();
        open.extend(items.map(|(index, it)| (inner(index.to_string()), it)));
        let (edit, value) = match value {
            Value::Object(_) => (inner("surprise".to_owned()), json!(null)),
            Value::Array(items) => (inner(items.len().to_string()), json!("surprise")),
            Value::Bool(flag) => (pointer.clone(), json!(!flag)),
            other => (pointer.clone(), json!(format!("{other}x"))),
        };
        // Edits of the same depth are not nested.
        let batch = (pointer.split('/').count(), pointer.len() % 2);
        batches.entry((batch, "set")).or_default().push((edit, Some(value)));
        batches.entry((batch, "removed")).or_default().push((pointer, None));
    }
    for ((_, kind), edits) in batches.iter().filter(|it| !it.1[0].0.is_empty()) {
        let edited = edited(&ours, edits);
        for found in [differences(&document, &edited), differences(&edited, &document)] {
            for (edit, _) in edits {
                // An item without a name is reported as a whole.
                let at = |pointer: &str| format!("{pointer}/");
                let near =
                    found.iter().filter(|it| match at(edit).strip_prefix(&at(&it.pointer)) {
                        Some(below) => it.what != "reordered" && below.matches('/').count() < 5,
                        None => at(&it.pointer).starts_with(&at(edit)),
                    });
                let rows: Vec<_> = near.flat_map(|it| verdicts_of(it).1).map(|row| row.0).collect();
                let is_known = *kind != "removed" || !rows.contains(&"*/**:*");
                assert!(!rows.is_empty() && is_known, "{edit} {kind}: {rows:?}");
            }
        }
    }
}

#[test]
fn versions_and_the_changelog_follow_the_verdicts() {
    let file = |name: &str| Some(std::env::current_exe().unwrap().with_file_name(name));
    let (manifest, changelog) = (file("compat.toml"), file("compat.md"));
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
    assert_eq!(demanded([D, C, C], "1.4.0", "0.3.1", candidate), "");
    assert_eq!(demanded([D, D, A], "1.4.0", "0.3.1", candidate), "1.4.1 0.3.2");
    assert_eq!(demanded([D; 3], "1.4.1", "0.3.2", "\n## [0.3.2]\n- New.\n## [0.3.1]"), "");
    assert_eq!(demanded([D; 3], "1.4.1", "1.0.0", "\n## [Old]\n- Old."), "[Unreleased]");
    let (ours, new) = (root().join("openapi/autoscaling.yaml"), file("compat.yaml"));
    let text = fs::read_to_string(&ours).unwrap().replace("maximum: 86400", "maximum: 3600");
    fs::write(new.as_ref().unwrap(), text).unwrap();
    let (mut report, compat) = (String::new(), Compat { old: Some(ours), new, ..compat });
    compat.report(&mut report).unwrap();
    assert!(report.contains("\nwire                           2             0"), "{report}");
    let absent = Compat { old: Some("absent.yaml".into()), ..compat };
    assert_eq!(format!("{:?}", absent.run()), format!("{:?}", ExitCode::from(2)));
}
