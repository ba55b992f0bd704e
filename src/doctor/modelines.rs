//! Whether editors find the schema of each file.

use super::finding::{Area, Finding};
use super::local::quoted;
use crate::config::FileKind;

/// A file of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    pub path: String,
    pub kind: FileKind,
    /// Monitors in it; none in defaults.
    pub monitors: usize,
    /// How its modeline would have to spell the schema.
    pub schema: String,
    pub modeline: Modeline,
}

/// The comment by which an editor finds the schema of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modeline {
    Absent,
    /// It names a file that is there, or an address.
    Leads(String),
    /// It names a file that is not there.
    Dangling(String),
}

/// What the first modeline of a file says: `# yaml-language-server: $schema=PATH`.
pub fn modeline(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let (_, said) = line.trim_start().strip_prefix('#')?.split_once("yaml-language-server:")?;
        let (_, path) = said.split_once("$schema=")?;
        path.split_whitespace().next()
    })
}

/// A fault of more files than this is one finding.
const FILES_EACH: usize = 3;

/// Whether editors find the schemas.
pub fn modelines(files: &[FileFacts]) -> Vec<Finding> {
    let strays: Vec<_> = files.iter().filter_map(stray).collect();
    let good = files.len() - strays.len();
    let of = |fault: ModelineFault| strays.iter().filter(move |stray| stray.fault == fault);
    let mut findings = Vec::new();
    for fault in [ModelineFault::Absent, ModelineFault::Dangling, ModelineFault::OtherKind] {
        match (of(fault).count(), of(fault).next()) {
            (number, Some(first)) if number > FILES_EACH => {
                let what = format!("{number} files {}, such as {}", fault.of_many(), first.path);
                findings.push(Finding::warning(Area::Modeline, what, &first.fix));
            }
            _ => findings.extend(of(fault).map(|one| Finding::warning(Area::Modeline, &one.what, &one.fix))),
        }
    }
    if good > 0 {
        let noun = if good == 1 { "file names" } else { "files name" };
        findings.insert(0, Finding::ok(Area::Modeline, format!("{good} {noun} a schema for editors")));
    }
    findings
}

/// What is wrong with the modeline of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModelineFault {
    Absent,
    Dangling,
    OtherKind,
}

impl ModelineFault {
    fn of_many(self) -> &'static str {
        match self {
            Self::Absent => "do not name their schema for editors",
            Self::Dangling => "name a schema that does not exist",
            Self::OtherKind => "name a schema that is for other files",
        }
    }
}

/// A file whose schema no editor finds.
struct StrayFile<'a> {
    fault: ModelineFault,
    path: &'a str,
    what: String,
    fix: String,
}

fn stray(file: &FileFacts) -> Option<StrayFile<'_>> {
    let FileFacts { path, kind, monitors: _, schema, modeline } = file;
    let shown = quoted(path);
    let replace = format!(r"sed -i 's|\$schema=[^ ]*|$schema={schema}|' {shown}");
    let (fault, what, fix) = match modeline {
        Modeline::Absent => (
            ModelineFault::Absent,
            format!("{path} does not name its schema for editors"),
            format!("sed -i '1i # yaml-language-server: $schema={schema}' {shown}"),
        ),
        Modeline::Dangling(said) => (
            ModelineFault::Dangling,
            format!("{path} names the schema {said}, which does not exist"),
            replace,
        ),
        Modeline::Leads(said) if of_another_kind(said, *kind) => (
            ModelineFault::OtherKind,
            format!("{path} names the schema {said}, which is for other files"),
            replace,
        ),
        Modeline::Leads(_) => return None,
    };
    Some(StrayFile { fault, path, what, fix })
}

/// Whether a schema of ours is named that is for other files. Foreign schemas of another name are fine.
fn of_another_kind(said: &str, kind: FileKind) -> bool {
    let name = said.rsplit('/').next().unwrap_or(said);
    name != kind.file_name() && FileKind::ALL.iter().any(|kind| kind.file_name() == name)
}

#[cfg(test)]
impl FileFacts {
    /// A file of one monitor with this modeline.
    pub fn sample(modeline: Modeline) -> Self {
        Self {
            path: "monitors/a.yaml".into(),
            kind: FileKind::Monitor,
            monitors: 1,
            schema: "../schema/monitor.schema.json".into(),
            modeline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    #[test]
    fn a_modeline_is_found_wherever_it_stands() {
        for (text, said) in [
            ("# yaml-language-server: $schema=../s.json\nid: a\n", Some("../s.json")),
            ("---\n#yaml-language-server:  $schema=s.json  \n", Some("s.json")),
            ("id: a # yaml-language-server: $schema=s.json\n", None),
            ("# about schemas\nid: a\n", None),
            ("# yaml-language-server: $schema=\n", None),
        ] {
            assert_eq!(modeline(text), said, "{text:?}");
        }
    }

    #[test]
    fn a_fault_of_many_files_is_one_finding_of_its_kind() {
        let of = |modelines: Vec<Modeline>| {
            let files: Vec<_> = modelines.into_iter().map(FileFacts::sample).collect();
            let findings = super::modelines(&files).into_iter();
            let findings = findings.filter(|finding| finding.outcome == FindingOutcome::Warning);
            findings.map(|finding| finding.what).collect::<Vec<_>>()
        };
        assert_eq!(of(vec![Modeline::Absent; 3]).len(), 3);
        let many = [vec![Modeline::Absent; 200], vec![Modeline::Dangling("x.json".into()); 4]].concat();
        assert_eq!(
            of(many),
            [
                "200 files do not name their schema for editors, such as monitors/a.yaml",
                "4 files name a schema that does not exist, such as monitors/a.yaml",
            ]
        );
        let other = Modeline::Leads("../schema/defaults.schema.json".into());
        assert_eq!(of(vec![other; 5]).len(), 1);
    }
}
