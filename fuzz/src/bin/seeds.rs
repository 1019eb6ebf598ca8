//! Writes the initial inputs of each target to `corpus/`. Responses and errors are the documented examples.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The examples of the document whose names end with `of`.
fn examples(document: &Value, of: &str) -> Result<BTreeSet<String>, String> {
    let all = document["components"]["examples"].as_object().into_iter().flatten();
    let of_kind = all.filter(|(name, _)| name.ends_with(of));
    let texts = of_kind.map(|(name, example)| {
        let value = example.get("value").ok_or(format!("the example {name} has no value"))?;
        Ok(value.to_string())
    });
    let texts: BTreeSet<String> = texts.collect::<Result<_, String>>()?;
    if texts.is_empty() { Err(format!("the document has no example …{of}")) } else { Ok(texts) }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(folder.join("../openapi/autoscaling.json"))?;
    let document: Value = serde_json::from_str(&document)?;
    let (pages, errors) = (examples(&document, "Response")?, examples(&document, "Error")?);
    // The first byte selects the status.
    let errors = errors.iter().map(|error| format!("\u{1}{error}")).collect();
    let auth = json!({ "auth_url": "https://iam.example.com/v3", "username": "u", "password": "p",
                       "user_domain_name": "d", "project_id": "p" });
    let cloud =
        format!("clouds:\n  otc:\n    region_name: eu-de\n    verify: true\n    auth: {auth}\n");
    let delays = ["30", "2.5", "Thu, 22 Nov 2018 13:46:50 GMT"].map(str::to_owned);
    let page = "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>";
    for (target, seeds) in [
        ("response", pages),
        ("error_body", errors),
        ("clouds", BTreeSet::from([cloud])),
        ("retry_after", BTreeSet::from(delays)),
        ("html", BTreeSet::from([page.to_owned()])),
    ] {
        let corpus = folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{index}")), seed)?;
        }
    }
    Ok(())
}
