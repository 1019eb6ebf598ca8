//! Operations: paths, parameters, bodies, replies, headers.

use super::compare::{At, Comparison, Difference, resolve, same};
use super::rules::Kind;
use super::whole::sides;
use crate::direction::Direction;
use crate::document::{Document, Operation};
use crate::node::{self, Node};

use Difference::{Added, Changed, Removed};

const NEITHER: Direction = Direction::NEITHER;
const REQUEST: Direction = Direction::REQUEST;
const REPLY: Direction = Direction::REPLY;

impl Comparison<'_> {
    pub fn operations(&mut self) {
        let (olds, news): (Vec<_>, Vec<_>) =
            (self.old.operations().collect(), self.new.operations().collect());
        let mut is_taken = vec![false; news.len()];
        for old in &olds {
            let by_id = |new: &Operation<'_>| !old.id.is_empty() && new.id == old.id;
            let by_path = |new: &Operation<'_>| {
                new.method == old.method && shape(new.path) == shape(old.path)
            };
            let free = |index: &usize| is_taken.get(*index) == Some(&false);
            let found = (0..news.len())
                .filter(free)
                .find(|index| news.get(*index).is_some_and(by_id))
                .or_else(|| {
                    // One that another old operation has the ID of is not free.
                    let is_free = |new: &Operation<'_>| olds.iter().all(|old| old.id != new.id);
                    (0..news.len()).filter(free).find(|index| {
                        news.get(*index).is_some_and(|new| by_path(new) && is_free(new))
                    })
                });
            let at = At::new(old.node, &old.pointer);
            match found.and_then(|index| Some((index, news.get(index)?))) {
                Some((index, new)) => {
                    if let Some(taken) = is_taken.get_mut(index) {
                        *taken = true;
                    }
                    self.operation(old, new);
                }
                None => self.report_as(
                    Kind::OperationRemoved,
                    NEITHER,
                    &Removed(at),
                    format!("{} is gone", named(old)),
                ),
            }
        }
        for (new, _) in news.iter().zip(is_taken).filter(|(_, is_taken)| !is_taken) {
            let at = At::new(new.node, &new.pointer);
            let what = format!("{} is new", named(new));
            self.report_as(Kind::OperationAdded, NEITHER, &Added(at), what);
        }
    }

    /// What [`operations`](Self::operations) does not look at.
    pub fn paths(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        let (old, new) = sides(difference, &empty);
        let has_operation = |at: &At<'_>| at.node.members().any(|(key, _)| is_method(key));
        self.members(&old, &new, Kind::Order, NEITHER, |it, name, difference| match difference {
            Added(at) | Removed(at) if has_operation(at) => it.cover(),
            Changed(old, new) => {
                it.members(old, new, Kind::Order, NEITHER, |it, key, difference| match key {
                    "parameters" if has_operation(old) && has_operation(new) => it.cover(),
                    "summary" | "description" => it.documentation(difference),
                    key if is_method(key) => it.cover(),
                    _ => it.extension(key, difference, NEITHER),
                });
            }
            _ => it.extension(name, difference, NEITHER),
        });
    }

    fn operation(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let (old_at, new_at) = (At::new(old.node, &old.pointer), At::new(new.node, &new.pointer));
        if old.method != new.method {
            let what = format!("{} -> {}", old.method, new.method);
            self.at(Kind::MethodChanged, NEITHER, &new_at, what);
        }
        if old.path != new.path {
            // What stands between braces is the affair of the parameter.
            let is_same = shape(old.path) == shape(new.path);
            let kind = if is_same { Kind::SameMeaning } else { Kind::PathChanged };
            self.at(kind, NEITHER, &new_at, format!("{} -> {}", old.path, new.path));
        }
        self.parameters(old, new);
        self.members(&old_at, &new_at, Kind::Order, NEITHER, |it, name, difference| match name {
            "operationId" => it.report(Kind::OperationRenamed, NEITHER, difference),
            "summary" | "description" | "externalDocs" => it.documentation(difference),
            "tags" => it.report(Kind::TagsChanged, NEITHER, difference),
            "deprecated" => it.deprecated(difference),
            "parameters" => it.cover(),
            "requestBody" => it.request_body(difference),
            "responses" => it.responses(difference),
            _ => it.extension(name, difference, NEITHER),
        });
    }

    pub fn deprecated(&mut self, difference: &Difference<'_>) {
        match flag(difference, false) {
            Flag::Gained => self.report(Kind::Deprecated, NEITHER, difference),
            Flag::Lost => self.report(Kind::Undeprecated, NEITHER, difference),
            Flag::Same => self.report(Kind::SameMeaning, NEITHER, difference),
            Flag::Neither => self.unknown(difference, NEITHER),
        }
    }

    fn parameters(&mut self, old: &Operation<'_>, new: &Operation<'_>) {
        let (olds, news) = (parameters(self.old, old), parameters(self.new, new));
        let is_same = |(old, new): (&At<'_>, &At<'_>)| same(old.node, new.node);
        // Those that refer to components are compared there.
        if olds.len() == news.len() && olds.iter().zip(&news).all(is_same) {
            return;
        }
        let pairs = self.pairs(&olds, &news, old, new);
        for (index, parameter) in olds.iter().enumerate() {
            let counterpart = pairs.iter().find(|(old, _)| *old == index);
            if let Some(new) = counterpart.and_then(|(_, new)| news.get(*new)) {
                let another = Kind::AnotherComponent;
                self.referred(parameter, new, REQUEST, another, Comparison::parameter);
            } else {
                let what = format!("{} is gone", called(parameter, self.old));
                let gone = Removed(parameter.clone());
                self.report_as(Kind::ParameterRemoved, REQUEST, &gone, what);
            }
        }
        for (index, parameter) in news.iter().enumerate() {
            if pairs.iter().all(|(_, new)| *new != index) {
                let resolved = resolve(self.new, parameter);
                let is_required = resolved.is_some_and(|parameter| parameter.is("required"));
                let kind =
                    if is_required { Kind::ParameterAddedRequired } else { Kind::ParameterAdded };
                let what = format!("{} is new", called(parameter, self.new));
                self.report_as(kind, REQUEST, &Added(parameter.clone()), what);
            }
        }
        let mut in_old_order = pairs.clone();
        in_old_order.sort_unstable();
        let mut in_new_order = pairs;
        in_new_order.sort_unstable_by_key(|(_, new)| *new);
        if in_old_order != in_new_order {
            let at = At::new(new.node, &format!("{}/parameters", new.pointer));
            self.at(Kind::ParameterOrder, REQUEST, &at, "another order of parameters".to_owned());
        }
    }

    /// Which parameter became which: by reference, by place and name, by name alone, by place in
    /// the path.
    fn pairs(
        &self,
        olds: &[At<'_>],
        news: &[At<'_>],
        old: &Operation<'_>,
        new: &Operation<'_>,
    ) -> Vec<(usize, usize)> {
        let text = |at: &At<'_>, document: &Document, key: &str| {
            resolve(document, at).and_then(|it| it.text(key).map(str::to_owned))
        };
        let is_equal = |a: Option<String>, b: Option<String>| a.is_some() && a == b;
        let name = |at: &At<'_>, document| text(at, document, "name");
        let place = |at: &At<'_>, document| text(at, document, "in");
        let step = |at: &At<'_>, document, path: &str| {
            let braced = format!("{{{}}}", name(at, document)?);
            path.split('/').position(|step| step == braced).map(|step| step.to_string())
        };
        let ways: [Way<'_>; 4] = [
            &|a, b| self.is_same_reference(a.node, b.node),
            &|a, b| {
                is_equal(name(a, self.old), name(b, self.new))
                    && is_equal(place(a, self.old), place(b, self.new))
            },
            &|a, b| is_equal(name(a, self.old), name(b, self.new)),
            &|a, b| is_equal(step(a, self.old, old.path), step(b, self.new, new.path)),
        ];
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for is_pair in ways {
            for (index, old) in olds.iter().enumerate() {
                let found = news.iter().enumerate().find(|(other, new)| {
                    pairs.iter().all(|(_, taken)| taken != other) && is_pair(old, new)
                });
                if let Some((other, _)) = found
                    && pairs.iter().all(|(taken, _)| *taken != index)
                {
                    pairs.push((index, other));
                }
            }
        }
        pairs
    }

    pub fn parameter(&mut self, old: &At<'_>, new: &At<'_>) {
        let is_in_path = [old, new].iter().all(|at| at.text("in") == Some("path"));
        // How it is written, said or not.
        let style = |at: &At<'_>| {
            let place = at.text("in").unwrap_or_default();
            let usual = if ["query", "cookie"].contains(&place) { "form" } else { "simple" };
            let style = at.text("style").unwrap_or(usual).to_owned();
            let explode = match at.node.get("explode").map(|node| &node.kind) {
                Some(node::Kind::Bool(explode)) => *explode,
                _ => style == "form",
            };
            (style, explode)
        };
        let is_written_alike = style(old) == style(new);
        self.members(old, new, Kind::Order, REQUEST, |it, name, difference| match name {
            "name" if is_in_path => it.report(Kind::PathParameterRenamed, REQUEST, difference),
            "name" => it.report(Kind::ParameterRenamed, REQUEST, difference),
            "in" => it.report(Kind::ParameterMoved, REQUEST, difference),
            "required" => {
                it.gained_or_lost(
                    difference,
                    REQUEST,
                    [Kind::ParameterRequired, Kind::ParameterOptional],
                );
            }
            "style" | "explode" if is_written_alike => {
                it.report(Kind::SameMeaning, REQUEST, difference);
            }
            "style" | "explode" => it.report(Kind::ParameterStyle, REQUEST, difference),
            "description" | "example" | "examples" => it.documentation(difference),
            "deprecated" => it.deprecated(difference),
            "schema" => it.schema_member(difference, REQUEST),
            _ => it.extension(name, difference, REQUEST),
        });
    }

    /// Reports a flag that is false where it is not said.
    pub fn gained_or_lost(
        &mut self,
        difference: &Difference<'_>,
        direction: Direction,
        [gained, lost]: [Kind; 2],
    ) {
        let kind = match flag(difference, false) {
            Flag::Gained => gained,
            Flag::Lost => lost,
            Flag::Same => Kind::SameMeaning,
            Flag::Neither => Kind::Unknown,
        };
        self.report(kind, direction, difference);
    }

    fn request_body(&mut self, difference: &Difference<'_>) {
        match difference {
            Changed(old, new) => {
                self.referred(old, new, REQUEST, Kind::AnotherComponent, Comparison::body);
            }
            Added(body) => {
                let resolved = resolve(self.new, body);
                let is_required = resolved.is_some_and(|body| body.is("required"));
                let kind = if is_required { Kind::BodyAddedRequired } else { Kind::BodyAdded };
                self.report(kind, REQUEST, difference);
            }
            Removed(_) => self.report(Kind::BodyRemoved, REQUEST, difference),
        }
    }

    pub fn body(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, REQUEST, |it, name, difference| match name {
            "description" => it.documentation(difference),
            "required" => {
                let kinds = [Kind::BodyRequired, Kind::BodyOptional];
                it.gained_or_lost(difference, REQUEST, kinds);
            }
            "content" => it.content(difference, REQUEST),
            _ => it.extension(name, difference, REQUEST),
        });
    }

    fn content(&mut self, difference: &Difference<'_>, direction: Direction) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        let (old, new) = sides(difference, &empty);
        self.members(&old, &new, Kind::Order, direction, |it, _, difference| match difference {
            Added(_) => it.report(Kind::MediaTypeAdded, direction, difference),
            Removed(_) => it.report(Kind::MediaTypeRemoved, direction, difference),
            Changed(old, new) => {
                it.members(old, new, Kind::Order, direction, |it, name, difference| match name {
                    "example" | "examples" => it.documentation(difference),
                    "schema" => it.schema_member(difference, direction),
                    _ => it.extension(name, difference, direction),
                });
            }
        });
    }

    fn responses(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        let (old, new) = sides(difference, &empty);
        self.members(&old, &new, Kind::Order, NEITHER, |it, status, difference| {
            if status.starts_with("x-") {
                return it.extension(status, difference, NEITHER);
            }
            let is_success = status.starts_with('2');
            let kind = match (difference, is_success) {
                (Added(_), true) => Kind::SuccessAdded,
                (Added(_), false) => Kind::ErrorAdded,
                (Removed(_), true) => Kind::SuccessRemoved,
                (Removed(_), false) => Kind::ErrorRemoved,
                (Changed(old, new), _) => {
                    let another = Kind::AnotherComponent;
                    return it.referred(old, new, REPLY, another, Comparison::response);
                }
            };
            it.report(kind, REPLY, difference);
        });
    }

    pub fn response(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, REPLY, |it, name, difference| match name {
            "description" => it.documentation(difference),
            "content" => it.content(difference, REPLY),
            "headers" => it.headers(difference),
            _ => it.extension(name, difference, REPLY),
        });
    }

    fn headers(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        let (old, new) = sides(difference, &empty);
        self.members(&old, &new, Kind::Order, REPLY, |it, _, difference| match difference {
            Added(_) => it.report(Kind::HeaderAdded, REPLY, difference),
            Removed(_) => it.report(Kind::HeaderRemoved, REPLY, difference),
            Changed(old, new) => {
                it.referred(old, new, REPLY, Kind::AnotherComponent, Comparison::header);
            }
        });
    }

    pub fn header(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, REPLY, |it, name, difference| match name {
            "description" | "example" | "examples" => it.documentation(difference),
            "required" => {
                let kinds = [Kind::HeaderRequired, Kind::HeaderOptional];
                it.gained_or_lost(difference, REPLY, kinds);
            }
            "deprecated" => it.deprecated(difference),
            "schema" => it.schema_member(difference, REPLY),
            _ => it.extension(name, difference, REPLY),
        });
    }

    pub fn schema_member(&mut self, difference: &Difference<'_>, direction: Direction) {
        match difference {
            Changed(old, new) => self.schema(old, new, direction),
            _ => self.report(Kind::TypeChanged, direction, difference),
        }
    }
}

