//! HTML pages of a gateway, whose text is shown without markup.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otc_autoscaling::mock::MockResponse;
use otc_autoscaling_fuzz::{check_text, error};

fuzz_target!(|text: &str| {
    check_text(&error(MockResponse::new(502).header("Content-Type", "text/html").body(text)));

    // Words of the input, which must be shown, surrounded by the input inside of markup.
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    let inner: String = text.chars().filter(|letter| word(*letter)).take(100).collect();
    let inner = inner.split_whitespace().collect::<Vec<_>>().join(" ");
    let hidden = text.to_ascii_lowercase().replace(['<', '>'], "").replace("--", "");
    for (before, after) in [
        (format!("<html><p title='{}'>", hidden.replace('\'', "")), "</p></html>"),
        (format!("<!-- {hidden} --><p>"), "</p>"),
        (format!("<html><style>{hidden}</STYLE><b>"), "</b><script> a < b </script>"),
    ] {
        // Only the start of a longer page is searched for text.
        if before.len() < 2000 && !inner.is_empty() {
            let page = format!("{before}{inner}{after}");
            let shown = error(MockResponse::new(502).body(page.as_str())).to_string();
            assert!(shown.contains(&format!("; body {inner:?}")), "{page} as {shown}");
        }
    }
});
