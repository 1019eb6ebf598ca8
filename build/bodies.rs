//! The structs of requests and responses and the builders of requests: as the generator writes them,
//! but for the edits that are listed here. Each edit is looked for where it belongs, and one that finds
//! nothing to do is an error.
//!
//! 1. A struct is `PartialEq`, and one of a request `Eq` and `Hash` as well where it can be; and it is
//!    `#[non_exhaustive]`, since a field may be added. Reading it is this crate's, and so is writing one of a response, which keeps what it does
//!    not know.
//! 2. A setter takes what the value can be made of, in place of a ready-made `Option`, and keeps the
//!    reason why it was rejected; the generator keeps a text.
//! 3. Making the value reports all that was rejected, and not the first.
//! 4. A property whose name the generated code has a use for (`build`, `extra`) is renamed for Rust, and
//!    written as the document calls it.
//! 5. Builders of responses go: nobody builds them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Expr, Fields, FnArg, GenericArgument, ImplItem, Item, ItemImpl, ItemStruct, Pat, PathArguments,
    Stmt, Type, WherePredicate, parse_quote,
};

use super::names::lowered_property;
use super::operations::{Outcome, bind, document, edit_error, rejections};
use super::plan::Field;
use super::values::{docs, markdown};

/// A struct of the generator's, and what each field was made of.
pub struct Body<'a> {
    pub fields: Vec<(String, &'a Field)>,
    pub is_request: bool,
    /// Whether a number that is no integer is in it, which is not `Eq`.
    pub has_number: bool,
}

impl Body<'_> {
    fn field(&self, name: &str) -> Outcome<&Field> {
        let found = self.fields.iter().find(|(ident, _)| ident == name);
        found.map(|(_, field)| *field).ok_or_else(|| format!("it has a field {name}"))
    }

    /// Edit 1.
    pub fn edit_struct(&self, item: &mut ItemStruct, doc: TokenStream) -> Outcome<()> {
        let traits = item.attrs.iter().find(|attribute| attribute.path().is_ident("derive"));
        let traits = traits.map(|derive| derive.to_token_stream().to_string()).unwrap_or_default();
        if !["Deserialize", "Serialize", "Clone", "Debug"].iter().all(|it| traits.contains(it)) {
            return Err(format!("it derives {traits}"));
        }
        let default = traits.contains("Default").then(|| quote!(Default,));
        let serialize = self.is_request.then(|| quote!(::serde::Serialize,));
        let eq = (self.is_request && !self.has_number).then(|| quote!(, Eq, Hash));
        let edited: ItemStruct = parse_quote! {
            #doc
            #[derive(#serialize Clone, Debug, #default PartialEq #eq)]
            #[non_exhaustive]
            struct Edited;
        };
        item.attrs = edited.attrs;
        let Fields::Named(fields) = &mut item.fields else {
            return Err("it has no named fields".to_owned());
        };
        for field in &mut fields.named {
            let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
            let Field { key, doc, .. } = self.field(&name)?;
            let doc = docs(&markdown(doc));
            field.attrs.retain(|attribute| self.is_request && attribute.path().is_ident("serde"));
            let is_renamed = self.is_request && lowered_property(key) != *key;
            let rename = is_renamed.then(|| quote!(#[serde(rename = #key)]));
            let documented: ItemStruct = parse_quote!(#doc #rename struct Documented;);
            field.attrs.splice(0..0, documented.attrs);
        }
        if !self.is_request {
            let extra: ItemStruct = parse_quote!(
                struct Extra {
                    extra: Extra,
                }
            );
            fields.named.extend(extra.fields);
        }
        Ok(())
    }

    /// Edits 2 and 3 of a builder, which is these items.
    pub fn edit_builder(&self, items: &mut [Item], doc: TokenStream) -> Outcome<()> {
        let mut setters = 0;
        for item in items.iter_mut() {
            match item {
                Item::Struct(item) => edit_builder_struct(item, &doc)?,
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
        if items.len() == 5 && setters == self.fields.len() {
            return Ok(());
        }
        Err(format!("its builder has {setters} setters, in {} items", items.len()))
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
            let field = self.field(&value.member.to_token_stream().to_string())?;
            if field.required {
                let key = &field.key;
                value.expr = parse_quote!(Err(crate::ValidationError::missing(#key)));
            }
        }
        Ok(())
    }

    fn edit_setters(&self, item: &mut ItemImpl) -> Outcome<usize> {
        for item in &mut item.items {
            let ImplItem::Fn(function) = item else { continue };
            let name = function.sig.ident.to_string();
            let field = self.field(&name)?;
            document(function, &markdown(&field.doc));
            let clause = function.sig.generics.make_where_clause();
            let mut predicates = clause.predicates.iter_mut();
            let (Some(WherePredicate::Type(value)), Some(WherePredicate::Type(error))) =
                (predicates.next(), predicates.next())
            else {
                return Err(format!("its {name}() has no bounds"));
            };
            if !field.required {
                unwrap_option(&mut value.bounds)?;
            }
            error.bounds = parse_quote!(Into<crate::ValidationError>);
            let key = &field.key;
            rejections(function, &parse_quote!(|error| error.into().at(#key)))?;
            if !field.required {
                bind(function, "try_into", |call| parse_quote!(#call.map(Some)))?;
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
                    let names = self.fields.iter().map(|(name, _)| quote::format_ident!("{name}"));
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
}

fn edit_builder_struct(item: &mut ItemStruct, doc: &TokenStream) -> Outcome<()> {
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

/// The name of the trait that is implemented.
pub fn trait_of(item: &ItemImpl) -> String {
    let path = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    path.map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// `TryInto<Option<T>>` as `TryInto<T>`.
fn unwrap_option(
    bounds: &mut syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>,
) -> Outcome<()> {
    if let Some(syn::TypeParamBound::Trait(bound)) = bounds.first_mut()
        && let Some(segment) = bound.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && let Some(GenericArgument::Type(Type::Path(option))) = arguments.args.first().cloned()
        && let Some(segment) = option.path.segments.last()
        && segment.ident == "Option"
        && let PathArguments::AngleBracketed(inner) = &segment.arguments
    {
        arguments.args = inner.args.clone();
        return Ok(());
    }
    Err(format!("a setter takes {}", bounds.to_token_stream()))
}
