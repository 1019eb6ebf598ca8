//! `x-pagination`: the methods that read all pages of a list, where the document says how. Each of its
//! keys has to name what there is.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::document::members;
use super::names::{lowered_parameter, lowered_property, pascal_case, rust_name};
use super::plan::{Call, Kind, Object, Plan, Type};
use super::{Failure, Result};

const KEYS: [&str; 7] = ["items", "total", "offset", "marker", "next", "limit", "id"];

pub fn list(call: &Call, plan: &Plan) -> Result<TokenStream> {
    match &call.pagination {
        None => Ok(TokenStream::new()),
        Some(_) => Paged { call, plan }
            .list()
            .map_err(|reason| Failure::new(format!("operation {}, x-pagination", call.id), reason)),
    }
}

type Outcome<T> = std::result::Result<T, String>;

/// An operation that answers a list in pages.
struct Paged<'a> {
    call: &'a Call,
    plan: &'a Plan,
}

/// A property of a response.
struct Property<'a> {
    key: &'a str,
    ident: Ident,
    ty: &'a Type,
}

/// How a value of the request is read, set and rejected.
struct Place<'a> {
    key: &'a str,
    ty: &'a Type,
    value: TokenStream,
    set: TokenStream,
    reject: TokenStream,
}

impl<'a> Paged<'a> {
    fn list(&self) -> Outcome<TokenStream> {
        if !["get", "post"].contains(&&*self.call.method) {
            return Err(format!(
                "stands on a {}, where reading on would act once more: it is for a get, or a post \
                 that queries",
                self.call.method
            ));
        }
        let mut stated = self.call.pagination.iter().flat_map(members);
        if let Some((key, _)) = stated.find(|(key, _)| !KEYS.contains(&key.as_str())) {
            return Err(format!("{key} is no part of it: it has {}", KEYS.join(", ")));
        }
        // The methods of a list's builder.
        let mut names = self.call.parameters.iter().map(|parameter| rust_name(&parameter.name));
        if let Some(hidden) = names.find(|it| ["items", "pages"].contains(&&**it)) {
            return Err(format!(
                "the setter of the parameter {hidden} would have the name of a method that reads on"
            ));
        }

        let page = self.call.success.1.as_deref();
        let page = page.ok_or("the success of the operation has no body")?;
        let page = self.plan.object(page).ok_or("the success of the operation has no body")?;
        let items = self.property("items", page)?.ok_or("needs items, which is a text")?;
        let Some(entry) = self.entry(items.ty) else {
            return Err(format!("items: {} is no list of objects", items.key));
        };
        let id = self.property("id", entry)?.ok_or("needs id, which is a text")?;
        is("id", id.key, id.ty, &Type::String)?;
        let total = self.property("total", page)?;
        if let Some(total) = &total {
            is("total", total.key, total.ty, &Type::Integer)?;
        }
        let next = self.property("next", page)?;
        if let Some(next) = &next {
            is("next", next.key, next.ty, &Type::String)?;
        }
        let limit = self.place("limit")?.ok_or("needs limit, which is a text")?;
        let (at, expected) = match (self.place("offset")?, self.place("marker")?) {
            (Some(offset), None) if total.is_some() && next.is_none() => (offset, Type::Integer),
            (Some(_), None) => {
                return Err("an offset needs total, and next stands beside a marker".to_owned());
            }
            (None, Some(marker)) => (marker, Type::String),
            _ => return Err("needs offset or marker, and not both".to_owned()),
        };
        if at.key == limit.key {
            return Err(format!("the limit is {} as well", at.key));
        }
        let key = if expected == Type::Integer { "offset" } else { "marker" };
        is(key, at.key, &self.plain(at.ty), &expected)?;
        is("limit", limit.key, &self.plain(limit.ty), &Type::Integer)?;
        let maximum = match limit.ty {
            Type::Named(name) => self.plan.schemas[name].stated["maximum"].as_i64(),
            _ => None,
        };
        let largest = maximum.filter(|maximum| *maximum > 0).ok_or_else(|| {
            format!("limit: {} has no maximum above 0, the page that is asked for", limit.key)
        })?;

        let Place { value, set, .. } = &at;
        let (position, with_position) = match expected {
            Type::Integer => (
                quote!(Offset(value.map_or(0, |offset| i64::from(*offset)))),
                quote!(Position::Offset(value) if #value.is_ok() => #set,),
            ),
            _ => (
                quote!(Marker(value.map(|marker| marker.to_string()))),
                quote!(Position::Marker(Some(value)) if #value.is_ok() => #set,),
            ),
        };
        let total = total.map(|Property { ident, .. }| quote!(page.#ident));
        let total = total.unwrap_or_else(|| quote!(None));
        let has_next = next.is_some();
        let next = next.map(|Property { ident, .. }| quote!(page.#ident.as_deref()));
        let next = next.unwrap_or_else(|| quote!(None));
        let largest = Literal::i64_unsuffixed(largest);
        let ident = format_ident!("{}", pascal_case(&self.call.id));
        let [page, entry] = [page, entry].map(|object| format_ident!("{}", object.name));
        let (items_key, items, id) = (items.key, items.ident, id.ident);
        let (position_key, limit_key) = (at.key, limit.key);
        let Place { value: limit, set: set_limit, reject, .. } = limit;
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
                    let value = #value.ok().and_then(Option::as_ref);
                    Position::#position
                }

                fn limit(&self) -> Option<i64> {
                    #limit.ok().and_then(Option::as_ref).map(|limit| i64::from(*limit))
                }

                fn with_position(self, position: Position) -> Self {
                    match position {
                        #with_position
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

    /// The text of a key.
    fn text(&self, key: &str) -> Outcome<Option<&'a str>> {
        match self.call.pagination.as_ref().and_then(|stated| stated.get(key)) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| format!("{key} is no text")),
        }
    }

    /// The property of an object that the pointer of a key leads to.
    fn property<'o>(&self, key: &str, object: &'o Object) -> Outcome<Option<Property<'o>>> {
        let Some(pointer) = self.text(key)? else { return Ok(None) };
        let name = pointer
            .strip_prefix('/')
            .ok_or_else(|| format!("{key}: {pointer:?} is no JSON pointer to a property"))?;
        if name.contains('/') {
            return Err(format!("{key}: {pointer} is of more than one step, which is not carried"));
        }
        let found = object.fields.iter().find(|(field, _)| field.key == name);
        let (field, ty) =
            found.ok_or_else(|| format!("{key}: {} has no property {name}", object.schema))?;
        let ident = format_ident!("{}", rust_name(&lowered_property(name)));
        Ok(Some(Property { key: &field.key, ident, ty }))
    }

    /// The object that a list of a response is a list of.
    fn entry(&self, list: &Type) -> Option<&'a Object> {
        let Type::Vec(item) = list else { return None };
        let Type::Named(name) = &**item else { return None };
        self.plan.object(name)
    }

    /// Where a value of the request stands: by the name of a query parameter, or a pointer into the
    /// body.
    fn place(&self, key: &str) -> Outcome<Option<Place<'a>>> {
        let Some(name) = self.text(key)? else { return Ok(None) };
        let (place, is_required) = if name.starts_with('/') {
            let body = self.call.body.as_deref().and_then(|body| self.plan.object(body));
            let body = body.ok_or_else(|| format!("{key}: the request has no body"))?;
            let Some(Property { ident, ty, key }) = self.property(key, body)? else {
                return Ok(None);
            };
            let required = body.fields.iter().any(|(it, _)| it.key == key && it.required);
            let place = Place {
                key: name.trim_start_matches('/'),
                ty,
                value: quote!(self.body.as_ref().and_then(|body| body.#ident.as_ref())),
                set: quote!(self.body_map(|body| body.#ident(value))),
                reject: quote! {
                    if let Ok(body) = &mut self.body {
                        body.#ident = Err(error);
                    }
                },
            };
            (place, required)
        } else {
            let mut parameters = self.call.parameters.iter();
            let found = parameters.find(|it| it.name == name && it.location == "query");
            let found =
                found.ok_or_else(|| format!("{key}: there is no query parameter {name}"))?;
            let ident = format_ident!("{}", rust_name(&lowered_parameter(name)));
            let place = Place {
                key: name,
                ty: &found.ty,
                value: quote!(self.#ident.as_ref()),
                set: quote!(self.#ident(value)),
                reject: quote!(self.#ident = Err(error)),
            };
            (place, found.required)
        };
        match is_required {
            true => Err(format!("{key}: {name} is required, so that no page can go without it")),
            false => Ok(Some(place)),
        }
    }

    /// A type of a request without its bounds.
    fn plain(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(name) => match &self.plan.schemas[name] {
                schema if schema.stated.get("enum").is_some() => ty.clone(),
                schema if matches!(schema.kind, Kind::Integer) => Type::Integer,
                schema if matches!(schema.kind, Kind::String) => Type::String,
                _ => ty.clone(),
            },
            ty => ty.clone(),
        }
    }
}

/// Checks the type of a value.
fn is(key: &str, name: &str, ty: &Type, expected: &Type) -> Outcome<()> {
    let what = if *expected == Type::Integer { "integer" } else { "string" };
    match ty == expected {
        true => Ok(()),
        false => Err(format!("{key}: {name} is no {what}")),
    }
}
