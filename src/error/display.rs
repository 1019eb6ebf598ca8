//! The messages of errors.

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;

use super::cause::{innermost, is_permanent};
use super::{Cause, Error};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.inner.cause, self.operation()) {
            (Cause::Rejected(error), None) => return error.fmt(f),
            (Cause::Rejected(error), Some(operation)) => {
                write!(f, "{operation}: request not sent: {error}")?;
                let is_of_rule = error.violations().iter().any(|it| it.rule_id().is_some());
                let hint = "; use unchecked() to skip cross-field rules";
                return f.write_str(if is_of_rule { hint } else { "" });
            }
            (Cause::Settings(error), _) => {
                return write!(f, "invalid client configuration: {error}");
            }
            (_, None) => {}
            (Cause::Credentials(_) | Cause::NoCredentialsInTime(_), Some(operation)) => {
                write!(f, "{operation}: request not sent: ")?;
            }
            (_, Some(operation)) => write!(f, "{operation}: ")?,
        }
        if let Some(raw) = self.raw() {
            write!(f, "{}: ", of_status(raw.status))?;
        }
        match &self.inner.cause {
            Cause::Settings(_) | Cause::Rejected(_) => {}
            Cause::Credentials(error) => {
                write!(f, "{} failed: {}", self.of_credentials(), one_line(&error.to_string()))?;
            }
            Cause::NoCredentialsInTime(time) => {
                write!(f, "{} timed out after {time:?}", self.of_credentials())?;
            }
            Cause::Transport(error) if error.is_builder() => {
                f.write_str("invalid request")?;
            }
            Cause::Transport(error) if error.is_connect() && error.is_timeout() => {
                f.write_str("could not connect to the service in time")?;
            }
            Cause::Transport(error) if error.is_connect() => {
                f.write_str("could not connect to the service")?;
                fmt_cause(error, f)?;
            }
            Cause::Transport(error) if error.is_timeout() => f.write_str("no response in time")?,
            Cause::NoResponseInTime(time) => write!(f, "no response within {time:?}")?,
            Cause::Transport(error) if is_permanent(error) => {
                f.write_str("unreadable response")?;
                fmt_cause(error, f)?;
            }
            Cause::Transport(error) => {
                f.write_str("connection lost before the response")?;
                fmt_cause(error, f)?;
            }
            Cause::Interrupted(error) if error.is_timeout() => {
                f.write_str("response not complete in time")?;
            }
            Cause::Interrupted(_) => {
                f.write_str("connection lost before the response was complete")?;
            }
            Cause::CutShort(time) => write!(f, "response not complete within {time:?}")?,
            Cause::TooLarge(limit) => {
                write!(f, "response larger than the response_limit of {limit} bytes")?;
            }
            Cause::Redirected => {
                f.write_str(
                    "the custom HTTP client followed a redirect: \
                     create it with redirect::Policy::none()",
                )?;
            }
            Cause::Status => self.fmt_message(f)?,
            Cause::Unreadable(_) if self.code().is_some() => {
                f.write_str("error with the status of a success: ")?;
                self.fmt_message(f)?;
            }
            Cause::Unreadable(error) => {
                write!(f, "unreadable response: {}", one_line(&error.to_string()))?;
                self.fmt_start(f)?;
            }
            Cause::Stalled { parameter, offset } => {
                write!(
                    f,
                    "no progress: the page at {parameter} {offset} repeats earlier entries; \
                     the service may ignore {parameter}"
                )?;
            }
        }
        self.fmt_details(f)
    }
}

/// A status with its reason phrase.
pub(crate) fn of_status(status: StatusCode) -> String {
    let reason = status.canonical_reason().map(|reason| format!(" {reason}"));
    format!("{}{}", status.as_str(), reason.unwrap_or_default())
}

fn fmt_cause(error: &reqwest::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match innermost(error) {
        Some(cause) => write!(f, ": {}", one_line(&cause)),
        None => Ok(()),
    }
}

impl Error {
    /// What a failure of credentials has prevented.
    fn of_credentials(&self) -> &'static str {
        if self.operation().is_some() { "authentication" } else { "discovery" }
    }

    /// Writes what applies to several causes.
    fn fmt_details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self.inner.cause, Cause::Interrupted(_) | Cause::CutShort(_))
            && (self.code().is_some() || self.message().is_some())
        {
            f.write_str("; received ")?;
            self.fmt_message(f)?;
        }
        if let Some(id) = self.request_id().filter(|id| !id.is_empty()) {
            write!(f, " (request {})", one_line(id))?;
        }
        if let Some(delay) = self.retry_after() {
            write!(f, ", retry after {delay:?}")?;
        }
        if self.attempts() > 1 {
            write!(f, ", after {} attempts", self.attempts())?;
        }
        if let Some(clock) = &self.inner.clock {
            write!(f, "; {clock}")?;
        }
        if self.may_have_been_applied() {
            f.write_str(
                "; the modification may have been applied: read the state before retrying",
            )?;
        }
        Ok(())
    }

    /// Writes code and message, or the start of the body.
    fn fmt_message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code(), self.message()) {
            (Some(code), Some(message)) => {
                write!(f, "{}: {}", one_line(code), one_line(message))
            }
            (Some(text), None) | (None, Some(text)) => f.write_str(&one_line(text)),
            (None, None) if self.status().is_some_and(|status| status.is_redirection()) => {
                f.write_str("redirects are not followed")
            }
            (None, None) => {
                f.write_str("unrecognized error response")?;
                self.fmt_start(f)
            }
        }
    }

    /// Writes content type and start of the body.
    fn fmt_start(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(raw) = self.raw() else { return Ok(()) };
        let content_type = raw.headers.get(http::header::CONTENT_TYPE);
        if let Some(content_type) = content_type.and_then(|value| value.to_str().ok()) {
            write!(f, "; content type {}", one_line(&raw.sent.left_out_of(content_type)))?;
        }
        if raw.body.is_empty() {
            return f.write_str("; empty body");
        }
        let text = text_of_markup(&self.inner.start);
        write!(f, "; body {}", quoted_start(text.as_deref().unwrap_or(&self.inner.start)))
    }
}

