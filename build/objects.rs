//! The structs of requests and responses, and the builders of requests: as the generator writes them, but
//! for the edits of structs that [`Object::edit_struct`] makes, and those of builders that [`EDITS`] lists.
//! Each is counted, and one that is not made as often as the document demands is an error.
//!
//! A struct is `PartialEq`, and one of a request `Eq` and `Hash` as well where it can be; and it is
//! `#[non_exhaustive]`, since a field may be added. Reading it is this crate's, and so is writing one of a
//! response, which keeps what it does not know. Builders of responses go: nobody builds them.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprMethodCall, ExprStruct, Fields, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn,
    ImplItemType, Item, ItemImpl, ItemStruct, Pat, PathArguments, WherePredicate, parse_quote,
};

use super::names::{lowered_property, rust_name};
use super::plan::{self, Field, Plan};
use super::syntax::{argument, check_type, document, documented, inside, is_of, keep_reason};
use super::values::{docs, markdown, rust_type, schema_doc};
use super::{Failure, Result};

/// What is edited in a builder, and why.
const EDITS: [(&str, &str); 5] = [
    ("type", "a value is kept with the reason why it was rejected, and not with a text"),
    ("missing", "a required value that is missing is named as the document calls it"),
    ("setter", "a setter keeps the reason why a value was rejected"),
    ("option", "a setter takes what the value can be made of, in place of a ready-made `Option`"),
    ("report", "making the value reports all that was rejected, and not the first"),
];

/// The field that the generator makes for `additionalProperties`.
const EXTRA: &str = "extra";
const EXTRA_DOC: &str = "Fields that the document does not name.";

/// A struct of the generator's, and what it was made of.
pub struct Object<'a> {
    plan: &'a plan::Object,
    whole: &'a Plan,
    /// Each field, by the name that the generator gives it.
    fields: Vec<(Ident, &'a Field)>,
    made: ItemStruct,
    /// The builder of a request.
    builder: Vec<Item>,
}

/// The structs of the module `types`: exactly the objects of the plan.
pub fn objects<'a>(items: &[Item], builders: &[Item], plan: &'a Plan) -> Result<Vec<Object<'a>>> {
    let made = plan.objects.iter().map(|object| {
        let edited = Object::of(object, items, builders, plan);
        edited.map_err(|reason| Failure::new(format!("schema {}", object.schema), reason))
    });
    let made = made.collect::<Result<Vec<_>>>()?;
    // How the generator builds and converts them is not kept.
    let stray = items.iter().find(|item| match item {
        Item::Impl(_) | Item::Mod(_) => false,
        Item::Struct(item) => !made.iter().any(|object| object.made.ident == item.ident),
        _ => true,
    });
    match stray {
        None => Ok(made),
        Some(stray) => {
            let stray = stray.to_token_stream().to_string();
            let reason = format!("has {stray}, which no step knows");
            Err(Failure::new("the generated code", reason))
        }
    }
}

