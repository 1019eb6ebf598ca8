//! What the description of a field states: values, ranges, lengths, defaults, formats, units, and
//! under what condition. What is not understood leaves its literals and numbers as mentions.

mod condition;
mod sentence;
mod statement;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::facts::{Conditional, Kind, Limits, Type};
use super::layout::Block;
use super::pattern;
use statement::Scope;

/// The parts that patterns of phrases are made of. `«…»` is a literal: what is bold in the page.
const PARTS: [(&str, &str); 20] = [
    ("{CONDITION}", "{CLAUSE}(?: and {CLAUSE})*"),
    ("{CLAUSE}", "(?:the value of )?{LITERAL} is(?: not)?(?: set to)? {ANY_OF}"),
    ("{MANDATORY}", "(?:mandatory|required|must be (?:set|specified))"),
    // What stands before values, and what does so with a colon.
    ("{LABEL}", r"(?:{LISTING}|\b(?i:values|options|enumeration|allowed))"),
    ("{LISTING}", r"(?:{CHOICE}|\b(?i:includes?))"),
    (
        "{CHOICE}",
        r"\b(?i:(?:values?|it|options?) (?:can|may|must) be(?: either| one of(?: the following)?| set to)?|is (?:either|one of(?: the following)?)|(?:values|options) are(?: as follows| available| supported)?)",
    ),
    // One of these values, and all of these values.
    ("{ANY_OF}", "{LITERAL}(?:(?:, or |, | or ){LITERAL})*"),
    ("{ALL_OF}", r"{LITERAL}(?: \([^«)]*\))?(?:{AND}{LITERAL}(?: \([^«)]*\))?)*"),
    // Values that are not bold: any words, or only what can't be an ordinary one.
    ("{WORDS}", r"[\w-]+(?:{AND}[\w-]+)+"),
    ("{CONSTANTS}", "{CONSTANT}(?:{AND}{CONSTANT})*"),
    ("{AND}", "(?:, or |, and |, | or | and | ?/ ?)"),
    ("{LITERAL}", "«[^»]*»"),
    ("{VALUE}", "(?:«([^»]*)»|({CONSTANT}))"),
    ("{CONSTANT}", r"(?:-?\d+(?:\.\d+)?|true|false|[A-Z][A-Z0-9_]+)\b"),
    ("{NUMBER}", r"«?(-?\d+)»?"),
    ("{TO}", " ?(?:to|through|and|-|–|~|,) ?"),
    (
        "{AT_LEAST}",
        r"(?i:at least|minimum of|no (?:less|fewer) than|greater than or equal to|cannot be (?:less|fewer|smaller|shorter) than|(?:minimum|lower limit)(?: \w+){0,3}{IS})",
    ),
    (
        "{AT_MOST}",
        r"(?i:at most|up to|maximum of|no (?:more|greater|larger|longer) than|less than or equal to|(?:cannot|can not|must not) exceed|cannot be (?:more|greater|larger|longer) than|(?:maximum|upper limit)(?: \w+){0,3}{IS})",
    ),
    // Behind a label.
    ("{IS}", "(?: is|:)"),
    ("{COUNT}", r"«?(\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b»?"),
];

/// A regular expression that is compiled once, with parts in braces.
macro_rules! phrase {
    ($phrase:expr) => {{
        static PHRASE: std::sync::LazyLock<regex_lite::Regex> = std::sync::LazyLock::new(|| {
            let parts = crate::pages::prose::PARTS;
            let whole =
                parts.iter().fold($phrase.to_owned(), |all, (part, is)| all.replace(part, is));
            regex_lite::Regex::new(&whole).expect("a regular expression of this program")
        });
        &*PHRASE
    }};
}
use phrase;

/// The facts of a description.
#[derive(Default)]
pub struct Said {
    pub limits: Limits,
    pub conditional: Vec<Conditional>,
    pub mentions: BTreeSet<String>,
    /// Other fields that have no effect once this one is there.
    pub silenced: BTreeSet<String>,
}

