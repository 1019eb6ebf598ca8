//! Removes secrets of a request from strings of a response.

use std::borrow::Cow;

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

const REDACTED: &str = "[secret]";
/// A shorter secret is removed only if it is a whole word, since it may be part of other words.
const SHORT: usize = 8;
/// The maximum length of an escape, so that the time is linear in the length of a string.
const ESCAPE: usize = 32;

/// The secrets of a request, which a response may repeat.
#[derive(Clone, Default)]
pub(crate) struct Sent(Vec<SecretString>);

impl Sent {
    /// The values of sensitive headers.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Self {
        let secrets = headers.values().filter(|value| value.is_sensitive());
        let secrets = secrets.filter_map(|value| value.to_str().ok()).filter(|it| !it.is_empty());
        Self(secrets.map(SecretString::from).collect())
    }

    #[cfg(feature = "keystone")]
    pub(crate) fn of(secret: &str) -> Self {
        Self(vec![SecretString::from(secret)])
    }

    /// Removes secrets from a string, also with escapes of JSON (`\u003d`, `\/`), of URLs (`%3D`) and of HTML (`&#61;`,
    /// `&amp;`).
    pub(crate) fn left_out_of<'a>(&self, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        self.0.iter().fold(text.into(), |text, secret| {
            match without(&text, secret.expose_secret()) {
                Some(clean) => clean.into(),
                None => text,
            }
        })
    }

    /// The maximum number of bytes of the longest secret in a string.
    pub(crate) fn longest(&self) -> usize {
        // Each byte may be escaped, for example as `\u003d` or `&amp;quot;`.
        let lengths = self.0.iter().map(|secret| secret.expose_secret().len());
        12 * lengths.max().unwrap_or_default()
    }
}

/// Removes a secret from a string, if it contains it.
fn without(text: &str, secret: &str) -> Option<String> {
    let first = secret.chars().next()?;
    let is_word = |letter: char| letter.is_alphanumeric();
    let (mut clean, mut rest, mut before, mut found) = (String::new(), text, None, false);
    while let Some(letter) = rest.chars().next() {
        // A fast check, since most letters begin neither the secret nor an escape.
        let may_begin = letter == first || matches!(letter, '\\' | '%' | '&' | '+');
        let length = may_begin.then(|| encoded(rest, secret)).flatten().filter(|length| {
            let after = rest[*length..].chars().next();
            secret.len() >= SHORT || !before.is_some_and(is_word) && !after.is_some_and(is_word)
        });
        let taken = length.unwrap_or(letter.len_utf8());
        clean.push_str(if length.is_some() { REDACTED } else { &rest[..taken] });
        found |= length.is_some();
        before = rest[..taken].chars().next_back();
        rest = &rest[taken..];
    }
    found.then_some(clean)
}

/// The length of the secret at the start of a string.
fn encoded(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    // An escape can be ambiguous: all rests of the string are followed.
    let mut rests = vec![text];
    for letter in secret.chars() {
        let after = |text| {
            let escaped = decoded(text).filter(move |(decoded, _)| *decoded == letter);
            escaped.map(|(_, rest)| rest).chain(str::strip_prefix(text, letter))
        };
        let next = rests.iter().flat_map(|rest| {
            // A long secret may be wrapped.
            let line = rest.strip_prefix(['\r', '\n']).filter(|_| secret.len() >= SHORT);
            let line = line.map(|line| {
                let blanks = line.bytes().take(ESCAPE).take_while(u8::is_ascii_whitespace);
                &line[blanks.count()..]
            });
            after(rest).chain(line.into_iter().flat_map(after))
        });
        let mut next: Vec<&str> = next.collect();
        next.sort_unstable_by_key(|rest| rest.len());
        next.dedup_by_key(|rest| rest.len());
        rests = next;
    }
    rests.first().map(|rest| text.len() - rest.len())
}