impl<'a> Object<'a> {
    fn of(
        plan: &'a plan::Object,
        items: &[Item],
        builders: &[Item],
        whole: &'a Plan,
    ) -> std::result::Result<Self, String> {
        let made = items.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == plan.name => Some(item.clone()),
            _ => None,
        });
        let made = made.ok_or("the generator made no struct of it")?;
        let mut fields = Vec::new();
        for (field, planned) in &plan.fields {
            let ident = format_ident!("{}", rust_name(&lowered_property(&field.key)));
            let found = made.fields.iter().find(|made| made.ident.as_ref() == Some(&ident));
            let found =
                found.ok_or_else(|| format!("the generator lost the property {}", field.key))?;
            let planned = rust_type(whole, planned, plan.is_request);
            let planned = match plan.is_request && field.required {
                true => planned,
                false => quote!(Option<#planned>),
            };
            let place = format!("property {}", field.key);
            check_type(&place, &found.ty, planned).map_err(|failure| failure.to_string())?;
            fields.push((ident, field));
        }
        let has_extra = plan.is_request && plan.additional.is_some();
        if made.fields.len() != fields.len() + usize::from(has_extra) {
            return Err("the generator made up a property".to_owned());
        }
        let mut object = Self { plan, whole, fields, made, builder: Vec::new() };
        object.edit_struct()?;
        if plan.is_request {
            let builder = builders.iter().filter(|item| is_builder_of(item, &plan.name));
            object.builder = builder.cloned().collect();
            let mut edits = Edits { object: &object, counts: BTreeMap::new() };
            let mut builder = object.builder.clone();
            builder.iter_mut().for_each(|item| edits.visit_item_mut(item));
            edits.check()?;
            object.builder = builder;
        }
        Ok(object)
    }

    fn field(&self, name: &str) -> Option<&'a Field> {
        self.fields.iter().find(|(ident, _)| ident == name).map(|(_, field)| *field)
    }

    fn ident(&self) -> Ident {
        format_ident!("{}", self.plan.name)
    }

    fn edit_struct(&mut self) -> std::result::Result<(), String> {
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
        let doc = match is_request || self.plan.name == self.plan.schema {
            false => format!("[`{}`] as it is in a response.", self.plan.schema),
            true => schema_doc(&self.whole.schemas[&self.plan.schema]),
        };
        item.attrs = documented(
            &doc,
            &quote! {
                #[derive(#serialize Clone, Debug, #default PartialEq #eq)]
                #[non_exhaustive]
            },
        );
        for made in &mut item.fields {
            let name = made.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            let field = self.field(&name);
            let doc = field.map_or(EXTRA_DOC.to_owned(), |field| markdown(&field.doc));
            made.attrs.retain(|attribute| is_request && attribute.path().is_ident("serde"));
            // A property whose name the generated code has a use for (`build`, `extra`).
            let renamed = field.filter(|it| is_request && lowered_property(&it.key) != it.key);
            let rename = renamed.map(|Field { key, .. }| quote!(#[serde(rename = #key)]));
            made.attrs.splice(0..0, documented(&doc, &rename.to_token_stream()));
        }
        if let (false, Fields::Named(fields)) = (is_request, &mut item.fields) {
            fields.named.push(parse_quote!(extra: Extra));
        }
        self.made = item;
        Ok(())
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
        let set = self.fields.iter().map(|(ident, field)| match (field.nullable, field.required) {
            (false, _) => quote!(set(&mut builder.#ident, key, value)),
            (true, true) => quote!(set_nullable(&mut builder.#ident, |value| value, key, value)),
            (true, false) => quote!(set_nullable(&mut builder.#ident, Some, key, value)),
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
                        #(#keys => crate::wire::request::#set,)*
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
        Item::Impl(item) => match &item.trait_ {
            Some((path, _)) if path.segments.last().is_some_and(|it| it.ident == "TryFrom") => {
                argument(path).is_some_and(|ty| ty.to_token_stream().to_string() == name)
            }
            _ => is_of(item, name),
        },
        _ => false,
    }
}

/// Edits the builder of a request.
struct Edits<'a> {
    object: &'a Object<'a>,
    /// How often each edit was made.
    counts: BTreeMap<&'static str, usize>,
}

impl Edits<'_> {
    fn count(&mut self, edit: &'static str) {
        *self.counts.entry(edit).or_default() += 1;
    }

    fn check(&self) -> std::result::Result<(), String> {
        let fields = self.object.fields.iter().map(|(_, field)| field);
        let all = self.object.made.fields.len();
        for (edit, reason) in EDITS {
            let expected = match edit {
                "missing" => {
                    fields.clone().filter(|field| field.required).count() + all
                        - self.object.fields.len()
                }
                "option" => fields.clone().map(|field| usize::from(options(field))).sum(),
                // The type of the error, where it stands twice, and the report.
                "report" => 3,
                _ => all,
            };
            let made = self.counts.get(edit).copied().unwrap_or_default();
            if made != expected {
                return Err(format!(
                    "the edit \"{edit}\" was made {made} times, not {expected} times: {reason}"
                ));
            }
        }
        Ok(())
    }

    fn edit_setter(&mut self, function: &mut ImplItemFn) {
        let field = self.object.field(&function.sig.ident.to_string());
        document(function, &field.map_or(EXTRA_DOC.to_owned(), |field| markdown(&field.doc)));
        let key = field.map_or(EXTRA, |field| field.key.as_str());
        let options = field.map_or(0, options);
        let mut predicates = function.sig.generics.make_where_clause().predicates.iter_mut();
        if let (Some(WherePredicate::Type(value)), Some(WherePredicate::Type(error))) =
            (predicates.next(), predicates.next())
        {
            error.bounds = parse_quote!(Into<crate::ValidationError>);
            for _ in 0..options {
                if let Some(syn::TypeParamBound::Trait(bound)) = value.bounds.first_mut()
                    && let Some(inner) =
                        argument(&bound.path).and_then(|ty| inside(ty, "Option")).cloned()
                    && let Some(segment) = bound.path.segments.last_mut()
                    && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
                {
                    arguments.args = std::iter::once(GenericArgument::Type(inner)).collect();
                    self.count("option");
                }
            }
        }
        Setter { edits: self, key, options }.visit_block_mut(&mut function.block);
    }
}

/// One `Option` for what may be absent, and one for what may be null.
fn options(field: &Field) -> u8 {
    u8::from(!field.required) + u8::from(field.nullable)
}

impl VisitMut for Edits<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let doc = format!("A builder of [`types::{0}`](super::{0}).", self.object.plan.name);
        let must_use = quote!(#[must_use = "a builder makes nothing by itself"]);
        item.attrs.splice(0..0, documented(&doc, &must_use));
        for field in &mut item.fields {
            // For the triggers, which unset fields.
            field.vis = parse_quote!(pub(crate));
            if keep_reason(&mut field.ty) {
                self.count("type");
            }
        }
    }

    fn visit_item_impl_mut(&mut self, item: &mut ItemImpl) {
        if item.trait_.is_some() {
            return visit_mut::visit_item_impl_mut(self, item);
        }
        for item in &mut item.items {
            if let ImplItem::Fn(function) = item {
                self.edit_setter(function);
            }
        }
    }

    /// The struct that `default` makes.
    fn visit_expr_struct_mut(&mut self, made: &mut ExprStruct) {
        for value in &mut made.fields {
            if !value.expr.to_token_stream().to_string().contains("no value supplied") {
                continue;
            }
            value.expr = match self.object.field(&value.member.to_token_stream().to_string()) {
                Some(Field { key, .. }) => {
                    parse_quote!(Err(crate::ValidationError::missing(#key)))
                }
                // Of `additionalProperties`, there may be none.
                None => parse_quote!(Ok(Default::default())),
            };
            self.count("missing");
        }
    }

    fn visit_impl_item_type_mut(&mut self, error: &mut ImplItemType) {
        error.ty = parse_quote!(crate::ValidationError);
        self.count("report");
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        if function.sig.ident == "try_from"
            && let Some(FnArg::Typed(argument)) = function.sig.inputs.first()
            && let Pat::Ident(value) = &*argument.pat
        {
            let (value, fields) = (&value.ident, self.object.made.fields.iter());
            let names = fields.map(|field| &field.ident);
            let report = parse_quote! {
                crate::validation::report([#(#value.#names.as_ref().err()),*])?;
            };
            function.block.stmts.insert(0, report);
            function.sig.output =
                parse_quote!(-> ::std::result::Result<Self, crate::ValidationError>);
            self.count("report");
            self.count("report");
        }
        visit_mut::visit_impl_item_fn_mut(self, function);
    }
}

/// Edits the expression in a setter.
struct Setter<'s, 'a> {
    edits: &'s mut Edits<'a>,
    key: &'s str,
    options: u8,
}

impl VisitMut for Setter<'_, '_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "map_err" {
            let key = self.key;
            let keep: Expr = parse_quote!(|error| error.into().at(#key));
            call.args = std::iter::once(keep).collect();
            let value = &call.receiver;
            call.receiver = match self.options {
                0 => return self.edits.count("setter"),
                1 => parse_quote!(#value.map(Some)),
                _ => parse_quote!(#value.map(|value| Some(Some(value)))),
            };
            self.edits.count("setter");
        }
    }
}
