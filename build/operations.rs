//! The request builders: the output of the generator, with the edits of this module.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{File, Ident, ImplItem, ImplItemFn, Item, parse_quote};

use super::edit::Code;
use super::lower::PROJECT;
use super::names::{lowered_parameter, pascal_case, rust_name};
use super::plan::{Call, Parameter, Plan};
use super::syntax::{
    KEEP, MISSING, SETTER, check_field, documented, is_of, module, structure, when_some,
};
use super::values::{builder_doc, call_doc, docs, parameter_doc, rust_type, send_doc};
use super::{Failure, Outcome, Result};

const REPORT: &str = "all invalid values are reported at once, with the violated rules of the body";

/// Returns the builders of the module `builder`, which have to be exactly the operations of the plan, and the methods
/// of the client that create them.
pub fn operations(file: &File, plan: &Plan) -> Result<(Vec<TokenStream>, Vec<ImplItemFn>)> {
    let items = module(&file.items, "builder")?;
    let count = items.iter().filter(|item| matches!(item, Item::Struct(_))).count();
    if count != plan.operations.len() {
        let reason = format!(
            "expected one builder per operation, found {count} builders for {} operations",
            plan.operations.len()
        );
        return Err(Failure::new("the generated code", reason));
    }
    let edited = plan.operations.iter().map(|call| {
        let edited = edited(file, items, call, plan);
        edited.map_err(|reason| Failure::new(format!("operation {}", call.id), reason))
    });
    edited.collect()
}

