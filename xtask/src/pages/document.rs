//! The statements of the document about an operation, by the places that pages use.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Operation};
use crate::node::{Kind, Node, escape};

/// A parameter or a property.
pub struct Field {
    /// The JSON Pointer of the field.
    pub pointer: String,
    pub mandatory: bool,
    pub kind: String,
    /// The bounds of its values: keyword, value as a token, and pointer.
    pub bounds: Vec<(String, String, String)>,
    /// The words of its descriptions, and the values in the rules that name it.
    words: BTreeSet<String>,
    pub is_observed: bool,
}

/// A rule over several fields.
pub struct Rule {
    pub id: String,
    pub pointer: String,
    pub places: Vec<String>,
    /// The values that it names.
    pub values: Vec<String>,
}

#[derive(Default)]
pub struct Stated {
    pub fields: BTreeMap<String, Field>,
    pub rules: Vec<Rule>,
}

/// Keywords whose values a page states, as numbers or literals.
const BOUNDS: &str = "enum minimum maximum minLength maxLength minItems maxItems multipleOf nullable default \
                      x-default-on-create x-strftime x-unit";
/// More than the depth of the schemas, so that one that contains itself ends too.
const DEEPEST: usize = 12;

const NUMERALS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

impl Field {
    /// Whether its descriptions contain a word or a number, which may be spelled out.
    pub fn has_word(&self, token: &str) -> bool {
        let numeral = token.parse().ok().and_then(|number: usize| NUMERALS.get(number));
        self.words.contains(token) || numeral.is_some_and(|numeral| self.words.contains(*numeral))
    }
}

impl Stated {
    pub fn of(document: &Document, operation: &Operation) -> Self {
        let mut stated = Self::default();
        for (at, node) in parameters(document, operation) {
            let [place, name] = ["in", "name"].map(|key| node.text(key).unwrap_or_default());
            let pointers = [format!("{at}/schema"), at.clone()];
            stated.field(document, &format!("{place}/{name}"), &pointers, node.is("required"));
        }
        let body = document.resolve(&format!("{}/requestBody", operation.pointer));
        let response = success(document, operation);
        for (place, message) in [("request", body), ("response", response)] {
            if let Some((at, _)) = message {
                stated.object(document, place, &format!("{at}/content/application~1json/schema"));
            }
        }
        stated
    }

    /// Adds the properties and rules of a schema.
    fn object(&mut self, document: &Document, place: &str, schema: &str) {
        let Some((at, node)) = schemas(document, schema).pop() else { return };
        if place.matches('/').count() > DEEPEST {
            return;
        }
        for (name, _) in node.map("properties") {
            let mut required = node.list("required");
            let is_required = required.any(|required| required.as_str() == Some(name));
            let pointer = format!("{at}/properties/{}", escape(name));
            self.field(document, &format!("{place}/{name}"), &[pointer], is_required);
        }
        for (index, rule) in node.list("x-rules").enumerate() {
            self.rule(place, format!("{at}/x-rules/{index}"), rule);
        }
    }

    /// Adds a field, described by the schemas at these pointers and those that they refer to.
    fn field(&mut self, document: &Document, place: &str, pointers: &[String], mandatory: bool) {
        let mut parts: Vec<(String, &Node)> =
            pointers.iter().flat_map(|pointer| schemas(document, pointer)).collect();
        let kind = kind(document, &pointers[0]);
        let inner = schemas(document, &pointers[0]).pop();
        if let Some((at, _)) = inner.filter(|(_, node)| node.text("type") == Some("array")) {
            let items = format!("{at}/items");
            self.object(document, &format!("{place}/*"), &items);
            parts.extend(schemas(document, &items));
        } else {
            self.object(document, place, &pointers[0]);
        }
        let texts = parts.iter().flat_map(|(_, node)| {
            ["description", "x-enum-descriptions"].into_iter().filter_map(|key| node.get(key))
        });
        let field = Field {
            pointer: pointers[pointers.len() - 1].clone(),
            mandatory,
            kind,
            bounds: parts.iter().flat_map(|(at, node)| bounds(at, node)).collect(),
            words: texts.flat_map(strings).flat_map(|text| words(&text)).collect(),
            is_observed: parts.first().is_some_and(|(_, node)| node.is("x-observed")),
        };
        self.fields.insert(place.to_owned(), field);
    }

