//! The structs of requests and responses and the builders of requests: as the generator writes them,
//! but for the edits that are listed here. Each edit is looked for where it belongs, and one that finds
//! nothing to do is an error.
//!
//! 1. A struct is `PartialEq`, and one of a request `Eq` and `Hash` as well where it can be; and it is
//!    `#[non_exhaustive]`, since a field may be added. Reading it is this crate's, and so is writing
//!    one of a response, which keeps what it does not know.
//! 2. A setter takes what the value can be made of, in place of a ready-made `Option`, and keeps the
//!    reason why it was rejected; the generator keeps a text.
//! 3. Making the value reports all that was rejected, and not the first.
//! 4. A property whose name the generated code has a use for (`build`, `extra`) is renamed for Rust, and
//!    written as the document calls it.
//! 5. Builders of responses go: nobody builds them.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{
    Expr, Fields, FnArg, GenericArgument, Ident, ImplItem, Item, ItemImpl, ItemStruct, Pat,
    PathArguments, Stmt, Type, WherePredicate, parse_quote,
};

use super::names::lowered_property;
use super::operations::{Outcome, bind, document, edit_error, rejections};
use super::plan::{self, Field, Plan};
use super::syntax::{argument, check_type, is_of, renamed, trait_of};
use super::values::{docs, markdown, rust_type, schema_doc};
use super::{Failure, Result};

/// The field that the generator makes for `additionalProperties`.
const EXTRA: &str = "extra";
const EXTRA_DOC: &str = "Fields that the document does not name.";

/// A struct of the generator's, and what it was made of.
pub struct Object<'a> {
    pub plan: &'a plan::Object,
    /// Each field, by the name that the generator gives it.
    pub fields: Vec<(Ident, &'a Field)>,
    whole: &'a Plan,
    made: ItemStruct,
    /// The builder of a request.
    builder: Vec<Item>,
}

/// The structs of the module `types`: exactly the objects of the plan.
pub fn objects<'a>(items: &[Item], builders: &[Item], plan: &'a Plan) -> Result<Vec<Object<'a>>> {
    let mut objects = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) => objects.push(Object::of(item, builders, plan)?),
            // How the generator builds and converts them is not kept.
            Item::Impl(_) | Item::Mod(_) => {}
            other => {
                let other = other.to_token_stream().to_string();
                let reason = format!("has {other}, which no step knows");
                return Err(Failure::new("the generated code", reason));
            }
        }
    }
    match plan.objects.iter().find(|it| !objects.iter().any(|object| object.plan.name == it.name)) {
        None => Ok(objects),
        Some(lost) => Err(fail(lost, "the generator made no struct of it")),
    }
}

fn fail(object: &plan::Object, reason: impl Into<String>) -> Failure {
    Failure::new(format!("schema {}", object.schema), reason)
}

impl<'a> Object<'a> {
    fn of(item: &ItemStruct, builders: &[Item], whole: &'a Plan) -> Result<Self> {
        let name = item.ident.to_string();
        let plan = whole.object(&name).ok_or_else(|| {
            Failure::new("the generated code", format!("types has {name}, which no step knows"))
        })?;
        let Fields::Named(named) = &item.fields else {
            return Err(fail(plan, "the generator made no struct with fields of it"));
        };
        let has_extra = plan.is_request && plan.additional.is_some();
        let mut fields = Vec::new();
        for made in &named.named {
            let ident = made.ident.clone().ok_or_else(|| fail(plan, "unnamed field"))?;
            if has_extra && ident == EXTRA {
                continue;
            }
            let key = renamed(made).unwrap_or_else(|| ident.to_string());
            let found = plan.fields.iter().find(|(field, _)| lowered_property(&field.key) == key);
            let (field, planned) = found
                .ok_or_else(|| fail(plan, format!("the generator made up a property {key}")))?;
            let place = format!("schema {}, property {key}", plan.schema);
            let mut planned = rust_type(whole, planned, plan.is_request);
            if !plan.is_request || !field.required {
                planned = quote!(Option<#planned>);
            }
            check_type(&place, &made.ty, planned)?;
            fields.push((ident, field));
        }
        if fields.len() != plan.fields.len() {
            return Err(fail(plan, "the generator lost a property"));
        }
        let mut object = Self { plan, fields, whole, made: item.clone(), builder: Vec::new() };
        object.edit_struct().map_err(|reason| fail(plan, reason))?;
        if plan.is_request {
            object.builder =
                builders.iter().filter(|it| is_builder_of(it, &name)).cloned().collect();
            object.edit_builder().map_err(|reason| fail(plan, reason))?;
        }
        Ok(object)
    }

    fn field(&self, name: &str) -> Option<&'a Field> {
        self.fields.iter().find(|(ident, _)| ident == name).map(|(_, field)| *field)
    }

