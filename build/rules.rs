//! `x-rules`: the rules that span fields of a body. Each has to speak of fields and values that there
//! are, and is written as `src/rules.rs` evaluates it.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::{Document, items, members};
use super::names::pascal_case;
use super::read::scalar::anchored;
use super::values::optional;
use super::{Failure, Result};

const TEXTS: [&str; 3] = ["id", "description", "fix"];
/// The constraints; a rule has one of them.
const CONSTRAINTS: [&str; 8] =
    ["require", "any", "forbid", "exclusive", "ascending", "within", "allow", "match"];

/// The rules of a request's schema, where it states any.
pub fn rules(
    place: &str,
    document: &Document,
    name: &str,
    schema: &Value,
) -> Result<Option<TokenStream>> {
    let mut rules = Vec::new();
    let mut ids: Vec<&Value> = Vec::new();
    for rule in items(&schema["x-rules"]) {
        let place = format!("{place}, rule {}", rule["id"].as_str().unwrap_or("without an id"));
        let reader = Reader { document, schema, place };
        rules.push(reader.rule(rule)?);
        if ids.contains(&&rule["id"]) {
            return Err(reader.fail("there are two of this id"));
        }
        ids.push(&rule["id"]);
    }
    let ident = format_ident!("{name}");
    Ok((!rules.is_empty()).then(|| {
        quote! {
            impl crate::rules::HasRules for types::#ident {
                fn rules() -> &'static [crate::rules::Rule] {
                    #[allow(unused_imports, reason = "not every body has a pattern in its rules")]
                    use crate::rules::{Constraint, Pattern, Rule};

                    static RULES: &[Rule] = &[#(#rules),*];
                    RULES
                }
            }
        }
    }))
}

struct Reader<'a> {
    document: &'a Document,
    /// The schema that pointers begin at.
    schema: &'a Value,
    place: String,
}

impl<'a> Reader<'a> {
    fn fail(&self, reason: &str) -> Failure {
        Failure::new(&self.place, reason)
    }

    fn rule(&self, rule: &Value) -> Result<TokenStream> {
        let known = TEXTS.iter().chain(&["each", "when"]).chain(&CONSTRAINTS);
        let known: Vec<&str> = known.copied().collect();
        if let Some((key, _)) = members(rule).find(|(key, _)| !known.contains(&key.as_str())) {
            return Err(self.fail(&format!("{key} is no part of a rule")));
        }
        let texts: Option<Vec<&str>> = TEXTS.iter().map(|key| rule[key].as_str()).collect();
        let texts = texts.ok_or_else(|| self.fail("needs an id, a description and a fix"))?;
        let [id, description, fix] = [texts[0], texts[1], texts[2]].map(str::trim);
        let stated: Vec<&str> =
            CONSTRAINTS.into_iter().filter(|key| rule.get(*key).is_some()).collect();
        let [constraint] = stated.as_slice() else {
            return Err(self.fail(&format!("needs exactly one of {}", CONSTRAINTS.join(", "))));
        };
        let item = match rule.get("each") {
            None => None,
            Some(list) => {
                Some(Reader { schema: self.item_of(list)?, place: self.place.clone(), ..*self })
            }
        };
        let at = item.as_ref().unwrap_or(self);
        let value = &rule[*constraint];
        let fields = match *constraint {
            "within" => at.each(value, |pointer, bounds| at.bounds(pointer, bounds))?,
            "allow" => at.each(value, |pointer, values| at.values(pointer, values))?,
            "match" => at.each(value, |pointer, pattern| at.pattern(pointer, pattern))?,
            _ => at.pointers(value)?,
        };
        if fields.is_empty() {
            return Err(self.fail(&format!("{constraint} names no field")));
        }
        let when = at.each(&rule["when"], |pointer, values| at.values(pointer, values))?;
        let each = optional(rule["each"].as_str());
        let constraint = format_ident!("{}", pascal_case(constraint));
        Ok(quote! {
            Rule {
                id: #id,
                description: #description,
                fix: #fix,
                each: #each,
                when: &[#(#when),*],
                constraint: Constraint::#constraint(&[#(#fields),*]),
            }
        })
    }

    fn pointers(&self, fields: &Value) -> Result<Vec<TokenStream>> {
        let pointers = items(fields).map(|pointer| {
            let pointer = pointer.as_str().ok_or_else(|| self.fail("its fields are no texts"))?;
            self.field(pointer).map(|_| quote!(#pointer))
        });
        pointers.collect()
    }

    fn each(
        &self,
        fields: &Value,
        write: impl Fn(&str, &Value) -> Result<TokenStream>,
    ) -> Result<Vec<TokenStream>> {
        members(fields).map(|(pointer, value)| write(pointer, value)).collect()
    }

    fn values(&self, pointer: &str, values: &Value) -> Result<TokenStream> {
        let known: Vec<&Value> = items(&self.field(pointer)?["enum"]).collect();
        let is_stray = |value: &&Value| !known.is_empty() && !known.contains(value);
        if let Some(stray) = items(values).find(is_stray) {
            return Err(self.fail(&format!("{pointer} is never {stray}")));
        }
        let texts: Option<Vec<&str>> = items(values).map(Value::as_str).collect();
        let texts = texts.filter(|texts| !texts.is_empty()).ok_or_else(|| {
            self.fail(&format!("{pointer} has no list of values, which are texts"))
        })?;
        Ok(quote!((#pointer, &[#(#texts),*])))
    }

    fn bounds(&self, pointer: &str, bounds: &Value) -> Result<TokenStream> {
        self.field(pointer)?;
        let is_known = |(key, bound): (&String, &Value)| {
            ["minimum", "maximum"].contains(&key.as_str()) && bound.is_i64()
        };
        if members(bounds).next().is_none() || !members(bounds).all(is_known) {
            let reason = "needs minimum, maximum or both, as whole numbers";
            return Err(self.fail(&format!("{pointer} {reason}")));
        }
        let [minimum, maximum] = ["minimum", "maximum"]
            .map(|key| optional(bounds[key].as_i64().map(Literal::i64_unsuffixed)));
        Ok(quote!((#pointer, #minimum, #maximum)))
    }

    fn pattern(&self, pointer: &str, pattern: &Value) -> Result<TokenStream> {
        self.field(pointer)?;
        let pattern = pattern.as_str().unwrap_or_default();
        anchored(&self.place, pattern)?;
        Ok(quote!((#pointer, {
            static PATTERN: Pattern = Pattern::new(#pattern);
            &PATTERN
        })))
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
        let steps = pointer.strip_prefix('/');
        let steps = steps.ok_or_else(|| self.fail(&format!("{pointer:?} is no JSON pointer")))?;
        steps.split('/').try_fold(self.schema, |at, step| {
            let field = at["properties"].get(step);
            let field = field.ok_or_else(|| self.fail(&format!("there is no field {pointer}")))?;
            let wrapped = field.get("allOf").and_then(|wrapped| wrapped.get(0));
            self.document.resolve(&self.place, wrapped.unwrap_or(field))
        })
    }
}
