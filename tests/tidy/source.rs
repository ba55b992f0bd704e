//! The source files of the crate, as lines of code.

use std::path::Path;

/// One file below `src/`.
#[derive(Debug, Clone)]
pub struct Source {
    /// `src/plan/guard.rs`
    pub path: String,
    /// The top module that it belongs to: `plan`.
    pub module: String,
    /// Whether it is built for tests alone.
    pub tests_only: bool,
    /// All lines as they stand.
    pub lines: Vec<String>,
}

impl Source {
    /// Lines that are code, with their numbers: no comments, and nothing from `#[cfg(test)]` on, because
    /// tests stand at the end of a file and may use what they need. Files of tests only have no code.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_tests = |at: usize| {
            self.lines.get(at + 1).is_some_and(|line| {
                line.starts_with("mod tests {") || line.starts_with("pub mod ") && line.ends_with('{')
            })
        };
        // A `#[cfg(test)]` in the upper part marks one item; only a module at the end ends the code.
        let mut marks =
            self.lines.iter().enumerate().filter(|(at, line)| line.trim() == "#[cfg(test)]" && is_tests(*at));
        let end = if self.tests_only { 0 } else { marks.next().map_or(self.lines.len(), |(at, _)| at) };
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
    let of_tests: Vec<String> = found.iter().flat_map(modules_of_tests).collect();
    for source in &mut found {
        let module = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        source.tests_only |= of_tests.iter().any(|tests| tests == module);
    }
    assert!(found.len() > 20, "the source is not where it is expected");
    found
}

/// Files that `source` declares as modules of tests, without their ending.
fn modules_of_tests(source: &Source) -> Vec<String> {
    let parent = source.path.trim_end_matches(".rs").trim_end_matches("/mod").trim_end_matches("/lib");
    let pairs = source.lines.iter().zip(source.lines.iter().skip(1));
    let declared = pairs.filter(|(mark, _)| mark.trim() == "#[cfg(test)]").filter_map(|(_, line)| {
        let name = line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?;
        Some(format!("{parent}/{name}"))
    });
    declared.collect()
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
            let path = format!("src/{inside}");
            let folders = ["/tests", "/testing", "/scenarios"];
            let tests_only = folders.iter().any(|folder| path.contains(folder));
            found.push(Source { path, module, tests_only, lines });
        }
    }
}
