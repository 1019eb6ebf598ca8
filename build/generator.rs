//! Runs progenitor on the lowered copy.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};

use super::document::members;
use super::lower::{has_strict_form, strict_name};
use super::plan::{Kind, Plan};
use super::{Failure, Result};

/// Where the strict forms stand in the generator's output, until they get their real type.
pub const STRICT: &str = "strict";

pub fn generate(lowered: &Value, plan: &Plan) -> Result<syn::File> {
    run(lowered, plan).map_err(|reason| {
        // The generator says what it stumbled over, seldom where: see which operation does it alone.
        let culprit = operations(lowered).find(|(_, alone)| run(alone, plan).is_err());
        let place = culprit.map_or("the generator".to_owned(), |(id, _)| format!("operation {id}"));
        Failure::new(place, format!("the generator refuses it: {reason}"))
    })
}

fn run(lowered: &Value, plan: &Plan) -> std::result::Result<syn::File, String> {
    let document: openapiv3::OpenAPI =
        serde_json::from_value(lowered.clone()).map_err(|error| error.to_string())?;
    let settings = settings(plan);
    quietly(|| {
        let tokens = Generator::new(&settings).generate_tokens(&document);
        let tokens = tokens.map_err(|error| error.to_string())?;
        syn::parse2(tokens).map_err(|error| error.to_string())
    })
}

fn settings(plan: &Plan) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    for (name, schema) in &plan.schemas {
        if !matches!(schema.kind, Kind::Object(_)) {
            settings.with_replacement(name, format!("crate::types::{name}"), [].into_iter());
        }
        if has_strict_form(schema) {
            let path = format!("crate::types::{STRICT}::{name}");
            settings.with_replacement(strict_name(name), path, [].into_iter());
        }
    }
    settings
}

/// The document with one operation only, for each of them.
fn operations(lowered: &Value) -> impl Iterator<Item = (String, Value)> {
    members(&lowered["paths"]).flat_map(move |(path, item)| {
        members(item).map(move |(method, operation)| {
            let mut alone = lowered.clone();
            alone["paths"] = json!({ path: { method: operation } });
            (operation["operationId"].as_str().unwrap_or_default().to_owned(), alone)
        })
    })
}

/// Runs what may panic, and makes an error of the panic.
fn quietly<T>(
    work: impl FnOnce() -> std::result::Result<T, String>,
) -> std::result::Result<T, String> {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    // The hook is the process's: a panic of another thread is still to be heard.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                hook(panic);
            }
        }));
    });
    QUIET.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(text.unwrap_or("it panicked").to_owned())
    })
}
