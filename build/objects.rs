//! The structs of requests and responses, and the builders of requests: the output of the generator, with edits by
//! [`Object::edit_struct`] and [`Object::edited_builder`].
//!
//! Structs implement `PartialEq`, and those of requests also `Eq` and `Hash` where possible. They are
//! `#[non_exhaustive]`, since fields may be added. This crate implements their deserialization, and the serialization
//! of responses, which keep unknown fields. Builders of responses are dropped.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Fields, Ident, Item, ItemStruct, parse_quote};

use super::edit::{Code, spaced};
use super::names::{lowered_property, rust_name};
use super::plan::{self, Field, Plan};
use super::syntax::{
    KEEP, MISSING, OPTION, RESULT, SETTER, check_field, documented, is_of, structure, when_some,
    within,
};
use super::values::{docs, field_doc, markdown, rust_type, schema_doc, tokens};
use super::{Failure, Outcome, Result};

/// The field that the generator adds for `additionalProperties`.
const EXTRA: &str = "extra";
const EXTRA_DOC: &str = "Fields that the document does not name.";

/// A generated struct, and the object of the plan that it was generated from.
pub struct Object<'a> {
    plan: &'a plan::Object,
    whole: &'a Plan,
    /// Each field, with its generated name.
    fields: Vec<(Ident, &'a Field)>,
    made: ItemStruct,
    /// The builder, if the struct is part of a request.
    builder: Option<TokenStream>,
}

