//! Paths as seen from the top of the git repository: GitHub shows an annotation at no other.

use std::path::Path;

use crate::source::{self, Repository};

/// The way from the top of the repository to the current directory; empty outside of one.
#[derive(Debug, Clone, Default)]
pub struct TopOfGit {
    pub way: String,
}

impl TopOfGit {
    pub fn look() -> Self {
        let place = Repository::around(Path::new(".")).ok().and_then(|repository| repository.place());
        Self { way: place.map(|(_, way)| way).unwrap_or_default() }
    }

    /// The path of a file that is seen from the current directory. What is no path there stays as it is.
    pub fn path(&self, file: &str) -> String {
        if self.way.is_empty() || file.is_empty() || file.starts_with(['/', '<']) {
            return file.to_owned();
        }
        source::shown(&source::plain(&Path::new(&self.way).join(file)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_seen_from_the_top() {
        let inside = TopOfGit { way: "services/a".to_owned() };
        for (file, expected) in [
            ("monitors/web.yaml", "services/a/monitors/web.yaml"),
            ("../b/monitors/web.yaml", "services/b/monitors/web.yaml"),
            ("<stdin>", "<stdin>"),
            ("/srv/web.yaml", "/srv/web.yaml"),
        ] {
            assert_eq!(inside.path(file), expected);
            assert_eq!(TopOfGit::default().path(file), file);
        }
    }
}
