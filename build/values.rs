//! The types that the generator can't make: a constrained value is an alias of a generic type of
//! `src/wire` with a rule, which states what the document does.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::items;
use super::names::variant_name;
use super::plan::{Call, Kind, Parameter, Plan, Schema, Type};

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
    let ty = match &schema.kind {
        Kind::Object { .. } => return TokenStream::new(),
        Kind::Enumeration => return enumeration(name, schema),
        Kind::Integer => format!("crate::wire::Integer<rules::{name}>"),
        Kind::String => format!("crate::wire::Text<rules::{name}>"),
        Kind::List { item, comma_separated } => {
            let form = if *comma_separated { ", crate::wire::Commas" } else { "" };
            format!("crate::wire::List<rules::{name}, {}{form}>", written(plan, item, true))
        }
        Kind::Map(value) if schema.used.in_requests => {
            written(plan, &Type::Map(Box::new(value.clone())), true)
        }
        Kind::Map(_) => written(plan, &plan.in_response(&Type::Named(name.to_owned())), false),
        Kind::IntegerOrString => "crate::wire::IntegerOrString".to_owned(),
    };
    let (ident, ty, doc) = (format_ident!("{name}"), tokens(&ty), docs(&schema_doc(schema)));
    quote!(#doc pub type #ident = #ty;)
}

fn enumeration(name: &str, schema: &Schema) -> TokenStream {
    let (ident, doc) = (format_ident!("{name}"), docs(&schema_doc(schema)));
    let variants = schema.values().map(|(value, meaning)| {
        let text = value.as_str().unwrap_or_default();
        let doc = docs(&format!("`{text}`: {}", markdown(meaning)));
        (format_ident!("{}", variant_name(text)), text, doc)
    });
    let (variants, texts, meanings): (Vec<_>, Vec<_>, Vec<_>) = variants.collect();
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#meanings #variants,)*
            /// A value that is not documented: match it by a wildcard, which takes values of
            /// later versions as well.
            #[doc(hidden)]
            Unknown(String),
        }

        crate::wire::enumeration::enumeration! { #ident { #(#variants = #texts,)* } }
    }
}

/// The keywords that are constants of a rule, with their names and types.
const CONSTANTS: [(&str, &str, &str); 10] = [
    ("minimum", "MINIMUM", "Option<i64>"),
    ("maximum", "MAXIMUM", "Option<i64>"),
    ("enum", "VALUES", "&'static [i64]"),
    ("x-unit", "UNIT", "Option<&'static str>"),
    ("minLength", "MIN_LENGTH", "Option<usize>"),
    ("maxLength", "MAX_LENGTH", "Option<usize>"),
    ("x-strftime", "TIMES", "&'static [&'static str]"),
    ("format", "FORMAT", "Option<&'static str>"),
    ("minItems", "MIN_ITEMS", "Option<usize>"),
    ("maxItems", "MAX_ITEMS", "Option<usize>"),
];

