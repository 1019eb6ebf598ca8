//! `x-rules`: the cross-field rules of a body, as constants that `src/rules.rs` evaluates. Fields and enum values in a
//! rule have to exist.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::Result;
use super::document::{Document, Part, items, members, only};
use super::names::pascal_case;
use super::read::scalar::anchored;
use super::values::tokens;

/// The constraints. A rule has exactly one of them.
const CONSTRAINTS: [&str; 8] =
    ["require", "any", "forbid", "exclusive", "ascending", "within", "allow", "match"];

/// The code of the rules of a schema, if it has any.
pub fn rules(at: &Part, document: &Document, name: &str) -> Result<Option<TokenStream>> {
    let mut rules = Vec::new();
    let mut ids: Vec<&Value> = Vec::new();
    for rule in items(&at.value["x-rules"]) {
        let id = &rule["id"];
        let place = format!("rule {}", id.as_str().unwrap_or("without an id"));
        let reader = Reader { document, schema: at.value, at: at.part(place, rule) };
        rules.push(reader.rule()?);
        reader.at.check(!ids.contains(&id), "duplicate id")?;
        ids.push(id);
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
    /// The schema to which pointers are relative.
    schema: &'a Value,
    at: Part<'a>,
}

impl<'a> Reader<'a> {
    fn rule(&self) -> Result<TokenStream> {
        let rule = &self.at;
        rule.keys(&["rule"])?;
        let [id, description, fix] = ["id", "description", "fix"].map(|key| rule.text(key));
        let stated = CONSTRAINTS.into_iter().filter_map(|key| Some((key, rule.get(key)?)));
        let reason = format!("must have exactly one of {}", CONSTRAINTS.join(", "));
        let (constraint, value) = rule.need(only(stated), reason)?;
        let mut item = Self { schema: self.schema, at: rule.clone(), ..*self };
        let each = rule.get("each").map(|list| list.as_str().unwrap_or_default());
        if let Some(list) = each {
            let items = self.field(list)?.get("items");
            let items = rule.need(items, format!("{list} must be a list"))?;
            item.schema = self.document.resolve(&rule.with(items))?.value;
        }
        let fields = item.fields(constraint, value)?;
        let conditions = |key| rule.get(key).map_or(Ok(String::new()), |it| item.fields(key, it));
        let (when, unless) = (conditions("when")?, conditions("unless")?);
        Ok(tokens(&format!(
            "Rule {{ id: {:?}, description: {:?}, fix: {:?}, each: {each:?}, when: &[{when}], unless: &[{unless}],
                     constraint: Constraint::{}(&[{fields}]) }}",
            id?,
            description?,
            fix?,
            pascal_case(constraint)
        )))
    }

    /// The code of the fields that a key of the rule lists, each with its value, if it has one.
    fn fields(&self, key: &str, value: &Value) -> Result<String> {
        let named = items(value).map(|pointer| (pointer.as_str().unwrap_or_default(), None));
        let constrained = members(value).map(|(pointer, stated)| (pointer.as_str(), Some(stated)));
        let fields = named.chain(constrained).map(|(pointer, stated)| {
            let field = self.field(pointer)?;
            let check = |holds, otherwise| self.at.check(holds, format!("{pointer} {otherwise}"));
            let Some(stated) = stated else {
                let is_list = !["within", "match", "allow", "when", "unless"].contains(&key);
                check(is_list, format!("must have a value in {key}"))?;
                return Ok(format!("{pointer:?}"));
            };
            match key {
                "within" => {
                    self.at.with(stated).keys(&["bounds"])?;
                    let [low, high] = ["minimum", "maximum"].map(|key| stated[key].as_i64());
                    let is_whole = members(stated).all(|(_, bound)| bound.is_i64());
                    let reason = "must have an integer minimum, maximum or both";
                    check(is_whole && low.or(high).is_some(), reason.to_owned())?;
                    Ok(format!("({pointer:?}, {low:?}, {high:?})"))
                }
                "match" => {
                    let pattern = stated.as_str().unwrap_or_default();
                    anchored(&self.at, pattern)?;
                    let pattern = format!("static PATTERN: Pattern = Pattern::new({pattern:?});");
                    Ok(format!("({pointer:?}, {{ {pattern} &PATTERN }})"))
                }
                "allow" | "when" | "unless" => {
                    let known: Vec<&Value> = items(&field.value["enum"]).collect();
                    let stray = items(stated).find(|it| !known.is_empty() && !known.contains(it));
                    check(stray.is_none(), format!("can't be {}", stray.unwrap_or(&Value::Null)))?;
                    let texts: Vec<&str> = items(stated).filter_map(Value::as_str).collect();
                    let is_text = !texts.is_empty() && texts.len() == items(stated).count();
                    check(is_text, "must have a list of strings".to_owned())?;
                    Ok(format!("({pointer:?}, &{texts:?})"))
                }
                _ => Err(self.at.fail(format!("{key} must be a list of JSON pointers"))),
            }
        });
        let fields = fields.collect::<Result<Vec<_>>>()?;
        self.at.check(!fields.is_empty(), format!("{key} must not be empty"))?;
        Ok(fields.join(", "))
    }

    /// The schema of a field.
    fn field(&self, pointer: &str) -> Result<Part<'a>> {
        let steps = pointer.strip_prefix('/');
        let steps = self.at.need(steps, format!("{pointer:?} is not a JSON pointer"))?;
        steps.split('/').try_fold(self.at.with(self.schema), |at, step| {
            let field = at.value["properties"].get(step);
            let field = at.need(field, format!("unknown field {pointer}"))?;
            self.document.unwrapped(&at.with(field))
        })
    }
}