fn edited(
    file: &File,
    items: &[Item],
    call: &Call,
    plan: &Plan,
) -> Outcome<(TokenStream, ImplItemFn)> {
    let (name, id) = (pascal_case(&call.id), rust_name(&call.id));
    let made = structure(items, &name);
    let implementation = items.iter().find_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() && is_of(item, &name) => Some(item.clone()),
        _ => None,
    });
    let methods = file.items.iter().flat_map(|item| match item {
        Item::Impl(item) if is_of(item, "Client") => item.items.as_slice(),
        _ => &[],
    });
    let on_client = methods.into_iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == id => Some(function.clone()),
        _ => None,
    });
    let (Some(mut made), Some(mut implementation), Some(mut on_client)) =
        (made, implementation, on_client)
    else {
        return Err("the generator created no builder or no method for it".to_owned());
    };
    let name = format_ident!("{name}");
    on_client.attrs = documented(&call_doc(call), &TokenStream::new());
    on_client.sig.output = parse_quote!(-> builder::#name);
    let doc = builder_doc(call);
    let must_use = quote!(#[must_use = "a request builder does nothing until `send()` is called"]);
    made.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    made.attrs.splice(0..0, documented(&doc, &must_use));
    for item in &mut implementation.items {
        if let ImplItem::Fn(function) = item {
            function.attrs.clear();
        }
    }

    let own = call.parameters.iter().filter(|parameter| !parameter.from_client);
    let mut own: Vec<_> = own.map(|it| (ident(it), it)).collect();
    let body = call.body.as_ref().map(|body| format_ident!("{body}"));
    // Parameters and body, plus the field `client`, and the functions `body_map`, `new` and `send`.
    let (fields, functions) = (made.fields.len(), implementation.items.len());
    let bodies = body.iter().count();
    if (fields, functions) != (own.len() + bodies + 1, own.len() + 2 * bodies + 2) {
        return Err(format!("unexpected {fields} fields and {functions} functions in the builder"));
    }

    let mut code = Code::new(&[made.to_token_stream(), implementation.to_token_stream()]);
    edit_owner(&mut code, &name)?;
    for (field, parameter) in &own {
        let what = format!("parameter {field}");
        let planned = rust_type(plan, &parameter.ty, true);
        let around = ["Result < ", ", String > "];
        let ty = check_field(&made, field, &what, around, &planned, parameter.required)?;
        edit_value(&mut code, field, &ty, parameter, plan)?;
    }
    if let Some(body) = &body {
        edit_body(&mut code, body)?;
    }
    let has_rules = call.body.as_ref().is_some_and(|body| plan.rules.contains_key(body));
    edit_report(&mut code, call, &own, has_rules)?;
    // The generator adds query parameters in the order of the builder's fields.
    let order = |(field, _): &(Ident, _)| {
        made.fields.iter().position(|made| made.ident.as_ref() == Some(field))
    };
    own.sort_by_key(order);
    edit_request(&mut code, call, &own)?;
    let (code, added) = (code.tokens()?, added(call, &name, has_rules));
    Ok((quote!(#code #added), on_client))
}

/// The generated name of a parameter.
fn ident(parameter: &Parameter) -> Ident {
    format_ident!("{}", rust_name(&lowered_parameter(&parameter.name)))
}

fn edit_owner(code: &mut Code, name: &Ident) -> Outcome<()> {
    let mut edit = |reason: &str, from, to| code.edit(reason, from, to);
    let owner = "the builder owns a clone of the client, so that it can be sent to another task";
    edit(owner, quote!(struct #name<'a>), quote!(struct #name))?;
    edit(owner, quote!(impl<'a> #name<'a>), quote!(impl #name))?;
    edit(owner, quote!(client: &'a super::Client,), quote!(client: super::Client,))?;
    edit(
        owner,
        quote!(pub fn new(client: &'a super::Client)),
        quote!(pub(crate) fn new(client: &super::Client)),
    )?;
    edit(owner, quote!(client: client,), quote!(client: client.clone(),))?;

    Ok(())
}

fn edit_value(
    code: &mut Code,
    field: &Ident,
    ty: &TokenStream,
    parameter: &Parameter,
    plan: &Plan,
) -> Outcome<()> {
    let key = &parameter.name;
    code.edit(
        KEEP,
        quote!(#field: Result<#ty, String>,),
        quote!(#field: Result<#ty, ValidationError>,),
    )?;
    if parameter.required {
        code.edit(
            MISSING,
            quote!(#field: Err(__.to_string()),),
            quote!(#field: Err(ValidationError::missing(#key)),),
        )?;
    }
    let doc = docs(&parameter_doc(plan, parameter));
    code.edit(
        SETTER,
        quote! {
            pub fn #field<V>(mut self, value: V,) -> Self
            where
                V: std::convert::TryInto<__>,
            {
                self.#field = value.try_into()__.map_err(|_| __.to_string());
                self
            }
        },
        quote! {
            #doc
            pub fn #field<V>(mut self, value: V) -> Self
            where
                V: std::convert::TryInto<__1>,
                V::Error: Into<ValidationError>,
            {
                self.#field = value.try_into()__2.map_err(|error| error.into().at(#key));
                self
            }
        },
    )
}

fn edit_body(code: &mut Code, body: &Ident) -> Outcome<()> {
    let mut edit = |reason: &str, from, to| code.edit(reason, from, to);
    edit(
        KEEP,
        quote!(body: Result<types::builder::#body, String>,),
        quote!(body: Result<types::builder::#body, ValidationError>,),
    )?;
    let message = format!("conversion to `{body}` for body failed: {{}}");
    let doc =
        docs("Sets the body, and replaces what was set before. Takes a value, a builder, or JSON.");
    edit(
        SETTER,
        quote! {
            pub fn body<V>(mut self, value: V) -> Self
            where
                V: __,
                __::Error: std::fmt::Display,
            {
                self.body = value.try_into().map(From::from).map_err(|s| format!(#message, s));
                self
            }
        },
        quote! {
            #doc
            pub fn body<V>(mut self, value: V) -> Self
            where
                V: __1,
                __2::Error: Into<ValidationError>,
            {
                self.body = value.try_into().map(From::from).map_err(Into::into);
                self
            }
        },
    )?;
    let doc = docs("Sets fields of the body with its builder.");
    edit(
        "the method needs documentation",
        quote!(pub fn body_map<F>),
        quote!(#doc pub fn body_map<F>),
    )?;
    edit(
        REPORT,
        quote! {
            let body = body
                .and_then(|v| types::#body::try_from(v).map_err(|e| e.to_string()))
                .map_err(Error::InvalidRequest)?;
        },
        quote!(let body = body.map_err(Error::InvalidRequest)?;),
    )
}

/// Edits `send` to report all invalid values before it creates the request.
fn edit_report(
    code: &mut Code,
    call: &Call,
    own: &[(Ident, &Parameter)],
    has_rules: bool,
) -> Outcome<()> {
    let success = match &call.success.1 {
        Some(success) => {
            let success = format_ident!("{success}");
            quote!(types::#success)
        }
        None => quote!(()),
    };
    let doc = docs(&send_doc(call));
    code.edit(
        "errors have the type of this crate",
        quote!(pub async fn send(self) -> Result<ResponseValue<#success>, Error<()>,>),
        quote!(#doc pub async fn send(self) -> Result<Response<#success>, Error>),
    )?;
    let body = call.body.as_ref().map(|body| format_ident!("{body}"));
    let rules = has_rules.then(|| quote!(.and_then(|body| client.check(body))));
    let made_of =
        body.as_ref().map(|body| quote!(let body = body.and_then(types::#body::try_from) #rules;));
    let of_body = body.as_ref().map(|_| format_ident!("body"));
    let names: Vec<_> = own.iter().map(|(field, _)| field).chain(&of_body).collect();
    code.edit(
        REPORT,
        quote!(let Self { __ } = self;),
        quote! {
            let Self { __1 } = self;
            #made_of
            Error::report(Self::OPERATION, [#(#names.as_ref().err()),*])?;
        },
    )
}

/// Edits the code of `send` that creates the request.
fn edit_request(code: &mut Code, call: &Call, own: &[(Ident, &Parameter)]) -> Outcome<()> {
    let mut edit = |reason: &str, from, to| code.edit(reason, from, to);
    let given = call.parameters.iter().find(|parameter| parameter.from_client);
    let project =
        given.map(|_| quote!(let project_id = encode_path(&client.project_id().to_string());));
    let mut path: Vec<_> = own.iter().filter(|(_, it)| it.location == "path").collect();
    path.sort_by_key(|(_, it)| call.path.find(&place(it)));
    let path = path.into_iter().map(|(field, _)| quote!(encode_path(&#field.to_string())));
    let path: Vec<_> = path.collect();
    let [from, to] =
        [PROJECT, "{project_id}"].map(|given| format!("{{}}{}", template(call, given)));
    edit(
        "the value of an `x-client-parameter` is taken from the client",
        quote!(let url = format!(#from, client.baseurl, #(#path,)*);),
        quote!(#project let url = format!(#to, client.baseurl, #(#path,)*);),
    )?;
    let header = "the service does not support the header `api-version`";
    edit(
        header,
        quote! {
            let mut header_map = __;
            header_map.append(::reqwest::header::HeaderName::from_static("api-version"), __);
        },
        TokenStream::new(),
    )?;
    edit(header, quote!(.headers(header_map)), TokenStream::new())?;
    let query = own.iter().filter(|(_, it)| it.location == "query").map(|(field, parameter)| {
        [&lowered_parameter(&parameter.name), &parameter.name]
            .map(|name| quote!(.query(&progenitor_client::QueryParam::new(#name, &#field))))
    });
    let query: Vec<_> = query.collect();
    let [from, to] = [0, 1].map(|which| query.iter().map(move |names| &names[which]));
    let json = call.body.as_ref().map(|_| quote!(.json(&body)));
    let (id, method) = (rust_name(&call.id), format_ident!("{}", call.method));
    edit(
        "a parameter is sent under its name in the document, and errors contain the operation",
        quote!(client.client.#method(url)__ #json #(#from)* .build()?;),
        quote! {
            client.client.#method(url)__1 #json #(#to)*
                .build().map_err(|error| Error::transport(Self::OPERATION, error))?;
        },
    )?;
    edit(
        "errors and logs contain the operationId",
        quote!(let info = OperationInfo { operation_id: #id, };),
        quote!(let info = Self::OPERATION;),
    )
}

/// The path as a format string, with `given` in place of the parameter that is set on the client.
fn template(call: &Call, given: &str) -> String {
    let places = call.parameters.iter().filter(|parameter| parameter.location == "path");
    places.fold(call.path.clone(), |path, parameter| {
        path.replace(&place(parameter), if parameter.from_client { given } else { "{}" })
    })
}

/// The placeholder of a parameter in a path.
fn place(parameter: &Parameter) -> String {
    format!("{{{}}}", parameter.name)
}

/// The items that are added to the generated builder.
fn added(call: &Call, ident: &Ident, has_rules: bool) -> TokenStream {
    let (id, when_some) = (&call.id, when_some());
    let is_read = matches!(call.method.as_str(), "get" | "head" | "options");
    let retry_unsafe = (!is_read).then(|| {
        quote! {
            /// Retries the call even if a failed attempt may have been applied: see
            /// [`Retry::retry_unsafe`](crate::Retry::retry_unsafe).
            pub fn retry_unsafe(mut self) -> Self {
                self.client = self.client.retrying_unsafe();
                self
            }
        }
    });
    let unchecked = has_rules.then(|| {
        quote! {
            /// Skips the cross-field rules of the OpenAPI document. Each field is still validated.
            pub fn unchecked(mut self) -> Self {
                self.client = self.client.unchecked();
                self
            }
        }
    });
    quote! {
        impl #ident {
            const OPERATION: Operation = Operation { operation_id: #id };

            #when_some
            #unchecked
            #retry_unsafe
        }
    }
}