/// Whether a parameter of the old document is one of the new.
type Way<'f> = &'f dyn Fn(&At<'_>, &At<'_>) -> bool;

/// What became of a flag.
pub enum Flag {
    Gained,
    Lost,
    Same,
    /// It is no flag.
    Neither,
}

/// `usual` holds where nothing is said.
pub fn flag(difference: &Difference<'_>, usual: bool) -> Flag {
    let (old, new) = difference.sides();
    let value = |at: Option<&At<'_>>| match at.map(|at| &at.node.kind) {
        None => Some(usual),
        Some(node::Kind::Bool(value)) => Some(*value),
        Some(_) => None,
    };
    match (value(old), value(new)) {
        (Some(false), Some(true)) => Flag::Gained,
        (Some(true), Some(false)) => Flag::Lost,
        (Some(_), Some(_)) => Flag::Same,
        _ => Flag::Neither,
    }
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
fn parameters<'d>(document: &'d Document, operation: &Operation<'d>) -> Vec<At<'d>> {
    let own = At::new(operation.node, &operation.pointer);
    let mut parameters = own.get("parameters").map(|list| list.items()).unwrap_or_default();
    let key = |at: &At<'d>| {
        let at = resolve(document, at)?;
        Some((at.text("in")?.to_owned(), at.text("name")?.to_owned()))
    };
    let path = operation.pointer.rsplit_once('/').map_or("", |(path, _)| path);
    let shared = document.root.pointer(path).map(|node| At::new(node, path));
    for parameter in shared.and_then(|it| it.get("parameters")).iter().flat_map(At::items) {
        if parameters.iter().all(|other| key(other) != key(&parameter)) {
            parameters.push(parameter);
        }
    }
    parameters
}

fn called(parameter: &At<'_>, document: &Document) -> String {
    let resolved = resolve(document, parameter);
    resolved.and_then(|it| it.text("name")).unwrap_or("a parameter").to_owned()
}

fn named(operation: &Operation<'_>) -> String {
    format!("{} ({} {})", operation.id, operation.method.to_uppercase(), operation.path)
}

fn is_method(key: &str) -> bool {
    crate::document::METHODS.contains(&key)
}

/// A path without the names of what it takes.
fn shape(path: &str) -> String {
    let is_name = |step: &str| step.starts_with('{') && step.ends_with('}');
    let steps = path.split('/').map(|step| if is_name(step) { "{}" } else { step });
    steps.collect::<Vec<_>>().join("/")
}
