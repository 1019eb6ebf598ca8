//! `x-pagination`: the methods that read all pages of a list. Each key has to name an existing property or parameter.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::Result;
use super::document::Part;
use super::names::{lowered_parameter, lowered_property, pascal_case, rust_name};
use super::plan::{Call, Field, Object, Parameter, Plan, Type};
use super::values::tokens;

/// An operation that returns a list in pages.
struct Paged<'a> {
    at: Part<'a>,
    call: &'a Call,
    plan: &'a Plan,
}

/// A property or a parameter that a key of `x-pagination` names.
struct Named<'a> {
    /// The key on the wire.
    key: &'a str,
    ident: Ident,
    ty: &'a Type,
    required: bool,
    is_property: bool,
}

pub fn list(call: &Call, plan: &Plan) -> Result<TokenStream> {
    let Some(stated) = &call.pagination else { return Ok(TokenStream::new()) };
    let at = Part::new(format!("operation {}, x-pagination", call.id), stated);
    Paged { at, call, plan }.list()
}

impl<'a> Paged<'a> {
    fn list(&self) -> Result<TokenStream> {
        let Self { at, call, plan } = self;
        at.keys(&["x-pagination"])?;
        let reason = "each page is a separate request: use x-pagination only for a GET, or for a POST that only reads";
        let is_query = ["get", "post"].contains(&&*call.method);
        at.check(is_query, format!("not supported for {}; {reason}", call.method))?;
        let page = call.success.1.as_deref().and_then(|name| plan.object(name));
        let page = at.need(page, "the successful response has no body")?;
        let items = at.need(self.named("items", Some(page))?, "has no items")?;
        let is_item = |it: &&Object| *items.ty == Type::Vec(Box::new(Type::Named(it.name.clone())));
        let entry = plan.objects.iter().find(is_item);
        let entry = at.need(entry, format!("items: {} must be a list of objects", items.key))?;
        let id = at.need(self.named("id", Some(entry))?, "has no id")?.ident;
        let limit = at.need(self.named("limit", None)?, "has no limit")?;
        let maximum = plan.schema(limit.ty).and_then(|schema| schema.stated["maximum"].as_i64());
        let reason = "must have a positive maximum, which is the default page size";
        let largest = maximum.filter(|maximum| *maximum > 0);
        let largest = at.need(largest, format!("limit: {} {reason}", limit.key))?;
        let largest = Literal::i64_unsuffixed(largest);

        let [total, next] = [self.named("total", Some(page))?, self.named("next", Some(page))?];
        let has_next = next.is_some();
        let (at, position, set) = match (self.named("offset", None)?, self.named("marker", None)?) {
            (Some(offset), None) if total.is_some() && !has_next => (
                offset,
                quote!(Offset(value.map_or(0, |offset| i64::from(*offset)))),
                quote!(Position::Offset(value)),
            ),
            (None, Some(marker)) => (
                marker,
                quote!(Marker(value.map(|marker| marker.to_string()))),
                quote!(Position::Marker(Some(value))),
            ),
            _ => {
                return Err(
                    at.fail("must have either offset and total, or marker and optionally next")
                );
            }
        };
        self.at.check(at.key != limit.key, format!("{} is already used as the limit", at.key))?;
        let [value, set_value, _] = at.code();
        let total = total.map_or(quote!(None), |Named { ident, .. }| quote!(page.#ident));
        let next = next.map_or(quote!(None), |Named { ident, .. }| quote!(page.#ident.as_deref()));
        let ident = format_ident!("{}", pascal_case(&call.id));
        let [page, entry] = [page, entry].map(|object| format_ident!("{}", object.name));
        let (items_key, items) = (items.key, items.ident);
        let (position_key, limit_key) = (at.key, limit.key);
        let [limit, set_limit, reject] = limit.code();
        Ok(quote! {
            impl #ident {
                /// Returns a stream of all entries of the list. The stream requests one page after another.
                pub fn items(self) -> crate::Items<Self> {
                    crate::Items::new(self)
                }

                /// Returns a stream of all pages of the list.
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
                        #set if #value.is_ok() => #set_value,
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

    /// Looks up what a key of `x-pagination` names: in `response`, or in the request if that is `None`.
    fn named(&self, key: &str, response: Option<&'a Object>) -> Result<Option<Named<'a>>> {
        if self.at.get(key).is_none() {
            return Ok(None);
        }
        let name = self.at.text(key)?;
        let body = self.call.body.as_deref().and_then(|body| self.plan.object(body));
        let properties = response.or(body).into_iter().flat_map(|object| &object.fields);
        let properties = properties.map(|(Field { key, required, .. }, ty)| {
            let ident = format_ident!("{}", rust_name(&lowered_property(key)));
            Named { key, ident, ty, required: *required, is_property: true }
        });
        let parameters = self.call.parameters.iter().filter(|it| it.location == "query");
        let parameters = parameters.filter(|_| response.is_none()).map(|parameter| {
            let Parameter { name: key, ty, required, .. } = parameter;
            let ident = format_ident!("{}", rust_name(&lowered_parameter(key)));
            Named { key, ident, ty, required: *required, is_property: false }
        });
        let (is_property, plain) = (name.starts_with('/'), name.trim_start_matches('/'));
        let mut named = properties.chain(parameters);
        let named = named.find(|it| it.is_property == is_property && it.key == plain);
        let reason = "must be a property such as /name, or a query parameter of the request";
        let named = self.at.need(named, format!("{key}: {name} {reason}"))?;
        let is_set = response.is_none() && named.required;
        let reason = "must be optional: the first request does not contain it";
        self.at.check(!is_set, format!("{key}: {name} {reason}"))?;
        let (expected, what) = match key {
            "items" => return Ok(Some(named)),
            "total" | "offset" | "limit" => (Type::Plain("i64"), "integer"),
            _ => (Type::Plain("String"), "string"),
        };
        // A value of the request may have bounds, but no `enum`.
        let is_listed =
            self.plan.schema(named.ty).is_some_and(|schema| !schema.stated["enum"].is_null());
        let is_known = *named.ty == expected
            || (response.is_none() && !is_listed && self.plan.in_response(named.ty) == expected);
        self.at.check(is_known, format!("{key}: {} must be of the type {what}", named.key))?;
        Ok(Some(named))
    }
}

impl Named<'_> {
    /// The code that reads, sets and rejects a value of the request.
    fn code(&self) -> [TokenStream; 3] {
        let ident = &self.ident;
        let [value, set, reject] = match self.is_property {
            true => [
                format!("self.body.as_ref().and_then(|body| body.{ident}.as_ref())"),
                format!("self.body_map(|body| body.{ident}(value))"),
                format!("if let Ok(body) = &mut self.body {{ body.{ident} = Err(error); }}"),
            ],
            false => [
                format!("self.{ident}.as_ref()"),
                format!("self.{ident}(value)"),
                format!("self.{ident} = Err(error)"),
            ],
        };
        [tokens(&value), tokens(&set), tokens(&reject)]
    }
}
