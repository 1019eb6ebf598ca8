//! The types that the generator can't make: each is one invocation of a macro of `src/wire`, with
//! what the document says.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::variant_name;
use super::plan::{Call, Kind, Parameter, Plan, Schema, StringRule, Type};

/// The invocations for all schemas that are no objects.
pub fn values(plan: &Plan) -> TokenStream {
    plan.schemas.iter().map(|(name, schema)| value(plan, name, schema)).collect()
}

fn value(plan: &Plan, name: &str, schema: &Schema) -> TokenStream {
    let ident = format_ident!("{name}");
    let doc = docs(&schema_doc(schema));
    let here = TokenStream::new();
    match &schema.kind {
        Kind::Object(_) => TokenStream::new(),
        Kind::Integer(rule) => {
            let minimum = optional(rule.minimum.map(Literal::i64_unsuffixed));
            let maximum = optional(rule.maximum.map(Literal::i64_unsuffixed));
            let values = rule.values.iter().map(|(value, _)| Literal::i64_unsuffixed(*value));
            let unit = optional(rule.unit.as_deref());
            let format = optional(rule.format.as_deref());
            quote! {
                crate::wire::integer::integer! {
                    #doc
                    #ident { minimum: #minimum, maximum: #maximum, values: &[#(#values),*],
                             unit: #unit, format: #format }
                }
            }
        }
        Kind::String(rule) => {
            let length = |length: Option<u64>| optional(length.map(Literal::u64_unsuffixed));
            let (min_length, max_length) = (length(rule.min_length), length(rule.max_length));
            let pattern = optional(rule.pattern.as_deref());
            let times = &rule.times;
            let format = optional(rule.format.as_deref());
            let kind = if times.is_empty() { quote!(string) } else { quote!(time) };
            quote! {
                crate::wire::string::#kind! {
                    #doc
                    #ident { min_length: #min_length, max_length: #max_length, pattern: #pattern,
                             times: &[#(#times),*], format: #format }
                }
            }
        }
        Kind::Enumeration(values) => {
            let variants = values.iter().map(|(text, meaning)| {
                let variant = format_ident!("{}", variant_name(text));
                let doc = docs(&format!("`{text}`: {}", markdown(meaning)));
                quote!(#doc #variant = #text,)
            });
            quote! {
                crate::wire::enumeration::enumeration! {
                    #doc
                    #ident { #(#variants)* }
                }
            }
        }
        Kind::List { item, min_items, max_items, comma_separated } => {
            let item = rust_type(plan, item, true, &here);
            let list_may_be_empty = min_items.is_none_or(|minimum| minimum == 0);
            let count = |count: Option<u64>| optional(count.map(Literal::u64_unsuffixed));
            let (min_items, max_items) = (count(*min_items), count(*max_items));
            let kind = if *comma_separated { quote!(comma_separated) } else { quote!(list) };
            let empty = list_may_be_empty.then(|| quote!(#[derive(Default)]));
            quote! {
                crate::wire::list::#kind! {
                    #doc
                    #empty
                    #ident of #item { min_items: #min_items, max_items: #max_items }
                }
            }
        }
        Kind::Map(value) => {
            let value = rust_type(plan, value, false, &here);
            quote!(crate::wire::map::map! { #doc #ident of #value })
        }
        Kind::IntegerOrString => {
            quote!(crate::wire::integer_or_string::integer_or_string! { #doc #ident })
        }
    }
}

/// `Some` of it, or `None`.
pub fn optional<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The Rust type of a field, an item or a parameter. `types` is the path to the module `types` from
/// where the type stands, with its colons.
pub fn rust_type(plan: &Plan, ty: &Type, in_request: bool, types: &TokenStream) -> TokenStream {
    match ty {
        Type::Named(name) => {
            let ident = format_ident!("{name}");
            if in_request && matches!(plan.schemas[name].kind, Kind::Enumeration(_)) {
                quote!(#types Known<#types #ident>)
            } else {
                quote!(#types #ident)
            }
        }
        Type::Vec(item) => {
            let item = rust_type(plan, item, in_request, types);
            quote!(Vec<#item>)
        }
        Type::String => quote!(String),
        Type::Integer => quote!(i64),
        Type::Number => quote!(f64),
        Type::Boolean => quote!(bool),
        Type::DateTime => quote!(::chrono::DateTime<::chrono::Utc>),
        Type::Any => quote!(::serde_json::Value),
    }
}

/// The documentation of a type: what the document says, and the rule in words.
pub fn schema_doc(schema: &Schema) -> String {
    let mut doc = markdown(&schema.doc);
    if let Kind::Integer(rule) = &schema.kind {
        for (value, meaning) in &rule.values {
            doc.push_str(&format!("\n\n`{value}`: {}", markdown(meaning)));
        }
    }
    let errors = "A value that breaks it is refused with a \
                  [`ValidationError`](crate::ValidationError).";
    match rule(schema) {
        Some(rule) => format!("{doc}\n\nRule: {rule}. {errors}"),
        None => doc,
    }
}

/// The bounds of a schema in words, with the unit.
fn rule(schema: &Schema) -> Option<String> {
    match &schema.kind {
        Kind::Integer(rule) => {
            let unit = rule.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let bounds = match (rule.minimum, rule.maximum) {
                _ if !rule.values.is_empty() => {
                    let values: Vec<String> =
                        rule.values.iter().map(|(value, _)| value.to_string()).collect();
                    format!("one of {}", values.join(", "))
                }
                (Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}"),
                (Some(minimum), None) => format!("{minimum} or more"),
                (None, Some(maximum)) => format!("{maximum} or less"),
                (None, None) => return None,
            };
            Some(bounds + &unit)
        }
        Kind::String(rule) => {
            let parts: Vec<String> = string_rule(rule).into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Kind::List { min_items, max_items, .. } => match (min_items, max_items) {
            (None | Some(0), Some(1)) => Some("at most one item".to_owned()),
            (minimum, Some(maximum)) => {
                Some(format!("{} to {maximum} items", minimum.unwrap_or(0)))
            }
            (Some(1), None) => Some("not empty".to_owned()),
            (Some(minimum), None) => Some(format!("{minimum} items or more")),
            (None, None) => None,
        },
        _ => None,
    }
}

fn string_rule(rule: &StringRule) -> [Option<String>; 3] {
    let length = match (rule.min_length, rule.max_length) {
        (minimum, Some(maximum)) => {
            Some(format!("{} to {maximum} characters", minimum.unwrap_or(0)))
        }
        (Some(1), None) => Some("not empty".to_owned()),
        (Some(minimum), None) => Some(format!("{minimum} characters or more")),
        (None, None) => None,
    };
    let pattern = rule.pattern.as_ref().map(|pattern| format!("matches `{pattern}`"));
    let times = (!rule.times.is_empty())
        .then(|| format!("a time in UTC as `{}` (`strftime`)", rule.times.join("` or `")));
    [length, pattern, times]
}

/// The documentation of a method of the client.
pub fn call_doc(call: &Call) -> String {
    let method = call.method.to_ascii_uppercase();
    let page = call.page.as_ref().map(|page| format!("\n\nDocumented at <{page}>."));
    let all = call.pagination.as_ref().map(|_| " for one page, or `items()` for all entries");
    format!(
        "{}\n\n{}\n\nSends `{method} {}`: set the request on what this returns, then call \
         `send()`{}.{}",
        call.summary,
        markdown(&call.description),
        call.path,
        all.unwrap_or_default(),
        page.unwrap_or_default(),
    )
}

/// The documentation of a parameter's setter.
pub fn parameter_doc(parameter: &Parameter) -> String {
    let required = if parameter.required { " Required." } else { "" };
    format!("{}{required}", markdown(&parameter.doc))
}

/// Prose of the document as Markdown: what would be read as a link or a tag is not one.
pub fn markdown(text: &str) -> String {
    text.replace('<', "\\<").replace('[', "\\[")
}

/// The words of a line; what is between backticks is one word.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match words.last_mut() {
            Some(last) if last.matches('`').count() % 2 == 1 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Documentation, as attributes of one line each.
pub fn docs(text: &str) -> TokenStream {
    const WIDTH: usize = 88;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in words(paragraph) {
            if !line.is_empty() && line.len() + word.len() > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            line.push(' ');
            line.push_str(&word);
        }
        lines.push(line);
    }
    quote!(#(#[doc = #lines])*)
}