    fn ident(&self) -> Ident {
        format_ident!("{}", self.plan.name)
    }

    /// Edits 1 and 4.
    fn edit_struct(&mut self) -> Outcome<()> {
        let mut item = self.made.clone();
        let traits = item.attrs.iter().find(|attribute| attribute.path().is_ident("derive"));
        let traits = traits.map(|derive| derive.to_token_stream().to_string()).unwrap_or_default();
        if !["Deserialize", "Serialize", "Clone", "Debug"].iter().all(|it| traits.contains(it)) {
            return Err(format!("it derives {traits}"));
        }
        let is_request = self.plan.is_request;
        let default = traits.contains("Default").then(|| quote!(Default,));
        let serialize = is_request.then(|| quote!(::serde::Serialize,));
        let eq = (is_request && !self.whole.has_number(self.plan)).then(|| quote!(, Eq, Hash));
        let doc = match (is_request, self.plan.name == self.plan.schema) {
            (false, false) => format!("[`{}`] as it is in a response.", self.plan.schema),
            _ => schema_doc(&self.whole.schemas[&self.plan.schema]),
        };
        let doc = docs(&doc);
        let edited: ItemStruct = parse_quote! {
            #doc
            #[derive(#serialize Clone, Debug, #default PartialEq #eq)]
            #[non_exhaustive]
            struct Edited;
        };
        item.attrs = edited.attrs;
        for field in &mut item.fields {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            let (key, doc) = match self.field(&name) {
                Some(Field { key, doc, .. }) => (key.as_str(), markdown(doc)),
                None => (EXTRA, EXTRA_DOC.to_owned()),
            };
            let doc = docs(&doc);
            field.attrs.retain(|attribute| is_request && attribute.path().is_ident("serde"));
            let is_renamed =
                is_request && self.field(&name).is_some() && lowered_property(key) != *key;
            let rename = is_renamed.then(|| quote!(#[serde(rename = #key)]));
            let documented: ItemStruct = parse_quote!(#doc #rename struct Documented;);
            field.attrs.splice(0..0, documented.attrs);
        }
        if let (false, Fields::Named(fields)) = (is_request, &mut item.fields) {
            fields.named.push(parse_quote!(extra: Extra));
        }
        self.made = item;
        Ok(())
    }

    /// Edits 2 and 3.
    fn edit_builder(&mut self) -> Outcome<()> {
        let mut items = std::mem::take(&mut self.builder);
        let mut setters = 0;
        for item in &mut items {
            match item {
                Item::Struct(item) => self.edit_builder_struct(item)?,
                Item::Impl(item) => match trait_of(item).as_str() {
                    "Default" => self.edit_default(item)?,
                    "TryFrom" => self.edit_try_from(item)?,
                    "From" => {}
                    "" => setters += self.edit_setters(item)?,
                    other => return Err(format!("its builder implements {other}")),
                },
                other => return Err(format!("its builder has {}", other.to_token_stream())),
            }
        }
        if items.len() != 5 || setters != self.made.fields.len() {
            return Err(format!("its builder has {setters} setters, in {} items", items.len()));
        }
        self.builder = items;
        Ok(())
    }

    fn edit_builder_struct(&self, item: &mut ItemStruct) -> Outcome<()> {
        let name = &self.plan.name;
        let doc = docs(&format!("A builder of [`types::{name}`](super::{name})."));
        let documented: ItemStruct = parse_quote! {
            #doc
            #[must_use = "a builder makes nothing by itself"]
            struct Documented;
        };
        item.attrs.splice(0..0, documented.attrs);
        for field in &mut item.fields {
            // For the triggers, which unset fields.
            field.vis = parse_quote!(pub(crate));
            edit_error(&mut field.ty)?;
        }
        Ok(())
    }

    /// Names the fields that are missing.
    fn edit_default(&self, item: &mut ItemImpl) -> Outcome<()> {
        let [ImplItem::Fn(function)] = item.items.as_mut_slice() else {
            return Err("its builder has no default()".to_owned());
        };
        let Some(Stmt::Expr(Expr::Struct(made), None)) = function.block.stmts.first_mut() else {
            return Err("its default() makes no struct".to_owned());
        };
        for value in &mut made.fields {
            match self.field(&value.member.to_token_stream().to_string()) {
                Some(field) if field.required => {
                    let key = &field.key;
                    value.expr = parse_quote!(Err(crate::ValidationError::missing(#key)));
                }
                Some(_) => {}
                // Of `additionalProperties`, there may be none.
                None => value.expr = parse_quote!(Ok(Default::default())),
            }
        }
        Ok(())
    }

    fn edit_setters(&self, item: &mut ItemImpl) -> Outcome<usize> {
        for item in &mut item.items {
            let ImplItem::Fn(function) = item else { continue };
            let name = function.sig.ident.to_string();
            let field = self.field(&name);
            let (key, doc) =
                field.map_or((EXTRA, EXTRA_DOC), |field| (field.key.as_str(), field.doc.as_str()));
            document(function, &markdown(doc));
            let clause = function.sig.generics.make_where_clause();
            let mut predicates = clause.predicates.iter_mut();
            let (Some(WherePredicate::Type(value)), Some(WherePredicate::Type(error))) =
                (predicates.next(), predicates.next())
            else {
                return Err(format!("its {name}() has no bounds"));
            };
            error.bounds = parse_quote!(Into<crate::ValidationError>);
            // Of an `Option` for what may be absent, and one for what may be null.
            let options = field.map_or(0, |it| u8::from(!it.required) + u8::from(it.nullable));
            (0..options).try_for_each(|_| unwrap_option(&mut value.bounds))?;
            rejections(function, &parse_quote!(|error| error.into().at(#key)))?;
            match options {
                0 => {}
                1 => bind(function, "try_into", |call| parse_quote!(#call.map(Some)))?,
                _ => bind(
                    function,
                    "try_into",
                    |call| parse_quote!(#call.map(|value| Some(Some(value)))),
                )?,
            }
        }
        Ok(item.items.len())
    }

    fn edit_try_from(&self, item: &mut ItemImpl) -> Outcome<()> {
        let mut edited = 0;
        for item in &mut item.items {
            match item {
                ImplItem::Type(error) => {
                    error.ty = parse_quote!(crate::ValidationError);
                    edited += 1;
                }
                ImplItem::Fn(function) => {
                    let Some(FnArg::Typed(argument)) = function.sig.inputs.first() else {
                        continue;
                    };
                    let Pat::Ident(value) = &*argument.pat else { continue };
                    let value = &value.ident;
                    let names = self.made.fields.iter().map(|field| &field.ident);
                    let report: Stmt = parse_quote! {
                        crate::validation::report([#(#value.#names.as_ref().err()),*])?;
                    };
                    function.block.stmts.insert(0, report);
                    function.sig.output =
                        parse_quote!(-> ::std::result::Result<Self, crate::ValidationError>);
                    edited += 1;
                }
                _ => {}
            }
        }
        if edited == 2 { Ok(()) } else { Err("its builder makes no value".to_owned()) }
    }

    /// The struct, and how it is read and written.
    pub fn tokens(&self) -> TokenStream {
        let (made, codec, schema) = (&self.made, self.codec(), self.json_schema());
        quote!(#made #codec #schema)
    }

    fn codec(&self) -> TokenStream {
        let (ident, name) = (self.ident(), &self.plan.name);
        let fields: Vec<_> = self.fields.iter().map(|(field, _)| field).collect();
        let keys: Vec<_> = self.fields.iter().map(|(_, field)| &field.key).collect();
        if !self.plan.is_request {
            return quote! {
                impl #ident {
                    /// Returns what the response holds beyond the typed fields: fields that are not
                    /// documented, and values of another type than documented.
                    #[must_use]
                    pub fn extra(&self) -> &Extra {
                        &self.extra
                    }
                }

                impl crate::wire::response::ResponseObject for #ident {
                    const NAME: &'static str = #name;

                    fn extra_mut(&mut self) -> &mut Extra {
                        &mut self.extra
                    }

                    fn read_field<'de, A: ::serde::de::MapAccess<'de>>(
                        &mut self,
                        key: &str,
                        object: &mut A,
                    ) -> Result<(), A::Error> {
                        match key {
                            #(#keys => self.extra.read(&mut self.#fields, key, object),)*
                            _ => self.extra.keep(key, object),
                        }
                    }
                }

                impl<'de> ::serde::Deserialize<'de> for #ident {
                    fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                        crate::wire::response::deserialize(d)
                    }
                }

                impl ::serde::Serialize for #ident {
                    fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                        let mut object = s.serialize_map(None)?;
                        #(self.extra.write(self.#fields.as_ref(), #keys, &mut object)?;)*
                        self.extra.end(object)
                    }
                }
            };
        }
        let set = self.fields.iter().map(|(_, field)| {
            let set = if field.nullable && !field.required { "set_nullable" } else { "set" };
            format_ident!("{set}")
        });
        let other = match self.plan.additional {
            None => quote!(false),
            Some(_) => {
                quote!(crate::wire::request::set_additional(&mut builder.extra, key, value))
            }
        };
        quote! {
            impl #ident {
                /// Returns a builder in which nothing is set; its `build()` makes the value. Setters
                /// of a request take the builder as it is.
                pub fn builder() -> builder::#ident {
                    Default::default()
                }
            }

            impl crate::wire::request::RequestObject for #ident {
                type Builder = builder::#ident;

                const NAME: &'static str = #name;
                const FIELDS: &'static [&'static str] = &[#(#keys),*];

                fn set(
                    builder: &mut builder::#ident,
                    key: &str,
                    value: ::serde_json::Value,
                ) -> bool {
                    match key {
                        #(#keys => {
                            crate::wire::request::#set(&mut builder.#fields, key, value)
                        })*
                        _ => #other,
                    }
                }
            }

            impl<'de> ::serde::Deserialize<'de> for #ident {
                fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    crate::wire::request::deserialize(d)
                }
            }

            impl TryFrom<::serde_json::Value> for #ident {
                type Error = crate::ValidationError;

                /// Reads JSON, and reports every field that is wrong.
                fn try_from(value: ::serde_json::Value) -> Result<Self, Self::Error> {
                    crate::wire::request::Checked::check(value)
                }
            }
        }
    }

    fn json_schema(&self) -> TokenStream {
        let (ident, name) = (self.ident(), &self.plan.name);
        let properties = self.fields.iter().map(|(_, Field { key, ty, nullable, .. })| {
            let ty = rust_type(self.whole, ty, false);
            let ty = if *nullable { quote!(Option<#ty>) } else { ty };
            quote!(.property::<#ty>(#key))
        });
        let required: Vec<_> = self.fields.iter().filter(|(_, field)| field.required).collect();
        let required: Vec<_> = required.iter().map(|(_, field)| &field.key).collect();
        let required = (!required.is_empty()).then(|| quote!(.required(&[#(#required),*])));
        let end = match &self.plan.additional {
            Some(ty) => {
                let ty = rust_type(self.whole, ty, false);
                quote!(.with_additional::<#ty>())
            }
            None if self.plan.is_request => quote!(.closed()),
            None => quote!(.open()),
        };
        quote! {
            #[cfg(feature = "schemars")]
            impl ::schemars::JsonSchema for #ident {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    #name.into()
                }

                fn json_schema(
                    generator: &mut ::schemars::SchemaGenerator,
                ) -> ::schemars::Schema {
                    crate::schema::Object::new(generator) #(#properties)* #required #end
                }
            }
        }
    }

    /// The builder, where there is one.
    pub fn builder(&self) -> Option<TokenStream> {
        let (ident, items) = (self.ident(), &self.builder);
        let nulls = self.fields.iter().filter(|(_, field)| field.nullable).map(|(name, field)| {
            let doc = docs(&format!("Sets [`{name}`](Self::{name}) to null."));
            let null = if field.required { quote!(None) } else { quote!(Some(None)) };
            let method = format_ident!("{name}_null");
            quote! {
                #doc
                pub fn #method(mut self) -> Self {
                    self.#name = Ok(#null);
                    self
                }
            }
        });
        let when_some = when_some();
        self.plan.is_request.then(|| {
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

                    #(#nulls)*
                    #when_some
                }
            }
        })
    }
}

/// The method of every builder by which it is set conditionally.
pub fn when_some() -> TokenStream {
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
    match item {
        Item::Struct(item) => item.ident == name,
        Item::Impl(item) if trait_of(item) == "TryFrom" => {
            let (path, _) = item.trait_.clone().unwrap_or_else(|| unreachable!());
            argument(&path).is_some_and(|ty| ty.to_token_stream().to_string() == name)
        }
        Item::Impl(item) => is_of(item, name),
        _ => false,
    }
}

/// `TryInto<Option<T>>` as `TryInto<T>`.
fn unwrap_option(
    bounds: &mut syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>,
) -> Outcome<()> {
    if let Some(syn::TypeParamBound::Trait(bound)) = bounds.first_mut()
        && let Some(segment) = bound.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && let Some(GenericArgument::Type(Type::Path(option))) = arguments.args.first().cloned()
        && option.path.segments.last().is_some_and(|segment| segment.ident == "Option")
        && let Some(inner) = argument(&option.path)
    {
        arguments.args = std::iter::once(GenericArgument::Type(inner.clone())).collect();
        return Ok(());
    }
    Err(format!("a setter takes {}", bounds.to_token_stream()))
}
