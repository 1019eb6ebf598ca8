//! A lenient parser for JSON of responses.

use std::cell::Cell;

use serde::de::{DeserializeOwned, Error};
use serde_json::Number;

/// The maximum number of values. Each takes up to a hundred times its size in memory; a page of 100 entries has
/// thousands.
const MOST_VALUES: usize = 500_000;

/// The maximum depth of `serde_json`, which needs stack for each level.
const MOST_LEVELS: usize = 127;

thread_local! {
    /// Whether a number was read whose text may differ from that of its type.
    static ROUNDED: Cell<bool> = const { Cell::new(false) };
}

/// Notes that a number was read as an `f64`, which may lose digits.
pub(crate) fn note_rounded() {
    ROUNDED.set(true);
}

/// Parses JSON leniently. Accepts a byte order mark, also of UTF-16, trailing NUL bytes, invalid Unicode (as U+FFFD),
/// control characters and invalid escapes in strings, and trailing commas. Numbers that are invalid (`007`, `NaN`) or
/// lose digits (`1e400`, `1.10`) become strings, and objects and lists that are nested too deeply become null.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    read_repaired(body, false)
}

/// Parses JSON like [`read`], also if it is truncated, or followed by other text.
pub(crate) fn salvage<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    read_repaired(body, true)
}

fn read_repaired<T: DeserializeOwned>(body: &[u8], salvage: bool) -> Result<T, serde_json::Error> {
    let decoded = utf16(body);
    let mut body = decoded.as_ref().map_or(body, String::as_bytes).trim_ascii_start();
    body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    while let [rest @ .., 0 | 0x1a | b' ' | b'\t' | b'\r' | b'\n'] = body {
        body = rest;
    }
    if body.len() > MOST_VALUES && values(body) > MOST_VALUES {
        return Err(Error::custom(format_args!("it has more than {MOST_VALUES} values")));
    }
    ROUNDED.set(false);
    let strict = serde_json::from_slice(body);
    if strict.is_ok() && !ROUNDED.get() {
        return strict;
    }
    let repaired = repaired(&String::from_utf8_lossy(body), salvage);
    serde_json::from_str(&repaired).or(strict)
}

/// Decodes a body in UTF-16 with a byte order mark.
fn utf16(body: &[u8]) -> Option<String> {
    let (unit, body): (fn([u8; 2]) -> u16, _) = match body {
        [0xff, 0xfe, body @ ..] => (u16::from_le_bytes, body),
        [0xfe, 0xff, body @ ..] => (u16::from_be_bytes, body),
        _ => return None,
    };
    // A truncated body may end with half a unit.
    let units = body.as_chunks().0.iter().map(|bytes| unit(*bytes));
    Some(char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect())
}

/// The approximate number of values: commas and opening brackets outside of strings.
fn values(body: &[u8]) -> usize {
    let (mut count, mut is_in_string, mut is_escaped) = (0, false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b',' | b'[' | b'{' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Repairs a text token by token. The result may still be invalid.
fn repaired(text: &str, salvage: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    // The closing brackets that are due; and the end of the last complete value, with the number due there.
    let (mut due, mut whole) = (Vec::new(), (0, 0));
    // The start of a value that is nested too deeply.
    let mut too_deep = None;
    // A string after a bracket or comma in an object is a name.
    let mut is_name = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let (string, length, is_closed) = string(rest);
                out.push_str(&string);
                if !is_closed {
                    break;
                }
                length
            }
            '+' | '-' | '.' | '0'..='9' | 'A'..='Z' | 'a'..='z' => {
                let is_of_word =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
                let length = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                let quote = if is_kept(word) { "" } else { "\"" };
                out.extend([quote, word, quote]);
                length
            }
            '}' | ']' => {
                let length = out.trim_end().len();
                if out[..length].ends_with(',') {
                    out.truncate(length - 1);
                }
                out.push(first);
                1
            }
            _ => {
                out.push(first);
                first.len_utf8()
            }
        };
        match first {
            '{' | '[' => {
                if due.len() == MOST_LEVELS {
                    too_deep = Some(out.len() - 1);
                }
                due.push(if first == '{' { '}' } else { ']' });
            }
            '}' | ']' => {
                due.pop();
                if due.len() == MOST_LEVELS
                    && let Some(start) = too_deep.take()
                {
                    out.truncate(start);
                    out.push_str("null");
                }
            }
            _ => {}
        }
        let is_value = matches!(first, '}' | ']')
            || !is_name && !matches!(first, ',' | ':' | '{' | '[') && !first.is_whitespace();
        is_name = match first {
            '{' => true,
            ',' => due.last() == Some(&'}'),
            _ if first.is_whitespace() => is_name,
            _ => false,
        };
        rest = &rest[length..];
        if is_value && too_deep.is_none() {
            whole = (out.len(), due.len());
            if salvage && due.is_empty() && matches!(first, '}' | ']') {
                break;
            }
        }
    }
    if salvage && !due.is_empty() {
        // The brackets that were open at that point are still open.
        let (length, depth) = whole;
        out.truncate(length);
        out.extend(due[..depth].iter().rev());
    }
    out
}

