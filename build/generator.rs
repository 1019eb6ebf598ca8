//! Runs progenitor on the lowered copy, and replaces the slots with their types.

use std::panic::{self, AssertUnwindSafe};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};

use super::document::members;
use super::edit::spaced;
use super::lower::{Lowered, SLOT};
use super::{Failure, Outcome, Result};

pub fn generate(lowered: &Lowered) -> Result<syn::File> {
    let Lowered { document, slots } = lowered;
    run(document.clone(), slots).map_err(|reason| {
        // The error of the generator seldom has a location: find the operation that fails alone.
        let mut operations = members(&document["paths"]).flat_map(|(path, item)| {
            members(item).map(move |(method, operation)| (path, method, operation))
        });
        let culprit = operations.find(|(path, method, operation)| {
            let mut alone = document.clone();
            alone["paths"] = json!({ *path: { *method: operation } });
            run(alone, slots).is_err()
        });
        let id = culprit.and_then(|(_, _, operation)| operation["operationId"].as_str());
        let place = id.map_or("the generator".to_owned(), |id| format!("operation {id}"));
        Failure::new(place, format!("the generator failed: {reason}"))
    })
}

fn run(document: Value, slots: &[TokenStream]) -> Outcome<syn::File> {
    let document: openapiv3::OpenAPI =
        serde_json::from_value(document).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    settings.with_map_type("::std::collections::BTreeMap");
    for slot in 0..slots.len() {
        let slot = format!("{SLOT}{slot}");
        settings.with_replacement(&slot, format!("crate::slot::{slot}"), [].into_iter());
    }
    let mut generator = Generator::new(&settings);
    let tokens = panic::catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(&document)));
    let tokens = tokens.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
    })?;
    let tokens = tokens.map_err(|error| error.to_string())?;
    // Slots are replaced here, since the generator does not support types with generic arguments.
    let code = slots.iter().enumerate().fold(spaced(tokens), |code, (slot, ty)| {
        code.replace(&format!("crate :: slot :: {SLOT}{slot} "), &format!("{ty} "))
    });
    syn::parse_file(&code).map_err(|error| error.to_string())
}
