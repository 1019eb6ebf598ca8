//! What the edits ask of the generator's syntax.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{GenericArgument, Item, ItemImpl, ItemMod, Path, PathArguments, Type};

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

/// The name of the trait that is implemented.
pub fn trait_of(item: &ItemImpl) -> String {
    let path = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    path.map(|segment| segment.ident.to_string()).unwrap_or_default()
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

/// The key of a field that serde is told to rename.
pub fn renamed(field: &syn::Field) -> Option<String> {
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
