//! Conversion of names in the document to names in Rust.

use syn::Ident;

/// Returns the variant for a value: `ElbCheckDelete` for `ELB_CHECK_DELETE`, and `X5Bgp` for `5_bgp`.
pub fn variant_name(value: &str) -> String {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(|word| match word.chars().any(|c| c.is_ascii_lowercase()) {
        true => capitalised(word),
        false => capitalised(&word.to_ascii_lowercase()),
    });
    match words.collect::<String>() {
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("X{name}"),
        // The only keyword in PascalCase.
        name if name == "Self" => "Self_".to_owned(),
        name => name,
    }
}

/// Returns a type name: `ScalingGroupId` for `scaling_group_id`, `UpdateScalingGroup` for `updateScalingGroup`.
pub fn pascal_case(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric()).map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

/// The name of a parameter in the lowered copy, with a suffix if the generated code uses the name itself.
pub fn lowered_parameter(name: &str) -> String {
    let taken = "body body_map client header_map info items new pages request response result \
                 retry_unsafe send unchecked url when_some";
    renamed(name, taken, "_parameter")
}

/// The name of a property in the lowered copy, with a suffix if the generated code uses the name itself.
pub fn lowered_property(name: &str) -> String {
    renamed(name, "build extra when_some", "_property")
}

fn renamed(name: &str, taken: &str, suffix: &str) -> String {
    let is_taken = taken.split(' ').any(|taken| taken == rust_name(name));
    name.to_owned() + if is_taken { suffix } else { "" }
}

/// Returns the generated name: `type_` for `type`, and `update_scaling_group` for `updateScalingGroup`.
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