/// Returns the structs of the module `types`, which have to be exactly the objects of the plan.
pub fn objects<'a>(items: &[Item], builders: &[Item], plan: &'a Plan) -> Result<Vec<Object<'a>>> {
    let made = plan.objects.iter().map(|object| {
        let edited = Object::of(object, items, builders, plan);
        edited.map_err(|reason| Failure::new(format!("schema {}", object.schema), reason))
    });
    let made = made.collect::<Result<Vec<_>>>()?;
    // Generated impls and modules are ignored: the module of builders is passed separately.
    let stray = items.iter().find(|item| match item {
        Item::Impl(_) | Item::Mod(_) => false,
        Item::Struct(item) => !made.iter().any(|object| object.made.ident == item.ident),
        _ => true,
    });
    match stray {
        None => Ok(made),
        Some(stray) => {
            let stray = stray.to_token_stream().to_string();
            let reason = format!("unexpected {stray}");
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
    ) -> Outcome<Self> {
        let made = structure(items, &plan.name).ok_or("the generator created no struct for it")?;
        let mut fields = Vec::new();
        for (field, planned) in &plan.fields {
            let ident = format_ident!("{}", rust_name(&lowered_property(&field.key)));
            let ty = rust_type(whole, planned, plan.is_request);
            let is_required = plan.is_request && field.required;
            let what = format!("property {}", field.key);
            check_field(&made, &ident, &what, ["", ""], &ty, is_required)?;
            fields.push((ident, field));
        }
        let has_extra = plan.is_request && plan.additional.is_some();
        if made.fields.len() != fields.len() + usize::from(has_extra) {
            return Err("the struct has a field that is not in the document".to_owned());
        }
        let mut object = Self { plan, whole, fields, made, builder: None };
        object.edit_struct()?;
        if plan.is_request {
            object.builder = Some(object.edited_builder(builders)?);
        }
        Ok(object)
    }

    /// Returns the generated builder with edits.
    fn edited_builder(&self, items: &[Item]) -> Outcome<TokenStream> {
        let name = self.ident();
        let is_of_it = |item: &&Item| match item {
            Item::Struct(item) => item.ident == name,
            Item::Impl(item) => is_of(item, &self.plan.name),
            _ => false,
        };
        let mut builder: Vec<Item> = items.iter().filter(is_of_it).cloned().collect();
        let made = structure(&builder, &self.plan.name)
            .ok_or("the generator created no builder for it")?;
        let doc = format!("A builder of [`types::{0}`](super::{0}).", self.plan.name);
        let must_use = quote!(#[must_use = "a builder does nothing until it is built or set"]);
        for item in &mut builder {
            if let Item::Struct(item) = item {
                item.attrs.splice(0..0, documented(&doc, &must_use));
            }
        }

        let mut code = Code::new(&builder);
        let mut edit = |reason: &str, from, to| code.edit(reason, from, to);
        let names: Vec<_> = self.made.fields.iter().map(|field| &field.ident).collect();
        edit(
            "all invalid values are reported, instead of the first one",
            quote! {
                type Error = super::error::ConversionError;
                fn try_from(value: #name)
                    -> ::std::result::Result<Self, super::error::ConversionError>
                {
                    Ok(Self { #(#names: value.#names?,)* })
                }
            },
            quote! {
                type Error = crate::ValidationError;
                fn try_from(value: #name) -> ::std::result::Result<Self, crate::ValidationError> {
                    crate::validation::report([#(value.#names.as_ref().err()),*])?;
                    Ok(Self { #(#names: value.#names?,)* })
                }
            },
        )?;
        for field in &made.fields {
            let Some(ident) = &field.ident else { continue };
            let stated = self.field(&ident.to_string());
            let (key, doc) = match stated {
                Some(field) => (&*field.key, field_doc(self.whole, field)),
                None => (EXTRA, EXTRA_DOC.to_owned()),
            };
            let doc = docs(&doc);
            let ty = spaced(field.ty.to_token_stream());
            let ty = within(&ty, RESULT)
                .ok_or_else(|| format!("unexpected type of {ident} in the builder: {ty}"))?;
            edit(
                KEEP,
                tokens(&format!("{ident}: {}{ty}{},", RESULT[0], RESULT[1])),
                tokens(&format!(
                    "pub(crate) {ident}: ::std::result::Result<{ty}, crate::ValidationError>,"
                )),
            )?;
            let unset = match stated {
                None => Some(quote!(Ok(Default::default()))),
                Some(field) if field.required => {
                    Some(quote!(Err(crate::ValidationError::missing(#key))))
                }
                Some(_) => None,
            };
            if let Some(unset) = unset {
                edit(MISSING, quote!(#ident: Err(__.to_string()),), quote!(#ident: #unset,))?;
            }
            // One `Option` if the field can be absent, and one if it can be null.
            let options =
                stated.map_or(0, |it| usize::from(!it.required) + usize::from(it.nullable));
            let inner = (0..options).try_fold(ty, |ty, _| within(ty, OPTION));
            let inner =
                inner.ok_or_else(|| format!("unexpected type of {ident} in the builder: {ty}"))?;
            let made = match options {
                0 => quote!(),
                1 => quote!(.map(Some)),
                _ => quote!(.map(|value| Some(Some(value)))),
            };
            let message = format!("error converting supplied value for {ident}: {{e}}");
            let (ty, inner) = (tokens(ty), tokens(inner));
            edit(
                SETTER,
                quote! {
                    pub fn #ident<T>(mut self, value: T) -> Self
                    where
                        T: ::std::convert::TryInto<#ty>,
                        T::Error: ::std::fmt::Display,
                    {
                        self.#ident = value.try_into().map_err(|e| format!(#message));
                        self
                    }
                },
                quote! {
                    #doc
                    pub fn #ident<T>(mut self, value: T) -> Self
                    where
                        T: ::std::convert::TryInto<#inner>,
                        T::Error: Into<crate::ValidationError>,
                    {
                        self.#ident =
                            value.try_into()#made.map_err(|error| error.into().at(#key));
                        self
                    }
                },
            )?;
        }
        code.tokens()
    }

    fn field(&self, name: &str) -> Option<&'a Field> {
        self.fields.iter().find(|(ident, _)| ident == name).map(|(_, field)| *field)
    }

    fn ident(&self) -> Ident {
        format_ident!("{}", self.plan.name)
    }

    fn edit_struct(&mut self) -> Outcome<()> {
        let mut item = self.made.clone();
        let traits = item.attrs.iter().find(|attribute| attribute.path().is_ident("derive"));
        let traits = traits.map(|derive| derive.to_token_stream().to_string()).unwrap_or_default();
        if !["Deserialize", "Serialize", "Clone", "Debug"].iter().all(|it| traits.contains(it)) {
            return Err(format!("unexpected derives: {traits}"));
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
            let doc = field.map_or(EXTRA_DOC.to_owned(), |field| match is_request {
                true => field_doc(self.whole, field),
                false => markdown(&field.doc),
            });
            made.attrs.retain(|attribute| is_request && attribute.path().is_ident("serde"));
            // A property that was renamed because the generated code uses its name (`build`, `extra`).
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

    /// The struct with its impls.
    pub fn tokens(&self) -> TokenStream {
        let (made, codec, schema) = (&self.made, self.codec(), self.json_schema());
        quote!(#made #codec #schema)
    }

    fn codec(&self) -> TokenStream {
        let (ident, name) = (self.ident(), &self.plan.name);
        let fields: Vec<_> = self.fields.iter().map(|(field, _)| field).collect();
        let keys: Vec<_> = self.fields.iter().map(|(_, field)| &field.key).collect();
        if !self.plan.is_request {
            let contents = self.contents();
            return quote! {
                impl #ident {
                    #(#contents)*

                    /// Returns the fields that are not in the OpenAPI document, and the fields whose value does not
                    /// have the documented type.
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
                /// Returns an empty builder. Setters of a field of this type also accept the builder,
                /// without calling `build`.
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

    /// The methods that read the JSON in a string.
    fn contents(&self) -> Vec<TokenStream> {
        let fields = self.fields.iter().filter_map(|(ident, field)| {
            let content = format_ident!("{}", self.whole.response_name(field.content.as_ref()?));
            let method = format_ident!("{ident}_content");
            let doc = docs(&format!(
                "Reads the JSON in [`{ident}`](Self::{ident}). `None` if the field is absent or holds \
                 anything other than a JSON object. Truncated JSON is read as far as possible.",
            ));
            Some(quote! {
                #doc
                #[must_use]
                pub fn #method(&self) -> Option<#content> {
                    crate::json::salvage(self.#ident.as_deref()?.as_bytes()).ok()
                }
            })
        });
        fields.collect()
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

    /// The builder with its additional methods, if there is one.
    pub fn builder(&self) -> Option<TokenStream> {
        let ident = self.ident();
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
        self.builder.as_ref().map(|builder| {
            quote! {
                #builder

                impl #ident {
                    /// Builds the value.
                    ///
                    /// # Errors
                    ///
                    /// Returns an error that lists all invalid values and missing required ones.
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
