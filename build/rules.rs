//! `x-rules`: the rules that span fields of a body. Each has to speak of fields and values that there
//! are, and is written as `src/rules.rs` evaluates it.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::Result;
use super::document::{Document, Part, items, members, only};
use super::names::pascal_case;
use super::read::scalar::anchored;
use super::values::optional;

/// The constraints; a rule has one of them.
const CONSTRAINTS: [&str; 8] =
    ["require", "any", "forbid", "exclusive", "ascending", "within", "allow", "match"];

/// The rules of a request's schema, where it states any.
pub fn rules(at: &Part, document: &Document, name: &str) -> Result<Option<TokenStream>> {
    let mut rules = Vec::new();
    let mut ids: Vec<&Value> = Vec::new();
    for rule in items(&at.value["x-rules"]) {
        let id = &rule["id"];
        let place = format!("rule {}", id.as_str().unwrap_or("without an id"));
        let reader = Reader { document, schema: at.value, at: at.part(place, rule) };
        rules.push(reader.rule()?);
        reader.at.check(!ids.contains(&id), "there are two of this id")?;
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
    /// The schema that pointers begin at.
    schema: &'a Value,
    at: Part<'a>,
}

impl<'a> Reader<'a> {
    fn rule(&self) -> Result<TokenStream> {
        let rule = &self.at;
        rule.keys(&["rule"])?;
        let (id, description, fix) =
            (rule.text("id")?, rule.text("description")?, rule.text("fix")?);
        let stated = CONSTRAINTS.into_iter().filter_map(|key| Some((key, rule.get(key)?)));
        let reason = format!("needs exactly one of {}", CONSTRAINTS.join(", "));
        let (constraint, value) = rule.need(only(stated), reason)?;
        let mut item = Self { schema: self.schema, at: rule.clone(), ..*self };
        if let Some(list) = rule.get("each") {
            let items = self.field(list.as_str().unwrap_or_default())?.get("items");
            let items = rule.need(items, format!("{list} is no list"))?;
            item.schema = self.document.resolve(&rule.with(items))?.value;
        }
        let fields = item.fields(constraint, value)?;
        let when = rule.get("when").map(|when| item.fields("when", when)).transpose()?;
        let when = when.unwrap_or_default();
        let each = optional(rule.value["each"].as_str());
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

    /// The fields that a key of the rule names, each with what the key says of it.
    fn fields(&self, key: &str, value: &Value) -> Result<Vec<TokenStream>> {
        let named = items(value).map(|pointer| (pointer.as_str().unwrap_or_default(), None));
        let ruled = members(value).map(|(pointer, stated)| (pointer.as_str(), Some(stated)));
        let fields = named.chain(ruled).map(|(pointer, stated)| {
            let field = self.field(pointer)?;
            let stated = match (key, stated) {
                ("within", Some(bounds)) => self.bounds(pointer, bounds)?,
                ("match", Some(pattern)) => self.pattern(pattern)?,
                ("allow" | "when", Some(values)) => self.values(pointer, &field, values)?,
                ("within" | "match" | "allow" | "when", None) | (_, Some(_)) => {
                    return Err(self.at.fail(format!("{key} has another form")));
                }
                (_, None) => return Ok(quote!(#pointer)),
            };
            Ok(quote!((#pointer, #stated)))
        });
        let fields = fields.collect::<Result<Vec<_>>>()?;
        self.at.check(!fields.is_empty(), format!("{key} names no field"))?;
        Ok(fields)
    }

    fn values(&self, pointer: &str, field: &Part, values: &Value) -> Result<TokenStream> {
        let known: Vec<&Value> = items(&field.value["enum"]).collect();
        let stray = items(values).find(|it| !known.is_empty() && !known.contains(it));
        let stray = stray.map(|stray| self.at.fail(format!("{pointer} is never {stray}")));
        stray.map_or(Ok(()), Err)?;
        let texts: Option<Vec<&str>> = items(values).map(Value::as_str).collect();
        let texts = texts.filter(|texts| !texts.is_empty());
        let reason = format!("{pointer} has no list of values, which are texts");
        let texts = self.at.need(texts, reason)?;
        Ok(quote!(&[#(#texts),*]))
    }

    fn bounds(&self, pointer: &str, bounds: &Value) -> Result<TokenStream> {
        self.at.with(bounds).keys(&["bounds"])?;
        let mut stated = members(bounds).map(|(_, bound)| bound.is_i64()).peekable();
        let is_known = stated.peek().is_some() && stated.all(|is_whole| is_whole);
        let reason = format!("{pointer} needs minimum, maximum or both, as whole numbers");
        self.at.check(is_known, reason)?;
        let bound = |key| optional(bounds[key].as_i64().map(Literal::i64_unsuffixed));
        let (minimum, maximum) = (bound("minimum"), bound("maximum"));
        Ok(quote!(#minimum, #maximum))
    }

    fn pattern(&self, pattern: &Value) -> Result<TokenStream> {
        let pattern = pattern.as_str().unwrap_or_default();
        anchored(&self.at, pattern)?;
        Ok(quote! {
            {
                static PATTERN: Pattern = Pattern::new(#pattern);
                &PATTERN
            }
        })
    }

    /// The schema of a field.
    fn field(&self, pointer: &str) -> Result<Part<'a>> {
        let steps = pointer.strip_prefix('/');
        let steps = self.at.need(steps, format!("{pointer:?} is no JSON pointer"))?;
        steps.split('/').try_fold(self.at.with(self.schema), |at, step| {
            let field = at.value["properties"].get(step);
            let field = at.need(field, format!("there is no field {pointer}"))?;
            self.document.unwrapped(&at.with(field))
        })
    }
}
