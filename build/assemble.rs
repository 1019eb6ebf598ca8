//! Puts the client's code together: the generator's, as [`objects`](super::objects) and
//! [`operations`](super::operations) have edited it, and what it does not make.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::File;

use super::names::pascal_case;
use super::objects::objects;
use super::operations::operations;
use super::pagination::list;
use super::plan::{Call, Plan};
use super::read::CLASSES;
use super::syntax::module;
use super::values::values;
use super::{Failure, Result};

pub fn assemble(generated: &File, plan: &Plan) -> Result<File> {
    let types = module(&generated.items, "types")?;
    let types = objects(types, module(types, "builder")?, plan)?;
    let operations = operations(generated, plan)?;

    let structs = types.iter().map(|object| object.tokens());
    let body_builders = types.iter().filter_map(|object| object.builder());
    let components = plan.schemas.iter().filter(|(_, schema)| schema.is_component);
    let components = components.map(|(name, _)| {
        let ident = format_ident!("{name}");
        quote!((#name, #ident::json_schema(generator)))
    });
    let values = values(plan);
    let methods = operations.iter().map(|operation| &operation.method);
    let builders = operations.iter().map(|operation| operation.tokens());
    let lists = plan.operations.iter().map(|call| list(call, plan)).collect::<Result<Vec<_>>>()?;
    let facts = facts(plan);
    let rules = plan.rules.values();

    syn::parse2(quote! {
        use crate::client::Client;

        /// The values of requests and responses, one type for each schema of the document.
        pub mod types {
            pub use crate::wire::{Enumeration, Extra, Known};

            #(#structs)*
            #values

            /// Builders of what a request's body is made of.
            ///
            /// A setter takes whatever its field can be made of. A value that is refused is kept
            /// until `build()`, or until the request is sent, so that all of them are reported at
            /// once.
            pub mod builder {
                #(#body_builders)*
            }

            /// The schema of each component.
            #[cfg(feature = "schemars")]
            pub(crate) fn schemas(
                generator: &mut ::schemars::SchemaGenerator,
            ) -> Vec<(&'static str, ::schemars::Schema)> {
                use ::schemars::JsonSchema;

                vec![#(#components),*]
            }
        }

        impl Client {
            #(#methods)*
        }

        /// Requests under construction, one type for each operation.
        ///
        /// A setter takes whatever its parameter can be made of. A value that is refused is kept
        /// until `send()`, which reports all of them at once and sends nothing.
        pub mod builder {
            use progenitor_client::encode_path;

            use super::types;
            use crate::error::Error;
            use crate::operation::Operation;
            #[allow(unused_imports, reason = "not every document has a list")]
            use crate::pagination::{Paged, Position};
            use crate::response::{Response, Response as ResponseValue};
            use crate::validation::ValidationError;

            #(#builders)*
            #(#lists)*
        }

        #facts

        #(#rules)*
    })
    .map_err(|error| Failure::new("the generated code", error.to_string()))
}

/// What the document says of the service as a whole.
fn facts(plan: &Plan) -> TokenStream {
    let (url, regions) = (&plan.server.url, &plan.server.regions);
    let service_type = &plan.server.service_type;
    let (token, request_id) = (&plan.token_header, &plan.request_id_header);
    let project_id = plan.operations.iter().flat_map(|call| &call.parameters);
    let project_id = project_id.filter(|parameter| parameter.from_client).map(|it| &it.ty).next();
    let project_id = match project_id {
        Some(super::plan::Type::Named(name)) => {
            let name = format_ident!("{name}");
            quote!(types::#name)
        }
        _ => quote!(String),
    };
    let codes = plan.error_codes.iter().map(|entry| {
        let (code, class) = (&entry.code, format_ident!("{}", pascal_case(&entry.class)));
        quote!((#code, crate::kind::ErrorKind::#class))
    });
    let examples = plan.operations.iter().map(|call| {
        let Call { id, success: (status, _), example, .. } = call;
        // `2XX` stands for any of them.
        let status = Literal::u16_unsuffixed(status.parse().unwrap_or(200));
        let body = example.as_deref().unwrap_or_default();
        quote!((#id, #status, #body))
    });
    let known = CLASSES.iter().map(|class| {
        let codes = plan.error_codes.iter().filter(|entry| entry.class == *class);
        let codes: Vec<String> = codes.map(|entry| format!("`{}`", entry.code)).collect();
        let codes = if codes.is_empty() { "(none)".to_owned() } else { codes.join(", ") };
        quote!((#class) => { #codes };)
    });
    quote! {
        /// The error codes of a class, for the documentation.
        macro_rules! codes { #(#known)* }

        /// The type of the project, which the client is given once.
        pub(crate) type ProjectId = #project_id;

        /// What the document says of the service as a whole.
        pub(crate) mod service {
            /// The address of the service, with a place for the region.
            pub(crate) const URL: &str = #url;
            /// The regions that the address knows.
            pub(crate) const REGIONS: &[&str] = &[#(#regions),*];
            /// What the identity service's catalog calls the service.
            #[cfg(feature = "keystone")]
            pub(crate) const SERVICE_TYPE: &str = #service_type;
            /// The header that carries a token.
            pub(crate) const TOKEN_HEADER: &str = #token;
            /// The header of a reply with the service's name for the exchange.
            pub(crate) const REQUEST_ID_HEADER: &str = #request_id;
            /// The status and the body of the documented response of each operation.
            #[cfg(feature = "mock")]
            pub(crate) const EXAMPLES: &[(&str, u16, &str)] = &[#(#examples),*];
            /// The error codes that callers branch on.
            pub(crate) const ERROR_CODES: &[(&str, crate::kind::ErrorKind)] = &[#(#codes),*];
        }
    }
}
