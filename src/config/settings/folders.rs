//! `folders` of monitorctl.yaml: where the monitor files are, and the groups that follow from it. Pure.

use std::fmt;

use crate::monitor::fits;

/// The folder of a repository that lists none, and a name that is no part of a group.
pub const MONITORS: &str = "monitors";

/// Entries of a list of folders.
pub const MOST_FOLDERS: usize = 100;

/// A character of a name.
macro_rules! any {
    () => {
        r"[^\x00-\x1f\x7f/\\*?\[\]{}!]"
    };
}

/// A name that is not `.` or `..`, with no `**` in it.
macro_rules! name {
    () => {
        concat!(r"\.*(\*(", any!(), r"\*?)*|[^\x00-\x1f\x7f./\\*?\[\]{}!](\*?", any!(), r")*\*?)")
    };
}

/// How an entry is written: names with a `/` between them. In a name, `*` stands for any characters.
pub const FOLDER_PATTERN: &str = concat!(r"^(\./)?", name!(), "(/", name!(), ")*/?$");

/// What an entry may be, for people.
pub const FOLDER_WORDS: &str =
    "a folder is a path below monitorctl.yaml, without `..`; `*` stands for one folder name or a part of it";

/// One entry: a folder, or a pattern of folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderPattern {
    names: Vec<String>,
}

/// The folders of monitor files, as the settings list them. There is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPatterns(Vec<FolderPattern>);

impl FolderPattern {
    /// `None` if it does not follow [`FOLDER_PATTERN`].
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("./").unwrap_or(text);
        let names: Vec<_> = text.strip_suffix('/').unwrap_or(text).split('/').map(str::to_owned).collect();
        names.iter().all(|name| is_name(name)).then_some(Self { names })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether it names one folder, there or not.
    pub fn is_one(&self) -> bool {
        !self.names().any(is_wild)
    }

    /// The folders before the first `*`: what it stands for lies there.
    pub fn start(&self) -> String {
        let plain: Vec<_> = self.names().take_while(|name| !is_wild(name)).collect();
        plain.join("/")
    }

    /// The first folder on the way to `path` that it stands for.
    fn folder_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut end = 0;
        for (at, wanted) in self.names().enumerate() {
            let start = if at == 0 { 0 } else { end + 1 };
            let name = path.get(start..)?.split('/').next()?;
            if name.is_empty() || !stands_for(wanted, name) {
                return None;
            }
            end = start + name.len();
        }
        path.get(..end)
    }
}

/// As it is written, without what means nothing.
impl fmt::Display for FolderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join("/"))
    }
}

impl FolderPatterns {
    /// Those entries that are patterns; what is wrong with the others is reported at its place.
    pub fn of(texts: &[String]) -> Option<Self> {
        let patterns: Vec<_> = texts.iter().filter_map(|text| FolderPattern::parse(text)).collect();
        (!patterns.is_empty()).then_some(Self(patterns))
    }

    pub fn iter(&self) -> impl Iterator<Item = &FolderPattern> {
        self.0.iter()
    }

    /// The folder of the catalog that `path` is in, or is. A folder in another one is a part of that.
    pub fn folder_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.iter().filter_map(|pattern| pattern.folder_of(path)).min_by_key(|folder| folder.len())
    }
}

/// `monitors`
impl Default for FolderPatterns {
    fn default() -> Self {
        Self(vec![FolderPattern { names: vec![MONITORS.to_owned()] }])
    }
}

impl fmt::Display for FolderPatterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(", "))
    }
}

/// The group of the monitors right in a folder of the catalog: its path, where a last `monitors` says nothing. It depends
/// on no other folder, so another one in the list changes no group.
pub fn group_of(folder: &str) -> &str {
    match folder.strip_suffix(MONITORS) {
        Some("") => "",
        Some(above) => above.strip_suffix('/').unwrap_or(folder),
        None => folder,
    }
}

/// Whether a folder has a name like this. As in a shell, a leading `*` does not stand for a dot.
pub fn stands_for(wanted: &str, name: &str) -> bool {
    fits(wanted, name) && (wanted.starts_with('.') || !name.starts_with('.'))
}

fn is_wild(name: &str) -> bool {
    name.contains('*')
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| !c.is_ascii_control() && !"/\\?[]{}!".contains(c);
    !name.chars().all(|c| c == '.') && name.chars().all(is_plain) && !name.contains("**")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> FolderPatterns {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        FolderPatterns::of(&texts).expect("patterns")
    }

    #[test]
    fn an_entry_is_a_path_below_the_settings_and_the_schema_knows_the_same() {
        let pattern = regex::Regex::new(FOLDER_PATTERN).expect("a pattern");
        for (text, expected) in [
            ("monitors", Some("monitors")),
            ("./services/*/monitors/", Some("services/*/monitors")),
            ("*", Some("*")),
            ("a*b*c/*x/y*", Some("a*b*c/*x/y*")),
            (".ops/.m*", Some(".ops/.m*")),
            ("dienste/größe 2", Some("dienste/größe 2")),
            ("a..b", Some("a..b")),
            ("", None),
            (".", None),
            ("./", None),
            ("..", None),
            ("../ops", None),
            ("services/../ops", None),
            ("services/./ops", None),
            ("/srv/monitors", None),
            ("services//monitors", None),
            ("services/**/monitors", None),
            ("services/a**", None),
            ("services/{a,b}", None),
            ("services/[ab]", None),
            ("!services", None),
            (r"services\monitors", None),
            ("a\nb", None),
        ] {
            let found = FolderPattern::parse(text).map(|pattern| pattern.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
            assert_eq!(pattern.is_match(text), expected.is_some(), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_in_the_first_folder_on_its_way_that_is_listed() {
        let listed = patterns(&["services/*/monitors", "ops/monitors", "services/a/monitors/x", "*-jobs"]);
        for (path, folder) in [
            ("services/a/monitors/web.yaml", Some("services/a/monitors")),
            ("services/a/monitors/x/y/web.yaml", Some("services/a/monitors")),
            ("services/a/monitors", Some("services/a/monitors")),
            ("services/a/web.yaml", None),
            ("services/a/b/monitors/web.yaml", None),
            ("services/.a/monitors/web.yaml", None),
            ("services/a/monitors2/web.yaml", None),
            ("ops/monitors/a.yaml", Some("ops/monitors")),
            ("ops", None),
            ("night-jobs/a.yaml", Some("night-jobs")),
            ("x/ops/monitors/a.yaml", None),
        ] {
            assert_eq!(listed.folder_of(path), folder, "{path}");
        }
        assert_eq!(FolderPatterns::default().folder_of("monitors/eu/a.yaml"), Some("monitors"));
        let starts: Vec<_> = listed.iter().map(FolderPattern::start).collect();
        assert_eq!(starts, ["services", "ops/monitors", "services/a/monitors/x", ""]);
    }

    #[test]
    fn a_group_is_the_path_of_the_folder_without_the_name_monitors_at_its_end() {
        for (folder, group) in [
            ("monitors", ""),
            ("services/payments/monitors", "services/payments"),
            ("ops", "ops"),
            ("services/mymonitors", "services/mymonitors"),
            ("monitors/eu", "monitors/eu"),
        ] {
            assert_eq!(group_of(folder), group, "{folder}");
        }
    }
}