/// The text of a body without a message, in quotes, without the secrets of the request.
#[cfg(feature = "keystone")]
pub(crate) fn said_by_page(body: &[u8], sent: &crate::redact::Sent) -> Option<String> {
    let body = sent.left_out_of(String::from_utf8_lossy(body));
    let text = text_of_markup(&body).unwrap_or_else(|| body.into_owned());
    (!text.trim().is_empty()).then(|| quoted_start(&text))
}

/// The start of a string, in quotes and on one line.
fn quoted_start(text: &str) -> String {
    const SHOWN: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}", format!("{}…", &line[..end])),
        None => format!("{line:?}"),
    }
}

/// The text of an HTML or XML page without markup, if there is any. The page of a gateway consists of a title and a
/// sentence, which is not worth a dependency on an HTML parser.
fn text_of_markup(page: &str) -> Option<String> {
    let mut rest = page.trim_start().trim_start_matches('\u{feff}').trim_start();
    if !rest.starts_with('<') {
        return None;
    }
    let mut text = String::new();
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        // The character `<`, not the start of a tag.
        if !tag.is_empty()
            && !tag.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first))
        {
            text.push('<');
            rest = tag;
            continue;
        }
        if let Some(data) = tag.strip_prefix("![CDATA[") {
            let (data, after) = data.split_once("]]>").unwrap_or((data, ""));
            text.push_str(data);
            rest = after;
            continue;
        }
        let is =
            |name: &str| tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name));
        // The content of these is not text.
        let end = match () {
            () if is("!--") => "-->",
            () if is("style") => "</style>",
            () if is("script") => "</script>",
            () => ">",
        };
        let found = match end {
            ">" => end_of_tag(tag),
            end => tag.to_ascii_lowercase().find(end).map(|at| at + end.len()),
        };
        rest = found.map_or("", |end| &tag[end..]);
        text.push(' ');
    }
    text.push_str(rest);
    let text = without_entities(&text);
    Some(text).filter(|text| !text.trim().is_empty())
}

/// Replaces entities.
fn without_entities(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, entity)) = rest.split_once('&') {
        out.push_str(before);
        let named = entity.split_once(';').and_then(|(name, after)| {
            let code = |digits, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
            let letter = match (name, name.strip_prefix('#')) {
                ("amp", _) => '&',
                ("apos", _) => '\'',
                ("gt", _) => '>',
                ("lt", _) => '<',
                ("mdash", _) => '—',
                ("nbsp", _) => ' ',
                ("ndash", _) => '–',
                ("quot", _) => '"',
                (_, Some(number)) => match number.strip_prefix(['x', 'X']) {
                    Some(digits) => code(digits, 16)?,
                    None => code(number, 10)?,
                },
                _ => return None,
            };
            Some((letter, after))
        });
        let (letter, after) = named.unwrap_or(('&', entity));
        out.push(letter);
        rest = after;
    }
    out + rest
}

/// The end of a tag: the first `>` that is not in quotes, or the first if a quote is not closed.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    let end = tag.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        quote.is_none() && byte == b'>'
    });
    end.or_else(|| tag.find('>')).map(|at| at + 1)
}

/// A string of the service on one line, truncated, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    const SHOWN: usize = 400;
    let mut line = String::new();
    for (count, letter) in text.split_whitespace().collect::<Vec<_>>().join(" ").chars().enumerate()
    {
        if count == SHOWN {
            line.push('…');
            break;
        }
        // Control characters, and those that are invisible or change the direction.
        let is_acted_upon = letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if is_acted_upon {
            line.extend(letter.escape_unicode());
        } else {
            line.push(letter);
        }
    }
    line
}

/// Omits headers and body, which may contain secrets.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("what", &self.to_string());
        if let Some(status) = self.status() {
            debug.field("status", &status.as_u16());
        }
        for (name, value) in
            [("code", self.code()), ("message", self.message()), ("request_id", self.request_id())]
        {
            if let Some(value) = value {
                debug.field(name, &one_line(value));
            }
        }
        if let Cause::Transport(error) | Cause::Interrupted(error) = &self.inner.cause {
            debug.field("cause", error);
        } else if let Some(source) = self.source() {
            debug.field("source", &source);
        }
        debug.finish_non_exhaustive()
    }
}
