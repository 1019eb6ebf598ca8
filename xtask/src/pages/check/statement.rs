//! What is stated of an operation, in terms that the page and the document share.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::condition::{ANY, Assignment, Condition, applies, words};
use super::value::{is_limit, items, narrower, normal, text_of, wider};

/// The names of what can be stated; those of facts where there is a fact. A keyword of the document
/// that no page has a word for goes by its own name.
pub mod what {
    pub const BODY: &str = "body";
    pub const CHARACTERS: &str = "characters";
    pub const DEFAULT: &str = "default";
    /// What an absent field is taken for, by OpenAPI's `default`: not so in a partial update.
    pub const DEFAULT_WHEN_ABSENT: &str = "default_when_absent";
    pub const ENUM: &str = "enum";
    pub const EXAMPLE: &str = "example";
    /// How a text is written: `comma-separated`, `date-time`, `utc`, `uuid`.
    pub const FORMAT: &str = "format";
    /// The forms of a time, as formats of `strftime`.
    pub const FORM: &str = "form";
    pub const ITEMS: &str = "items";
    /// Short texts that a text may be beside what its format says.
    pub const LITERALS: &str = "literals";
    pub const MANDATORY: &str = "mandatory";
    pub const MAX_ITEMS: &str = "max_items";
    pub const MAX_LENGTH: &str = "max_length";
    pub const MAXIMUM: &str = "maximum";
    pub const METHOD: &str = "method";
    pub const MIN_ITEMS: &str = "min_items";
    pub const MIN_LENGTH: &str = "min_length";
    pub const MINIMUM: &str = "minimum";
    pub const NULLABLE: &str = "nullable";
    pub const PATH: &str = "path";
    pub const PATTERN: &str = "pattern";
    /// Where the rows of a table belong.
    pub const PLACE: &str = "place";
    /// That a parameter, body, field, status or header is there at all.
    pub const PRESENT: &str = "present";
    pub const TYPE: &str = "type";
    /// The field has no effect, or may not be there.
    pub const UNAVAILABLE: &str = "unavailable";
    pub const UNIT: &str = "unit";
    /// What is said of a case though it lies outside of what holds always.
    pub const OUTSIDE: &str = "outside";
    /// `refused`, of the object of a request whose table lists its fields.
    pub const UNKNOWN_FIELDS: &str = "unknown_fields";
}

/// The operation itself, as a place.
pub const OPERATION: &str = "operation";

/// A thing that can be stated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    /// [`OPERATION`], `path/<name>`, `query/<name>`, `request/<field>/*/<field>`, `response/…`,
    /// `status/<status>`, `rule/<id>`, `table/<name>`.
    pub at: String,
    pub what: String,
}

#[derive(Clone, Debug)]
pub struct Statement {
    /// What holds whatever the other fields are.
    pub always: Option<Value>,
    /// What holds besides, under conditions.
    pub cases: Vec<Case>,
    /// The JSON Pointer of where it is stated, in the file of its side.
    pub pointer: String,
    /// The document's mark for what was seen in the field, though no page has it.
    pub observed: bool,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub when: Condition,
    pub value: Value,
}

/// All that one side states of an operation.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub statements: BTreeMap<Topic, Statement>,
    /// Where each thing that is there is described.
    places: BTreeMap<String, String>,
}

impl View {
    /// A thing that is there, and where it is described.
    pub fn describe(&mut self, at: &str, pointer: &str) {
        self.locate(at, pointer);
        self.always(at, what::PRESENT, true.into(), pointer);
    }

    /// Says where a thing is described without saying that it is there.
    pub fn locate(&mut self, at: &str, pointer: &str) {
        self.places.insert(at.to_owned(), pointer.to_owned());
    }

    pub fn always(&mut self, at: &str, what: &str, value: Value, pointer: &str) {
        let value = normal(what, value);
        let statement = self.statement(at, what, pointer);
        statement.always = Some(match statement.always.take() {
            // Of what is stated twice, the outer statement goes before the inner one.
            Some(known) => narrower(what, &known, &value).unwrap_or(known),
            None => value,
        });
    }

    pub fn case(&mut self, at: &str, what: &str, when: Condition, value: Value, pointer: &str) {
        let value = normal(what, value);
        self.statement(at, what, pointer).cases.push(Case { when, value });
    }

    fn statement(&mut self, at: &str, what: &str, pointer: &str) -> &mut Statement {
        let topic = Topic { at: at.to_owned(), what: what.to_owned() };
        self.statements.entry(topic).or_insert(Statement {
            always: None,
            cases: Vec::new(),
            pointer: pointer.to_owned(),
            observed: false,
        })
    }

    pub fn get(&self, at: &str, what: &str) -> Option<&Statement> {
        self.statements.get(&Topic { at: at.to_owned(), what: what.to_owned() })
    }

