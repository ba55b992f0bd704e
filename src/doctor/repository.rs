//! The checkout: settings and schemas.

use super::finding::{Area, Finding};
use super::local::quoted;
use super::modelines::{FileFacts, modelines};
use super::rights::Role;
use crate::installation::Look;
use crate::monitor::count;

/// What was seen of the folder that the program runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryFacts {
    pub settings: SettingsFacts,
    /// By the names of their files.
    pub schemas: Vec<(&'static str, SchemaState)>,
    pub files: Look<Vec<FileFacts>>,
}

impl RepositoryFacts {
    /// Whether anything of a repository of monitors is here.
    pub fn is_checkout(&self) -> bool {
        !matches!((&self.settings, &self.files), (SettingsFacts::Absent, Look::Missing))
    }
}

/// `monitorctl.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsFacts {
    Absent,
    Unreadable(String),
    /// With the number of faults.
    Invalid(usize),
    Valid {
        owner: Option<String>,
        /// What the git remote suggests.
        suggested_owner: Option<String>,
        /// How many it names.
        canaries: usize,
        /// Two environments and the table that both use.
        shared_tables: Vec<(String, String, String)>,
    },
}

/// A schema file against the one of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    Fresh,
    Stale,
    Missing,
}

/// From how many monitors on it is worth a word that there is no canary: fewer failures are none that a canary would
/// be asked about.
const MANY: usize = 3;

pub fn repository(role: Option<Role>, facts: &RepositoryFacts) -> Vec<Finding> {
    let RepositoryFacts { settings, schemas, files } = facts;
    let mut findings = Vec::new();
    if !facts.is_checkout() && !matches!(role, Some(Role::Diff | Role::Sync)) {
        let what = "no monitorctl.yaml and no monitor files here; check does not need them";
        return vec![Finding::skipped(Area::Settings, what)];
    }
    findings.push(owner(settings));
    findings.extend(shared_tables(settings));
    findings.extend(canaries(settings, files));
    findings.extend(outdated(schemas));
    if schemas.iter().all(|(_, state)| *state == SchemaState::Fresh) {
        findings.push(Finding::ok(Area::Schema, "schema/ is up to date"));
    }
    match files {
        Look::Seen(files) => findings.extend(modelines(files)),
        Look::Missing => {
            findings
                .push(Finding::skipped(Area::Modeline, "no folder of monitor files").or("monitorctl init"));
        }
        Look::Hidden | Look::Stranger(_) => {
            findings.push(Finding::failed(
                Area::Modeline,
                "no permission to read the monitor files",
                "monitorctl validate",
            ));
        }
        Look::Failed(why) => {
            findings.push(Finding::failed(Area::Modeline, why, "monitorctl validate"));
        }
    }
    findings
}

fn owner(settings: &SettingsFacts) -> Finding {
    match settings {
        SettingsFacts::Valid { owner: Some(owner), .. } => {
            Finding::ok(Area::Settings, format!("monitorctl.yaml is valid; the owner is {owner}"))
        }
        SettingsFacts::Valid { owner: None, suggested_owner, .. } => Finding::failed(
            Area::Settings,
            "monitorctl.yaml has no owner, which sync requires",
            name_owner(suggested_owner.as_deref()),
        ),
        SettingsFacts::Absent => {
            Finding::failed(Area::Settings, "no monitorctl.yaml here", "monitorctl init")
        }
        SettingsFacts::Invalid(faults) => {
            let faults = count(*faults, "error");
            Finding::failed(Area::Settings, format!("monitorctl.yaml has {faults}"), "monitorctl validate")
        }
        SettingsFacts::Unreadable(why) => Finding::failed(Area::Settings, why, "ls -l monitorctl.yaml"),
    }
}

/// Environments that use one table remove each other's monitors.
fn shared_tables(settings: &SettingsFacts) -> Vec<Finding> {
    let finding = |(one, other, table): &(String, String, String)| {
        Finding::failed(
            Area::Settings,
            format!("the environments {one} and {other} share the table {table}"),
            format!("give {other} its own `tables:` or `region:` in monitorctl.yaml"),
        )
    };
    match settings {
        SettingsFacts::Valid { shared_tables, .. } => shared_tables.iter().map(finding).collect(),
        SettingsFacts::Absent | SettingsFacts::Unreadable(_) | SettingsFacts::Invalid(_) => Vec::new(),
    }
}

/// The command that writes the owner. Without a remote it asks: an example that was pasted would be the name of every
/// team that pasted it.
fn name_owner(suggested: Option<&str>) -> String {
    let write = "sed -i '/^owner:/d' monitorctl.yaml && printf '\\nowner: %s\\n'";
    match suggested {
        Some(owner) => format!("{write} {} >> monitorctl.yaml", quoted(owner)),
        None => {
            format!(
                "read -rp 'owner, such as team/monitors: ' owner && {write} \"$owner\" >> monitorctl.yaml"
            )
        }
    }
}

