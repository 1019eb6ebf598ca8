//! Names of the document as names of Rust.

use syn::Ident;

/// `ELB_CHECK_DELETE` as `ElbCheckDelete`.
pub fn variant_name(value: &str) -> String {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            if word.chars().any(|c| c.is_ascii_lowercase()) {
                capitalised(word)
            } else {
                capitalised(&word.to_ascii_lowercase())
            }
        })
        .collect()
}

/// `scaling_group_id` and `updateScalingGroup` as type names.
pub fn pascal_case(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric()).map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// `type` as the generator names it in Rust: `type_`; `updateScalingGroup` as
/// `update_scaling_group`.
pub fn rust_name(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' });
    }
    if syn::parse_str::<Ident>(&snake).is_err() {
        snake.push('_');
    }
    snake
}
