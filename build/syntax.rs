//! Shared parts of the edits of structs and operations.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Item, ItemImpl, ItemMod, ItemStruct, Type, parse_quote};

use super::edit::spaced;
use super::values::{docs, tokens};
use super::{Failure, Outcome, Result};

/// The tokens around the type of a value in a builder (`RESULT`), and around an optional type (`OPTION`).
pub const RESULT: [&str; 2] = [":: std :: result :: Result < ", ", :: std :: string :: String > "];
pub const OPTION: [&str; 2] = [":: std :: option :: Option < ", "> "];

/// Reasons for edits, which are part of the error if an edit fails.
pub const KEEP: &str = "errors of values are typed, instead of strings";
pub const MISSING: &str = "a missing required value is reported under its name in the document";
pub const SETTER: &str = "a setter keeps the error of an invalid value";

pub fn module<'a>(items: &'a [Item], name: &str) -> Result<&'a [Item]> {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => {
            Some(items.as_slice())
        }
        _ => None,
    });
    found.ok_or_else(|| Failure::new("the generated code", format!("has no module {name}")))
}

pub fn is_of(item: &ItemImpl, name: &str) -> bool {
    matches!(&*item.self_ty, Type::Path(path)
        if path.path.segments.last().is_some_and(|segment| segment.ident == name))
}

/// Doc attributes, followed by other attributes.
pub fn documented(doc: &str, other: &TokenStream) -> Vec<Attribute> {
    let doc = docs(doc);
    let item: ItemStruct = parse_quote!(#doc #other struct Documented;);
    item.attrs
}

/// Checks that a generated field has the planned type, and returns the type. An ignored slot is detected here. The
/// tokens in `around` are stripped from the type of the field first.
pub fn check_field(
    made: &ItemStruct,
    name: &Ident,
    what: &str,
    around: [&str; 2],
    planned: &TokenStream,
    is_required: bool,
) -> Outcome<TokenStream> {
    let field = made.fields.iter().find(|field| field.ident.as_ref() == Some(name));
    let field = field.ok_or_else(|| format!("the generated code has no {what}"))?;
    let ty = spaced(field.ty.to_token_stream());
    let inner = within(&ty, around).unwrap_or(&ty);
    let planned = if is_required { planned.clone() } else { quote!(Option<#planned>) };
    let (made, planned) = (short(inner), short(&spaced(planned)));
    match made == planned {
        true => Ok(tokens(inner)),
        false => {
            Err(format!("{what}: expected the type {planned} in the generated code, found {made}"))
        }
    }
}

/// Strips the tokens around a type.
pub fn within<'t>(ty: &'t str, [before, behind]: [&str; 2]) -> Option<&'t str> {
    ty.strip_prefix(before)?.strip_suffix(behind)
}

/// Shortens each path in a type to its last segment.
fn short(ty: &str) -> String {
    let words: Vec<&str> = ty.split_whitespace().collect();
    let is_name = |word: &str| word.starts_with(|first: char| first.is_ascii_alphabetic());
    let last = |at: &usize| match words[*at] {
        "::" => false,
        word => !is_name(word) || words.get(at + 1) != Some(&"::"),
    };
    (0..words.len()).filter(last).map(|at| words[at]).collect()
}

pub fn structure(items: &[Item], name: &str) -> Option<ItemStruct> {
    items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item.clone()),
        _ => None,
    })
}

/// The method `when_some` of every builder.
pub fn when_some() -> TokenStream {
    quote! {
        /// Calls a setter if there is a value, without breaking the chain.
        pub fn when_some<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
            match value {
                Some(value) => set(self, value),
                None => self,
            }
        }
    }
}
