//! The generated parts of a text: what stands between a line `<!-- generated: NAME -->` and the next
//! line `<!-- end -->`.

use super::tables::{Sources, TABLES};

const END: &str = "<!-- end -->";

/// The text with its tables as the document has them, or what is wrong with its markers.
pub fn fill(file: &str, text: &str, sources: &Sources) -> Result<String, Vec<String>> {
    let (mut filled, mut complaints) = (String::new(), Vec::new());
    let (mut open, mut seen) = (None, Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let mut complain = |wrong: String| complaints.push(format!("{file}:{number}: {wrong}"));
        if line.trim() == END {
            if open.take().is_none() {
                complain(format!("{END} ends nothing; remove it"));
            }
        } else if let Some(name) = marker(line) {
            if let Some((begun, _)) = open {
                complain(format!("{name} begins within {begun}; put {END} before it"));
            }
            let table = TABLES.iter().find(|table| table.file == file && table.name == name);
            match table {
                None => complain(format!(
                    "there is no table {name:?} for this file; it may have {}",
                    names(file).join(", ")
                )),
                Some(_) if seen.contains(&name) => {
                    complain(format!("{name} stands here a second time; remove it"));
                }
                Some(table) => {
                    filled.extend([line, "\n\n", &(table.text)(sources), "\n"]);
                }
            }
            open = Some((name, number));
            seen.push(name);
            continue;
        }
        if open.is_none() {
            filled.push_str(line);
            filled.push('\n');
        }
    }
    if let Some((name, number)) = open {
        complaints.push(format!("{file}:{number}: {name} has no end; put {END} after its table"));
    }
    for name in names(file).iter().filter(|name| !seen.contains(name)) {
        complaints.push(format!(
            "{file}:1: has no table {name}; put <!-- generated: {name} --> and {END} where it belongs"
        ));
    }
    if complaints.is_empty() { Ok(filled) } else { Err(complaints) }
}

/// The name in a line that begins a generated part; the whole line where it is not written so, which
/// is the name of no table.
fn marker(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("<!-- generated")?;
    let name = rest.strip_prefix(": ").and_then(|rest| rest.strip_suffix(" -->"));
    Some(name.unwrap_or(line))
}

fn names(file: &str) -> Vec<&'static str> {
    TABLES.iter().filter(|table| table.file == file).map(|table| table.name).collect()
}