/// What is known of the field besides its description.
struct Field<'a> {
    name: &'a str,
    kind: &'a Kind,
    /// For a value that one field alone has: that field.
    owners: &'a BTreeMap<String, String>,
    /// Whether the description says that commas join items.
    joined: bool,
}

pub fn read(
    description: &[Block],
    name: &str,
    kind: &Kind,
    owners: &BTreeMap<String, String>,
) -> Said {
    let statements = statement::all(description, owners);
    let joined = statements.iter().any(|statement| sentence::joins_by_commas(&statement.text));
    let field = Field { name, kind, owners, joined };
    let mut said = Said::default();
    let mut singled_out = Vec::new();
    for statement in &statements {
        let conditions = sentence::conditions(statement, &field);
        for condition in conditions {
            said.add(condition);
        }
        let limits = sentence::limits(statement, &field);
        match &statement.scope {
            Scope::Always => merge(&mut said.limits, limits),
            Scope::Itself(values) => {
                singled_out.extend(values.iter().filter_map(|value| field.value(value)));
            }
            Scope::When(when) => {
                if statement.lists_values {
                    extend(&mut said.limits.values, &limits.values);
                }
                said.add(Conditional { when: when.clone(), limits, ..Conditional::default() });
            }
            Scope::Worded => said.add(Conditional { limits, ..Conditional::default() }),
        }
    }
    // A value that the text singles out is one more of those that it lists.
    if !said.limits.values.is_empty() {
        extend(&mut said.limits.values, &singled_out);
    }
    sentence::raise_minimum(&statements, &field, &mut said);
    said.silenced.extend(statements.iter().filter_map(sentence::silenced).map(str::to_owned));
    said.mentions = mentions(&statements, &field, &said);
    said
}

impl Said {
    /// Adds to what is already said under the same condition. Conditions in words are each their own.
    fn add(&mut self, more: Conditional) {
        if !more.mandatory && !more.unavailable && more.limits == Limits::default() {
            return;
        }
        let same = |before: &&mut Conditional| {
            !more.when.is_empty()
                && before.when == more.when
                && before.mandatory == more.mandatory
                && before.unavailable == more.unavailable
        };
        match self.conditional.iter_mut().find(same) {
            Some(before) => merge(&mut before.limits, more.limits),
            None => self.conditional.push(more),
        }
    }
}

impl Field<'_> {
    /// The type of a value: that of the items of an array.
    fn base(&self) -> Type {
        match (self.kind.name, self.kind.items) {
            (Type::Array, Some(items)) => items,
            // The one type that the values of an array have in a text.
            (Type::Array, None) => Type::String,
            (name, _) => name,
        }
    }

    /// A value as JSON; none where it is no value of the field.
    fn value(&self, text: &str) -> Option<Value> {
        match self.base() {
            Type::Integer => text.parse::<i64>().ok().map(Value::from),
            Type::Number => text.parse::<f64>().ok().map(Value::from),
            Type::Boolean => text.parse::<bool>().ok().map(Value::from),
            Type::String if text == "null" => Some(Value::Null),
            Type::String => Some(Value::from(text)),
            Type::Array | Type::Object => None,
        }
    }
}

/// Adds what is not said yet: the first word on a thing counts, and what differs is a mention.
fn merge(limits: &mut Limits, more: Limits) {
    extend(&mut limits.values, &more.values);
    limits.minimum = limits.minimum.or(more.minimum);
    limits.maximum = limits.maximum.or(more.maximum);
    limits.min_length = limits.min_length.or(more.min_length);
    limits.max_length = limits.max_length.or(more.max_length);
    limits.max_items = limits.max_items.or(more.max_items);
    limits.characters = limits.characters.take().or(more.characters);
    limits.default = limits.default.take().or(more.default);
    limits.formats.extend(more.formats);
    limits.unit = limits.unit.take().or(more.unit);
}

