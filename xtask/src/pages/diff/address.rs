//! Methods and paths, the parameters of a path told apart by their positions.

use crate::pages::facts::Page;

/// How the addresses of two pages differ.
pub struct Difference<'a> {
    /// Whether calls go elsewhere.
    pub has_moved: bool,
    /// Parameters that are at the same position under another name: the old and the new one.
    pub renamed: Vec<(&'a str, &'a str)>,
}

pub fn difference<'a>(was: &'a Page, is: &'a Page) -> Difference<'a> {
    let (old, new) = (placeholders(&was.path), placeholders(&is.path));
    let differ = |(old, new): &(&str, &str)| old != new;
    let mut renamed: Vec<_> = old.iter().copied().zip(new.iter().copied()).filter(differ).collect();
    // Names that only changed their order are another address.
    let reordered = renamed.iter().any(|(old, _)| new.contains(old));
    if old.len() != new.len() || reordered {
        renamed.clear();
    }
    let same_form = was.method == is.method && form(&was.path) == form(&is.path);
    Difference { has_moved: !same_form || reordered, renamed }
}

/// The names in braces, in their order.
fn placeholders(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// The path without the names in braces.
pub fn form(path: &str) -> String {
    let anonymous = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let segments = path.split('/').map(|segment| if anonymous(segment) { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::pages::facts::Examples;

    fn page(method: &str, path: &str) -> Page {
        Page {
            id: String::new(),
            edition: String::new(),
            method: method.to_owned(),
            path: path.to_owned(),
            tables: Vec::new(),
            statuses: BTreeSet::new(),
            examples: Examples::default(),
        }
    }

    #[test]
    fn parameters_of_a_path_count_by_position_and_their_order_is_the_address() {
        let base = page("PUT", "/v1/{branch}/shelf/{shelf}");
        let cases = [
            ("PUT", "/v1/{branch}/shelf/{shelf}", false, vec![]),
            ("GET", "/v1/{branch}/shelf/{shelf}", true, vec![]),
            ("PUT", "/v1/{branch}/shelf/{id}", false, vec![("shelf", "id")]),
            ("PUT", "/v2/{branch}/shelf/{id}", true, vec![("shelf", "id")]),
            ("PUT", "/v1/{shelf}/shelf/{branch}", true, vec![]),
            ("PUT", "/v1/shelf/{shelf}", true, vec![]),
        ];
        for (method, path, moved, names) in cases {
            let other = page(method, path);
            let Difference { has_moved, renamed } = difference(&base, &other);
            assert_eq!((has_moved, renamed), (moved, names), "{method} {path}");
        }
    }
}
