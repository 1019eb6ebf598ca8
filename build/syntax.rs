//! What the edits of structs and of operations have in common.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, GenericArgument, ImplItemFn, Item, ItemImpl, ItemMod, ItemStruct, Path,
    PathArguments, Type, parse_quote,
};

use super::values::docs;
use super::{Failure, Result};

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

/// The first type argument of a path.
pub fn argument(path: &Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The first type argument of a path whose last segment has this name.
pub fn inside<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let is_named = path.path.segments.last().is_some_and(|segment| segment.ident == name);
    argument(&path.path).filter(|_| is_named)
}

/// Makes `Result<T, String>` a `Result<T, ValidationError>`, where it is one.
pub fn keep_reason(ty: &mut Type) -> bool {
    if let Type::Path(path) = ty
        && let Some(PathArguments::AngleBracketed(arguments)) =
            path.path.segments.last_mut().map(|segment| &mut segment.arguments)
        && let Some(GenericArgument::Type(error)) = arguments.args.last_mut()
        && short(error) == "String"
    {
        *error = parse_quote!(crate::ValidationError);
        return true;
    }
    false
}

/// Gives a function this documentation, in place of its own.
pub fn document(function: &mut ImplItemFn, doc: &str) {
    function.attrs = documented(doc, &TokenStream::new());
}

/// Documentation and another attribute.
pub fn documented(doc: &str, other: &TokenStream) -> Vec<Attribute> {
    let doc = docs(doc);
    let item: ItemStruct = parse_quote!(#doc #other struct Documented;);
    item.attrs
}

/// Checks that the generator gave a value the type that is planned for it: a slot that it ignored
/// would show here.
pub fn check_type(place: &str, made: &Type, planned: TokenStream) -> Result<()> {
    let planned: Type =
        syn::parse2(planned).map_err(|error| Failure::new(place, error.to_string()))?;
    let (made, planned) = (short(made), short(&planned));
    match made == planned {
        true => Ok(()),
        false => {
            Err(Failure::new(place, format!("the generator made it a {made}, not a {planned}")))
        }
    }
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
