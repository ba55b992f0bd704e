//! Where a run writes a status page: `PLACE`, or `ID=PLACE`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use super::describe::TypedPath;

/// A folder or `s3://bucket/prefix`, and which page is for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePlace {
    /// `None`: the only page that there is.
    pub id: Option<String>,
    pub place: PathBuf,
}

impl PagePlace {
    /// The folder among typed paths; a bucket is none.
    pub fn typed_path(&mut self) -> Option<TypedPath<'_>> {
        (!self.place.starts_with("s3:")).then_some(TypedPath::Written(&mut self.place))
    }
}

impl FromStr for PagePlace {
    type Err = Infallible;

    /// A folder whose name has a `=` is written as `./a=b`.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_id = |id: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
            !id.is_empty() && id.chars().all(fits)
        };
        Ok(match text.split_once('=') {
            Some((id, place)) if is_id(id) => Self { id: Some(id.to_owned()), place: place.into() },
            Some(_) | None => Self { id: None, place: text.into() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_may_say_which_page_is_for_it() {
        for (text, id, place) in [
            ("public", None, "public"),
            ("s3://acme-status/public", None, "s3://acme-status/public"),
            ("internal=s3://acme-status/team", Some("internal"), "s3://acme-status/team"),
            ("eu-1=/var/www/status", Some("eu-1"), "/var/www/status"),
            ("./a=b", None, "./a=b"),
            ("Public=x", None, "Public=x"),
        ] {
            let Ok(mut found) = PagePlace::from_str(text);
            assert_eq!((found.id.as_deref(), found.place.to_str()), (id, Some(place)), "{text}");
            assert_eq!(found.typed_path().is_none(), place.starts_with("s3:"), "{text}");
        }
    }
}
