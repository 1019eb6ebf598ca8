//! What a page states.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::condition::Condition;
use super::statement::{OPERATION, View, what};
use crate::Failure;
use crate::node::Node;
use crate::pages::facts::{Limits, Location, Page, Part, Row, Table, Type};

/// The facts of a page, with the lines of their file.
pub struct Facts {
    pub page: Page,
    file: PathBuf,
    lines: Node,
}

impl Facts {
    pub fn load(file: &Path) -> Result<Self, Failure> {
        let failure = |error: &dyn std::fmt::Display| {
            format!("{}: {error}; write it anew: cargo xtask pages read", file.display())
        };
        let text = fs::read_to_string(file).map_err(|error| failure(&error))?;
        let page = serde_json::from_str(&text).map_err(|error| failure(&error))?;
        let lines = Node::parse(&text).map_err(|error| failure(&error))?;
        let file = file.strip_prefix(crate::root()).unwrap_or(file).to_owned();
        Ok(Self { page, file, lines })
    }

    #[cfg(test)]
    pub fn of(page: Page) -> Self {
        Self { page, file: "page.json".into(), lines: Node::parse("{}").unwrap() }
    }

    /// What a pointer into the facts leads to, for a message:
    /// `openapi/pages/listLogs.json:57: table 2 (logs), row status`.
    pub fn place(&self, pointer: &str) -> String {
        let line = self.lines.pointer(pointer).map_or(0, |node| node.line);
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        let table = |index: &str| self.page.tables.get(index.parse::<usize>().ok()?);
        let words = match steps[..] {
            ["tables", index] => table(index).map(title),
            ["tables", index, "rows", row] => table(index).and_then(|table| {
                let row = table.rows.get(row.parse::<usize>().ok()?)?;
                Some(format!("{}, row {}", title(table), row.name))
            }),
            _ => None,
        };
        format!("{}:{line}: {}", self.file.display(), words.unwrap_or_else(|| pointer.to_owned()))
    }

    /// How many mentions there are: what the reader of a page's prose did not understand can't be
    /// compared.
    pub fn mentions(&self) -> usize {
        self.rows().map(|(_, row)| row.mentions.len()).sum()
    }

