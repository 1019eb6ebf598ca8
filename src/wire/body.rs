//! The body of a response with a status of success.

/// A type that the body of a success is read into.
pub(crate) trait ResponseBody: Sized {
    fn read(body: &[u8]) -> Result<Self, serde_json::Error>;
}

/// Reads JSON, also where a byte order mark stands before it, and where a text in it is not UTF-8:
/// what can't be told is U+FFFD then, and the raw body has it still.
pub(crate) fn read_json<T: serde::de::DeserializeOwned>(
    body: &[u8],
) -> Result<T, serde_json::Error> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    serde_json::from_slice(body).or_else(|error| match std::str::from_utf8(body) {
        Ok(_) => Err(error),
        Err(_) => serde_json::from_str(&String::from_utf8_lossy(body)),
    })
}

/// An operation whose response has no body: one that is there all the same is not looked at.
impl ResponseBody for () {
    fn read(_: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(())
    }
}
