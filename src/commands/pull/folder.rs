//! Where the file of a monitor goes that has none. Pure.

use crate::commands::settings::SETTINGS_FILE;
use crate::config::{SourceFile, is_defaults};
use crate::monitor::MonitorId;

/// Whether a group is the path of a folder inside the catalog, and does not lead outside.
pub fn is_folder(group: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    group.is_empty() || group.len() <= 200 && group.split('/').all(part)
}

/// A path in `folder` that no file has, named after the monitor.
pub fn free_path(
    folder: &str,
    id: &MonitorId,
    files: &[SourceFile],
    exists: impl Fn(&str) -> bool,
) -> String {
    let name = id.as_str().replace('/', "-");
    let path = |number: u32| match number {
        1 => format!("{folder}/{name}.yaml"),
        number => format!("{folder}/{name}-{number}.yaml"),
    };
    let free = |path: &String| {
        // Settings there would be taken for those of the folder.
        let is_settings = path.ends_with(&format!("/{SETTINGS_FILE}"));
        !is_settings
            && !is_defaults(path)
            && !exists(path)
            && files.iter().all(|file| !file.path.eq_ignore_ascii_case(path))
    };
    // There are more numbers than files.
    (1..=u32::MAX).map(path).find(free).unwrap_or_default()
}

/// The line that names the schema to an editor, where the way from the file to it is known.
pub fn modeline(path: &str) -> Option<String> {
    let folders: Vec<_> = path.split('/').collect();
    let known = !path.starts_with('/') && folders.iter().all(|folder| *folder != ".." && !folder.is_empty());
    let up = "../".repeat(folders.len() - 1);
    known.then(|| format!("# yaml-language-server: $schema={up}schema/monitor.schema.json\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_leads_nowhere_else() {
        for (group, expected) in [
            ("", true),
            ("eu/shop", true),
            ("..", false),
            ("eu/../..", false),
            ("/etc", false),
            ("eu/", false),
            (".git", false),
            ("a\\b", false),
            ("a\u{1b}", false),
        ] {
            assert_eq!(is_folder(group), expected, "{group:?}");
        }
    }

    #[test]
    fn a_file_is_never_named_like_another_one_or_like_defaults() {
        let taken = SourceFile { path: "m/A-b.yaml".into(), folder: String::new(), bytes: Vec::new() };
        let id = |text| MonitorId::parse(text).expect("an id");
        let path =
            |text| free_path("m", &id(text), std::slice::from_ref(&taken), |path| path == "m/there.yaml");
        assert_eq!(path("a/b"), "m/a-b-2.yaml");
        assert_eq!(path("there"), "m/there-2.yaml");
        assert_eq!(path("defaults"), "m/defaults-2.yaml");
        assert_eq!(path("x.y"), "m/x.y.yaml");
    }

    #[test]
    fn the_schema_is_found_from_every_folder() {
        let line = modeline("monitors/eu/a.yaml").expect("known");
        assert_eq!(line, "# yaml-language-server: $schema=../../schema/monitor.schema.json\n\n");
        assert_eq!(modeline("/tmp/a.yaml"), None);
        assert_eq!(modeline("../a.yaml"), None);
    }
}
