//! Causes of connection errors, and whether a retry can help.

use std::error::Error as StdError;
use std::iter;

/// Messages of permanent causes for which libraries have no type: an unknown host, in the words of each C library; a
/// proxy that requires authentication or rejects the tunnel; a response that is not HTTP.
///
/// `hyper-util` 0.1.21 has the message `tunnel error: unsuccessful` for all statuses of a proxy except 407 and 200, so
/// that a 502, 503 or 504 is not retried either.
const PERMANENT: [&str; 10] = [
    "Name or service not known",
    "No address associated with hostname",
    "Name does not resolve",
    "nodename nor servname provided",
    "No such host is known",
    "proxy authorization required",
    "tunnel error: unsuccessful",
    "message head is too large",
    "invalid HTTP",
    "unsupported scheme",
];

fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    iter::successors(Some(error), |error: &&'e (dyn StdError + 'static)| (*error).source())
}

/// The innermost cause of an error.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> Option<String> {
    chain(error).skip(1).last().map(ToString::to_string)
}

/// Whether the cause of a failed connection is permanent.
pub(crate) fn is_permanent(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(is_of_tls)
        || innermost(error).is_some_and(|cause| PERMANENT.iter().any(|text| cause.contains(text)))
}

/// Whether TLS has failed, for example because of an invalid certificate.
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn is_of_tls(error: &(dyn StdError + 'static)) -> bool {
    // `source` of an I/O error skips its inner error.
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_of_tls(inner))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn is_of_tls(_: &(dyn StdError + 'static)) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("outer")
        }
    }

    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn permanent_and_temporary_causes_are_distinguished() {
        for (text, is_stable) in [
            ("failed to lookup address information: Name or service not known", true),
            ("failed to lookup address information: Name does not resolve", true),
            ("tunnel error: proxy authorization required", true),
            ("message head is too large", true),
            ("invalid HTTP version parsed", true),
            ("failed to lookup address information: Temporary failure in name resolution", false),
            ("Connection refused (os error 111)", false),
            ("connection closed before message completed", false),
        ] {
            let error = Outer(io::Error::other(text));
            assert_eq!(is_permanent(&error), is_stable, "{text}");
            assert_eq!(innermost(&error).as_deref(), Some(text));
        }
        assert_eq!(innermost(&io::Error::from(io::ErrorKind::TimedOut)), None);
    }

    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    #[test]
    fn error_of_tls_is_permanent() {
        let error = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert!(is_permanent(&Outer(io::Error::new(io::ErrorKind::InvalidData, error))));
    }
}
