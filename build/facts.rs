//! What the document says of the service as a whole.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::document::{Document, items, members, schema_place};
use super::names::pascal_case;
use super::plan::{Call, Type};
use super::values::optional;
use super::{Failure, Result};

/// What an error code can be classed as: variants of the crate's `ErrorKind`.
const CLASSES: [&str; 7] = [
    "not-found",
    "unauthorized",
    "forbidden",
    "throttled",
    "scaling-action-running",
    "in-cooldown",
    "unavailable",
];

/// The facts as constants.
pub fn facts(document: &Document, operations: &[Call]) -> Result<TokenStream> {
    let (server, url, service_type) = server(document.root())?;
    let regions: Vec<&str> =
        items(&server["variables"]["region"]["enum"]).filter_map(Value::as_str).collect();
    let token = token_header(document)?;
    let request_id = request_id_header(document)?;
    let project_id = project_id(operations)?;
    let codes = error_codes(document)?;
    let classes = CLASSES.iter().map(|class| {
        let codes = codes.iter().filter(|(_, of)| *of == Some(*class));
        let codes: Vec<String> = codes.map(|(code, _)| format!("`{code}`")).collect();
        let codes = if codes.is_empty() { "(none)".to_owned() } else { codes.join(", ") };
        quote!((#class) => { #codes };)
    });
    let codes = codes.iter().map(|(code, class)| {
        let kind = class.map(|class| format_ident!("{}", pascal_case(class)));
        let kind = optional(kind.map(|kind| quote!(crate::kind::ErrorKind::#kind)));
        quote!((#code, #kind))
    });
    let roots: BTreeSet<&str> =
        operations.iter().filter_map(|call| call.path.split('/').nth(1)).collect();
    let roots = roots.into_iter().filter(|root| !root.contains('{'));
    let examples = operations.iter().map(|call| {
        let Call { id, success: (status, _), example, .. } = call;
        // `2XX` stands for any of them.
        let status = Literal::u16_unsuffixed(status.parse().unwrap_or(200));
        let body = example.as_deref().unwrap_or_default();
        quote!((#id, #status, #body))
    });
    Ok(quote! {
        /// The error codes of a class, for the documentation.
        macro_rules! codes { #(#classes)* }

        /// The type of the project, which the client is given once.
        pub(crate) type ProjectId = #project_id;

        /// What the document says of the service as a whole.
        pub(crate) mod service {
            /// The address of the service, with a place for the region.
            pub(crate) const URL: &str = #url;
            /// The first segments of the operations' paths.
            pub(crate) const ROOTS: &[&str] = &[#(#roots),*];
            /// The regions that the address knows.
            pub(crate) const REGIONS: &[&str] = &[#(#regions),*];
            /// What the identity service's catalog calls the service.
            #[cfg(feature = "keystone")]
            pub(crate) const SERVICE_TYPE: &str = #service_type;
            /// The header that carries a token.
            pub(crate) const TOKEN_HEADER: &str = #token;
            /// The header of a response with the request ID.
            pub(crate) const REQUEST_ID_HEADER: &str = #request_id;
            /// The status and the body of the documented response of each operation.
            #[cfg(feature = "mock")]
            pub(crate) const EXAMPLES: &[(&str, u16, &str)] = &[#(#examples),*];
            /// The error codes, with the kind of those that callers branch on.
            pub(crate) const ERROR_CODES: &[(&str, Option<crate::kind::ErrorKind>)] = &[#(#codes),*];
        }
    })
}

/// The server, its URL, and what the identity service's catalog calls the service.
fn server(root: &Value) -> Result<(&Value, &str, &str)> {
    let fail = |reason: &str| Failure::new("servers", reason);
    let [server] = root["servers"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(fail("exactly one server is needed"));
    };
    let url = server["url"].as_str().ok_or_else(|| fail("the server has no url"))?;
    let has_regions = items(&server["variables"]["region"]["enum"]).any(Value::is_string);
    if !has_regions || url.matches("{region}").count() != 1 || url.matches('{').count() != 1 {
        return Err(fail("the url needs one variable, {region}, with an enum of its values"));
    }
    let is_part =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    let service_type = server["x-service-type"]
        .as_str()
        .filter(|name| !name.is_empty() && name.bytes().all(is_part))
        .ok_or_else(|| fail("the server needs an x-service-type: lower-case letters, digits, -"))?;
    Ok((server, url, service_type))
}

fn token_header(document: &Document) -> Result<String> {
    let root = document.root();
    let fail = |reason: &str| Failure::new("security", reason);
    let [requirement] = root["security"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(fail("exactly one requirement is needed"));
    };
    let names: Vec<&String> = members(requirement).map(|(name, _)| name).collect();
    let [name] = names.as_slice() else {
        return Err(fail("exactly one scheme is needed"));
    };
    let scheme = &root["components"]["securitySchemes"][name.as_str()];
    let scheme = document.resolve("security", scheme)?;
    match scheme["name"].as_str() {
        Some(name) if scheme["type"] == "apiKey" && scheme["in"] == "header" => {
            Ok(name.to_ascii_lowercase())
        }
        _ => Err(fail("the scheme has to be an apiKey in a header")),
    }
}

/// The header of the responses that is the component `RequestId`: one name in all of them.
fn request_id_header(document: &Document) -> Result<String> {
    let mut names = BTreeSet::new();
    for operation in document.operations()? {
        for (_, response) in members(&operation.value["responses"]) {
            let response = document.resolve(&operation.place(), response)?;
            let headers = members(&response["headers"])
                .filter(|(_, header)| header["$ref"] == "#/components/headers/RequestId");
            names.extend(headers.map(|(name, _)| name.to_ascii_lowercase()));
        }
    }
    match names.len() {
        1 => Ok(names.into_iter().collect()),
        count => Err(Failure::new(
            "the header RequestId",
            format!("has {count} names in the responses, where one is needed"),
        )),
    }
}

/// The type of the project, which the client is given once for all operations.
fn project_id(operations: &[Call]) -> Result<TokenStream> {
    let fail = |reason: &str| Failure::new("x-client-parameter", reason);
    let parameters = operations.iter().flat_map(|call| &call.parameters);
    let mut types = parameters.filter(|parameter| parameter.from_client).map(|each| &each.ty);
    let first = types.next().ok_or_else(|| fail("no path parameter is the client's project_id"))?;
    match first {
        _ if types.any(|other| other != first) => Err(fail("there are two types of project_id")),
        Type::Named(name) => {
            let name = format_ident!("{name}");
            Ok(quote!(types::#name))
        }
        _ => Ok(quote!(String)),
    }
}

/// The codes of `x-error-codes`, each with its class.
fn error_codes(document: &Document) -> Result<Vec<(&str, Option<&'static str>)>> {
    let mut codes = Vec::new();
    for (name, schema) in document.schemas() {
        for entry in items(&schema["x-error-codes"]) {
            let code = entry["code"].as_str().ok_or_else(|| {
                Failure::new(schema_place(name), "an x-error-codes entry has no code")
            })?;
            let place = format!("{}, error code {code}", schema_place(name));
            let known = ["code", "class", "description", "x-observed"];
            if let Some((key, _)) = members(entry).find(|(key, _)| !known.contains(&key.as_str())) {
                return Err(Failure::new(place, format!("{key} is no part of an error code")));
            }
            let class = entry.get("class");
            let known = CLASSES.into_iter().find(|known| class.is_some_and(|it| it == known));
            if let (Some(class), None) = (class, known) {
                return Err(Failure::new(place, format!("there is no class {class}")));
            }
            codes.push((code, known));
        }
    }
    Ok(codes)
}
