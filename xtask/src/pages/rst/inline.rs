//! Marks within a paragraph: bold, code, references, escapes.

use crate::pages::layout::Text;
use crate::pages::pattern;

pub fn text(line: usize, source: &str) -> Text {
    let mut text = Text::new(line);
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let plain = rest.find(['\\', '`', '*', '|', ':']).unwrap_or(rest.len());
        let length = mark(&mut text, rest).unwrap_or_else(|| {
            let length = plain.max(first.len_utf8());
            text.push_plain(rest.get(..length).unwrap_or_default());
            length
        });
        rest = rest.get(length..).unwrap_or_default();
    }
    text
}

/// Reads the mark that begins here, and tells how long it is; none where there is no mark.
fn mark(text: &mut Text, rest: &str) -> Option<usize> {
    if let Some(escape) = pattern!(r"^\\(.)").captures(rest) {
        // An escaped space joins two words.
        text.push_plain(escape[1].trim());
        return Some(escape[0].len());
    }
    if let Some(code) = pattern!(r"^``(\S|\S.*?\S)``").captures(rest) {
        text.push_literal(&code[1]);
        return Some(code[0].len());
    }
    if let Some(bold) = pattern!(r"^\*\*([^\s*]|[^\s*].*?[^\s\\])\*\*").captures(rest) {
        text.push_literal(&unescape(&bold[1]));
        return Some(bold[0].len());
    }
    if let Some(emphasis) = pattern!(r"^\*([^\s*]|[^\s*].*?[^\s\\])\*").captures(rest) {
        text.push_plain(&unescape(&emphasis[1]));
        return Some(emphasis[0].len());
    }
    if let Some(image) = pattern!(r"^\|[^|\s](?:[^|]*[^|\s])?\|_?").find(rest) {
        return Some(image.len());
    }
    let reference = pattern!(r"^(?::[a-z]+:)?`([^`]+)`_{0,2}").captures(rest)?;
    match pattern!(r"^(.*?) ?<([^<>]+)>$").captures(&reference[1]) {
        Some(link) => text.push_link(&unescape(&link[1]), &link[2]),
        None => text.push_link(&unescape(&reference[1]), &reference[1]),
    }
    Some(reference[0].len())
}

fn unescape(text: &str) -> String {
    pattern!(r"\\(.)").replace_all(text, "$1").into_owned()
}
