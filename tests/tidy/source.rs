//! The source files of the crate, as lines of code.

use std::path::Path;

/// One file below `src/`.
#[derive(Debug, Clone)]
pub struct Source {
    /// `src/plan/guard.rs`
    pub path: String,
    /// The top module that it belongs to: `plan`.
    pub module: String,
    /// All lines as they stand.
    pub lines: Vec<String>,
}

impl Source {
    /// Lines that are code, with their numbers: no comments, and nothing from `#[cfg(test)]` on, because
    /// tests stand at the end of a file and may use what they need. Files of tests only have no code.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests_only = self.path.contains("/tests")
            || self.path.contains("/testing")
            || self.path.contains("/scenarios");
        let end = match self.lines.iter().position(|line| line.trim() == "#[cfg(test)]") {
            _ if tests_only => 0,
            // A `#[cfg(test)]` in the upper part marks one item; only a module at the end ends the code.
            Some(at)
                if self.lines.get(at + 1).is_some_and(|line| {
                    line.starts_with("mod tests {") || line.starts_with("pub mod ") && line.ends_with('{')
                }) =>
            {
                at
            }
            _ => self.lines.len(),
        };
        self.lines.iter().take(end).enumerate().map(|(i, line)| (i + 1, line.as_str())).filter(|(_, line)| {
            let line = line.trim_start();
            !line.starts_with("//")
        })
    }
}

/// Every `.rs` file below `src/`, sorted.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(root, &root.join("src"), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 20, "the source is not where it is expected");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("the source is readable") {
        let path = entry.expect("the source is readable").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path
                .strip_prefix(root.join("src"))
                .expect("the source is readable")
                .to_string_lossy()
                .replace('\\', "/");
            let module = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
            let text = std::fs::read_to_string(&path).expect("the source is readable");
            let lines = text.lines().map(str::to_owned).collect();
            found.push(Source { path: format!("src/{inside}"), module, lines });
        }
    }
}