/// Whether a word is not a number, or one that serializes to the same text.
fn is_kept(word: &str) -> bool {
    if word.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return word.parse::<f64>().is_err();
    }
    serde_json::from_str::<Number>(word).is_ok_and(|number| number.to_string() == word)
}

/// The string at the start of a text, its length, and whether it is closed.
fn string(text: &str) -> (String, usize, bool) {
    let mut out = String::from("\"");
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                out.push('"');
                return (out, at + 1, true);
            }
            '\\' => {
                let unit = |at: usize| {
                    let digits = text.get(at + 2..at + 6)?;
                    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
                };
                let is_unit = |at: usize| text[at..].starts_with("\\u");
                match (is_unit(at).then(|| unit(at)).flatten(), letters.next()) {
                    (Some(high @ 0xd800..=0xdfff), _) => {
                        let low =
                            Some(at + 6).filter(|at| text.is_char_boundary(*at) && is_unit(*at));
                        let low = low.and_then(unit).filter(|low| (0xdc00..=0xdfff).contains(low));
                        if let (0xd800..=0xdbff, Some(_)) = (high, low) {
                            out.push_str(&text[at..at + 12]);
                            letters.nth(9);
                        } else {
                            out.push('\u{fffd}');
                            letters.nth(3);
                        }
                    }
                    (Some(_), Some((_, next)))
                    | (None, Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')))) => {
                        out.extend(['\\', next]);
                    }
                    // An invalid escape: keep the backslash.
                    (_, Some((_, next))) => out.extend(['\\', '\\', next]),
                    (_, None) => {}
                }
            }
            control @ '\0'..='\x1f' => {
                out.push_str("\\u00");
                out.extend(
                    [u32::from(control) / 16, u32::from(control) % 16]
                        .map(|digit| char::from_digit(digit, 16).unwrap_or_default()),
                );
            }
            letter => out.push(letter),
        }
    }
    (out, text.len(), false)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn invalid_escapes_and_control_characters_are_read() {
        for (body, expected) in [
            (r#"{"a":"\ud83d"}"#, json!({ "a": "\u{fffd}" })),
            (r#"{"a":"x\ud83dy","b":1}"#, json!({ "a": "x\u{fffd}y", "b": 1 })),
            (r#"["\ude00\ud83d"]"#, json!(["\u{fffd}\u{fffd}"])),
            (r#"["\ud83d\n"]"#, json!(["\u{fffd}\n"])),
            (r#"["\ud83dA\ud83d\ude00"]"#, json!(["\u{fffd}A😀"])),
            (r#"["\ud83d\u0041"]"#, json!(["\u{fffd}A"])),
            ("[\"a\nb\tc\u{1}\"]", json!(["a\nb\tc\u{1}"])),
            ("{\"a\nb\":[\"\r\n\"]}", json!({ "a\nb": ["\r\n"] })),
            (r#"["C:\path \"q\" \x41"]"#, json!([r#"C:\path "q" \x41"#])),
            (
                r#"["C:\users", "\u12", "\u+123", "\u12\"x", "\u0041"]"#,
                json!([r"C:\users", r"\u12", r"\u+123", "\\u12\"x", "A"]),
            ),
        ] {
            assert_eq!(read::<Value>(body.as_bytes()).unwrap(), expected, "{body}");
        }
        assert_eq!(read::<Value>(b"[\"\xff\", \"\n\"]").unwrap(), json!(["\u{fffd}", "\n"]));
        let strict = r#"["\ud83d\ude00", "\\u d83d", "\\ud83d", 1.5, -0.0, 7]"#;
        assert_eq!(repaired(strict, true), strict);
    }

    #[test]
    fn numbers_out_of_range_are_read_as_strings() {
        for number in
            ["1e400", "-1e400", "12345678901234567890123", "0.12345678901234567890", "1E+999"]
        {
            let body = format!("{{\"a\":{number},\"b\":\"\n\"}}");
            assert_eq!(read::<Value>(body.as_bytes()).unwrap()["a"], number);
        }
    }

    #[test]
    fn numbers_in_other_forms_are_read_as_strings() {
        for word in [
            "007",
            "-01",
            "+1",
            "1.",
            ".5",
            "1e",
            "-",
            "1_000",
            "0x1F",
            "NaN",
            "-Infinity",
            "inf",
            "1.10",
            "1e3",
            "100e-2",
            "-0",
            "0.0000001",
        ] {
            let body = format!("{{\"a\":{word},\"b\":[{word} ],\"c\":\"\n\"}}");
            let read =
                read::<Value>(body.as_bytes()).unwrap_or_else(|error| panic!("{word}: {error}"));
            assert_eq!((&read["a"], &read["b"]), (&json!(word), &json!([word])));
        }
        let kept = "[1.5,1.0,-7,18446744073709551615,0.30000000000000004,true,false,null]";
        assert_eq!(repaired(kept, false), kept);
    }

    #[test]
    fn number_of_values_is_limited() {
        assert_eq!(values(br#"{"a":[1,2],"b,[\",":"\\"}, {"#), 6);
        for value in ["0", "{\"\":0}", "[0]", "[]", "\"\""] {
            let list = vec![value; MOST_VALUES + 1].join(",");
            for body in [format!("{{\"a\":[{list}]}}"), format!("[{list}")] {
                let error = salvage::<Value>(body.as_bytes()).unwrap_err().to_string();
                assert_eq!(error, "it has more than 500000 values");
            }
        }
        let long = format!("[\"{}\"]", ",[{".repeat(MOST_VALUES));
        assert!(read::<Value>(long.as_bytes()).is_ok());
    }

    #[test]
    fn byte_order_marks_and_trailing_commas_are_ignored() {
        for body in [
            "\u{feff}{\"a\":[1]}",
            "\r\n\u{feff} {\"a\":[1]}",
            "{\"a\":[1]}\0",
            "{\"a\":[1]}\n\0\0\u{1a}",
            "{\"a\":[1,]}",
            "{\"a\":[1 , ] ,\n}",
        ] {
            assert_eq!(read::<Value>(body.as_bytes()).unwrap(), json!({ "a": [1] }), "{body:?}");
        }
        assert_eq!(read::<Value>(b"[\",]\",]").unwrap(), json!([",]"]));
    }

    #[test]
    fn utf_16_is_read() {
        let of = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let read = |text: &str| read::<Value>(&of(text, bytes));
            assert_eq!(read("\u{feff}{\"a\":[1]}").unwrap(), json!({ "a": [1] }));
            assert_eq!(read("\u{feff}\r\n{\"ä\":\"😀\"}\r\n\0").unwrap(), json!({ "ä": "😀" }));
            assert_eq!(read("\u{feff}[1.10,\"\n\",]").unwrap(), json!(["1.10", "\n"]));
            assert!(read("{\"a\":[1]}").is_err() && read("\u{feff}").is_err());
            let cut = of("\u{feff}{\"a\":1,\"b\":\"c", bytes);
            for length in [cut.len(), cut.len() - 1] {
                assert_eq!(salvage::<Value>(&cut[..length]).unwrap(), json!({ "a": 1 }));
            }
            let many = of(&format!("\u{feff}[{}0]", "0,".repeat(MOST_VALUES)), bytes);
            assert!(salvage::<Value>(&many).is_err());
        }
        assert_eq!(read::<Value>(b"\xff\xfe[\0\"\0\x3d\xd8\"\0]\0").unwrap(), json!(["\u{fffd}"]));
    }

    #[test]
    fn values_nested_too_deeply_are_null() {
        let nested = |[open, close]: [&str; 2], levels: usize, inner: &str| {
            format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
        };
        let lists = ["[", "]"];
        // The enclosing object is a level as well.
        let deepest: Value = serde_json::from_str(&nested(lists, 126, "null")).unwrap();
        for levels in [127, 128, 5_000, 400_000] {
            let deep = nested(lists, levels, "1, \"]\", {\"x\" :2}, []");
            let body = format!("{{\"a\":1,\"deep\":{deep},\"b\":[2,{deep} ,],\"c\":3}}");
            let Ok(read) = read::<Value>(body.as_bytes()) else {
                assert!(values(body.as_bytes()) > MOST_VALUES, "{levels}");
                continue;
            };
            assert_eq!((&read["a"], &read["c"], &read["b"][0]), (&json!(1), &json!(3), &json!(2)));
            assert_eq!(read["deep"], deepest);
        }
        for body in [
            nested(["{\"a\":", "}"], 400_000, "1"),
            nested(["[ {\"a\" : ", "} ]"], 200_000, "\"\n\""),
            nested(lists, 400_000, ""),
        ] {
            assert!(read::<Value>(body.as_bytes()).is_ok());
        }
        let exact = nested(lists, 127, "");
        assert_eq!(repaired(&exact, true), exact);
        // A truncated value that is nested too deeply is omitted.
        let cut = format!("{{\"a\":1,\"b\":{}{{\"c\":[2],", "[".repeat(200));
        assert_eq!(salvage::<Value>(cut.as_bytes()).unwrap(), json!({ "a": 1 }));
        assert!(read::<Value>(cut.as_bytes()).is_err());
        assert!(read::<Value>(nested(lists, 1_000_000, "").as_bytes()).is_err());
        assert!(salvage::<Value>("[{".repeat(500_000).as_bytes()).is_err());
        assert!(read::<Value>("[".repeat(400_000).as_bytes()).is_err());
        assert!(read::<Value>("]".repeat(400_000).as_bytes()).is_err());
    }

    #[test]
    fn other_text_is_rejected() {
        for body in
            ["", "<html>", "{", "[1,", "{\"a\":1}}", "{\"a\":1} x", "{a:1}", "[\"\n\"", "nul"]
        {
            assert!(read::<Value>(body.as_bytes()).is_err(), "{body}");
        }
        for body in ["", "<html>", "nul", "{a:1}", r#"{"a":{"b":1,:}"#, r#"{"a":{"b":1,:},"c":{"#] {
            assert!(salvage::<Value>(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn complete_values_are_salvaged() {
        for body in [r#"{"a":{"b":1,}"#, r#"{"a":[{"b":1,},{"#, r#"{"a":{"b":{"c":1,}}"#] {
            drop(salvage::<Value>(body.as_bytes()));
        }
        for (body, expected) in [
            (r#"{"a":1} <br>"#, json!({ "a": 1 })),
            (r#"{"a":1}{"a":2}"#, json!({ "a": 1 })),
            (r#"{"a":{"b":"c"}"#, json!({ "a": { "b": "c" } })),
            (r#"{"a":{"b":"c","d":"cut"#, json!({ "a": { "b": "c" } })),
            (r#"{"a":{"b":"c","d"#, json!({ "a": { "b": "c" } })),
            (r#"{"a":{"b":"c","d":"#, json!({ "a": { "b": "c" } })),
            (r#"{"a":[{"b":"c"},{"#, json!({ "a": [{ "b": "c" }] })),
            (r#"{"a":{},"b"#, json!({ "a": {} })),
            ("{\"a\":[1,\"x\ny\"", json!({ "a": [1, "x\ny"] })),
        ] {
            assert_eq!(salvage::<Value>(body.as_bytes()).unwrap(), expected, "{body}");
        }
    }
}
