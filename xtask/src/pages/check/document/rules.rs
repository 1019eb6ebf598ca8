//! What the rules that span fields state.

use serde_json::{Value, json};

use super::super::condition::{ANY, Condition};
use super::super::pattern;
use super::super::statement::what;
use super::super::value::text_of;
use super::Reader;
use crate::node::Node;

impl Reader<'_> {
    /// The rules that span fields.
    pub fn rules(&mut self, layers: &[(String, &Node)]) {
        for (owner, node) in layers {
            for (index, rule) in node.get("x-rules").into_iter().flat_map(Node::items).enumerate() {
                self.rule(&format!("{owner}/x-rules/{index}"), rule);
            }
        }
    }

    fn rule(&mut self, pointer: &str, rule: &Node) {
        let when: Condition = rule
            .get("when")
            .into_iter()
            .flat_map(Node::members)
            .map(|(field, values)| {
                let values = values.items().map(|value| text_of(&value.to_value()));
                (format!("request{field}"), values.collect())
            })
            .collect();
        let fields = |value: &Node| -> Vec<String> {
            value.items().filter_map(Node::as_str).map(|field| format!("request{field}")).collect()
        };
        for (verb, value) in rule.members() {
            match verb {
                "id" | "description" | "mend" | "when" => {}
                "require" => {
                    for at in fields(value) {
                        self.rule_says(&at, what::MANDATORY, &when, true.into(), pointer);
                    }
                }
                "forbid" => {
                    for at in fields(value) {
                        self.rule_says(&at, what::UNAVAILABLE, &when, true.into(), pointer);
                    }
                }
                "exclusive" => {
                    let fields = fields(value);
                    for at in &fields {
                        for other in fields.iter().filter(|other| *other != at) {
                            let mut when = when.clone();
                            when.insert(other.clone(), [ANY.to_owned()].into());
                            self.rule_says(at, what::UNAVAILABLE, &when, true.into(), pointer);
                        }
                    }
                }
                "within" | "allow" | "match" => {
                    for (field, value) in value.members() {
                        let at = format!("request{field}");
                        for (what, value) in self.narrowed(&at, verb, value) {
                            self.rule_says(&at, &what, &when, value, pointer);
                        }
                    }
                }
                _ => {
                    let id = rule.get("id").and_then(Node::as_str).unwrap_or("without a name");
                    let at = format!("rule/{id}");
                    let value = json!(fields(value));
                    self.rule_says(&at, verb, &when, value, pointer);
                }
            }
        }
    }

    fn rule_says(&mut self, at: &str, what: &str, when: &Condition, value: Value, pointer: &str) {
        if when.is_empty() {
            self.view.always(at, what, value, pointer);
        } else {
            self.view.case(at, what, when.clone(), value, pointer);
        }
    }

    /// What a rule says of a field.
    fn narrowed(&self, at: &str, verb: &str, value: &Node) -> Vec<(String, Value)> {
        if verb == "allow" {
            return vec![(what::ENUM.to_owned(), value.to_value())];
        }
        if verb == "within" {
            return value
                .members()
                .map(|(end, bound)| (end.to_owned(), bound.to_value()))
                .collect();
        }
        let text = value.as_str().unwrap_or_default();
        let forms: Vec<String> = self
            .view
            .get(at, what::FORM)
            .and_then(|statement| statement.always.as_ref()?.as_array())
            .into_iter()
            .flatten()
            .filter_map(|form| form.as_str().map(str::to_owned))
            .collect();
        match pattern::read(text, &forms) {
            Some(reading) => {
                let statements = reading.statements().into_iter();
                statements.map(|(what, value)| (what.to_owned(), value)).collect()
            }
            None => vec![(what::PATTERN.to_owned(), text.into())],
        }
    }
}
