//! `x-pagination`: how all pages of a list are read. Each of its keys has to name what there is.

use super::Reader;
use crate::pipeline::document::{Operation, members};
use crate::pipeline::names::rust_name;
use crate::pipeline::plan::{Field, Kind, Pagination, Parameter, Type};
use crate::pipeline::{Failure, Result};

const KEYS: [&str; 5] = ["items", "total", "offset", "limit", "id"];
/// The methods that a list's builder has beside its setters.
const METHODS: [&str; 2] = ["items", "pages"];

impl Reader<'_> {
    /// How the pages of an operation are read, where it says so. `reply` is the schema of its
    /// success.
    pub fn pagination(
        &self,
        operation: &Operation,
        parameters: &[Parameter],
        reply: Option<&str>,
    ) -> Result<Option<Pagination>> {
        let Some(stated) = operation.value.get("x-pagination") else { return Ok(None) };
        let place = format!("{}, x-pagination", operation.place());
        let fail = |reason: String| Failure::new(&place, reason);
        if operation.method != "get" {
            return Err(fail(format!(
                "stands on a {}, where reading on would act once more: it is for a get",
                operation.method
            )));
        }
        if let Some((key, _)) = members(stated).find(|(key, _)| !KEYS.contains(&key.as_str())) {
            return Err(fail(format!("{key} is no part of it: it has {}", KEYS.join(", "))));
        }
        let text = |key: &str| {
            stated[key].as_str().ok_or_else(|| fail(format!("needs {key}, which is a text")))
        };
        let (items, total, id) = (text("items")?, text("total")?, text("id")?);
        let (offset, limit) = (text("offset")?, text("limit")?);

        let reply = reply.ok_or_else(|| fail("the success of the operation has no body".into()))?;
        let items = self.property(&place, "items", items, reply)?;
        let Some(entry) = self.entry(&items.ty) else {
            return Err(fail(format!("items: {} is no list of objects", items.key)));
        };
        let total = self.property(&place, "total", total, reply)?;
        if total.ty != Type::Integer {
            return Err(fail(format!("total: {} is no integer", total.key)));
        }
        let id = self.property(&place, "id", id, entry)?;
        if id.ty != Type::String {
            return Err(fail(format!("id: {} is no string", id.key)));
        }

        if offset == limit {
            return Err(fail(format!("offset and limit are both {offset}")));
        }
        self.count(&place, "offset", offset, parameters)?;
        let largest = self.count(&place, "limit", limit, parameters)?;
        let largest = largest.filter(|largest| *largest > 0).ok_or_else(|| {
            fail(format!("limit: {limit} has no maximum above 0, the page that is asked for"))
        })?;
        if let Some(hidden) = parameters.iter().find(|it| METHODS.contains(&&*rust_name(&it.name)))
        {
            return Err(fail(format!(
                "the setter of the parameter {} would have the name of a method that reads on",
                hidden.name
            )));
        }
        Ok(Some(Pagination {
            reply: reply.to_owned(),
            entry: entry.to_owned(),
            items: items.key.clone(),
            total: total.key.clone(),
            id: id.key.clone(),
            offset: offset.to_owned(),
            limit: limit.to_owned(),
            largest,
        }))
    }

    /// The property of a reply's object that a pointer leads to.
    fn property(&self, place: &str, key: &str, pointer: &str, object: &str) -> Result<&Field> {
        let fail = |reason: String| Failure::new(place, format!("{key}: {reason}"));
        let name = pointer
            .strip_prefix('/')
            .ok_or_else(|| fail(format!("{pointer:?} is no JSON pointer to a property")))?;
        if name.contains('/') {
            return Err(fail(format!("{pointer} is of more than one step, which is not carried")));
        }
        let found = match &self.schemas[object].kind {
            Kind::Object(fields) => fields.iter().find(|field| field.key == name),
            _ => None,
        };
        found.ok_or_else(|| fail(format!("{object} has no property {name}")))
    }

    /// The object that a list of a reply is a list of.
    fn entry<'t>(&self, list: &'t Type) -> Option<&'t str> {
        let Type::Vec(item) = list else { return None };
        let Type::Named(name) = &**item else { return None };
        matches!(self.schemas[name].kind, Kind::Object(_)).then_some(name)
    }

    /// Checks that a parameter is one to count with, and tells its maximum.
    fn count(
        &self,
        place: &str,
        key: &str,
        name: &str,
        parameters: &[Parameter],
    ) -> Result<Option<i64>> {
        let fail = |reason: &str| Failure::new(place, format!("{key}: {reason}"));
        let parameter = parameters.iter().find(|it| it.name == name && it.location == "query");
        let parameter =
            parameter.ok_or_else(|| fail(&format!("there is no query parameter {name}")))?;
        if parameter.required {
            return Err(fail(&format!("{name} is required, so that no page can go without it")));
        }
        match &parameter.ty {
            Type::Integer => Ok(None),
            Type::Named(schema) => match &self.schemas[schema].kind {
                Kind::Integer(rule) if rule.values.is_empty() => Ok(rule.maximum),
                Kind::Integer(_) => Err(fail(&format!("{name} has only the values of its enum"))),
                _ => Err(fail(&format!("{name} is no integer"))),
            },
            _ => Err(fail(&format!("{name} is no integer"))),
        }
    }
}
