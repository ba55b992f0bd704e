//! Which request headers carry a credential: kept out of files, plans and other origins.

/// Headers that carry nothing but a credential, whatever their value was filled from.
const HEADERS: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-amz-security-token",
    "private-token",
];

/// Whether the header of this name, in any case, carries a credential.
pub fn is_credential_header(name: &str) -> bool {
    HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name))
}
