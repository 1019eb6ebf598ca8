//! `x-rules`: the rules that span fields. Each has to speak of fields and values that there are.

use serde_json::Value;

use super::scalar::anchored;
use crate::pipeline::document::{Document, items, members};
use crate::pipeline::plan::{Bounds, Holds, Rule};
use crate::pipeline::{Failure, Result};

const VERBS: [&str; 8] =
    ["require", "any", "forbid", "exclusive", "ascending", "within", "allow", "match"];
const WORDS: [&str; 5] = ["id", "description", "mend", "each", "when"];

/// The rules of a request's schema.
pub fn rules(place: &str, document: &Document, schema: &Value) -> Result<Vec<Rule>> {
    let mut rules: Vec<Rule> = Vec::new();
    for value in items(&schema["x-rules"]) {
        let id = value["id"].as_str().unwrap_or("without an id");
        let mut reader = Reader { document, schema, place: format!("{place}, rule {id}") };
        if let Some(list) = value.get("each") {
            reader.schema = reader.item_of(list)?;
        }
        let rule = reader.rule(value)?;
        if rules.iter().any(|other| other.id == rule.id) {
            return Err(reader.fail("there are two of this id"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// Reads a rule of a schema.
struct Reader<'a> {
    document: &'a Document,
    schema: &'a Value,
    place: String,
}

impl<'a> Reader<'a> {
    fn fail(&self, reason: &str) -> Failure {
        Failure::new(&self.place, reason)
    }

    fn rule(&self, rule: &'a Value) -> Result<Rule> {
        let stray = members(rule)
            .find(|(key, _)| !WORDS.contains(&key.as_str()) && !VERBS.contains(&key.as_str()));
        if let Some((key, _)) = stray {
            return Err(self.fail(&format!("{key} is no part of a rule")));
        }
        let text = |key: &str| {
            let text = rule[key].as_str().map(|text| text.trim().to_owned());
            text.ok_or_else(|| self.fail("needs an id, a description and a mend"))
        };
        let (id, description, mend) = (text("id")?, text("description")?, text("mend")?);
        let verbs: Vec<&str> = VERBS.into_iter().filter(|verb| rule.get(*verb).is_some()).collect();
        let [verb] = verbs.as_slice() else {
            return Err(self.fail(&format!("needs exactly one of {}", VERBS.join(", "))));
        };
        let when = self.values_of(&rule["when"])?;
        let value = &rule[*verb];
        let holds = match *verb {
            "require" => Holds::Require(self.fields(value)?),
            "any" => Holds::AnyOf(self.fields(value)?),
            "forbid" => Holds::Forbid(self.fields(value)?),
            "exclusive" => Holds::Exclusive(self.fields(value)?),
            "ascending" => Holds::Ascending(self.fields(value)?),
            "within" => Holds::Within(self.bounds(value)?),
            "allow" => Holds::Allow(self.values_of(value)?),
            _ => Holds::Match(self.patterns(value)?),
        };
        let names_none = items(value).next().is_none() && members(value).next().is_none();
        match names_none {
            true => Err(self.fail(&format!("{verb} names no field"))),
            false => {
                let each = rule["each"].as_str().map(str::to_owned);
                Ok(Rule { id, description, mend, each, when, holds })
            }
        }
    }

    fn fields(&self, pointers: &Value) -> Result<Vec<String>> {
        let pointers = items(pointers).map(|pointer| {
            let pointer = pointer.as_str().ok_or_else(|| self.fail("its fields are no texts"))?;
            self.field(pointer)?;
            Ok(pointer.to_owned())
        });
        pointers.collect()
    }

    fn values_of(&self, fields: &Value) -> Result<Vec<(String, Vec<String>)>> {
        let values = members(fields).map(|(pointer, values)| {
            let field = self.field(pointer)?;
            let known: Vec<&Value> = items(&field["enum"]).collect();
            if let Some(stray) =
                items(values).find(|value| !known.is_empty() && !known.contains(value))
            {
                return Err(self.fail(&format!("{pointer} is never {stray}")));
            }
            let texts: Option<Vec<String>> =
                items(values).map(|value| value.as_str().map(str::to_owned)).collect();
            match texts {
                Some(texts) if !texts.is_empty() => Ok((pointer.clone(), texts)),
                _ => Err(self.fail(&format!("{pointer} has no list of values, which are texts"))),
            }
        });
        values.collect()
    }

    fn bounds(&self, fields: &Value) -> Result<Vec<Bounds>> {
        let bounds = members(fields).map(|(pointer, bounds)| {
            self.field(pointer)?;
            let is_known = |key: &str| ["minimum", "maximum"].contains(&key);
            let whole = members(bounds).all(|(key, bound)| is_known(key) && bound.is_i64());
            match (whole, bounds["minimum"].as_i64(), bounds["maximum"].as_i64()) {
                (false, ..) | (_, None, None) => Err(self
                    .fail(&format!("{pointer} needs minimum, maximum or both, as whole numbers"))),
                (true, minimum, maximum) => Ok((pointer.clone(), minimum, maximum)),
            }
        });
        bounds.collect()
    }

    fn patterns(&self, fields: &Value) -> Result<Vec<(String, String)>> {
        let patterns = members(fields).map(|(pointer, pattern)| {
            self.field(pointer)?;
            let pattern = pattern.as_str().unwrap_or_default();
            anchored(&self.place, pattern)?;
            Ok((pointer.clone(), pattern.to_owned()))
        });
        patterns.collect()
    }

    /// The schema of the items of a list.
    fn item_of(&self, list: &Value) -> Result<&'a Value> {
        let pointer = list.as_str().ok_or_else(|| self.fail("each is no text"))?;
        let item = self.field(pointer)?.get("items");
        let item = item.ok_or_else(|| self.fail(&format!("{pointer} is no list")))?;
        self.document.resolve(&self.place, item)
    }

    /// The schema of a field.
    fn field(&self, pointer: &str) -> Result<&'a Value> {
        let steps = pointer
            .strip_prefix('/')
            .ok_or_else(|| self.fail(&format!("{pointer:?} is no JSON pointer")))?;
        let mut at = self.schema;
        for step in steps.split('/') {
            at = at["properties"]
                .get(step)
                .ok_or_else(|| self.fail(&format!("there is no field {pointer}")))?;
            if let Some(reference) = at.get("allOf").and_then(|wrapped| wrapped.get(0)) {
                at = reference;
            }
            at = self.document.resolve(&self.place, at)?;
        }
        Ok(at)
    }
}
