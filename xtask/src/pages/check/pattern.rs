//! What a pattern says, in terms of facts: found out by trying texts on it.
//!
//! No page has regular expressions. A page says which characters a text may hold, how many items it
//! joins, how a time is written; and a text that it admits has to match, the next one has not to.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex_lite::Regex;

/// What a pattern says, as far as trying tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Of a text of letters and digits: which other characters it may hold.
    pub characters: Option<String>,
    pub max_length: Option<u64>,
    /// Of a text of numbers: the least and the greatest.
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub uuid: bool,
    /// Short texts that are admitted beside UUIDs.
    pub literals: Vec<String>,
    pub comma_separated: bool,
    pub max_items: Option<u64>,
    /// Those of the given forms of a time whose times match.
    pub forms: Vec<String>,
}

/// Longer texts, longer lists and greater numbers than any that a page speaks of.
const MOST: usize = 1_000;

const UUIDS: [&str; 2] =
    ["0f0a9dd8-2e1d-4432-8ca2-49adc75aa662", "0F0A9DD8-2E1D-4432-8CA2-49ADC75AA662"];

/// Years, months, days, hours, minutes and seconds.
const TIMES: [[&str; 6]; 4] = [
    ["2026", "01", "01", "00", "00", "00"],
    ["1999", "12", "31", "23", "59", "59"],
    ["2024", "02", "29", "12", "30", "09"],
    ["2010", "10", "20", "19", "05", "40"],
];
const DIRECTIVES: [&str; 6] = ["%Y", "%m", "%d", "%H", "%M", "%S"];

/// Reads a pattern, beside which `forms` stand. None where trying does not tell what it means.
pub fn read(pattern: &str, forms: &[String]) -> Option<Reading> {
    // Trying takes a while, and a pattern stands for many fields.
    static KNOWN: Mutex<BTreeMap<String, Option<Reading>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = format!("{pattern} {}", forms.join(" "));
    known.entry(key).or_insert_with(|| read_anew(pattern, forms)).clone()
}

fn read_anew(pattern: &str, forms: &[String]) -> Option<Reading> {
    let regex = Regex::new(pattern).ok()?;
    if forms.is_empty() {
        return read_items(&regex);
    }
    let matching: Vec<String> = forms
        .iter()
        .filter(|form| times(form).all(|time| regex.is_match(&time)))
        .cloned()
        .collect();
    if matching.is_empty() {
        return read_items(&regex);
    }
    Some(Reading { forms: matching, ..Reading::default() })
}

/// Whether nothing but times of these forms matches, as far as trying tells.
pub fn is_strict(pattern: &str, forms: &[String]) -> bool {
    let Ok(regex) = Regex::new(pattern) else { return false };
    forms.iter().flat_map(|form| times(form)).all(|time| {
        let fraction = time.replace('Z', ".5Z");
        let offset = time.replace('Z', "+01:00");
        let wrong = [fraction, offset, format!("x{time}"), format!("{time}x")];
        wrong.iter().all(|wrong| *wrong == time || !regex.is_match(wrong))
            && forms_of(&time, &regex)
    })
}

/// Whether a time with its digits out of range is refused.
fn forms_of(time: &str, regex: &Regex) -> bool {
    let nines: String = time.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    !regex.is_match(&nines)
}

fn times(form: &str) -> impl Iterator<Item = String> {
    TIMES.iter().map(move |time| {
        DIRECTIVES
            .iter()
            .zip(time)
            .fold(form.to_owned(), |text, (directive, part)| text.replace(directive, part))
    })
}

fn read_items(regex: &Regex) -> Option<Reading> {
    let (item, mut reading) =
        read_words(regex).or_else(|| read_numbers(regex)).or_else(|| read_uuids(regex))?;
    let list = |count: usize| vec![item.as_str(); count].join(",");
    reading.comma_separated = regex.is_match(&list(2));
    if reading.comma_separated {
        reading.max_items = longest(|count| regex.is_match(&list(count)));
    }
    Some(reading)
}

fn read_words(regex: &Regex) -> Option<(String, Reading)> {
    let admits = |c: char| regex.is_match(&c.to_string());
    let mut alphanumeric = ('0'..='9').chain('A'..='Z').chain('a'..='z');
    alphanumeric.all(admits).then(|| {
        let others = ('\0'..='\u{ff}').filter(|c| !c.is_ascii_alphanumeric() && *c != ',');
        let reading = Reading {
            characters: Some(others.filter(|c| admits(*c)).collect()),
            max_length: longest(|length| regex.is_match(&"a".repeat(length))),
            ..Reading::default()
        };
        ("a".to_owned(), reading)
    })
}