/// The character of an escape at the start of a string, and the rest.
fn decoded(text: &str) -> impl Iterator<Item = (char, &str)> {
    let code =
        |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let hex = |prefix: &str, length: usize| {
        let rest = text.strip_prefix(prefix)?;
        Some((code(rest.get(..length)?, 16)?, &rest[length..]))
    };
    let escaped = || {
        // Possibly escaped several times.
        let more = text.bytes().take(ESCAPE).take_while(|byte| *byte == b'\\').count();
        let rest = text.get(more..).filter(|_| more > 0)?;
        let letter = rest.chars().next()?;
        Some((letter, &rest[letter.len_utf8()..]))
    };
    // Characters that are not ASCII have several bytes in a URL, and may have two escapes in JSON.
    let in_url = || {
        let byte = |at: usize| {
            let digits = text.get(at..at + 3)?.strip_prefix('%')?;
            u8::from_str_radix(digits, 16).ok()
        };
        let bytes: Vec<u8> = (0..4).map_while(|index| byte(3 * index)).collect();
        let mut letters = (2..=bytes.len()).filter_map(|end| str::from_utf8(&bytes[..end]).ok());
        let letter = letters.next()?.chars().next().filter(|letter| !letter.is_ascii())?;
        Some((letter, &text[3 * letter.len_utf8()..]))
    };
    let pair = || {
        let unit = |at: usize| {
            let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let letter = char::decode_utf16([unit(0)?, unit(6)?]).next()?.ok()?;
        (letter.len_utf16() == 2).then_some((letter, &text[12..]))
    };
    let blank = || text.strip_prefix('+').map(|rest| (' ', rest));
    let backslash = || text.strip_prefix("\\\\").map(|rest| ('\\', rest));
    let entity = |prefix: &str| {
        let text = text.strip_prefix(prefix)?;
        let end = text.bytes().take(ESCAPE).position(|byte| byte == b';')?;
        let (name, rest) = text.split_at_checked(end)?;
        let letter = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "equals" => '=',
            "plus" => '+',
            "sol" => '/',
            _ => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
                Some(digits) => code(digits, 16)?,
                None => code(name.strip_prefix('#')?, 10)?,
            },
        };
        Some((letter, &rest[1..]))
    };
    [
        hex("\\u", 4),
        hex("\\\\u", 4),
        hex("\\x", 2),
        hex("%", 2),
        hex("%25", 2),
        in_url(),
        pair(),
        blank(),
        backslash(),
        escaped(),
        entity("&amp;"),
        entity("&"),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, secret: &str) -> String {
        Sent(vec![SecretString::from(secret)]).left_out_of(text).into_owned()
    }

    #[test]
    fn secret_is_left_out_in_every_encoding() {
        let secret = "gAAA/b+c=&\"d\\e<f";
        for (name, encoded) in [
            ("as it is", "gAAA/b+c=&\"d\\e<f"),
            ("JSON", r#"gAAA/b+c=&\"d\\e<f"#),
            ("JSON with escaped slashes", r#"gAAA\/b+c=&\"d\\e<f"#),
            ("JSON for HTML", r#"gAAA/b+c\u003d\u0026\"d\\e\u003Cf"#),
            ("JSON within JSON", r#"gAAA/b+c\\u003d&\\\"d\\\\e<f"#),
            ("a URL", "gAAA%2Fb%2Bc%3D%26%22d%5Ce%3cf"),
            ("a URL within a URL", "gAAA%252Fb%252Bc%253D%2526%2522d%255Ce%253Cf"),
            ("HTML", "gAAA/b+c=&amp;&quot;d\\e&lt;f"),
            ("HTML by number", "gAAA&#47;b&#x2b;c&#61;&#38;&#34;d&#92;e&#X3C;f"),
            ("HTML by name", "gAAA&sol;b&plus;c&equals;&amp;&quot;d\\e&lt;f"),
            ("HTML within HTML", "gAAA/b+c&amp;#61;&amp;amp;&amp;quot;d\\e&amp;lt;f"),
        ] {
            let text = format!("the token {encoded} is not valid");
            assert_eq!(without(&text, secret), "the token [secret] is not valid", "{name}");
        }
        assert_eq!(without("gAAA/b+c=&\"d\\e<g", secret), "gAAA/b+c=&\"d\\e<g");
        for (text, secret) in [
            ("x&amp;amp;yzzzz1", "x&amp;yzzzz1"),
            ("x&amp;#38;yzzzz1", "x&#38;yzzzz1"),
            (r#"pa\\\\\\\\\\\\\\\"ssword12"#, "pa\"ssword12"),
            ("pa&#000000000061;ssword", "pa=ssword"),
            ("+my+password", " my password"),
        ] {
            assert_eq!(without(&format!("a {text} b"), secret), "a [secret] b", "{text}");
        }
        assert_eq!(without("x %2 & &; \\ \\u00 &#; %25", secret), "x %2 & &; \\ \\u00 &#; %25");
    }

    #[test]
    fn characters_beyond_ascii_and_blanks_are_found_escaped() {
        let secret = "pass wörd 😀=";
        for text in [
            "pass%20w%C3%B6rd%20%F0%9F%98%80%3D",
            "pass+w%c3%b6rd+%f0%9f%98%80%3d",
            r"pass w\u00f6rd \ud83d\ude00=",
            r"pass w\xf6rd 😀\x3d",
            "pass w&#246;rd &#x1F600;=",
        ] {
            assert_eq!(without(&format!("<{text}>"), secret), "<[secret]>", "{text}");
        }
        let other = "%C3 %F0%9F \\ud83d %C3%C3 %ü pass w%C3";
        assert_eq!(without(other, secret), other);
    }

    #[test]
    fn long_secret_is_found_on_several_lines() {
        assert_eq!(without("a gAAAAA\r\n  Bk-1\n2 b", "gAAAAABk-12"), "a [secret] b");
        assert_eq!(without("a gAA\nA b", "gAAA"), "a gAA\nA b");
    }

    #[test]
    fn short_secret_does_not_shred_the_text() {
        assert_eq!(without("AS.2007: a bad thing", "A"), "AS.2007: a bad thing");
        assert_eq!(without("token t is not that", "t"), "token [secret] is not that");
        assert_eq!(without("(abc) abcd xabc abc", "abc"), "([secret]) abcd xabc [secret]");
        assert_eq!(without("x12345678x", "12345678"), "x[secret]x");
        assert_eq!(without("äöü äöüä", "äöü"), "[secret] äöüä");
    }
}
