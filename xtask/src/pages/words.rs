//! The words of a text: their digest, and the tokens among them that a program can compare.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex_lite::Regex;
use sha2::{Digest, Sha256};

/// A constant pattern, compiled at its first use.
macro_rules! pattern {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("a valid pattern"));
    };
}
pattern!(TABLE_NUMBER, r"\b(Table|Figure)\s+[0-9]+");
pattern!(THOUSANDS, r"\b([0-9]{1,3}),([0-9]{3})\b");
pattern!(VALUES, r"^[A-Z_]+(/[A-Z_]+)+$");
pattern!(CHUNK, r"[A-Za-z0-9_.:/+%-]+");
pattern!(NUMBER, r"^(-?[0-9]+(?:\.[0-9]+)?)(?:-([0-9]+))?([A-Za-z%/]*)$");

const NUMERALS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Each unit with its other spellings.
const UNITS: [(&str, &[&str]); 6] = [
    ("seconds", &["second", "s"]),
    ("minutes", &["minute", "min"]),
    ("hours", &["hour", "h"]),
    ("days", &["day"]),
    ("Mbit/s", &["Mbps"]),
    ("percent", &["percentage", "%"]),
];

/// The words and signs of a text, without what changes with the layout of a page: numbers of tables, kinds
/// of quotation marks, blanks.
pub fn normalised(text: &str) -> Vec<String> {
    let text = text.replace(['’', '‘'], "'").replace(['“', '”'], "\"");
    let mut words: Vec<String> = Vec::new();
    let mut is_inside = false;
    for letter in unnumbered(&text).chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match words.last_mut() {
            Some(word) if is_inside && is_word => word.push(letter),
            _ if letter.is_whitespace() => {}
            _ => words.push(letter.to_string()),
        }
        is_inside = is_word;
    }
    words
}

/// The text without the numbers of the tables that it refers to.
pub fn unnumbered(text: &str) -> Cow<'_, str> {
    TABLE_NUMBER.replace_all(text, "$1")
}

/// Identifies a text, without keeping it.
pub fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.first_chunk().map_or_else(String::new, |it| format!("{:016x}", u64::from_be_bytes(*it)))
}

/// Identifies the words of a text.
pub fn digest(text: &str) -> String {
    hash(&normalised(text).join(" "))
}

/// The numbers and units of a text, and its literals: what stands in bold or as code.
pub fn tokens(text: &str, literals: &[String]) -> BTreeSet<String> {
    let literals = literals.iter().map(|literal| literal.trim_end_matches([':', ',', ';', '.']));
    let mut tokens: BTreeSet<String> = literals
        .filter(|literal| !literal.is_empty() && TABLE_NUMBER.find(literal).is_none())
        .flat_map(|literal| {
            if VALUES.is_match(literal) { literal.split('/').collect() } else { vec![literal] }
        })
        .map(str::to_owned)
        .collect();
    let text = unnumbered(text);
    let text = THOUSANDS.replace_all(&text, "$1$2");
    for chunk in CHUNK.find_iter(&text).map(|chunk| chunk.as_str()) {
        let chunk = chunk.trim_matches(['.', ':', '/', '+', '_']);
        let lower = chunk.to_lowercase();
        if let Some(number) = NUMERALS.iter().position(|numeral| *numeral == lower) {
            tokens.insert(number.to_string());
        } else if let Some(number) = NUMBER.captures(chunk.trim_end_matches('-')) {
            let unit = number.get(3).and_then(|unit| unit_of(unit.as_str()));
            if unit.is_none() && number.get(3).is_some_and(|rest| !rest.as_str().is_empty()) {
                continue;
            }
            let numbers = [number.get(1), number.get(2)].into_iter().flatten();
            tokens.extend(numbers.map(|number| number.as_str().to_owned()));
            tokens.extend(unit);
        } else if chunk.len() > 1 {
            tokens.extend(unit_of(chunk));
        }
    }
    tokens
}

fn unit_of(word: &str) -> Option<String> {
    let is_of = |(unit, others): &&(&str, &[&str])| {
        [unit].into_iter().chain(*others).any(|known| known.eq_ignore_ascii_case(word))
    };
    UNITS.iter().find(is_of).map(|(unit, _)| (*unit).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens_of(text: &str, literals: &[&str]) -> String {
        let literals: Vec<String> = literals.iter().map(|it| (*it).to_owned()).collect();
        tokens(text, &literals).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tokens_are_numbers_units_and_literals() {
        let range = "From 0 to 86,400 (in seconds), 300 by default, see Table 4.";
        assert_eq!(tokens_of(range, &[]), "0 300 86400 seconds");
        assert_eq!(
            tokens_of("Up to five of [1-300] at 10s, -1, 1.5 or 50%.", &[]),
            "-1 1 1.5 10 300 5 50 percent seconds"
        );
        assert_eq!(tokens_of("Of V2, base64 and 5_bgp.", &["5_bgp:", "Table 3"]), "5_bgp");
        assert_eq!(tokens_of("", &["ADD/SET", "Mbit/s"]), "ADD Mbit/s SET");
    }

    #[test]
    fn the_digest_sees_words_and_signs_and_not_the_layout() {
        let told = digest("The group’s ID (see Table 4).");
        assert_eq!(told, digest("The  group's ID ( see Table 5 ) ."));
        for other in [
            "The group's ID (see Table 4)",
            "The groups ID (see Table 4).",
            "the group's ID (see Table 4).",
        ] {
            assert_ne!(told, digest(other), "{other}");
        }
    }
}
