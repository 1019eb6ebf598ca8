//! How two examples differ.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::node::escape;

/// The pointers at which two examples differ, and how.
pub fn differences(
    was: Option<&Value>,
    is: Option<&Value>,
    pointer: &str,
    found: &mut Vec<(String, String)>,
) {
    match (was, is) {
        (was, is) if was == is => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                let pointer = format!("{pointer}/{}", escape(name));
                differences(old.get(name), new.get(name), &pointer, found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for index in 0..old.len().max(new.len()) {
                let pointer = format!("{pointer}/{index}");
                differences(old.get(index), new.get(index), &pointer, found);
            }
        }
        (was, is) => {
            let [was, is] = [was, is].map(|value| value.map_or("nothing".to_owned(), short));
            found.push((pointer.to_owned(), format!("{was} → {is}")));
        }
    }
}

/// A value in a line: of a long one, how it begins.
fn short(value: &Value) -> String {
    const LENGTH: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_differ_at_pointers_and_long_values_are_cut() {
        let was = json!({"a/b": [1, {"c": 2}], "gone": "ä".repeat(100), "same": null});
        let is = json!({"a/b": [1, {"c": "2"}, 3], "same": null});
        let mut found = Vec::new();
        differences(Some(&was), Some(&is), "", &mut found);
        let cut = format!("\"{} … → nothing", "ä".repeat(79));
        let expected =
            [("/a~1b/1/c", "2 → \"2\""), ("/a~1b/2", "nothing → 3"), ("/gone", cut.as_str())];
        let found: Vec<_> = found.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
        assert_eq!(found, expected);
    }
}
