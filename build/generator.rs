//! Runs progenitor on the lowered copy, and puts the types into its slots.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};
use syn::Type;
use syn::visit_mut::{self, VisitMut};

use super::document::members;
use super::lower::{Lowered, Slot};
use super::{Failure, Result};

/// What the generator is told to replace a slot by, until it gets its type.
const SLOTS: &str = "slot";

pub fn generate(lowered: &Lowered) -> Result<syn::File> {
    let Lowered { document, slots } = lowered;
    run(document, slots).map_err(|reason| {
        // The generator says what it stumbled over, seldom where: see which operation does it alone.
        let culprit = operations(document).find(|(_, alone)| run(alone, slots).is_err());
        let place = culprit.map_or("the generator".to_owned(), |(id, _)| format!("operation {id}"));
        Failure::new(place, format!("the generator refuses it: {reason}"))
    })
}

fn run(document: &Value, slots: &[Slot]) -> std::result::Result<syn::File, String> {
    let document: openapiv3::OpenAPI =
        serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    settings.with_map_type("::std::collections::BTreeMap");
    for Slot { name, .. } in slots {
        settings.with_replacement(name, format!("crate::{SLOTS}::{name}"), [].into_iter());
    }
    let mut file = quietly(|| {
        let tokens = Generator::new(&settings).generate_tokens(&document);
        let tokens = tokens.map_err(|error| error.to_string())?;
        syn::parse2(tokens).map_err(|error| error.to_string())
    })?;
    Slots(slots).visit_file_mut(&mut file);
    Ok(file)
}

/// Gives the slots their types: paths with generic arguments, which the generator can't take.
struct Slots<'a>(&'a [Slot]);

impl VisitMut for Slots<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.path.segments.iter().any(|segment| segment.ident == SLOTS)
            && let Some(last) = path.path.segments.last()
            && let Some(slot) = self.0.iter().find(|slot| last.ident == slot.name)
            && let Ok(real) = syn::parse2(slot.ty.clone())
        {
            *ty = real;
        }
        visit_mut::visit_type_mut(self, ty);
    }
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
