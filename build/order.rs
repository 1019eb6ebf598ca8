//! Restores the document's order of fields and setters, which the generator sorts by name.

use syn::{Fields, File, Ident, ImplItem, Item};

use super::names::{lowered_parameter, lowered_property, pascal_case, rust_name};
use super::plan::Plan;
use super::syntax::is_of;

pub fn order(file: &mut File, plan: &Plan) {
    for object in &plan.objects {
        let keys = object.fields.iter().map(|(field, _)| lowered_property(&field.key));
        sort(&mut file.items, &object.name, &keys.collect::<Vec<_>>());
    }
    for call in &plan.operations {
        let keys = call.parameters.iter().map(|parameter| lowered_parameter(&parameter.name));
        sort(&mut file.items, &pascal_case(&call.id), &keys.collect::<Vec<_>>());
    }
}

/// Sorts the fields and methods of the types with this name, in all modules. Names that are not in `keys` come last.
fn sort(items: &mut [Item], name: &str, keys: &[String]) {
    let position = |ident: Option<&Ident>| {
        let position = keys.iter().position(|key| ident.is_some_and(|it| *it == rust_name(key)));
        position.unwrap_or(keys.len())
    };
    for item in items {
        match item {
            Item::Mod(module) => {
                let inner = module.content.as_mut().map(|(_, items)| items.as_mut_slice());
                sort(inner.unwrap_or_default(), name, keys);
            }
            Item::Struct(item) if item.ident == name => {
                if let Fields::Named(fields) = &mut item.fields {
                    let named = std::mem::take(&mut fields.named);
                    let mut named: Vec<_> = named.into_iter().collect();
                    named.sort_by_key(|field| position(field.ident.as_ref()));
                    fields.named = named.into_iter().collect();
                }
            }
            Item::Impl(item) if item.trait_.is_none() && is_of(item, name) => {
                item.items.sort_by_key(|item| match item {
                    ImplItem::Fn(function) => position(Some(&function.sig.ident)),
                    _ => 0,
                });
            }
            _ => {}
        }
    }
}
