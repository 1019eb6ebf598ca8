//! Reading of JSON that was received, also where it is not quite JSON.

use std::cell::Cell;

use serde::de::DeserializeOwned;

thread_local! {
    /// Whether a number was read that may have had more digits than its type keeps.
    static ROUNDED: Cell<bool> = const { Cell::new(false) };
}

/// Notes a number that is read as an `f64`.
pub(crate) fn note_rounded(value: f64) {
    // Integers beyond this are not all there, and no shorter number has lost a digit.
    if value.abs() >= 9_007_199_254_740_992.0 || value.to_string().len() > 16 {
        ROUNDED.set(true);
    }
}

/// Reads JSON; also after a byte order mark, with U+FFFD for what is no Unicode, with control characters in
/// strings, and with numbers that no type holds, which become strings of their digits.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    read_repaired(body, false)
}

/// Reads JSON as [`read`] does, and what can be read of JSON that was cut off, or has something behind it.
pub(crate) fn salvage<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    read_repaired(body, true)
}

fn read_repaired<T: DeserializeOwned>(body: &[u8], salvage: bool) -> Result<T, serde_json::Error> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    ROUNDED.set(false);
    let strict = serde_json::from_slice(body);
    if strict.is_ok() && !ROUNDED.get() {
        return strict;
    }
    let repaired = repaired(&String::from_utf8_lossy(body), salvage);
    serde_json::from_str(&repaired).or(strict)
}

/// The text with what no parser takes put right, token by token. Whether it is JSON then, a parser tells.
fn repaired(text: &str, salvage: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    // The closing brackets that are due; and up to where the text is whole, with how many are due there.
    let (mut due, mut whole) = (Vec::new(), (0, 0));
    // A string is a name in an object, where the last bracket or comma came before it.
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
            '-' | '0'..='9' => {
                let end =
                    rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
                let length = end.unwrap_or(rest.len());
                let number = &rest[..length];
                let is_kept = number.parse::<i64>().is_ok() || is_short(number);
                let quote = if is_kept { "" } else { "\"" };
                out.extend([quote, number, quote]);
                length
            }
            _ => {
                out.push(first);
                first.len_utf8()
            }
        };
        match first {
            '{' => due.push('}'),
            '[' => due.push(']'),
            '}' | ']' => drop(due.pop()),
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
        if is_value {
            whole = (out.len(), due.len());
            if salvage && due.is_empty() && matches!(first, '}' | ']') {
                break;
            }
        }
    }
    if salvage && !due.is_empty() {
        // Since then, brackets were only opened.
        let (length, depth) = whole;
        out.truncate(length);
        out.extend(due[..depth].iter().rev());
    }
    out
}

/// Whether a number is within the range of an `f64`, and has no more digits than that keeps.
fn is_short(number: &str) -> bool {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    digits <= 15 && number.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The string at the beginning of a text, its length there, and whether it is closed.
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
                let unit = |at: usize| u32::from_str_radix(text.get(at + 2..at + 6)?, 16).ok();
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
                    (
                        _,
                        Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))),
                    ) => {
                        out.extend(['\\', next]);
                    }
                    // No escape: the backslash stands for itself.
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
    fn strings_that_no_parser_takes_are_read() {
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
        ] {
            assert_eq!(read::<Value>(body.as_bytes()).unwrap(), expected, "{body}");
        }
        assert_eq!(read::<Value>(b"[\"\xff\", \"\n\"]").unwrap(), json!(["\u{fffd}", "\n"]));
        let strict = r#"["\ud83d\ude00", "\\u d83d", "\\ud83d", 1.5, -0, 1e3]"#;
        assert_eq!(repaired(strict, true), strict);
    }

    #[test]
    fn numbers_that_no_type_holds_are_strings_of_their_digits() {
        for number in
            ["1e400", "-1e400", "12345678901234567890123", "0.12345678901234567890", "1E+999"]
        {
            let body = format!("{{\"a\":{number},\"b\":\"\n\"}}");
            assert_eq!(read::<Value>(body.as_bytes()).unwrap()["a"], number);
        }
    }

    #[test]
    fn other_text_is_no_json() {
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
    fn what_is_whole_is_salvaged() {
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
