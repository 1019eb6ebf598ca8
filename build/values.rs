//! Types that the generator does not support. A constrained value is an alias of a generic type of `src/wire`, whose
//! parameter is a rule: a type with the constraints of the schema.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::items;
use super::names::{lowered_parameter, rust_name, variant_name};
use super::plan::{Call, Field, Kind, Parameter, Plan, Schema, Type};

/// The types of all schemas other than objects, and their rules.
pub fn values(plan: &Plan) -> TokenStream {
    let types = plan.schemas.iter().map(|(name, schema)| value(plan, name, schema));
    let rules = plan.schemas.iter().map(|(name, schema)| rule_type(name, schema));
    quote! {
        #(#types)*

        /// The rules of constrained values. A rule has the name of its type.
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
        Kind::List(item) => {
            let form = if plan.joined.contains(name) { ", crate::wire::Commas" } else { "" };
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
        let doc = docs(&format!("{} On the wire: `{text}`.", markdown(meaning)));
        (format_ident!("{}", variant_name(text)), text, doc)
    });
    let (variants, texts, meanings): (Vec<_>, Vec<_>, Vec<_>) = variants.collect();
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #ident {
            #(#meanings #variants,)*
            /// A value that the OpenAPI document does not have. Match it with a wildcard, which matches values
            /// of later versions as well.
            #[doc(hidden)]
            Unknown(String),
        }

        crate::wire::enumeration::enumeration! { #ident { #(#variants = #texts,)* } }
    }
}

/// The keywords that become constants of a rule, with the names and types of the constants.
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