    fn rule(&mut self, place: &str, pointer: String, rule: &Node) {
        let item = rule.text("each").map(|list| format!("{list}/*")).unwrap_or_default();
        let place = format!("{place}{item}");
        // Fields are named by pointers, in lists or as keys of their conditions.
        let (mut places, mut values) = (Vec::new(), Vec::new());
        for (_, verb) in rule.members() {
            let listed = verb.items().filter_map(Node::as_str);
            let named = listed.chain(verb.members().map(|(name, _)| name));
            places.extend(named.map(|name| format!("{place}{name}")));
            let required = verb.members().map(|(_, required)| required);
            let within =
                required.flat_map(|it| it.items().chain(it.members().map(|(_, bound)| bound)));
            values.extend(within.filter_map(scalar));
        }
        for place in &places {
            if let Some(field) = self.fields.get_mut(place) {
                field.words.extend(values.clone());
            }
        }
        let id = rule.text("id").unwrap_or_default().to_owned();
        self.rules.push(Rule { id, pointer, places, values });
    }
}

/// The parameters of an operation and of its path, each with its pointer.
pub fn parameters<'d>(document: &'d Document, operation: &Operation) -> Vec<(String, &'d Node)> {
    let (path, _) = operation.pointer.rsplit_once('/').unwrap_or_default();
    let lists = [path, &operation.pointer].map(|above| format!("{above}/parameters"));
    let count = |list: &str| document.root.pointer(list).into_iter().flat_map(Node::items).count();
    let resolved = |list: &String| {
        let indices = (0..count(list)).map(|index| format!("{list}/{index}"));
        indices.filter_map(|at| document.resolve(&at)).collect::<Vec<_>>()
    };
    lists.iter().flat_map(resolved).collect()
}

/// The successful response of an operation.
pub fn success<'d>(document: &'d Document, operation: &Operation) -> Option<(String, &'d Node)> {
    let mut responses = operation.node.map("responses");
    let (status, _) = responses.find(|(status, _)| status.starts_with('2'))?;
    document.resolve(&format!("{}/responses/{status}", operation.pointer))
}

/// The schema at a pointer and those that it wraps in `allOf`, the outermost first, with each `$ref` resolved.
fn schemas<'d>(document: &'d Document, pointer: &str) -> Vec<(String, &'d Node)> {
    let (mut found, mut pointer) = (Vec::new(), pointer.to_owned());
    while let Some((at, node)) = document.resolve(&pointer).filter(|_| found.len() < DEEPEST) {
        pointer = format!("{at}/allOf/0");
        found.push((at, node));
    }
    found
}

fn kind(document: &Document, pointer: &str) -> String {
    let Some((at, node)) = schemas(document, pointer).pop() else { return "nothing".to_owned() };
    let of = |part: String| kind(document, &format!("{at}/{part}"));
    let choices = (0..node.list("oneOf").count()).map(|index| of(format!("oneOf/{index}")));
    match node.text("type") {
        None => choices.collect::<Vec<_>>().join(" or "),
        Some("array") => format!("array of {}", of("items".to_owned())),
        Some(kind) => kind.to_owned(),
    }
}

fn bounds(at: &str, node: &Node) -> Vec<(String, String, String)> {
    let bound = |keyword: &'static str| Some((keyword, node.get(keyword)?));
    let bounds = BOUNDS.split(' ').filter_map(bound).flat_map(|(keyword, value)| {
        let values: Vec<String> = match keyword {
            "nullable" => value.is_true().then(|| "null".to_owned()).into_iter().collect(),
            "x-strftime" => value.items().filter_map(Node::as_str).map(time_format).collect(),
            _ => scalar(value).into_iter().chain(value.items().filter_map(scalar)).collect(),
        };
        let pointer = format!("{at}/{keyword}");
        values.into_iter().map(move |value| (keyword.to_owned(), value, pointer.clone()))
    });
    bounds.collect()
}

/// A format of `strftime` as the pages write it.
fn time_format(format: &str) -> String {
    let letters =
        [("%Y", "YYYY"), ("%m", "MM"), ("%d", "DD"), ("%H", "hh"), ("%M", "mm"), ("%S", "ss")];
    letters.iter().fold(format.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(_) | Kind::Bool(_) => Some(node.to_value().to_string()),
        _ => None,
    }
}

/// All strings in a node.
fn strings(node: &Node) -> Vec<String> {
    let inner = node.items().chain(node.members().map(|(_, node)| node)).flat_map(strings);
    node.as_str().map(str::to_owned).into_iter().chain(inner).collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split([' ', '\n', '/']).chain(text.split_whitespace());
    words.map(|word| word.trim_matches(|it| ".,:;()'\"".contains(it)).to_owned()).collect()
}