fn extend(values: &mut Vec<Value>, more: &[Value]) {
    for value in more {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
}

/// The literals and numbers that no fact holds.
fn mentions(statements: &[statement::Statement], field: &Field, said: &Said) -> BTreeSet<String> {
    let mut known = BTreeSet::from([field.name.to_owned()]);
    let characters = said.limits.characters.iter().flat_map(|all| all.chars());
    known.extend(characters.map(String::from));
    known.extend(field.joined.then(|| ",".to_owned()));
    if field.base() == Type::Boolean {
        known.extend(["true", "false"].map(str::to_owned));
    }
    for limits in said.conditional.iter().map(|c| &c.limits).chain([&said.limits]) {
        known.extend(facts(limits));
    }
    for (name, values) in said.conditional.iter().flat_map(|c| &c.when) {
        known.insert(name.clone());
        known.extend(values.iter().map(|value| value.trim_start_matches('!').to_owned()));
    }
    let found = statements.iter().flat_map(|statement| literals_and_numbers(&statement.whole));
    found.filter(|text| !known.contains(text)).collect()
}

/// The facts as the page writes them.
fn facts(limits: &Limits) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let numbers = [limits.minimum, limits.maximum].into_iter().flatten().map(|n| n.to_string());
    let counts = [limits.min_length, limits.max_length, limits.max_items];
    let mut facts: Vec<_> = numbers.collect();
    facts.extend(counts.into_iter().flatten().map(|count| count.to_string()));
    facts.extend(limits.values.iter().chain(&limits.default).map(word));
    facts.extend(limits.formats.iter().cloned());
    facts.extend(limits.unit.clone());
    facts
}