    fn rows(&self) -> impl Iterator<Item = (&Table, &Row)> {
        self.page.tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)))
    }

    /// What the page states. `placed` tells where the rows of a table belong that has no place.
    pub fn view(&self, placed: impl Fn(&str) -> Vec<String>) -> View {
        let page = &self.page;
        let mut view = View::default();
        view.locate(OPERATION, "");
        view.always(OPERATION, what::METHOD, page.method.as_str().into(), "/method");
        view.always(OPERATION, what::PATH, page.path.as_str().into(), "/path");
        for status in &page.statuses {
            view.describe(&format!("status/{status}"), "/statuses");
        }
        for (index, table) in page.tables.iter().enumerate() {
            let pointer = format!("/tables/{index}");
            let mut owners: Vec<String> =
                table.at.iter().map(|at| format!("{}{at}", root(table.part))).collect();
            if table.part == Part::Uri {
                owners = vec![String::new()];
            } else if owners.is_empty() {
                let name = name(table);
                owners = placed(&name);
                view.locate(&name, &pointer);
                let nowhere = format!("nowhere in the {}", root(table.part));
                view.always(&name, what::PLACE, nowhere.into(), &pointer);
                for owner in &owners {
                    view.describe(owner, &pointer);
                    view.always(owner, what::TYPE, json!(["object"]), &pointer);
                }
            }
            for owner in &owners {
                body(&mut view, table, owner, &pointer);
                for (index, row) in table.rows.iter().enumerate() {
                    let parent = match row.location {
                        Some(Location::Path) => "path",
                        Some(Location::Query) => "query",
                        None => owner,
                    };
                    let at = format!("{parent}/{}", row.name);
                    self.row(&mut view, table, row, &at, &format!("{pointer}/rows/{index}"));
                }
            }
        }
        self.examples(&mut view);
        view.state_outside();
        view
    }

    fn row(&self, view: &mut View, table: &Table, row: &Row, at: &str, pointer: &str) {
        view.describe(at, pointer);
        view.always(at, what::TYPE, json!([row.kind.name]), pointer);
        let items = row.kind.items.or_else(|| {
            (row.kind.name == Type::Array && row.kind.table.is_some()).then_some(Type::Object)
        });
        if let Some(items) = items {
            view.always(at, what::ITEMS, json!([items]), pointer);
        }
        if let Some(mandatory) = row.mandatory {
            view.always(at, what::MANDATORY, mandatory.into(), pointer);
        }
        for (what, value) in limits(&row.limits) {
            view.always(at, what, value, pointer);
        }
        if is_date_time(row) {
            view.always(at, what::FORMAT, json!(["date-time"]), pointer);
        }
        for conditional in &row.conditional {
            let when: Condition = conditional
                .when
                .iter()
                .map(|(name, values)| (self.field(table, at, name), values.clone()))
                .collect();
            // An absent field and a null mean the same.
            let is_null = conditional.limits.values == [Value::Null];
            let case = |view: &mut View, what, value| {
                view.case(at, what, when.clone(), value, pointer);
            };
            if conditional.mandatory {
                case(view, what::MANDATORY, true.into());
            }
            if conditional.unavailable || is_null {
                case(view, what::UNAVAILABLE, true.into());
            }
            for (what, value) in limits(&conditional.limits) {
                if !(is_null && what == what::ENUM) {
                    case(view, what, value);
                }
            }
        }
    }

    /// Where the field stands that a condition names: beside the field that the condition is of, or
    /// else around it, or else anywhere in the same part.
    fn field(&self, table: &Table, at: &str, name: &str) -> String {
        let beside = table.rows.iter().any(|row| row.name == name);
        if let (true, Some((parent, _))) = (beside, at.rsplit_once('/')) {
            return format!("{parent}/{name}");
        }
        let owners: Vec<String> = self
            .rows()
            .filter(|(other, row)| other.part == table.part && row.name == name)
            .flat_map(|(other, _)| &other.at)
            .map(|owner| format!("{}{owner}", root(table.part)))
            .collect();
        let around = owners.iter().find(|owner| at.starts_with(owner.as_str()));
        around.or(owners.first()).map_or_else(|| name.to_owned(), |owner| format!("{owner}/{name}"))
    }

    fn examples(&self, view: &mut View) {
        let examples = &self.page.examples;
        for (name, value) in &examples.parameters {
            let location =
                if self.page.path.contains(&format!("{{{name}}}")) { "path" } else { "query" };
            let at = format!("{location}/{name}");
            view.always(&at, what::EXAMPLE, value.as_str().into(), "/examples/parameters");
        }
        for (part, name, example) in [
            (Part::Request, "request", &examples.request),
            (Part::Response, "response", &examples.response),
        ] {
            if let Some(example) = example {
                view.always(
                    root(part),
                    what::EXAMPLE,
                    example.clone(),
                    &format!("/examples/{name}"),
                );
            }
        }
    }

    /// Where the facts are at odds with each other: a row that refers to a table, and the place of
    /// that table.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (table, row) in self.rows() {
            let Some(number) = row.kind.table else { continue };
            let items = if row.kind.name == Type::Array { "/*" } else { "" };
            let target = self.page.tables.iter().find(|target| target.number == number);
            let belongs = |at: &String| {
                let field = format!("{at}/{}{items}", row.name);
                target.is_some_and(|target| target.part == table.part && target.at.contains(&field))
            };
            if !table.at.iter().all(belongs) {
                faults.push(format!(
                    "{}: {}, row {} refers to table {number}, which does not belong to it",
                    self.file.display(),
                    title(table),
                    row.name,
                ));
            }
        }
        for table in &self.page.tables {
            let referred = |at: &String| {
                at.is_empty()
                    || self.rows().any(|(owner, row)| {
                        row.kind.table == Some(table.number)
                            && owner.at.iter().any(|above| {
                                at.strip_suffix("/*").unwrap_or(at)
                                    == format!("{above}/{}", row.name)
                            })
                    })
            };
            if let Some(at) = table.at.iter().find(|at| !referred(at)) {
                faults.push(format!(
                    "{}: {} belongs to {at}, where no row refers to it",
                    self.file.display(),
                    title(table),
                ));
            }
        }
        let again = "; read the page anew: cargo xtask pages read";
        faults.into_iter().map(|fault| fault + again).collect()
    }
}

/// The object whose fields a table lists.
fn body(view: &mut View, table: &Table, owner: &str, pointer: &str) {
    if owner == root(table.part) && table.part != Part::Uri {
        view.describe(owner, pointer);
        view.always(owner, what::TYPE, json!(["object"]), pointer);
        if table.part == Part::Request {
            view.always(owner, what::MANDATORY, true.into(), pointer);
        }
    }
    let of_keys = table.rows.iter().any(|row| row.name == "*");
    if table.part == Part::Request && !of_keys {
        view.always(owner, what::UNKNOWN_FIELDS, "refused".into(), pointer);
    }
}

