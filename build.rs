//! Generates the client from `openapi/autoscaling.yaml`: see `build/mod.rs` for the steps.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

#[path = "build/mod.rs"]
mod pipeline;

const DOCUMENT: &str = "openapi/autoscaling.yaml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={DOCUMENT}");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let text = fs::read_to_string(DOCUMENT).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let code = pipeline::generate(&text).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let directory = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    let target = Path::new(&directory).join("generated.rs");
    fs::write(&target, code).map_err(|error| format!("{}: {error}", target.display()))
}