fn read_numbers(regex: &Regex) -> Option<(String, Reading)> {
    let numbers = || (0..=MOST).filter(|number| regex.is_match(&number.to_string()));
    let (first, last, count) = (numbers().next()?, numbers().last()?, numbers().count());
    // Nothing between is left out, and nothing but numbers is admitted.
    let whole = last - first + 1 == count && count > 1;
    let only = !["a", "-", "x1", "1x", "1.5"].iter().any(|text| regex.is_match(text));
    let reading = Reading {
        minimum: i64::try_from(first).ok(),
        maximum: i64::try_from(last).ok().filter(|_| last < MOST),
        ..Reading::default()
    };
    (whole && only).then(|| (first.to_string(), reading))
}

fn read_uuids(regex: &Regex) -> Option<(String, Reading)> {
    let admits = |text: &str| regex.is_match(text);
    let uuid = UUIDS[0];
    let wrong =
        [uuid.replace('-', ""), uuid.replace('f', "g"), format!("{uuid}0"), uuid[1..].to_owned()];
    let is_uuid = UUIDS.into_iter().all(admits) && !wrong.iter().any(|wrong| admits(wrong));
    let short = ('!'..='~').map(String::from).chain([String::new()]);
    let reading = Reading {
        uuid: true,
        literals: short.filter(|text| admits(text)).collect(),
        ..Reading::default()
    };
    is_uuid.then(|| (uuid.to_owned(), reading))
}

/// The greatest count that is admitted; none where there is no end to it.
fn longest(admits: impl Fn(usize) -> bool) -> Option<u64> {
    if admits(MOST) {
        return None;
    }
    let (mut longest, mut too_long) = (1, MOST);
    while longest + 1 < too_long {
        let middle = usize::midpoint(longest, too_long);
        if admits(middle) {
            longest = middle;
        } else {
            too_long = middle;
        }
    }
    Some(longest as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(forms: &[&str]) -> Vec<String> {
        forms.iter().map(|form| (*form).to_owned()).collect()
    }

    #[test]
    fn a_class_of_characters_is_told_by_those_that_are_no_letters() {
        let reading = read("^[0-9A-Za-z.+]{1,40}$", &[]).unwrap();
        assert_eq!(reading.characters.as_deref(), Some("+."));
        assert_eq!(reading.max_length, Some(40));
        assert!(!reading.comma_separated);
        // A letter short.
        assert_eq!(read("^[0-9A-Za-y]+$", &[]), None);
    }

    #[test]
    fn a_list_is_told_by_its_longest() {
        let reading = read("^[0-9A-Za-z]+(,[0-9A-Za-z]+){0,3}$", &[]).unwrap();
        assert_eq!((reading.comma_separated, reading.max_items), (true, Some(4)));
        let reading = read("^[0-9A-Za-z]+(,[0-9A-Za-z]+)*$", &[]).unwrap();
        assert_eq!((reading.comma_separated, reading.max_items), (true, None));
    }

    #[test]
    fn numbers_are_told_by_their_ends() {
        let reading = read("^([2-9]|1[0-2])(,([2-9]|1[0-2]))*$", &[]).unwrap();
        assert_eq!((reading.minimum, reading.maximum), (Some(2), Some(12)));
        assert!(reading.comma_separated);
        // A number in the middle is left out.
        assert_eq!(read("^([2-46-9]|1[0-2])$", &[]), None);
    }

    #[test]
    fn a_uuid_may_have_short_texts_beside_it() {
        let uuid = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
        let reading = read(&format!("^(0|{uuid})$"), &[]).unwrap();
        assert!(reading.uuid);
        assert_eq!(reading.literals, ["0"]);
        assert!(read(&format!("^{uuid}"), &[]).is_none());
    }

    #[test]
    fn of_several_forms_those_that_match_are_told() {
        let both = forms(&["%Y-%m-%d", "%H:%M"]);
        let reading = read("^[^-]+$", &both).unwrap();
        assert_eq!(reading.forms, ["%H:%M"]);
        assert!(!is_strict("^[^-]+$", &reading.forms));
        assert!(is_strict("^([01][0-9]|2[0-3]):[0-5][0-9]$", &reading.forms));
    }

    #[test]
    fn a_form_is_strict_that_admits_nothing_beside_it() {
        let form = forms(&["%Y-%m-%dT%H:%M:%SZ"]);
        let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
        let time = "([01][0-9]|2[0-3])(:[0-5][0-9]){2}";
        assert!(is_strict(&format!("^{date}T{time}Z$"), &form));
        for end in ["(.[0-9])?Z$", "(Z|[+]01:00)$", "Z"] {
            assert!(!is_strict(&format!("^{date}T{time}{end}"), &form), "{end}");
        }
        assert!(!is_strict(&format!("{date}T{time}Z$"), &form));
        assert!(!is_strict("^[0-9-]+T[0-9:]+Z$", &form));
    }

    #[test]
    fn what_trying_does_not_tell_is_not_guessed() {
        assert_eq!(read("^[^Z]+Z$", &[]), None);
        assert_eq!(read("^(", &[]), None);
    }
}
