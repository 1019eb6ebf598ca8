//! Constants for the service as a whole.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::Result;
use super::document::{Document, Part, items, members, only};
use super::names::pascal_case;
use super::plan::{Call, Plan, Type};
use super::values::tokens;

/// The classes of error codes: variants of the crate's `ErrorKind`.
const CLASSES: &str = "not-found unauthorized forbidden throttled scaling-action-running in-cooldown \
                       unavailable";

pub fn facts(document: &Document, plan: &Plan) -> Result<TokenStream> {
    let operations = &plan.operations;
    let server = server(document)?;
    let (url, service_type) = (server.str("url"), server.str("x-service-type"));
    let regions = items(&server.value["variables"]["region"]["enum"]).filter_map(Value::as_str);
    let token = token_header(document)?;
    let names = &plan.request_id_headers;
    let reason = format!("expected the same name in all responses, found {}", names.len());
    let request_id = Part::new("the header RequestId", &Value::Null).need(only(names), reason)?;
    let project_id = project_id(operations)?;
    let codes = error_codes(document)?;
    let classes = CLASSES.split(' ').map(|class| {
        let codes = codes.iter().filter(|(_, of)| *of == class);
        let codes: Vec<String> = codes.map(|(code, _)| format!("`{code}`")).collect();
        let codes = match codes.as_slice() {
            [] => "(none)".to_owned(),
            [code] => format!("the code {code}"),
            codes => format!("one of the codes {}", codes.join(", ")),
        };
        quote!((#class) => { #codes };)
    });
    let codes = codes.iter().map(|(code, class)| match *class {
        "" => tokens(&format!("({code:?}, None)")),
        class => {
            tokens(&format!("({code:?}, Some(crate::kind::ErrorKind::{}))", pascal_case(class)))
        }
    });
    let roots = operations.iter().filter_map(|call| call.path.split('/').nth(1));
    let roots: BTreeSet<&str> = roots.filter(|root| !root.contains('{')).collect();
    let roots = roots.into_iter();
    let examples = operations.iter().map(|call| {
        let Call { id, success: (status, _), example, .. } = call;
        // The range `2XX` becomes 200.
        let status: u16 = status.parse().unwrap_or(200);
        tokens(&format!("({id:?}, {status}, {:?})", example.as_deref().unwrap_or_default()))
    });
    Ok(quote! {
        /// The error codes of a class, for the documentation.
        macro_rules! codes { #(#classes)* }

        /// The type of `project_id`, which is set on the client.
        pub(crate) type ProjectId = #project_id;

        /// Constants of the service.
        pub(crate) mod service {
            /// The URL of the service, with a placeholder for the region.
            pub(crate) const URL: &str = #url;
            /// The first segments of the paths of operations.
            pub(crate) const ROOTS: &[&str] = &[#(#roots),*];
            /// The regions that the URL supports.
            pub(crate) const REGIONS: &[&str] = &[#(#regions),*];
            /// The type of the service in the catalog of the identity service.
            pub(crate) const SERVICE_TYPE: &str = #service_type;
            /// The request header for a token.
            pub(crate) const TOKEN_HEADER: &str = #token;
            /// The response header with the request ID.
            pub(crate) const REQUEST_ID_HEADER: &str = #request_id;
            /// The status and the body of the documented response of each operation.
            #[cfg(feature = "mock")]
            pub(crate) const EXAMPLES: &[(&str, u16, &str)] = &[#(#examples),*];
            /// The error codes, with the kind of those that callers branch on.
            pub(crate) const ERROR_CODES: &[(&str, Option<crate::kind::ErrorKind>)] = &[#(#codes),*];
        }
    })
}

/// Returns the only server, and checks its URL and its service type.
fn server(document: &Document) -> Result<Part<'_>> {
    let at = Part::new("servers", &document.root["servers"]);
    let server = at.with(at.need(only(items(at.value)), "exactly one server is required")?);
    let (url, service_type) = (server.str("url"), server.str("x-service-type"));
    let mut regions = items(&server.value["variables"]["region"]["enum"]);
    let is_template = url.matches('{').count() == 1 && url.contains("{region}");
    let reason =
        "the url must contain the variable {region}, and no other; the variable must have an enum";
    at.check(is_template && regions.next().is_some(), reason)?;
    let is_part = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
    let is_type = !service_type.is_empty() && service_type.chars().all(is_part);
    at.check(
        is_type,
        "x-service-type is required, and must consist of lower-case letters, digits and hyphens",
    )?;
    Ok(server)
}

fn token_header(document: &Document) -> Result<String> {
    let at = Part::new("security", &document.root["security"]);
    let requirement =
        at.need(only(items(at.value)), "exactly one security requirement is required")?;
    let (name, _) =
        at.need(only(members(requirement)), "exactly one security scheme is required")?;
    let schemes = &document.root["components"]["securitySchemes"];
    let scheme = document.resolve(&at.with(&schemes[name]))?;
    let is_header = scheme.str("type") == "apiKey" && scheme.str("in") == "header";
    at.check(is_header, "the security scheme must be an apiKey in a header")?;
    Ok(scheme.text("name")?.to_ascii_lowercase())
}

/// The type of the client's `project_id`, which has to be the same in all operations.
fn project_id(operations: &[Call]) -> Result<TokenStream> {
    let at = Part::new("x-client-parameter", &Value::Null);
    let parameters = operations.iter().flat_map(|call| &call.parameters);
    let names = parameters.filter(|it| it.from_client).map(|it| match &it.ty {
        Type::Named(name) => Some(name),
        _ => None,
    });
    let names: BTreeSet<_> = names.collect();
    let reason = "project_id must refer to the same component schema in all paths";
    let name = at.need(only(names).flatten(), reason)?;
    Ok(tokens(&format!("types::{name}")))
}

/// The codes of `x-error-codes`, each with its class, or `""` if it has none.
fn error_codes(document: &Document) -> Result<Vec<(&str, &str)>> {
    let mut codes = Vec::new();
    for (_, schema) in document.schemas() {
        for entry in items(&schema.value["x-error-codes"]) {
            let code = schema.with(entry).text("code")?;
            let entry = schema.part(format!("error code {code}"), entry);
            entry.keys(&["x-error-codes"])?;
            let class = entry.get("class").unwrap_or(&Value::Null);
            let is_known = class.is_null() || CLASSES.split(' ').any(|known| class == known);
            entry.check(is_known, format!("unknown class {class}"))?;
            codes.push((code, entry.str("class")));
        }
    }
    Ok(codes)
}
