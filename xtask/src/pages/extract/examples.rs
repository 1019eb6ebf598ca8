//! The examples of a page: the request line, and the bodies as JSON.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::pages::facts::Examples;
use crate::pages::layout::{self, Block, Code, Fault, Section};
use crate::pages::pattern;

pub fn examples(
    method: &str,
    path: &str,
    request: &Section,
    response: &Section,
) -> Result<Examples, Fault> {
    let mut examples = Examples::default();
    if let Some(code) = only_code(request)? {
        let mut lines = code.text.lines();
        let first = lines.next().unwrap_or_default().trim();
        let Some(line) = pattern!(r"^([A-Z]+) (\S+)$").captures(first) else {
            let message =
                format!("an example that begins with `{first}`, expected `{method} https://…`");
            return Err(Fault::new(code.line, message));
        };
        if &line[1] != method {
            let message = format!("an example of {}, but the URI is of {method}", &line[1]);
            return Err(Fault::new(code.line, message));
        }
        parameters(&line[2], path, &mut examples).map_err(|what| Fault::new(code.line, what))?;
        let body: String = lines.flat_map(|line| [line, "\n"]).collect();
        if !body.trim().is_empty() {
            examples.request = Some(json(&body, code.line + 1)?);
        }
    }
    if let Some(code) = only_code(response)? {
        examples.response = Some(json(&code.text, code.line)?);
    }
    Ok(examples)
}

fn only_code(section: &Section) -> Result<Option<&Code>, Fault> {
    let mut codes = layout::flat(&section.blocks).into_iter().filter_map(|block| match block {
        Block::Code(code) => Some(code),
        _ => None,
    });
    match (codes.next(), codes.next()) {
        (_, Some(second)) => Err(Fault::new(second.line, "a second example, expected one")),
        (first, None) => Ok(first),
    }
}

/// Takes the values of parameters from the URI of an example.
fn parameters(uri: &str, path: &str, examples: &mut Examples) -> Result<(), String> {
    let (address, query) = uri.split_once('?').unwrap_or((uri, ""));
    let found = pattern!(r"^https?://[^/]+").replace(address, "");
    let unlike = || format!("an example of the path `{found}`, but the URI is `{path}`");
    let mut pairs = Vec::new();
    let (ours, theirs): (Vec<_>, Vec<_>) = (path.split('/').collect(), found.split('/').collect());
    if ours.len() != theirs.len() {
        return Err(unlike());
    }
    for (ours, theirs) in ours.into_iter().zip(theirs) {
        match placeholder(ours) {
            Some(name) if !theirs.is_empty() => pairs.push((name, theirs)),
            None if ours == theirs => {}
            _ => return Err(unlike()),
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let no_value = || format!("`{pair}` in the query of an example, expected `name=value`");
        pairs.push(pair.split_once('=').ok_or_else(no_value)?);
    }
    for (name, value) in pairs {
        if placeholder(value).is_some() {
            continue;
        }
        let value = percent_decode_str(value).decode_utf8();
        let value = value.map_err(|_| format!("`{name}` of an example is not UTF-8"))?;
        if examples.parameters.insert(name.to_owned(), value.into_owned()).is_some() {
            return Err(format!("`{name}` for a second time in the URI of an example"));
        }
    }
    Ok(())
}

fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn json(text: &str, line: usize) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let at = line + error.line().saturating_sub(1);
        Fault::new(at, format!("an example that is not JSON: {error}"))
    })
}