/// The type that states the rule of a constrained value.
fn rule_type(name: &str, schema: &Schema) -> TokenStream {
    let stated = &schema.stated;
    let (rule, also) = match &schema.kind {
        Kind::Integer => ("integer::IntegerRule", None),
        Kind::String if stated.get("x-strftime").is_some() => {
            ("text::TextRule", Some("text::TimeRule"))
        }
        Kind::String if schema.text("format") == Some("byte") => {
            ("text::TextRule", Some("text::ByteRule"))
        }
        Kind::String => ("text::TextRule", None),
        Kind::List { .. } if stated["minItems"].as_u64().unwrap_or(0) == 0 => {
            ("list::ListRule", Some("list::EmptyRule"))
        }
        Kind::List { .. } => ("list::ListRule", None),
        _ => return TokenStream::new(),
    };
    let constants = CONSTANTS.iter().filter_map(|(keyword, name, ty)| {
        let (name, ty) = (format_ident!("{name}"), tokens(ty));
        let value = match stated.get(keyword)? {
            Value::Array(items) => {
                let items = items.iter().map(literal);
                quote!(&[#(#items),*])
            }
            value => optional(Some(literal(value))),
        };
        Some(quote!(const #name: #ty = #value;))
    });
    let pattern = schema.text("pattern").map(|pattern| {
        quote! {
            fn pattern() -> Option<&'static crate::wire::text::Pattern> {
                static PATTERN: crate::wire::text::Pattern =
                    crate::wire::text::Pattern::new(#pattern);
                Some(&PATTERN)
            }
        }
    });
    let ident = format_ident!("{name}");
    let doc = docs(&format!("The rule of [`{name}`](super::{name})."));
    let rule = tokens(rule);
    let also = also.map(tokens).map(|also| quote!(impl crate::wire::#also for #ident {}));
    quote! {
        #doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #ident {}

        impl crate::wire::Rule for #ident {
            const NAME: &'static str = #name;
        }

        impl crate::wire::#rule for #ident { #(#constants)* #pattern }

        #also
    }
}

fn tokens(code: &str) -> TokenStream {
    code.parse().unwrap_or_default()
}

/// A number or a text of the document.
fn literal(value: &Value) -> TokenStream {
    match value.as_str() {
        Some(text) => quote!(#text),
        None => {
            let number = Literal::i64_unsuffixed(value.as_i64().unwrap_or_default());
            quote!(#number)
        }
    }
}

/// `Some` of it, or `None`.
pub fn optional<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The Rust type of a field, an item or a parameter.
pub fn rust_type(plan: &Plan, ty: &Type, in_request: bool) -> TokenStream {
    tokens(&written(plan, ty, in_request))
}

fn written(plan: &Plan, ty: &Type, in_request: bool) -> String {
    let inner = |ty| written(plan, ty, in_request);
    match ty {
        Type::Named(name) => match plan.schemas.get(name).map(|schema| &schema.kind) {
            Some(Kind::Enumeration) if in_request => {
                format!("crate::types::Closed<crate::types::{name}>")
            }
            _ => format!("crate::types::{name}"),
        },
        Type::Vec(item) => format!("Vec<{}>", inner(item)),
        Type::Map(value) => format!("::std::collections::BTreeMap<String, {}>", inner(value)),
        Type::Nullable(ty) => format!("Option<{}>", inner(ty)),
        Type::Plain(ty) => (*ty).to_owned(),
    }
}

/// The documentation of a type: what the document says, and the rule in words.
pub fn schema_doc(schema: &Schema) -> String {
    let mut doc = markdown(&schema.doc);
    if let Kind::Integer = &schema.kind {
        for (value, meaning) in schema.values() {
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
    let bound = |keyword: &str| schema.stated[keyword].as_i64();
    let listed = |keyword: &str| {
        let values = items(&schema.stated[keyword]);
        let values: Vec<String> =
            values.map(|value| value.as_str().map_or(value.to_string(), str::to_owned)).collect();
        (!values.is_empty()).then_some(values)
    };
    match &schema.kind {
        Kind::Integer => {
            let unit = schema.text("x-unit").map(|unit| format!(" {unit}")).unwrap_or_default();
            let rule = match (listed("enum"), bound("minimum"), bound("maximum")) {
                (Some(values), ..) => format!("one of {}", values.join(", ")),
                (_, Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}"),
                (_, Some(minimum), None) => format!("{minimum} or more"),
                (_, None, Some(maximum)) => format!("{maximum} or less"),
                (_, None, None) => return None,
            };
            Some(rule + &unit)
        }
        Kind::String => {
            let pattern = schema.text("pattern").map(|pattern| format!("matches `{pattern}`"));
            let times = listed("x-strftime")
                .map(|times| format!("a time in UTC as `{}` (`strftime`)", times.join("` or `")));
            let length = counted("character", bound("minLength"), bound("maxLength"));
            let parts: Vec<String> = [length, pattern, times].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Kind::List { .. } => counted("item", bound("minItems"), bound("maxItems")),
        _ => None,
    }
}

/// How many of something there can be.
fn counted(what: &str, minimum: Option<i64>, maximum: Option<i64>) -> Option<String> {
    match (minimum, maximum) {
        (None | Some(0), Some(1)) => Some(format!("at most one {what}")),
        (minimum, Some(maximum)) => Some(format!("{} to {maximum} {what}s", minimum.unwrap_or(0))),
        (Some(1), None) => Some("not empty".to_owned()),
        (Some(minimum), None) => Some(format!("{minimum} {what}s or more")),
        (None, None) => None,
    }
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

/// Documentation, as attributes of one line each.
pub fn docs(text: &str) -> TokenStream {
    const WIDTH: usize = 88;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            // What is between backticks stays on one line.
            let is_code = line.matches('`').count() % 2 == 1;
            if !line.is_empty() && !is_code && line.len() + word.len() > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            line.push(' ');
            line.push_str(word);
        }
        lines.push(line);
    }
    quote!(#(#[doc = #lines])*)
}