fn literals_and_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for literal in pattern!("«([^»]*)»").captures_iter(text) {
        // Ordinary words in bold are for emphasis.
        if !pattern!("^[A-Za-z]+(?: [A-Za-z]+)+$").is_match(&literal[1]) {
            found.extend(sentence::alternatives(&literal[1]));
        }
    }
    let plain = pattern!("«[^»]*»").replace_all(text, " ");
    // Numbers that lead to a place, and years, are none of the field's.
    let elsewhere = pattern!(
        r"\b(?i:(?:table|figure|section|chapter|step) \d+(?:\.\d+)*|(?:in|since|until)(?: [a-z]+)? (?:19|20)\d\d|\d{4}-\d\d-\d\d)\b"
    );
    let plain = elsewhere.replace_all(&plain, " ");
    let number_or_name = pattern!(r"\b(?:\d+(?:\.\d+)*|[A-Za-z]\w*_\w+)\b");
    found.extend(number_or_name.find_iter(&plain).map(|found| found.as_str().to_owned()));
    let character = pattern!(r"\(([^\w\s]|_)\)");
    found.extend(character.captures_iter(&plain).map(|found| found[1].to_owned()));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::pages::rst;

    fn kind(name: Type, items: Option<Type>) -> Kind {
        Kind { name, items, table: None }
    }

    /// Reads a description of the field `pace`, with the field `gear` as the one that has `FAST`.
    fn read_as(kind: &Kind, description: &str) -> Said {
        let layout = rst::read(description).expect("a description");
        let owners = BTreeMap::from([("FAST".to_owned(), "gear".to_owned())]);
        read(&layout.sections[0].blocks, "pace", kind, &owners)
    }

    fn limits(name: Type, description: &str) -> Value {
        serde_json::to_value(read_as(&kind(name, None), description).limits).unwrap()
    }

    fn conditional(name: Type, description: &str) -> Value {
        serde_json::to_value(read_as(&kind(name, None), description).conditional).unwrap()
    }

    fn mentions(name: Type, description: &str) -> Vec<String> {
        read_as(&kind(name, None), description).mentions.into_iter().collect()
    }

    #[test]
    fn a_range_is_read_however_it_is_worded() {
        for range in [
            "It ranges from 3 to 90.",
            "The range is 3-90.",
            "The value range is **3** (slow) to **90** (fast).",
            "The pace is an integer from 3 to 90, more or less.",
            "The pace is between 3 and 90.",
            "The minimum value is **3**. The maximum value is **90**.",
            "Value range: 3–90",
            "Value range: [3, 90]",
            "It ranges from **3** to **90** (inclusive).",
            "The value must be between **3** and **90**.",
            "The pace is an integer ranging from 3 to 90.",
            "Minimum: 3. Maximum: 90",
            "It is no less than 3 and cannot exceed 90.",
            "The value must be greater than or equal to 3 and less than or equal to 90.",
        ] {
            assert_eq!(
                limits(Type::Integer, range),
                json!({"minimum": 3, "maximum": 90}),
                "{range}"
            );
        }
        assert_eq!(limits(Type::Integer, "It ranges from the least to the most."), json!({}));
        let thousands = json!({"minimum": 1, "maximum": 10000});
        assert_eq!(limits(Type::Integer, "It ranges from 1 to 10,000."), thousands);
    }

    #[test]
    fn a_length_is_no_range() {
        let both = json!({"min_length": 2, "max_length": 40});
        assert_eq!(limits(Type::String, "It holds 2 to 40 characters."), both);
        assert_eq!(limits(Type::String, "The length ranges from 2 to 40 characters."), both);
        let most = json!({"max_length": 40});
        for text in ["It cannot exceed 40 characters.", "Up to 40 characters are kept."] {
            assert_eq!(limits(Type::String, text), most, "{text}");
        }
        for text in
            ["Maximum length: 40", "The maximum length is **40**.", "No more than 40 characters."]
        {
            assert_eq!(limits(Type::String, text), most, "{text}");
        }
        assert_eq!(limits(Type::String, "The length ranges from 2 to 40."), both);
        assert_eq!(limits(Type::String, "Length: 2–40 characters"), both);
        assert_eq!(limits(Type::String, "Of at least two characters."), json!({"min_length": 2}));
    }

    #[test]
    fn a_count_of_items_is_one_only_where_there_are_items() {
        let text = "A horse has up to four paces.";
        assert_eq!(limits(Type::Array, text), json!({"max_items": 4}));
        assert_eq!(limits(Type::String, text), json!({}));
        let length = "Each has up to 4 characters.";
        assert_eq!(limits(Type::Array, length), json!({"max_length": 4}));
        for text in ["The number of paces cannot exceed 4.", "Maximum number of paces: 4"] {
            assert_eq!(limits(Type::Array, text), json!({"max_items": 4}), "{text}");
        }
        let joined = "A maximum of 4 paces, separated by commas (,).";
        let expected = json!({"max_items": 4, "formats": ["comma-separated"]});
        assert_eq!(limits(Type::String, joined), expected);
    }

    #[test]
    fn characters_are_read_only_beside_letters_and_digits() {
        let text = "It contains only letters, digits, dots (.), and bars (|), and cannot be empty.";
        assert_eq!(limits(Type::String, text), json!({"characters": ".|"}));
        assert!(mentions(Type::String, text).is_empty());
        let other = "It contains only dots (.) and bars (|).";
        assert_eq!(limits(Type::String, other), json!({}));
        assert_eq!(mentions(Type::String, other), [".", "|"]);
    }

    #[test]
    fn a_default_has_the_type_of_the_field() {
        for text in [
            "The default value is **7**.",
            "It is 7 by default.",
            "Its default is 7.",
            "Default value: 7",
            "It defaults to **7**.",
            "By default, the value is 7.",
            "A pace (default: 7).",
        ] {
            assert_eq!(limits(Type::Integer, text), json!({"default": 7}), "{text}");
            assert_eq!(limits(Type::String, text), json!({"default": "7"}), "{text}");
        }
        assert_eq!(
            limits(Type::Boolean, "The default value is **true**."),
            json!({"default": true})
        );
        for text in ["Default value: true", "By default, the value is **true**."] {
            assert_eq!(limits(Type::Boolean, text), json!({"default": true}), "{text}");
        }
        for text in
            ["Options: **WALK**, **TROT**. Default: **TROT**", "Options: WALK, TROT. Default: TROT"]
        {
            let expected = json!({"enum": ["WALK", "TROT"], "default": "TROT"});
            assert_eq!(limits(Type::String, text), expected, "{text}");
        }
        let item = "-  **TROT**: two beats\n-  **WALK**: four beats (default)\n";
        assert_eq!(
            limits(Type::String, item),
            json!({"enum": ["TROT", "WALK"], "default": "WALK"})
        );
        let left_out = "If this parameter is left blank, **true** is used.";
        let expected = json!([{"when": {}, "default": true}]);
        assert_eq!(conditional(Type::Boolean, left_out), expected);
        let other = "The default value of **gear** is **7**.";
        assert_eq!(limits(Type::Integer, other), json!({}));
        assert_eq!(mentions(Type::Integer, other), ["7", "gear"]);
        assert_eq!(mentions(Type::Integer, "The default value is **quick**."), ["quick"]);
    }

    #[test]
    fn values_are_read_from_lists_and_from_sentences() {
        let values = json!({"enum": ["TROT", "WALK"]});
        for text in [
            "A pace.\n\n-  **TROT**: two beats\n-  **WALK** (see **gear**): four beats\n",
            "A pace.\n\n-  Two beats: **TROT**\n-  Four beats: **WALK**\n",
            "-  **TROT/WALK**: a pace\n",
            "The paces include **TROT** and **WALK**.",
            "The value can be **TROT** or **WALK**.",
            "**TROT** refers to two beats. **WALK** refers to four.",
            "Options: **TROT**, **WALK**",
            "Enumerated values: TROT/WALK",
            "The options are as follows: **TROT** and **WALK**.",
            "It can be **TROT** (two beats) or **WALK** (four beats).",
            "The value can be TROT or WALK.",
            "Options:\n\n-  **TROT**\n-  **WALK** (default)\n",
            "Options:\n\n-  **TROT** - two beats\n-  **WALK** - four beats\n",
            "Options:\n\n-  TROT: two beats\n-  WALK: four beats\n",
            "Options:\n\n-  Two: **TROT**\n-  Four: **WALK**\n",
            "Its value is either \"TROT\" or \"WALK\".",
        ] {
            let mut found = limits(Type::String, text);
            if text.contains("default") {
                assert_eq!(found.as_object_mut().unwrap().remove("default").unwrap(), "WALK");
            }
            assert_eq!(found, values, "{text}");
        }
        let lower = json!({"enum": ["trot", "walk"]});
        for text in ["Values: trot, walk", "Possible values:\n\n-  trot: two beats\n-  walk\n"] {
            assert_eq!(limits(Type::String, text), lower, "{text}");
        }
        assert_eq!(limits(Type::String, "Note:\n\n-  trot: two beats\n"), json!({}));
        for text in ["The value can be anything.", "Options: none", "It includes GPS and the like."]
        {
            assert_eq!(limits(Type::String, text), json!({}), "{text}");
        }
        let one =
            "The value can be **1**, **5**, or **60**. If the value is set to **0**, it waits.";
        assert_eq!(limits(Type::Integer, one), json!({"enum": [1, 5, 60, 0]}));
        let items = kind(Type::Array, Some(Type::Integer));
        assert_eq!(read_as(&items, "The values are **1** and **2**.").limits.values, [1, 2]);
    }

    #[test]
    fn what_is_bold_but_no_value_is_a_mention() {
        let text = "See **gear**. If the value is **0** or left blank, it stops after 9 beats.";
        assert_eq!(limits(Type::String, text), json!({}));
        assert_eq!(mentions(Type::String, text), ["0", "9", "gear"]);
        let boolean = "-  **true**: it runs\n-  **false**: it stops\n";
        assert_eq!(limits(Type::Boolean, boolean), json!({}));
        assert!(mentions(Type::Boolean, boolean).is_empty());
    }

    #[test]
    fn emphasis_titles_years_and_places_are_no_mentions() {
        for text in [
            "The **race horse**.",
            "**NOTE:** A horse has legs.",
            "NOTE: A horse has legs.",
            "Since May 2021, horses run. Read on 2022-03-04.",
            "See section 3 and Table 2.",
        ] {
            assert!(mentions(Type::String, text).is_empty(), "{text}");
        }
        assert_eq!(mentions(Type::String, "Of 2021 horses in 3 races."), ["2021", "3"]);
    }

    #[test]
    fn mentions_do_not_depend_on_the_wording() {
        let one = mentions(Type::String, "Horses **gallop** past 9 posts on track_1.");
        let other = mentions(Type::String, "On track_1 there are 9 posts. A horse may **gallop**.");
        assert_eq!(one, ["9", "gallop", "track_1"]);
        assert_eq!(one, other);
    }

    #[test]
    fn formats_and_units_are_as_the_page_and_the_document_spell_them() {
        let text = "A moment that complies with UTC. The format of the moment is **hh:mm**.";
        assert_eq!(limits(Type::String, text), json!({"formats": ["hh:mm", "utc"]}));
        assert_eq!(limits(Type::String, "It is a UUID."), json!({"formats": ["uuid"]}));
        assert_eq!(limits(Type::String, "In the UUID format."), json!({"formats": ["uuid"]}));
        for text in ["Format: hh:mm", "It is in the **hh:mm** format."] {
            assert_eq!(limits(Type::String, text), json!({"formats": ["hh:mm"]}), "{text}");
        }
        for (text, unit) in [
            ("A span (in minutes).", "minutes"),
            ("The unit is second.", "seconds"),
            ("Unit: **minute**", "minutes"),
            ("A span, in seconds.", "seconds"),
            ("A size (GB).", "GB"),
            ("Spans are in the unit of hours.", "hours"),
            ("A width (Mbit/s).", "Mbit/s"),
        ] {
            assert_eq!(limits(Type::Integer, text), json!({"unit": unit}), "{text}");
        }
    }

    #[test]
    fn a_condition_holds_for_its_sentence_and_in_an_item_for_all_that_follow() {
        let text =
            "If **gear** is set to **LOW** or **MID**, it ranges from 1 to 9. It is 5 by default.";
        let low = json!([{"when": {"gear": ["LOW", "MID"]}, "minimum": 1, "maximum": 9}]);
        assert_eq!(conditional(Type::Integer, text), low);
        assert_eq!(limits(Type::Integer, text), json!({"default": 5}));
        let item = format!("-  {text}\n");
        let all =
            json!([{"when": {"gear": ["LOW", "MID"]}, "minimum": 1, "maximum": 9, "default": 5}]);
        assert_eq!(conditional(Type::Integer, &item), all);
        assert_eq!(limits(Type::Integer, &item), json!({}));
    }

    #[test]
    fn a_condition_at_the_end_of_a_sentence_holds_for_it() {
        let text = "It ranges from 1 to 9 when **gear** is set to **LOW**.";
        let low = json!([{"when": {"gear": ["LOW"]}, "minimum": 1, "maximum": 9}]);
        assert_eq!(conditional(Type::Integer, text), low);
        let worded = "It ranges from 1 to 9 if the horse is lame.";
        let lame = json!([{"when": {}, "minimum": 1, "maximum": 9}]);
        assert_eq!(conditional(Type::Integer, worded), lame);
        for text in [text, worded] {
            assert_eq!(limits(Type::Integer, text), json!({}), "{text}");
        }
        let value = "-  **TROT**: as when it is late\n";
        assert_eq!(limits(Type::String, value), json!({"enum": ["TROT"]}));
    }

    #[test]
    fn what_holds_for_one_value_of_the_field_is_not_told_of_all() {
        let text = "If the value is set to **0**, the default value is **3**.";
        assert_eq!(limits(Type::Integer, text), json!({}));
        assert_eq!(mentions(Type::Integer, text), ["0", "3"]);
    }

    #[test]
    fn a_condition_before_a_list_holds_for_the_list() {
        let text = "-  If **gear** is set to **LOW**, there are:\n\n   -  **WALK**: slow\n   -  **TROT**: so so\n\n\
                    -  If **gear** is not **LOW**, there are:\n\n   -  **RUN**: fast\n";
        let expected = json!([
            {"when": {"gear": ["LOW"]}, "enum": ["WALK", "TROT"]},
            {"when": {"gear": ["!LOW"]}, "enum": ["RUN"]},
        ]);
        assert_eq!(conditional(Type::String, text), expected);
        assert_eq!(limits(Type::String, text), json!({"enum": ["WALK", "TROT", "RUN"]}));
    }

    #[test]
    fn a_condition_in_words_keeps_its_facts_from_all_others() {
        let text = "When it rains, the default value is **WALK**. Otherwise, the default value is **RUN**.";
        let expected = json!([{"when": {}, "default": "WALK"}, {"when": {}, "default": "RUN"}]);
        assert_eq!(conditional(Type::String, text), expected);
        assert_eq!(limits(Type::String, text), json!({}));
    }

    #[test]
    fn what_a_field_needs_and_what_leaves_it_without_effect_are_told() {
        let text = "It is mandatory when **gear** is set to **LOW** and **rider** is not **NONE**.";
        let when = json!({"gear": ["LOW"], "rider": ["!NONE"]});
        assert_eq!(conditional(Type::String, text), json!([{"when": when, "mandatory": true}]));

        let worded = json!([{"when": {}, "mandatory": true}, {"when": {}, "unavailable": true}]);
        let text = "It is mandatory if a race is on. It is valid only when the horse is there.";
        assert_eq!(conditional(Type::String, text), worded);

        let needed = json!([{"when": {"gear": ["LOW"]}, "mandatory": true}]);
        for text in [
            "This parameter is required when **gear** is set to **LOW**.",
            "If **gear** is set to **LOW**, this parameter is mandatory.",
            "When the value of **gear** is **LOW**, this parameter is required.",
            "It must be specified if **gear** is **LOW**.",
        ] {
            assert_eq!(conditional(Type::String, text), needed, "{text}");
        }
        let not_low = json!([{"when": {"gear": ["!LOW"]}, "unavailable": true}]);
        let not_fast = json!([{"when": {"gear": ["!FAST"]}, "unavailable": true}]);
        let with_gear = json!([{"when": {"gear": ["*"]}, "unavailable": true}]);
        let low = json!([{"when": {"gear": ["LOW"]}, "unavailable": true}]);
        for (text, expected) in [
            ("It is valid only when **gear** is set to **LOW**.", &not_low),
            ("If **gear** is set to **LOW**, this parameter takes effect.", &not_low),
            ("It is valid only if the gear of the horse is **FAST**.", &not_fast),
            ("If **gear** is set to **LOW**, **pace** is unavailable.", &low),
            ("If **gear** is not **LOW**, **pace** is unavailable.", &not_low),
            (
                "Either **pace** or **gear** is fine, but either **pace** or **gear** can be set.",
                &with_gear,
            ),
            ("This parameter is alternative to **gear**.", &with_gear),
        ] {
            assert_eq!(&conditional(Type::String, text), expected, "{text}");
        }
        let other = "If **gear** is set to **LOW**, **reins** is unavailable.";
        assert_eq!(conditional(Type::String, other), json!([]));
        assert_eq!(mentions(Type::String, other), ["LOW", "gear", "reins"]);
    }

    #[test]
    fn a_least_value_of_one_condition_is_out_of_range_in_the_others() {
        let text =
            "It ranges from 0 to 9. It can be set to **0** only when **gear** is set to **LOW**.";
        assert_eq!(limits(Type::Integer, text), json!({"minimum": 0, "maximum": 9}));
        let expected = json!([{"when": {"gear": ["!LOW"]}, "minimum": 1}]);
        assert_eq!(conditional(Type::Integer, text), expected);
    }
}
