//! Where the file of a monitor goes that has none. Pure.

use crate::commands::settings::SETTINGS_FILE;
use crate::config::{SourceFile, is_defaults};
use crate::monitor::MonitorId;
use crate::source::CatalogFolder;

/// Whether a group is the path of a folder inside the catalog, and does not lead outside.
pub fn is_folder(group: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    group.is_empty() || group.len() <= 200 && group.split('/').all(part)
}

/// The folder of the catalog that gives its monitors this group. A catalog of one folder takes every group.
pub fn home_of(folders: &[CatalogFolder], group: &str) -> Result<CatalogFolder, String> {
    let below = |folder: &CatalogFolder| {
        let rest = group.strip_prefix(folder.group.as_str())?;
        (folder.group.is_empty() || rest.is_empty() || rest.starts_with('/')).then_some(rest)
    };
    let nearest =
        folders.iter().filter(|folder| below(folder).is_some()).max_by_key(|folder| folder.group.len());
    let (folder, below) = match (nearest, folders) {
        (Some(nearest), _) => (nearest, below(nearest).unwrap_or_default()),
        (None, [only]) => (only, group),
        (None, _) => {
            return Err(
                "its group is that of no folder of the catalog; name a folder with `--out`".to_owned()
            );
        }
    };
    let below = below.trim_start_matches('/');
    if !is_folder(below) {
        return Err("its group is not a folder path; name a folder with `--out`".to_owned());
    }
    let path = if below.is_empty() { folder.path.clone() } else { folder.path.join(below) };
    Ok(CatalogFolder { group: folder.group_of(&path), path })
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
    fn a_group_has_its_folder_in_the_catalog() {
        let folder = |path: &str, group: &str| CatalogFolder { path: path.into(), group: group.to_owned() };
        let several = [folder("ops/monitors", "ops"), folder("services/a/monitors", "services/a")];
        for (folders, group, expected) in [
            (&several[..], "services/a", Some(("services/a/monitors", "services/a"))),
            (&several, "services/a/eu/x", Some(("services/a/monitors/eu/x", "services/a/eu/x"))),
            (&several, "services/ab", None),
            (&several, "", None),
            (&several, "ops/../..", None),
            (&several[..1], "", Some(("ops/monitors", "ops"))),
            (&several[..1], "eu", Some(("ops/monitors/eu", "ops/eu"))),
            (&[folder("monitors", "")], "eu", Some(("monitors/eu", "eu"))),
            (&[folder("monitors", ""), several[0].clone()], "ops/x", Some(("ops/monitors/x", "ops/x"))),
        ] {
            let expected = expected.map(|(path, group)| folder(path, group));
            assert_eq!(home_of(folders, group).ok(), expected, "{group}");
        }
    }

    #[test]
    fn a_file_is_never_named_like_another_one_or_like_defaults() {
        let taken = SourceFile { path: "m/A-b.yaml".into(), group: String::new(), bytes: Vec::new() };
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
