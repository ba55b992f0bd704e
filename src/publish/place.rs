//! `s3://bucket/prefix`: where in S3 a page is published. Pure.

use std::fmt;

/// A bucket, and what the names of all objects of a page begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketPlace {
    pub bucket: String,
    /// Without a slash at either end; empty for the whole bucket.
    pub prefix: String,
}

/// Why a text names no place in S3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("a place in S3 begins with s3://")]
    Scheme,
    #[error("the name of a bucket has 3 to 63 characters of a-z, 0-9, '.' and '-'")]
    Bucket,
    #[error("a prefix has a-z, A-Z, 0-9, '.', '_', '-' and single slashes between names")]
    Prefix,
}

impl BucketPlace {
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let rest = text.strip_prefix("s3://").ok_or(PlaceError::Scheme)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let is_bucket = (3..=63).contains(&bucket.len())
            && bucket.chars().all(|c| fits(c) || matches!(c, '.' | '-'))
            && bucket.starts_with(fits)
            && bucket.ends_with(fits)
            && !bucket.contains("..");
        if !is_bucket {
            return Err(PlaceError::Bucket);
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let is_name = |name: &str| !matches!(name, "" | "." | "..") && name.chars().all(is_plain);
        if !prefix.is_empty() && !prefix.split('/').all(is_name) {
            return Err(PlaceError::Prefix);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    /// The key of a file of the page.
    pub fn key(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }
}

impl fmt::Display for BucketPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_bucket_and_a_prefix() {
        for (text, expected) in [
            ("s3://acme-status/public", Ok(("acme-status", "public/index.html"))),
            ("s3://acme-status/eu/public/", Ok(("acme-status", "eu/public/index.html"))),
            ("s3://acme-status", Ok(("acme-status", "index.html"))),
            ("s3://acme-status/", Ok(("acme-status", "index.html"))),
            ("s3://status.acme.com/a", Ok(("status.acme.com", "a/index.html"))),
            ("acme-status/public", Err(PlaceError::Scheme)),
            ("https://acme-status/public", Err(PlaceError::Scheme)),
            ("s3://ab/public", Err(PlaceError::Bucket)),
            ("s3://Acme/public", Err(PlaceError::Bucket)),
            ("s3://-acme/public", Err(PlaceError::Bucket)),
            ("s3:///public", Err(PlaceError::Bucket)),
            ("s3://acme-status//public", Err(PlaceError::Prefix)),
            ("s3://acme-status/../other", Err(PlaceError::Prefix)),
            ("s3://acme-status/a b", Err(PlaceError::Prefix)),
            ("s3://acme-status/a?x=1", Err(PlaceError::Prefix)),
        ] {
            let found = BucketPlace::parse(text);
            let found = found.map(|place| (place.bucket.clone(), place.key("index.html")));
            let expected = expected.map(|(bucket, key)| (bucket.to_owned(), key.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
