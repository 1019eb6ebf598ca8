//! Combines the code of the generator, as edited by [`objects`](super::objects) and [`operations`](super::operations),
//! with the code that the generator does not support.

use quote::{format_ident, quote};
use syn::File;

use super::objects::objects;
use super::operations::operations;
use super::pagination::list;
use super::plan::Plan;
use super::syntax::module;
use super::values::values;
use super::{Failure, Result};

pub fn assemble(generated: &File, plan: &Plan) -> Result<File> {
    let types = module(&generated.items, "types")?;
    let types = objects(types, module(types, "builder")?, plan)?;
    let (builders, methods) = operations(generated, plan)?;

    let structs = types.iter().map(|object| object.tokens());
    let body_builders = types.iter().filter_map(|object| object.builder());
    let components = plan.schemas.iter().filter(|(_, schema)| schema.is_component);
    let components = components.map(|(name, _)| {
        let ident = format_ident!("{name}");
        quote!((#name, #ident::json_schema(generator)))
    });
    let values = values(plan);
    let lists = plan.operations.iter().map(|call| list(call, plan)).collect::<Result<Vec<_>>>()?;
    let facts = &plan.facts;
    let rules = plan.rules.values();

    syn::parse2(quote! {
        use crate::client::Client;

        /// Types of requests and responses, one for each schema of the OpenAPI document.
        pub mod types {
            pub use crate::wire::{Closed, Enumeration, Extra, Filter};

            #(#structs)*
            #values

            /// Builders of request bodies and their parts.
            ///
            /// Setters take any type that converts to the type of the field. Invalid values are reported
            /// by `build()`, or when the request is sent, all at once.
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

        /// Request builders, one for each operation.
        ///
        /// Setters take any type that converts to the type of the parameter. `send()` reports all invalid
        /// values at once, and does not send the request then.
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