    pub fn get_mut(&mut self, at: &str, what: &str) -> Option<&mut Statement> {
        self.statements.get_mut(&Topic { at: at.to_owned(), what: what.to_owned() })
    }

    pub fn has(&self, at: &str) -> bool {
        self.get(at, what::PRESENT).is_some()
    }

    /// States what cases say though it lies outside of what holds always: a value that an enum
    /// lacks, a bound that is beyond another. Else it would pass unseen.
    pub fn state_outside(&mut self) {
        let mut outside: Vec<(Topic, Value)> = Vec::new();
        for (topic, statement) in &self.statements {
            for Case { when, value } in &statement.cases {
                if !statement.admits(&topic.what, value) {
                    outside.push((topic.clone(), value.clone()));
                }
                for (field, values) in when {
                    let listed =
                        self.get(field, what::ENUM).and_then(|listed| listed.always.as_ref());
                    let Some(listed) = listed else { continue };
                    let listed: BTreeSet<String> = items(listed).map(text_of).collect();
                    let values = values.iter().map(|value| value.trim_start_matches('!'));
                    let lacks = values.filter(|value| *value != ANY && !listed.contains(*value));
                    let topic = Topic { at: field.clone(), what: what::ENUM.to_owned() };
                    outside.extend(lacks.map(|value| (topic.clone(), value.into())));
                }
            }
        }
        for (topic, value) in outside {
            let Some(statement) = self.statements.get(&topic) else { continue };
            let pointer = statement.pointer.clone();
            self.always(&topic.at, what::OUTSIDE, Value::Array(vec![value]), &pointer);
        }
    }

    /// Where a thing is described; of what is not there, where it would be.
    pub fn pointer(&self, at: &str) -> &str {
        let mut nearest = Some(at);
        while let Some(at) = nearest {
            if let Some(pointer) = self.places.get(at) {
                return pointer;
            }
            let above = at.rsplit_once('/').map(|(above, _)| above);
            if let Some(within) = above.and_then(|above| self.places.get(&within(above))) {
                return within;
            }
            nearest = above;
        }
        self.places.get(OPERATION).map_or("", String::as_str)
    }
}

/// Stands for where the parts of a thing are described.
pub fn within(at: &str) -> String {
    format!("{at}/")
}

impl Statement {
    /// Whether what holds in a case lies within what holds always.
    fn admits(&self, what: &str, value: &Value) -> bool {
        let Some(always) = self.always.as_ref().filter(|_| is_limit(what)) else { return true };
        // Formats add up.
        what == what::FORMAT || narrower(what, always, value).is_none_or(|both| both == *value)
    }

    /// What holds under an assignment.
    fn under(&self, what: &str, assignment: &Assignment) -> Option<Value> {
        let applying = self.cases.iter().filter(|case| applies(&case.when, assignment));
        let values = self.always.iter().chain(applying.map(|case| &case.value)).cloned();
        // A case goes before what holds always.
        values.reduce(|one, other| narrower(what, &one, &other).unwrap_or(other))
    }

    /// What holds under each of the assignments. Who speaks only of cases, but of all that there are,
    /// has also said what holds at most where it is open which case it is.
    pub fn under_each(&self, what: &str, assignments: &[Assignment]) -> Vec<Option<Value>> {
        let values: Vec<_> =
            assignments.iter().map(|assignment| self.under(what, assignment)).collect();
        let fields: BTreeSet<&str> =
            self.cases.iter().flat_map(|case| case.when.keys()).map(String::as_str).collect();
        let is_set = |assignment: &Assignment| {
            fields.iter().all(|field| assignment.get(field).is_some_and(Option::is_some))
        };
        let set = assignments.iter().zip(&values).filter(|(assignment, _)| is_set(assignment));
        let cases: Option<Vec<Value>> = set.map(|(_, value)| value.clone()).collect();
        let at_most = cases.and_then(|cases| {
            let mut cases = cases.into_iter();
            let first = cases.next()?;
            cases.try_fold(first, |one, other| wider(what, &one, &other))
        });
        values.into_iter().map(|value| value.or_else(|| at_most.clone())).collect()
    }

    /// The statement as one value: what holds always, or a member for each case.
    pub fn to_value(&self) -> Value {
        if self.cases.is_empty() {
            return self.always.clone().unwrap_or(Value::Null);
        }
        let always = self.always.iter().map(|value| ("always".to_owned(), value.clone()));
        let mut in_words = 0;
        let cases = self.cases.iter().map(|case| {
            if case.when.is_empty() {
                in_words += 1;
                return (format!("in case {in_words} of the prose"), case.value.clone());
            }
            (words(&case.when), case.value.clone())
        });
        always.chain(cases).collect::<serde_json::Map<_, _>>().into()
    }
}