/// The first step of the places of a part.
pub fn root(part: Part) -> &'static str {
    match part {
        Part::Uri => "",
        Part::Request => "request",
        Part::Response => "response",
    }
}

fn title(table: &Table) -> String {
    let name = table.name.iter().map(|name| format!(" ({name})"));
    format!("table {}{}", table.number, name.collect::<String>())
}

/// How a table without a place is named.
fn name(table: &Table) -> String {
    format!("table/{}", table.name.clone().unwrap_or_else(|| table.number.to_string()))
}

fn limits(limits: &Limits) -> Vec<(&'static str, Value)> {
    let (mut forms, mut formats) = (Vec::new(), Vec::new());
    for format in &limits.formats {
        match strftime(format) {
            Some(form) => forms.push(Value::from(form)),
            None => formats.push(Value::from(format.as_str())),
        }
    }
    let list = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
    [
        (what::ENUM, list(limits.values.clone())),
        (what::MINIMUM, limits.minimum.map(Value::from)),
        (what::MAXIMUM, limits.maximum.map(Value::from)),
        (what::MIN_LENGTH, limits.min_length.map(Value::from)),
        (what::MAX_LENGTH, limits.max_length.map(Value::from)),
        (what::MAX_ITEMS, limits.max_items.map(Value::from)),
        (what::CHARACTERS, limits.characters.as_deref().map(Value::from)),
        (what::DEFAULT, limits.default.clone()),
        (what::FORM, list(forms)),
        (what::FORMAT, list(formats)),
        (what::UNIT, limits.unit.as_deref().map(Value::from)),
    ]
    .into_iter()
    .filter_map(|(what, value)| Some((what, value?)))
    .collect()
}

/// A page's way of writing the form of a time, as a format of `strftime`. None where it is no form.
fn strftime(form: &str) -> Option<String> {
    const PARTS: [(&str, &str); 9] = [
        ("yyyy", "%Y"),
        ("YYYY", "%Y"),
        ("MM", "%m"),
        ("dd", "%d"),
        ("DD", "%d"),
        ("hh", "%H"),
        ("HH", "%H"),
        ("mm", "%M"),
        ("ss", "%S"),
    ];
    let rest = PARTS.iter().fold(form.to_owned(), |rest, (part, _)| rest.replace(part, ""));
    let is_form = rest != form && rest.chars().all(|c| "-:TZ .".contains(c));
    is_form.then(|| {
        PARTS.iter().fold(form.to_owned(), |form, (part, directive)| form.replace(part, directive))
    })
}

/// Whether a row says of a time that it is in UTC, and nothing of its form: then it has that of
/// RFC 3339.
fn is_date_time(row: &Row) -> bool {
    let conditional = row.conditional.iter().map(|conditional| &conditional.limits);
    let formats: Vec<&String> =
        conditional.chain([&row.limits]).flat_map(|limits| &limits.formats).collect();
    let has_form = formats.iter().any(|format| strftime(format).is_some());
    !has_form && formats.iter().any(|format| *format == "utc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_about_the_field_around_it() {
        let table = |number: u32, at: [&str; 2], rows: Value| json!({"number": number, "part": "request", "at": at, "rows": rows});
        let row = |name: &str| json!({"name": name, "type": "string"});
        let size = json!({
            "name": "size",
            "type": "integer",
            "conditional": [{"when": {"kind": ["BOX"]}, "minimum": 1}],
        });
        let page = json!({
            "id": "boxes",
            "edition": "2031-01",
            "method": "PUT",
            "path": "/boxes",
            "tables": [
                table(1, ["/left", "/right"], json!([row("kind"), row("lid")])),
                table(2, ["/left/lid", "/right/lid"], json!([size])),
            ],
            "statuses": [200],
            "examples": {},
        });
        let view = Facts::of(serde_json::from_value(page).unwrap()).view(|_| Vec::new());
        for side in ["left", "right"] {
            let minimum = view.get(&format!("request/{side}/lid/size"), what::MINIMUM).unwrap();
            let fields: Vec<&String> = minimum.cases[0].when.keys().collect();
            assert_eq!(fields, [&format!("request/{side}/kind")]);
        }
    }
}
