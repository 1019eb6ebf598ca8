//! The methods that read all pages of a list, where the document says how.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::objects::Object;
use super::operations::Operation;
use super::plan::{At, Next, Pagination};
use super::{Failure, Result};

pub fn list(operation: &Operation, objects: &[Object]) -> Result<TokenStream> {
    let Some(pagination) = &operation.call.pagination else { return Ok(TokenStream::new()) };
    let lost = |key: &str| {
        let place = format!("operation {}, x-pagination", operation.call.id);
        Failure::new(place, format!("the generator lost {key}"))
    };
    let field = |object: &str, key: &str| -> Result<&Ident> {
        let object = objects.iter().find(|it| it.plan.name == object);
        let field = object.and_then(|it| it.fields.iter().find(|(_, field)| field.key == key));
        field.map(|(ident, _)| ident).ok_or_else(|| lost(key))
    };
    let place = |at: &At| match at {
        At::Query(name) => {
            let found = operation.parameters.iter().find(|(_, it)| it.name == *name);
            let (ident, _) = found.ok_or_else(|| lost(name))?;
            Ok(Place {
                key: name.clone(),
                value: quote!(self.#ident.as_ref()),
                set: quote!(self.#ident(value)),
                reject: quote!(self.#ident = Err(error)),
            })
        }
        At::Body(key) => {
            let body = operation.call.body.as_deref().unwrap_or_default();
            let ident = field(body, key)?;
            Ok(Place {
                key: key.clone(),
                value: quote!(self.body.as_ref().and_then(|body| body.#ident.as_ref())),
                set: quote!(self.body_map(|body| body.#ident(value))),
                reject: quote! {
                    if let Ok(body) = &mut self.body {
                        body.#ident = Err(error);
                    }
                },
            })
        }
    };
    let Pagination { page, entry, items: items_key, limit, largest, .. } = pagination;
    let (items, id) = (field(page, items_key)?, field(entry, &pagination.id)?);
    let limit = place(limit)?;
    let (position, begin) = match &pagination.next {
        Next::Offset(at) => {
            (place(at)?, quote!(Offset(value.map_or(0, |offset| i64::from(*offset)))))
        }
        Next::Marker { at, .. } => {
            (place(at)?, quote!(Marker(value.map(|marker| marker.to_string()))))
        }
    };
    let total = match &pagination.total {
        Some(key) => {
            let total = field(page, key)?;
            quote!(page.#total)
        }
        None => quote!(None),
    };
    let (has_next, next) = match &pagination.next {
        Next::Marker { property: Some(key), .. } => {
            let next = field(page, key)?;
            (true, quote!(page.#next.as_deref()))
        }
        _ => (false, quote!(None)),
    };
    let largest = Literal::i64_unsuffixed(*largest);
    let ident = &operation.ident;
    let (page, entry) = (format_ident!("{page}"), format_ident!("{entry}"));
    let Place { key: limit_key, value: limit, set: set_limit, reject } = limit;
    let Place { key: position_key, value: position, set, .. } = position;
    let set_position = match &pagination.next {
        Next::Offset(_) => quote!(Position::Offset(value) if #position.is_ok() => #set,),
        Next::Marker { .. } => {
            quote!(Position::Marker(Some(value)) if #position.is_ok() => #set,)
        }
    };
    Ok(quote! {
        impl #ident {
            /// All entries of the list, from one page after another, as a stream.
            pub fn items(self) -> crate::Items<Self> {
                crate::Items::new(self)
            }

            /// All pages of the list, as a stream.
            pub fn pages(self) -> crate::Pages<Self> {
                crate::Pages::new(self)
            }
        }

        impl crate::List for #ident {
            type Page = types::#page;
            type Item = types::#entry;
        }

        impl Paged<types::#page, types::#entry> for #ident {
            const CALL: Operation = Self::OPERATION;
            const ITEMS: &'static str = #items_key;
            const POSITION: &'static str = #position_key;
            const HAS_NEXT: bool = #has_next;
            const LARGEST: i64 = #largest;

            fn position(&self) -> Position {
                let value = #position.ok().and_then(Option::as_ref);
                Position::#begin
            }

            fn limit(&self) -> Option<i64> {
                #limit.ok().and_then(Option::as_ref).map(|limit| i64::from(*limit))
            }

            fn with_position(self, position: Position) -> Self {
                match position {
                    #set_position
                    _ => self,
                }
            }

            fn with_limit(mut self, limit: Result<i64, ValidationError>) -> Self {
                match limit {
                    Ok(value) if #limit.is_ok() => #set_limit,
                    Ok(_) => self,
                    Err(error) => {
                        let error = error.at(#limit_key);
                        #reject;
                        self
                    }
                }
            }

            async fn page(self) -> Result<Response<types::#page>, Error> {
                self.send().await
            }

            fn entries(page: &mut types::#page) -> &mut Option<Vec<types::#entry>> {
                &mut page.#items
            }

            #[allow(unused_variables, reason = "not every page has a total")]
            fn total(page: &types::#page) -> Option<i64> {
                #total
            }

            #[allow(unused_variables, reason = "not every page has a marker")]
            fn next(page: &types::#page) -> Option<&str> {
                #next
            }

            fn id(item: &types::#entry) -> Option<&str> {
                item.#id.as_deref()
            }
        }
    })
}

/// How a value of the request is read, set and rejected.
struct Place {
    key: String,
    value: TokenStream,
    set: TokenStream,
    reject: TokenStream,
}
