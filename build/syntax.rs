//! What the edits of structs and of operations have in common.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Item, ItemImpl, ItemMod, ItemStruct, Type, parse_quote};

use super::edit::spaced;
use super::values::{docs, tokens};
use super::{Failure, Outcome, Result};

/// What stands around the type of a value in a builder, and around one that may be absent.
pub const RESULT: [&str; 2] = [":: std :: result :: Result < ", ", :: std :: string :: String > "];
pub const OPTION: [&str; 2] = [":: std :: option :: Option < ", "> "];

/// Reasons of edits.
pub const KEEP: &str = "a value is kept with the reason why it was rejected, and not with a text";
pub const MISSING: &str = "a required value that is missing is named as the document calls it";
pub const SETTER: &str = "a setter keeps the reason why a value was rejected";

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

/// Documentation and another attribute.
pub fn documented(doc: &str, other: &TokenStream) -> Vec<Attribute> {
    let doc = docs(doc);
    let item: ItemStruct = parse_quote!(#doc #other struct Documented;);
    item.attrs
}

/// Checks that the generator gave a value the type that is planned for it: a slot that it ignored
/// would show here. In a builder, the type is inside another.
pub fn check_field(
    made: &ItemStruct,
    name: &Ident,
    what: &str,
    around: [&str; 2],
    planned: &TokenStream,
    is_required: bool,
) -> Outcome<TokenStream> {
    let field = made.fields.iter().find(|field| field.ident.as_ref() == Some(name));
    let field = field.ok_or_else(|| format!("the generator lost the {what}"))?;
    let ty = spaced(field.ty.to_token_stream());
    let inner = within(&ty, around).unwrap_or(&ty);
    let planned = if is_required { planned.clone() } else { quote!(Option<#planned>) };
    let (made, planned) = (short(inner), short(&spaced(planned)));
    match made == planned {
        true => Ok(tokens(inner)),
        false => Err(format!("{what}: the generator made it a {made}, not a {planned}")),
    }
}

/// The type that is inside another.
pub fn within<'t>(ty: &'t str, [before, behind]: [&str; 2]) -> Option<&'t str> {
    ty.strip_prefix(before)?.strip_suffix(behind)
}

/// A type without the paths to the names in it.
fn short(ty: &str) -> String {
    let words: Vec<&str> = ty.split_whitespace().collect();
    let is_name = |word: &str| word.starts_with(|first: char| first.is_ascii_alphabetic());
    let last = |at: &usize| match words[*at] {
        "::" => false,
        word => !is_name(word) || words.get(at + 1) != Some(&"::"),
    };
    (0..words.len()).filter(last).map(|at| words[at]).collect()
}

/// The struct of this name.
pub fn structure(items: &[Item], name: &str) -> Option<ItemStruct> {
    items.iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == name => Some(item.clone()),
        _ => None,
    })
}

/// The method of every builder by which it is set conditionally.
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