/// The rule type of a constrained value.
fn rule_type(name: &str, schema: &Schema) -> TokenStream {
    let stated = &schema.stated;
    let is_time = stated.get("x-strftime").is_some();
    let is_bytes = schema.text("format") == Some("byte");
    let can_be_empty = stated["minItems"].as_u64().unwrap_or(0) == 0;
    let (rule, also) = match &schema.kind {
        Kind::Integer => ("integer::IntegerRule", None),
        Kind::String if is_time => ("text::TextRule", Some("text::TimeRule")),
        Kind::String => ("text::TextRule", is_bytes.then_some("text::ByteRule")),
        Kind::List(_) => ("list::ListRule", can_be_empty.then_some("list::EmptyRule")),
        _ => return TokenStream::new(),
    };
    let constants = CONSTANTS.iter().filter_map(|(keyword, name, ty)| {
        let value = match stated.get(keyword)? {
            Value::Array(values) => format!("&{}", Value::from(values.clone())),
            value => format!("Some({value})"),
        };
        Some(tokens(&format!("const {name}: {ty} = {value};")))
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

/// Parses code. Invalid code becomes a `compile_error!`.
pub fn tokens(code: &str) -> TokenStream {
    code.parse().unwrap_or_else(|_| quote!(compile_error!(#code)))
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
        Type::Filter(name) => format!("crate::types::Filter<crate::types::{name}>"),
        Type::Vec(item) => format!("Vec<{}>", inner(item)),
        Type::Map(value) => format!("::std::collections::BTreeMap<String, {}>", inner(value)),
        Type::Nullable(ty) => format!("::std::option::Option<{}>", inner(ty)),
        Type::Plain(ty) => (*ty).to_owned(),
    }
}

/// The documentation of a type: its description and its rule.
pub fn schema_doc(schema: &Schema) -> String {
    let mut doc = markdown(&schema.doc);
    if let Kind::Enumeration = &schema.kind {
        return doc;
    }
    for (value, meaning) in schema.values() {
        doc.push_str(&format!("\n\n`{value}`: {}", markdown(meaning)));
    }
    let rule = rule(schema);
    if !rule.is_empty() {
        doc.push_str(&format!(
            "\n\nValid values: {rule}. Any other is a [`ValidationError`](crate::ValidationError)."
        ));
    }
    doc
}

/// The constraints of a schema in words, with the unit.
fn rule(schema: &Schema) -> String {
    let unit = schema.text("x-unit").map(|unit| format!(" {unit}")).unwrap_or_default();
    let bound = |keyword: &str| schema.stated[keyword].as_i64();
    let widest = |keyword: &str| {
        let is_int32 = keyword == "maximum"
            && schema.text("format") == Some("int32")
            && schema.stated.get("enum").is_none();
        bound(keyword).or(is_int32.then_some(i64::from(i32::MAX)))
    };
    let span = |low: &str, high: &str, unit: &str| match (bound(low), widest(high)) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}{unit}")),
        (Some(low), None) => Some(format!("{low} or more{unit}")),
        (None, Some(1)) => Some(format!("at most 1{}", unit.trim_end_matches('s'))),
        (None, high) => high.map(|high| format!("at most {high}{unit}")),
    };
    let listed = |keyword: &str, between: &str| {
        let values = items(&schema.stated[keyword]);
        let values = values.map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
        let values = values.collect::<Vec<_>>().join(between);
        Some(values).filter(|values| !values.is_empty())
    };
    // The format of a time is clearer than its pattern.
    let pattern = schema.text("pattern").filter(|_| schema.stated.get("x-strftime").is_none());
    let rules = [
        listed("enum", ", ").map(|values| format!("one of {values}{unit}")),
        span("minimum", "maximum", &unit),
        span("minLength", "maxLength", " characters"),
        span("minItems", "maxItems", " items"),
        pattern.map(|pattern| format!("matches `{pattern}`")),
        listed("x-strftime", "` or `").map(|it| format!("a time in UTC as `{it}` (`strftime`)")),
    ];
    rules.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The documentation of a method of the client.
pub fn call_doc(call: &Call) -> String {
    let method = call.method.to_ascii_uppercase();
    let page = call.page.as_ref().map(|page| format!(" See the [vendor documentation]({page})."));
    let all = call.pagination.as_ref().map(|_| " for one page, or `items()` for all entries");
    format!(
        "{}.\n\n{}\n\nReturns a request builder for `{method} {}`: call `send()`{}.{}",
        call.summary,
        markdown(&call.description),
        call.path,
        all.unwrap_or_default(),
        page.unwrap_or_default(),
    )
}

/// The documentation of a request builder, with the documented request as an example.
pub fn builder_doc(call: &Call) -> String {
    let method = rust_name(&call.id);
    let mut doc =
        format!("A request builder, returned by [`Client::{method}`](crate::Client::{method}).");
    let mut chain = vec!["let response = client".to_owned(), format!("    .{method}()")];
    for parameter in call.parameters.iter().filter(|it| it.required && !it.from_client) {
        let Some(example) = &parameter.example else { return doc };
        let setter = rust_name(&lowered_parameter(&parameter.name));
        chain.push(format!("    .{setter}({example})"));
    }
    if call.body.is_some() {
        let Some(example) = &call.body_example else { return doc };
        let json = serde_json::to_string_pretty(example).unwrap_or_default();
        // Indented by four spaces, instead of the two of `to_string_pretty`.
        let indented =
            |line: &str| format!("{0}{line}", " ".repeat(line.len() - line.trim_start().len()));
        let json = json.lines().map(indented).collect::<Vec<_>>().join("\n    ");
        chain.push(format!("    .body(serde_json::json!({json}))"));
    }
    chain.push("    .send()\n    .await?;".to_owned());
    doc.push_str(&format!(
        "\n\n```no_run\n# async fn example(client: otc_autoscaling::Client) -> otc_autoscaling::Result<()> {{\n{}\n\
         println!(\"{{}}\", response.status());\n# Ok(())\n# }}\n```",
        chain.join("\n")
    ));
    doc
}

/// The documentation of `send`.
pub fn send_doc(call: &Call) -> String {
    let mut doc = "Sends the request, and returns the response.\n\n# Errors\n\nReturns an error without \
                   sending the request if a value is invalid or missing: [`Error::violations`] lists all of \
                   them. Otherwise returns an error if there is no connection or no response in time, or if \
                   the response has an error status or can't be read: see [`Error`]."
        .to_owned();
    if !call.error_codes.is_empty() {
        doc.push_str("\n\nError codes of the service for this operation:\n");
    }
    for (code, description) in &call.error_codes {
        doc.push_str(&format!("\n- `{code}`: {}", markdown(description)));
    }
    doc
}

/// The documentation of a parameter's setter.
pub fn parameter_doc(plan: &Plan, parameter: &Parameter) -> String {
    let required = if parameter.required { " Required." } else { "" };
    format!("{}{required}{}", markdown(&parameter.doc), value_doc(plan, &parameter.ty))
}

/// The documentation of a field of a request and of its setter.
pub fn field_doc(plan: &Plan, field: &Field) -> String {
    format!("{}{}", markdown(&field.doc), value_doc(plan, &field.ty))
}

/// The rule of a constrained value in words, and its default.
fn value_doc(plan: &Plan, ty: &Type) -> String {
    let schema = plan.schema(ty);
    let constrained = schema.filter(|schema| !matches!(schema.kind, Kind::Enumeration));
    let rule = constrained.map(rule).filter(|rule| !rule.is_empty());
    let default = schema.and_then(|schema| schema.stated.get("default"));
    let words = [
        rule.map(|rule| format!("Valid values: {rule}.")),
        enum_values(plan, ty),
        default.map(|default| format!("The default is {default}.")),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { String::new() } else { format!("\n\n{}", words.join(" ")) }
}

/// The values of an enumeration, or of the items of a list.
fn enum_values(plan: &Plan, ty: &Type) -> Option<String> {
    let ty = match plan.schema(ty).map(|schema| &schema.kind) {
        Some(Kind::List(item)) => item,
        _ => ty,
    };
    let (name, kind) = match ty {
        Type::Named(name) => (name, "Valid"),
        Type::Filter(name) => (name, "Known"),
        _ => return None,
    };
    let schema = &plan.schemas[name];
    let values = items(&schema.stated["enum"]).filter_map(Value::as_str).collect::<Vec<_>>();
    matches!(schema.kind, Kind::Enumeration)
        .then(|| format!("{kind} values: `{}`.", values.join("`, `")))
}

/// Escapes characters that Markdown would read as links or tags.
pub fn markdown(text: &str) -> String {
    text.replace('<', "\\<").replace('[', "\\[")
}

/// Wraps documentation, and returns it as one attribute per line.
pub fn docs(text: &str) -> TokenStream {
    const WIDTH: usize = 88;
    let mut lines: Vec<String> = Vec::new();
    let mut is_code = false;
    for paragraph in text.lines() {
        is_code ^= paragraph.starts_with("```");
        if is_code || paragraph.starts_with("```") {
            lines.push(format!(" {paragraph}"));
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            // Lines are not broken inside of backticks.
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
