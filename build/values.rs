//! The types that the generator can't make: a constrained value is an alias of a generic type of
//! `src/wire` with a rule, which states what the document does.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::variant_name;
use super::plan::{Call, Kind, Parameter, Plan, Schema, StringRule, Type};
use super::read::in_response;

/// The types of all schemas that are no objects.
pub fn values(plan: &Plan) -> TokenStream {
    let types = plan.schemas.iter().map(|(name, schema)| value(plan, name, schema));
    let rules = plan.schemas.iter().map(|(name, schema)| rule_type(name, schema));
    quote! {
        #(#types)*

        /// The rules of constrained values, each named like the type that it is the rule of.
        pub mod rules {
            #(#rules)*
        }
    }
}

fn value(plan: &Plan, name: &str, schema: &Schema) -> TokenStream {
    let ident = format_ident!("{name}");
    let doc = docs(&schema_doc(schema));
    let ty = match &schema.kind {
        Kind::Object { .. } => return TokenStream::new(),
        Kind::Enumeration(values) => {
            let (names, variants): (Vec<_>, Vec<_>) = values
                .iter()
                .map(|(text, meaning)| {
                    let variant = format_ident!("{}", variant_name(text));
                    let doc = docs(&format!("`{text}`: {}", markdown(meaning)));
                    (quote!(#variant = #text), quote!(#doc #variant))
                })
                .unzip();
            return quote! {
                #doc
                #[derive(Clone, Debug, PartialEq, Eq, Hash)]
                #[non_exhaustive]
                pub enum #ident {
                    #(#variants,)*
                    /// A value that is not documented: match it by a wildcard, which takes values of
                    /// later versions as well.
                    #[doc(hidden)]
                    Unknown(String),
                }

                crate::wire::enumeration::enumeration! { #ident { #(#names,)* } }
            };
        }
        Kind::Integer(_) => quote!(crate::wire::Integer<rules::#ident>),
        Kind::String(_) => quote!(crate::wire::Text<rules::#ident>),
        Kind::List { item, comma_separated, .. } => {
            let item = rust_type(plan, item, true);
            let form = comma_separated.then(|| quote!(, crate::wire::Commas));
            quote!(crate::wire::List<rules::#ident, #item #form>)
        }
        Kind::Map(value) => {
            let value = match schema.used.in_requests {
                true => rust_type(plan, value, true),
                false => rust_type(plan, &in_response(&plan.schemas, value), false),
            };
            quote!(::std::collections::BTreeMap<String, #value>)
        }
        Kind::IntegerOrString => quote!(crate::wire::IntegerOrString),
    };
    quote!(#doc pub type #ident = #ty;)
}

/// The type that states the rule of a constrained value.
fn rule_type(name: &str, schema: &Schema) -> TokenStream {
    let ident = format_ident!("{name}");
    let rule = match &schema.kind {
        Kind::Object { .. } | Kind::Enumeration(_) | Kind::Map(_) | Kind::IntegerOrString => {
            return TokenStream::new();
        }
        Kind::Integer(rule) => {
            let bound = |bound: Option<i64>| {
                let bound = bound.map(Literal::i64_unsuffixed);
                bound.map(|bound| quote!(Some(#bound)))
            };
            let minimum = constant("MINIMUM", quote!(Option<i64>), bound(rule.minimum));
            let maximum = constant("MAXIMUM", quote!(Option<i64>), bound(rule.maximum));
            let values = rule.values.iter().map(|(value, _)| Literal::i64_unsuffixed(*value));
            let values = (!rule.values.is_empty()).then(|| quote!(&[#(#values),*]));
            let values = constant("VALUES", quote!(&'static [i64]), values);
            let unit = text_constant("UNIT", rule.unit.as_deref());
            let format = text_constant("FORMAT", rule.format.as_deref());
            quote! {
                impl crate::wire::integer::IntegerRule for #ident {
                    #minimum #maximum #values #unit #format
                }
            }
        }
        Kind::String(rule) => {
            let length = |length: Option<u64>| {
                let length = length.map(Literal::u64_unsuffixed);
                length.map(|length| quote!(Some(#length)))
            };
            let length_type = quote!(Option<usize>);
            let minimum = constant("MIN_LENGTH", length_type.clone(), length(rule.min_length));
            let maximum = constant("MAX_LENGTH", length_type, length(rule.max_length));
            let times = (!rule.times.is_empty()).then(|| {
                let times = &rule.times;
                quote!(&[#(#times),*])
            });
            let time_rule =
                times.as_ref().map(|_| quote!(impl crate::wire::text::TimeRule for #ident {}));
            let bytes = (rule.format.as_deref() == Some("byte"))
                .then(|| quote!(impl crate::wire::text::ByteRule for #ident {}));
            let times = constant("TIMES", quote!(&'static [&'static str]), times);
            let format = text_constant("FORMAT", rule.format.as_deref());
            let pattern = rule.pattern.as_ref().map(|pattern| {
                quote! {
                    fn pattern() -> Option<&'static crate::wire::text::Pattern> {
                        static PATTERN: crate::wire::text::Pattern =
                            crate::wire::text::Pattern::new(#pattern);
                        Some(&PATTERN)
                    }
                }
            });
            quote! {
                impl crate::wire::text::TextRule for #ident {
                    #minimum #maximum #times #format #pattern
                }
                #time_rule
                #bytes
            }
        }
        Kind::List { min_items, max_items, .. } => {
            let count = |name, items: Option<u64>| {
                let items = items.map(Literal::u64_unsuffixed).map(|items| quote!(Some(#items)));
                constant(name, quote!(Option<usize>), items)
            };
            let (minimum, maximum) =
                (count("MIN_ITEMS", *min_items), count("MAX_ITEMS", *max_items));
            let may_be_empty = min_items.is_none_or(|minimum| minimum == 0);
            let empty =
                may_be_empty.then(|| quote!(impl crate::wire::list::EmptyRule for #ident {}));
            quote! {
                impl crate::wire::list::ListRule for #ident { #minimum #maximum }
                #empty
            }
        }
    };
    let doc = docs(&format!("The rule of [`{name}`](super::{name})."));
    quote! {
        #doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #ident {}

        impl crate::wire::Rule for #ident {
            const NAME: &'static str = #name;
        }

        #rule
    }
}

/// A constant of a rule, where the document states it.
fn constant(name: &str, ty: TokenStream, value: Option<TokenStream>) -> Option<TokenStream> {
    let name = format_ident!("{name}");
    value.map(|value| quote!(const #name: #ty = #value;))
}

fn text_constant(name: &str, value: Option<&str>) -> Option<TokenStream> {
    constant(name, quote!(Option<&'static str>), value.map(|value| quote!(Some(#value))))
}

/// `Some` of it, or `None`.
pub fn optional<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The Rust type of a field, an item or a parameter.
pub fn rust_type(plan: &Plan, ty: &Type, in_request: bool) -> TokenStream {
    match ty {
        Type::Named(name) => {
            let ident = format_ident!("{name}");
            let kind = plan.schemas.get(name).map(|schema| &schema.kind);
            if in_request && matches!(kind, Some(Kind::Enumeration(_))) {
                quote!(crate::types::Known<crate::types::#ident>)
            } else {
                quote!(crate::types::#ident)
            }
        }
        Type::Vec(item) => {
            let item = rust_type(plan, item, in_request);
            quote!(Vec<#item>)
        }
        Type::Map(value) => {
            let value = rust_type(plan, value, in_request);
            quote!(::std::collections::BTreeMap<String, #value>)
        }
        Type::Nullable(ty) => {
            let ty = rust_type(plan, ty, in_request);
            quote!(Option<#ty>)
        }
        Type::Secret => quote!(crate::wire::Secret),
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
