//! `x-pagination`: how all pages of a list are read. Each of its keys has to name what there is.

use super::Reader;
use crate::pipeline::document::{Operation, members};
use crate::pipeline::names::rust_name;
use crate::pipeline::plan::{At, Field, Kind, Next, Pagination, Parameter, Type};
use crate::pipeline::{Failure, Result};

const KEYS: [&str; 7] = ["items", "total", "offset", "marker", "next", "limit", "id"];
/// The methods that a list's builder has beside its setters.
const METHODS: [&str; 2] = ["items", "pages"];

/// An operation with `x-pagination`.
pub struct Paged<'a> {
    pub operation: &'a Operation<'a>,
    pub parameters: &'a [Parameter],
    /// The schema of its request's body.
    pub body: Option<&'a str>,
    /// The schema of its success.
    pub page: Option<&'a str>,
}

impl Reader<'_> {
    /// How the pages of an operation are read, where it says so.
    pub fn pagination(&self, paged: &Paged) -> Result<Option<Pagination>> {
        let operation = paged.operation;
        let Some(stated) = operation.value.get("x-pagination") else { return Ok(None) };
        let place = format!("{}, x-pagination", operation.place());
        let fail = |reason: String| Failure::new(&place, reason);
        if !["get", "post"].contains(&operation.method) {
            return Err(fail(format!(
                "stands on a {}, where reading on would act once more: it is for a get, or a post \
                 that queries",
                operation.method
            )));
        }
        if let Some((key, _)) = members(stated).find(|(key, _)| !KEYS.contains(&key.as_str())) {
            return Err(fail(format!("{key} is no part of it: it has {}", KEYS.join(", "))));
        }
        let optional = |key: &str| match stated.get(key) {
            None => Ok(None),
            Some(value) => {
                value.as_str().map(Some).ok_or_else(|| fail(format!("{key} is no text")))
            }
        };
        let text =
            |key: &str| optional(key)?.ok_or_else(|| fail(format!("needs {key}, which is a text")));

        let page =
            paged.page.ok_or_else(|| fail("the success of the operation has no body".into()))?;
        let items = self.property(&place, "items", text("items")?, page)?;
        let Some(entry) = self.entry(&items.ty) else {
            return Err(fail(format!("items: {} is no list of objects", items.key)));
        };
        let total = match optional("total")? {
            None => None,
            Some(total) => Some(self.property(&place, "total", total, page)?),
        };
        if let Some(total) = total.filter(|total| !self.is_integer(&total.ty)) {
            return Err(fail(format!("total: {} is no integer", total.key)));
        }
        let id = self.property(&place, "id", text("id")?, entry)?;
        if !self.is_string(&id.ty) {
            return Err(fail(format!("id: {} is no string", id.key)));
        }

        let (at, limit) = match (optional("offset")?, optional("marker")?) {
            (Some(at), None) | (None, Some(at)) => (at, text("limit")?),
            _ => return Err(fail("needs offset or marker, and not both".into())),
        };
        if at == limit {
            return Err(fail(format!("the limit is {at} as well")));
        }
        let next = if stated.get("offset").is_some() {
            let (at, ty) = self.value(paged, &place, "offset", at)?;
            if total.is_none() || stated.get("next").is_some() {
                return Err(fail("an offset needs total, and next stands beside a marker".into()));
            }
            if !self.is_integer(ty) {
                return Err(fail(format!("offset: {} is no integer", text("offset")?)));
            }
            Next::Offset(at)
        } else {
            let (at, ty) = self.value(paged, &place, "marker", at)?;
            let property = match optional("next")? {
                None => None,
                Some(next) => Some(self.property(&place, "next", next, page)?),
            };
            if let Some(next) = property.filter(|next| !self.is_string(&next.ty)) {
                return Err(fail(format!("next: {} is no string", next.key)));
            }
            if !self.is_string(ty) {
                return Err(fail(format!("marker: {} is no string", text("marker")?)));
            }
            Next::Marker { at, property: property.map(|property| property.key.clone()) }
        };
        let (at, ty) = self.value(paged, &place, "limit", limit)?;
        if !self.is_integer(ty) {
            return Err(fail(format!("limit: {limit} is no integer")));
        }
        let largest = match ty {
            Type::Named(name) => match &self.schemas[name].kind {
                Kind::Integer(rule) => rule.maximum,
                _ => None,
            },
            _ => None,
        };
        let largest = largest.filter(|largest| *largest > 0).ok_or_else(|| {
            fail(format!("limit: {limit} has no maximum above 0, the page that is asked for"))
        })?;
        let is_hidden = |it: &&Parameter| METHODS.contains(&&*rust_name(&it.name));
        if let Some(hidden) = paged.parameters.iter().find(is_hidden) {
            return Err(fail(format!(
                "the setter of the parameter {} would have the name of a method that reads on",
                hidden.name
            )));
        }
        Ok(Some(Pagination {
            page: self.response_name(page),
            entry: self.response_name(entry),
            items: items.key.clone(),
            total: total.map(|total| total.key.clone()),
            id: id.key.clone(),
            next,
            limit: at,
            largest,
        }))
    }

    /// The property of an object that a pointer leads to.
    fn property(&self, place: &str, key: &str, pointer: &str, object: &str) -> Result<&Field> {
        let fail = |reason: String| Failure::new(place, format!("{key}: {reason}"));
        let name = pointer
            .strip_prefix('/')
            .ok_or_else(|| fail(format!("{pointer:?} is no JSON pointer to a property")))?;
        if name.contains('/') {
            return Err(fail(format!("{pointer} is of more than one step, which is not carried")));
        }
        let found = match &self.schemas[object].kind {
            Kind::Object { fields, .. } => fields.iter().find(|field| field.key == name),
            _ => None,
        };
        found.ok_or_else(|| fail(format!("{object} has no property {name}")))
    }

    /// The object that a list of a response is a list of.
    fn entry<'t>(&'t self, list: &'t Type) -> Option<&'t str> {
        let item = match list {
            Type::Vec(item) => item,
            Type::Named(name) => match &self.schemas[name].kind {
                Kind::List { item, .. } => item,
                _ => return None,
            },
            _ => return None,
        };
        let Type::Named(name) = item else { return None };
        matches!(self.schemas[name].kind, Kind::Object { .. }).then_some(name)
    }

    fn is_integer(&self, ty: &Type) -> bool {
        match ty {
            Type::Named(name) => {
                matches!(&self.schemas[name].kind, Kind::Integer(rule) if rule.values.is_empty())
            }
            ty => *ty == Type::Integer,
        }
    }

    fn is_string(&self, ty: &Type) -> bool {
        match ty {
            Type::Named(name) => matches!(self.schemas[name].kind, Kind::String(_)),
            ty => *ty == Type::String,
        }
    }

    /// Where a value of the request stands, by the name of a query parameter or a pointer into the
    /// body, and its type.
    fn value<'t>(
        &'t self,
        paged: &Paged<'t>,
        place: &str,
        key: &str,
        name: &str,
    ) -> Result<(At, &'t Type)> {
        let fail = |reason: String| Failure::new(place, format!("{key}: {reason}"));
        let (at, ty, required) = if name.starts_with('/') {
            let body = paged.body.ok_or_else(|| fail("the request has no body".to_owned()))?;
            let field = self.property(place, key, name, body)?;
            (At::Body(field.key.clone()), &field.ty, field.required || field.nullable)
        } else {
            let mut parameters = paged.parameters.iter();
            let found = parameters.find(|it| it.name == name && it.location == "query");
            let found = found.ok_or_else(|| fail(format!("there is no query parameter {name}")))?;
            (At::Query(name.to_owned()), &found.ty, found.required)
        };
        match required {
            true => Err(fail(format!("{name} is required, so that no page can go without it"))),
            false => Ok((at, ty)),
        }
    }
}