/// Without one a run cannot tell an outage from a machine that is cut off.
fn canaries(settings: &SettingsFacts, files: &Look<Vec<FileFacts>>) -> Option<Finding> {
    let monitors = match files {
        Look::Seen(files) => files.iter().map(|file| file.monitors).sum(),
        Look::Missing | Look::Hidden | Look::Stranger(_) | Look::Failed(_) => 0,
    };
    match settings {
        SettingsFacts::Valid { canaries: 0, .. } if monitors >= MANY => Some(Finding::warning(
            Area::Settings,
            "monitorctl.yaml has no canaries: if the machine that runs check loses its network, every monitor goes DOWN",
            "echo 'canaries: [\"https://www.gstatic.com/generate_204\", \"https://one.one.one.one/\"]' >> monitorctl.yaml",
        )),
        SettingsFacts::Valid { .. }
        | SettingsFacts::Absent
        | SettingsFacts::Unreadable(_)
        | SettingsFacts::Invalid(_) => None,
    }
}

/// One finding for all of them: one command writes them all.
fn outdated(schemas: &[(&str, SchemaState)]) -> Option<Finding> {
    let named = |wanted: SchemaState, word: &str| {
        let names = schemas.iter().filter(|(_, state)| *state == wanted).map(|(name, _)| *name);
        let names: Vec<_> = names.collect();
        (!names.is_empty()).then(|| format!("{word} in schema/: {}", names.join(", ")))
    };
    let parts = [named(SchemaState::Stale, "outdated"), named(SchemaState::Missing, "missing")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| Finding::warning(Area::Schema, parts.join("; "), "monitorctl schema --write"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::super::modelines::Modeline;
    use super::*;
    use crate::config::FileKind;

    fn good() -> RepositoryFacts {
        RepositoryFacts {
            settings: SettingsFacts::Valid {
                owner: Some("acme".into()),
                suggested_owner: None,
                canaries: 0,
                shared_tables: Vec::new(),
            },
            schemas: FileKind::ALL.iter().map(|kind| (kind.file_name(), SchemaState::Fresh)).collect(),
            files: Look::Seen(vec![FileFacts::sample(Modeline::Leads(
                "../schema/monitor.schema.json".into(),
            ))]),
        }
    }

    fn unnamed(suggested: Option<&str>) -> SettingsFacts {
        SettingsFacts::Valid {
            owner: None,
            suggested_owner: suggested.map(str::to_owned),
            canaries: 1,
            shared_tables: Vec::new(),
        }
    }

    /// The first finding that is not good.
    fn worst(facts: &RepositoryFacts) -> (FindingOutcome, String) {
        let findings = repository(None, facts);
        let bad = findings.into_iter().find(|finding| finding.outcome != FindingOutcome::Ok);
        bad.map_or((FindingOutcome::Ok, String::new()), |finding| {
            (finding.outcome, finding.fix.unwrap_or_default())
        })
    }

    #[test]
    fn a_good_checkout_has_nothing_to_put_right() {
        assert_eq!(worst(&good()), (FindingOutcome::Ok, String::new()));
    }

    #[test]
    fn every_fault_comes_with_its_command() {
        let settings = |settings| RepositoryFacts { settings, ..good() };
        let files =
            |modeline| RepositoryFacts { files: Look::Seen(vec![FileFacts::sample(modeline)]), ..good() };
        let modeline = || Modeline::Leads("../schema/monitor.schema.json".into());
        let many = RepositoryFacts {
            files: Look::Seen(vec![
                FileFacts::sample(modeline()),
                FileFacts::sample(modeline()),
                FileFacts::sample(modeline()),
            ]),
            ..good()
        };
        let stale = RepositoryFacts { schemas: vec![("monitor.schema.json", SchemaState::Stale)], ..good() };
        let defaults = Modeline::Leads("../schema/defaults.schema.json".into());
        for (facts, outcome, fix) in [
            (settings(SettingsFacts::Absent), FindingOutcome::Failed, "monitorctl init"),
            (settings(SettingsFacts::Invalid(2)), FindingOutcome::Failed, "monitorctl validate"),
            (settings(unnamed(None)), FindingOutcome::Failed, "read -rp"),
            (
                settings(unnamed(Some("shop/monitors"))),
                FindingOutcome::Failed,
                "sed -i '/^owner:/d' monitorctl.yaml && printf '\\nowner: %s\\n' shop/monitors >>",
            ),
            (many, FindingOutcome::Warning, "echo 'canaries: ["),
            (stale, FindingOutcome::Warning, "monitorctl schema --write"),
            (
                files(Modeline::Absent),
                FindingOutcome::Warning,
                "sed -i '1i # yaml-language-server: $schema=../schema/",
            ),
            (files(Modeline::Dangling("x.json".into())), FindingOutcome::Warning, r"sed -i 's|\$schema="),
            (files(defaults), FindingOutcome::Warning, r"sed -i 's|\$schema="),
        ] {
            let (found, command) = worst(&facts);
            assert_eq!(found, outcome, "{command}");
            assert!(command.starts_with(fix), "{command}");
        }
    }

    #[test]
    fn the_machine_that_runs_check_has_no_checkout() {
        let nothing =
            RepositoryFacts { settings: SettingsFacts::Absent, schemas: vec![], files: Look::Missing };
        let outcome = |role| repository(role, &nothing)[0].outcome;
        assert_eq!(outcome(Some(Role::Check)), FindingOutcome::Skipped);
        assert_eq!(outcome(None), FindingOutcome::Skipped);
        assert_eq!(outcome(Some(Role::Sync)), FindingOutcome::Failed);
    }
}
