//! Turns the generator's output into this crate's API.
//!
//! The builders of operations stay as they are, but for the edits that [`operations`](super::operations)
//! lists, and so do structs and their builders, by [`bodies`](super::bodies). Each piece is looked for and counted: one that is missing, or unknown, is an
//! error.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Fields, File, GenericArgument, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod,
    ItemStruct, PathArguments, Type, parse_quote,
};

use super::bodies::{Body, trait_of};
use super::generator::STRICT;
use super::names::{lowered_parameter, lowered_property, pascal_case, rust_name};
use super::operations::Operation;
use super::plan::{Call, Field, Holds, Kind, Pagination, Parameter, Plan, Rule, Schema};
use super::values::{call_doc, docs, optional, rust_type, schema_doc, values};
use super::{Failure, Result};

pub fn reshape(mut generated: File, plan: &Plan) -> Result<File> {
    Strict.visit_file_mut(&mut generated);
    let types = objects_of(&generated, plan)?;
    let calls = builders_of(&generated, plan)?;

    let objects = types.iter().map(Object::tokens);
    let body_builders = types.iter().filter(|object| object.is_request()).map(Object::builder);
    let components = plan.schemas.iter().filter(|(_, schema)| schema.is_component);
    let components: Vec<Ident> = components.map(|(name, _)| format_ident!("{name}")).collect();
    let values = values(plan);
    let methods = calls.iter().map(|call| &call.method);
    let builders = calls.iter().map(Builder::tokens);
    let lists = calls.iter().map(|call| call.list(&types)).collect::<Result<Vec<_>>>()?;
    let facts = facts(plan);
    let rules = plan.rules.iter().map(|(name, rules)| rule_tokens(name, rules));

    syn::parse2(quote! {
        use crate::client::Client;

        /// The values of requests and replies, one type for each schema of the document.
        pub mod types {
            pub use crate::wire::{Enumeration, Extra, Known};

            #(#objects)*
            #values

            /// Builders of what a request's body is made of.
            ///
            /// A setter takes whatever its field can be made of. A value that is refused is kept
            /// until `build()`, or until the request is sent, so that all of them are reported at
            /// once.
            pub mod builder {
                #(#body_builders)*
            }

            #[cfg(feature = "schemars")]
            crate::schema::components! { #(#components,)* }
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
        quote!((#code, crate::operation::Class::#class))
    });
    quote! {
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
            /// The error codes that callers branch on.
            pub(crate) const ERROR_CODES: &[(&str, crate::operation::Class)] = &[#(#codes),*];
        }
    }
}

/// The rules of a body.
fn rule_tokens(name: &str, rules: &[Rule]) -> TokenStream {
    let ident = format_ident!("{name}");
    let rules = rules.iter().map(|rule| {
        let Rule { id, description, mend, each, when, holds } = rule;
        let each = optional(each.as_deref());
        let listed = |fields: &[(String, Vec<String>)]| -> TokenStream {
            fields.iter().map(|(pointer, values)| quote!((#pointer, &[#(#values),*]),)).collect()
        };
        let when = listed(when);
        let holds = match holds {
            Holds::Require(pointers) => quote!(Require(&[#(#pointers),*])),
            Holds::AnyOf(pointers) => quote!(AnyOf(&[#(#pointers),*])),
            Holds::Forbid(pointers) => quote!(Forbid(&[#(#pointers),*])),
            Holds::Exclusive(pointers) => quote!(Exclusive(&[#(#pointers),*])),
            Holds::Ascending(pointers) => quote!(Ascending(&[#(#pointers),*])),
            Holds::Within(fields) => {
                let fields = fields.iter().map(|(pointer, minimum, maximum)| {
                    let [minimum, maximum] = [minimum, maximum]
                        .map(|bound| optional(bound.map(proc_macro2::Literal::i64_unsuffixed)));
                    quote!((#pointer, #minimum, #maximum))
                });
                quote!(Within(&[#(#fields),*]))
            }
            Holds::Allow(fields) => {
                let fields = listed(fields);
                quote!(Allow(&[#fields]))
            }
            Holds::Match(fields) => {
                let fields = fields.iter().map(|(pointer, pattern)| {
                    quote!((#pointer, {
                        static PATTERN: Pattern = Pattern::new(#pattern);
                        &PATTERN
                    }))
                });
                quote!(Match(&[#(#fields),*]))
            }
        };
        quote! {
            Rule {
                id: #id,
                description: #description,
                mend: #mend,
                each: #each,
                when: &[#when],
                holds: Holds::#holds,
            }
        }
    });
    quote! {
        impl crate::rules::Ruled for types::#ident {
            fn rules() -> &'static [crate::rules::Rule] {
                #[allow(unused_imports, reason = "not every body has a pattern in its rules")]
                use crate::rules::{Holds, Pattern, Rule};

                static RULES: &[Rule] = &[#(#rules),*];
                RULES
            }
        }
    }
}

/// Gives the strict forms of enumerations their real type, which the generator can't take.
struct Strict;

impl VisitMut for Strict {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty {
            let segments: Vec<String> =
                path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let [krate, types, strict, name] = segments.as_slice()
                && krate == "crate"
                && types == "types"
                && strict == STRICT
            {
                let name = format_ident!("{name}");
                *ty = parse_quote!(crate::types::Known<crate::types::#name>);
                return;
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// The structs of the module `types`: exactly the objects of the plan.
fn objects_of<'a>(file: &File, plan: &'a Plan) -> Result<Vec<Object<'a>>> {
    let mut objects = Vec::new();
    let items = module(&file.items, "types")?;
    let builders = module(items, "builder")?;
    for item in items {
        match item {
            Item::Struct(item) => objects.push(Object::of(item, builders, plan)?),
            // How the generator builds and converts them is not kept.
            Item::Impl(_) | Item::Mod(_) => {}
            other => return Err(unknown("types", other)),
        }
    }
    for (name, schema) in &plan.schemas {
        if matches!(schema.kind, Kind::Object(_))
            && !objects.iter().any(|object| object.name == name)
        {
            return Err(Failure::new(
                format!("schema {name}"),
                "the generator made no struct of it",
            ));
        }
    }
    Ok(objects)
}

/// The builders of the module `builder`: exactly the operations of the plan.
fn builders_of<'a>(file: &File, plan: &'a Plan) -> Result<Vec<Builder<'a>>> {
    let items = module(&file.items, "builder")?;
    let count = items.iter().filter(|item| matches!(item, Item::Struct(_))).count();
    if count != plan.operations.len() {
        return Err(Failure::new(
            "the generated code",
            format!("{count} builders for {} operations", plan.operations.len()),
        ));
    }
    let methods: Vec<_> = file.items.iter().flat_map(methods_of).cloned().collect();
    plan.operations.iter().map(|call| Builder::of(items, &methods, call, plan)).collect()
}

/// The method of every builder by which it is set conditionally.
fn when_some() -> TokenStream {
    quote! {
        /// Sets what the function sets, if there is a value: for what is given or not at run time,
        /// without breaking the chain.
        pub fn when_some<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
            match value {
                Some(value) => set(self, value),
                None => self,
            }
        }
    }
}

/// Whether an item is of the builder of this name.
fn is_builder_of(item: &Item, name: &str) -> bool {
    let argument = |item: &ItemImpl| {
        let (path, _) = item.trait_.as_ref()?;
        let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
            return None;
        };
        Some(arguments.args.to_token_stream().to_string())
    };
    match item {
        Item::Struct(item) => item.ident == name,
        Item::Impl(item) if trait_of(item) == "TryFrom" => argument(item).as_deref() == Some(name),
        Item::Impl(item) => is_of(item, name),
        _ => false,
    }
}

/// The methods of the client.
fn methods_of(item: &Item) -> impl Iterator<Item = &ImplItemFn> {
    let items = match item {
        Item::Impl(item) if item.trait_.is_none() && is_of(item, "Client") => item.items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

fn module<'a>(items: &'a [Item], name: &str) -> Result<&'a [Item]> {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => {
            Some(items.as_slice())
        }
        _ => None,
    });
    found.ok_or_else(|| Failure::new("the generated code", format!("has no module {name}")))
}

fn unknown(place: &str, item: &Item) -> Failure {
    let what = match item {
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        other => other.to_token_stream().to_string().chars().take(120).collect(),
    };
    Failure::new("the generated code", format!("{place} has {what}, which no step knows"))
}

/// A struct of the generator, and the schema that it was made of.
struct Object<'a> {
    name: &'a str,
    schema: &'a Schema,
    members: Vec<Member<'a>>,
    made: ItemStruct,
    /// The builder of a request.
    builder: Vec<Item>,
}

/// A field of a struct, and the property that it was made of.
struct Member<'a> {
    ident: Ident,
    field: &'a Field,
    is_option: bool,
}

impl<'a> Object<'a> {
    fn of(item: &ItemStruct, builders: &[Item], plan: &'a Plan) -> Result<Self> {
        let found = plan.schemas.iter().find(|(name, schema)| {
            item.ident == name.as_str() && matches!(schema.kind, Kind::Object(_))
        });
        let Some((name, schema)) = found else {
            return Err(unknown("types", &Item::Struct(item.clone())));
        };
        let place = format!("schema {name}");
        let (Kind::Object(fields), Fields::Named(named)) = (&schema.kind, &item.fields) else {
            return Err(Failure::new(place, "the generator made no struct with fields of it"));
        };
        let mut members = Vec::new();
        for made in &named.named {
            let ident = made.ident.clone().ok_or_else(|| Failure::new(&place, "unnamed field"))?;
            let key = renamed(made).unwrap_or_else(|| ident.to_string());
            let field =
                fields.iter().find(|field| lowered_property(&field.key) == key).ok_or_else(
                    || Failure::new(&place, format!("the generator made up a property {key}")),
                )?;
            let inner = inside(&made.ty, "Option");
            let is_option = inner.is_some();
            let place = format!("{place}, property {key}");
            if is_option != (schema.in_replies || !field.required) {
                return Err(Failure::new(place, "the generator does not tell absent from present"));
            }
            check_type(&place, inner.unwrap_or(&made.ty), plan, &field.ty, schema.in_requests)?;
            members.push(Member { ident, field, is_option });
        }
        if members.len() != fields.len() {
            return Err(Failure::new(place, "the generator lost a property"));
        }
        let fields = members.iter().map(|member| (member.ident.to_string(), member.field));
        let has_number = plan.has_number(name);
        let body = Body { fields: fields.collect(), is_request: schema.in_requests, has_number };
        let fail = |reason: String| Failure::new(&place, reason);
        let mut made = item.clone();
        body.edit_struct(&mut made, docs(&schema_doc(schema))).map_err(fail)?;
        let mut builder = Vec::new();
        if schema.in_requests {
            builder.extend(builders.iter().filter(|item| is_builder_of(item, name)).cloned());
            let doc = docs(&format!("A builder of [`types::{name}`](super::{name})."));
            body.edit_builder(&mut builder, doc).map_err(fail)?;
        }
        Ok(Self { name, schema, members, made, builder })
    }

    fn is_request(&self) -> bool {
        self.schema.in_requests
    }

    fn ident(&self) -> Ident {
        format_ident!("{}", self.name)
    }

    fn tokens(&self) -> TokenStream {
        let (ident, made) = (self.ident(), &self.made);
        let (required, optional): (Vec<_>, Vec<_>) =
            self.members.iter().partition(|member| !member.is_option);
        let (required, optional) =
            (required.into_iter().map(Member::entry), optional.into_iter().map(Member::entry));
        let codec = if self.is_request() {
            quote! {
                crate::wire::request::request! {
                    #ident { required: { #(#required,)* }, optional: { #(#optional,)* } }
                }

                impl #ident {
                    /// A builder in which nothing is set; its `build()` makes the value. Setters of a
                    /// request take the builder as it is.
                    pub fn builder() -> builder::#ident {
                        Default::default()
                    }
                }
            }
        } else {
            quote!(crate::wire::reply::reply! { #ident { #(#optional,)* } })
        };
        quote!(#made #codec)
    }

    /// The builder of a struct that a request sends.
    fn builder(&self) -> TokenStream {
        let (ident, items) = (self.ident(), &self.builder);
        let when_some = when_some();
        quote! {
            #(#items)*

            impl #ident {
                /// Makes the value.
                ///
                /// # Errors
                ///
                /// If a value was rejected, or a required one was not given: all are listed.
                pub fn build(self) -> Result<super::#ident, crate::ValidationError> {
                    self.try_into()
                }

                #when_some
            }
        }
    }
}

impl Member<'_> {
    /// The field and its key, and what the document says of it beyond its type.
    fn entry(&self) -> TokenStream {
        let (ident, key) = (&self.ident, &self.field.key);
        let nullable = self.field.nullable.then(|| quote!(nullable));
        let required = (self.is_option && self.field.required).then(|| quote!(required));
        let said =
            (nullable.is_some() || required.is_some()).then(|| quote!([#nullable #required]));
        quote!(#ident: #key #said)
    }
}

/// The builder of an operation, and the operation.
struct Builder<'a> {
    operation: Operation<'a>,
    ident: Ident,
    method: ImplItemFn,
    /// The setters of the parameters that the caller gives.
    parameters: Vec<(Ident, &'a Parameter)>,
    made: ItemStruct,
    implementation: ItemImpl,
}

impl<'a> Builder<'a> {
    fn of(items: &[Item], methods: &[ImplItemFn], call: &'a Call, plan: &'a Plan) -> Result<Self> {
        let place = format!("operation {}", call.id);
        let fail = |reason: &str| Failure::new(&place, reason);
        let name = pascal_case(&call.id);
        let ident = format_ident!("{name}");
        let made = items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let made = made.ok_or_else(|| fail("the generator made no builder of it"))?;
        let mut types = std::collections::BTreeMap::new();
        for field in &made.fields {
            if let Some(ident) = &field.ident {
                types.insert(ident.to_string(), (ident.clone(), field.ty.clone()));
            }
        }
        types.remove("client").ok_or_else(|| fail("its builder has no client"))?;

        let mut parameters = Vec::new();
        for parameter in &call.parameters {
            let name = rust_name(&lowered_parameter(&parameter.name));
            let (ident, ty) = types
                .remove(&name)
                .ok_or_else(|| fail(&format!("the generator lost the parameter {name}")))?;
            let ty = inside(&ty, "Result").ok_or_else(|| fail("a parameter is no Result"))?;
            let inner = inside(ty, "Option");
            if inner.is_some() == parameter.required {
                return Err(fail(&format!("the generator takes {name} for required, or not")));
            }
            let place = format!("{place}, parameter {name}");
            check_type(&place, inner.unwrap_or(ty), plan, &parameter.ty, true)?;
            parameters.push((ident, parameter));
        }
        if types.remove("body").is_some() != call.body.is_some() || !types.is_empty() {
            return Err(fail("its builder has other fields than the operation has parameters"));
        }

        let implementation = items.iter().find_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() && is_of(item, &name) => Some(item.clone()),
            _ => None,
        });
        let implementation = implementation.ok_or_else(|| fail("its builder has no methods"))?;
        let send = implementation.items.iter().find_map(|item| match item {
            ImplItem::Fn(item) if item.sig.ident == "send" => Some(item),
            _ => None,
        });
        let send = send.ok_or_else(|| fail("its builder has no send()"))?;
        let syn::ReturnType::Type(_, returned) = &send.sig.output else {
            return Err(fail("its send() returns nothing"));
        };
        let reply = inside(returned, "Result")
            .and_then(|value| inside(value, "ResponseValue"))
            .ok_or_else(|| fail("its send() returns no response"))?
            .clone();
        let expected = call.success.1.as_deref();
        let is_expected = match (&reply, expected) {
            (Type::Path(path), Some(name)) => {
                path.path.segments.last().is_some_and(|segment| segment.ident == name)
            }
            (Type::Tuple(unit), None) => unit.elems.is_empty(),
            _ => false,
        };
        if !is_expected {
            return Err(fail("its send() returns another type than its success has"));
        }
        let sent = send.block.to_token_stream();
        if !names(sent.clone(), &format_ident!("{}", call.method)) {
            return Err(fail("its request is not made by its method"));
        }
        let whole = call.body.as_ref().map(|_| format_ident!("body"));
        let mut all = parameters.iter().map(|(ident, _)| ident).chain(&whole);
        if let Some(lost) = all.find(|ident| uses(sent.clone(), ident) < 4) {
            return Err(fail(&format!("its request is made without {lost}")));
        }
        let method = rust_name(&call.id);
        let method = methods.iter().find(|item| item.sig.ident == method);
        let method = method.ok_or_else(|| fail("the client has no method of it"))?;

        let has_rules = call.body.as_ref().is_some_and(|body| plan.rules.contains_key(body));
        let named = parameters.iter().map(|(ident, parameter)| (ident.to_string(), *parameter));
        let operation = Operation { call, parameters: named.collect(), has_rules };
        parameters.retain(|(_, parameter)| !parameter.from_client);
        let mut builder = Self {
            operation,
            ident,
            method: method.clone(),
            parameters,
            made: made.clone(),
            implementation,
        };
        builder.edit().map_err(|reason| fail(&reason))?;
        Ok(builder)
    }

    fn edit(&mut self) -> std::result::Result<(), String> {
        let method = &self.method.sig.ident;
        let doc = docs(&format!(
            "A request of [`Client::{method}`](crate::Client::{method}) under construction."
        ));
        self.operation.edit_struct(&mut self.made, doc)?;
        self.operation.edit_impl(&mut self.implementation)?;
        let (doc, ident) = (docs(&call_doc(self.operation.call)), &self.ident);
        let documented: ImplItemFn = parse_quote!(#doc fn documented() {});
        self.method.attrs = documented.attrs;
        self.method.sig.output = parse_quote!(-> builder::#ident);
        Ok(())
    }

    /// The builder as the generator made it, with what this crate adds.
    fn tokens(&self) -> TokenStream {
        let Self { made, implementation, ident, .. } = self;
        let call = self.operation.call;
        let (id, when_some) = (&call.id, when_some());
        let is_read = matches!(call.method.as_str(), "get" | "head" | "options");
        let retry_unsafe = (!is_read).then(|| {
            quote! {
                /// Lets this change be sent again also when the attempt before may have been acted
                /// upon: see [`Retry::retry_unsafe`](crate::Retry::retry_unsafe).
                pub fn retry_unsafe(mut self) -> Self {
                    self.client = self.client.retrying_unsafe();
                    self
                }
            }
        });
        let unchecked = self.operation.has_rules.then(|| {
            quote! {
                /// Leaves out the rules of the document that span fields of the body. Each
                /// field by itself is still held to its own rule.
                pub fn unchecked(mut self) -> Self {
                    self.client = self.client.unchecked();
                    self
                }
            }
        });
        quote! {
            #made

            #implementation

            impl #ident {
                const OPERATION: Operation = Operation { operation_id: #id };

                #when_some
                #unchecked
                #retry_unsafe
            }
        }
    }

    /// The methods that read all pages, where the document says how.
    fn list(&self, objects: &[Object]) -> Result<TokenStream> {
        let Some(pagination) = &self.operation.call.pagination else {
            return Ok(TokenStream::new());
        };
        let fail = |key: &str| {
            let place = format!("operation {}, x-pagination", self.operation.call.id);
            Failure::new(place, format!("the generator lost {key}"))
        };
        let field = |object: &str, key: &str| {
            let object = objects.iter().find(|it| it.name == object);
            let member = object.and_then(|it| it.members.iter().find(|it| it.field.key == key));
            member.map(|member| &member.ident).ok_or_else(|| fail(key))
        };
        let setter = |name: &str| {
            let found = self.parameters.iter().find(|(_, parameter)| parameter.name == name);
            found.map(|(ident, _)| ident).ok_or_else(|| fail(name))
        };
        let Pagination { reply, entry, items: items_key, offset: offset_key, .. } = pagination;
        let limit_key = &pagination.limit;
        let (items, total) = (field(reply, items_key)?, field(reply, &pagination.total)?);
        let id = field(entry, &pagination.id)?;
        let (offset, limit) = (setter(offset_key)?, setter(limit_key)?);
        let largest = proc_macro2::Literal::i64_unsuffixed(pagination.largest);
        let ident = &self.ident;
        let (reply, entry) = (format_ident!("{reply}"), format_ident!("{entry}"));
        Ok(quote! {
            crate::pagination::list! {
                #ident {
                    page: types::#reply,
                    items: #items(#items_key) of types::#entry,
                    total: #total,
                    id: #id,
                    offset: #offset(#offset_key),
                    limit: #limit(#limit_key) up to #largest,
                }
            }
        })
    }
}

/// Whether a name stands among tokens.
fn names(tokens: TokenStream, name: &Ident) -> bool {
    uses(tokens, name) > 0
}

/// How often a name stands among tokens: in `send()` three times before it is put into the request.
fn uses(tokens: TokenStream, name: &Ident) -> usize {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) => usize::from(ident == *name),
            TokenTree::Group(group) => uses(group.stream(), name),
            _ => 0,
        })
        .sum()
}

fn is_of(item: &ItemImpl, name: &str) -> bool {
    matches!(&*item.self_ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|segment| segment.ident == name))
}

/// Checks that the generator gave a value the type that is planned for it: a replacement that it
/// ignored would show here.
fn check_type(
    place: &str,
    made: &Type,
    plan: &Plan,
    planned: &super::plan::Type,
    in_request: bool,
) -> Result<()> {
    let planned: Type = syn::parse2(rust_type(plan, planned, in_request, &TokenStream::new()))
        .map_err(|error| Failure::new(place, error.to_string()))?;
    if short(made) == short(&planned) {
        return Ok(());
    }
    Err(Failure::new(
        place,
        format!("the generator made it a {}, not a {}", short(made), short(&planned)),
    ))
}

/// A type without the paths to the names in it.
fn short(ty: &Type) -> String {
    let Type::Path(path) = ty else { return ty.to_token_stream().to_string() };
    let Some(segment) = path.path.segments.last() else { return String::new() };
    let mut text = segment.ident.to_string();
    if let PathArguments::AngleBracketed(arguments) = &segment.arguments {
        let arguments = arguments.args.iter().map(|argument| match argument {
            GenericArgument::Type(ty) => short(ty),
            other => other.to_token_stream().to_string(),
        });
        text.push_str(&format!("<{}>", arguments.collect::<Vec<_>>().join(", ")));
    }
    text
}

/// The first type argument of a path whose last segment has this name.
fn inside<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The key of a field that serde is told to rename.
fn renamed(field: &syn::Field) -> Option<String> {
    let mut name = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Other keys of the attribute have values of other forms: those end the parsing early.
        let _ = attribute.parse_nested_meta(|meta| {
            let value: syn::LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("rename") {
                name = Some(value.value());
            }
            Ok(())
        });
    }
    name
}
