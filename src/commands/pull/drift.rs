//! Edits in the table go back into the files they came from.

use super::repository::MonitorFiles;
use crate::config::edit::{Amended, Merged, Redactor, amend, meant};
use crate::config::{self, Definitions};
use crate::monitor::{Fingerprint, Spec};
use crate::plan::{Stored, differences};
use crate::report::pull::{PullRemark, Pulled, PulledFrom, PulledMonitor, Skipped};

pub fn pull<'i>(
    repository: &mut MonitorFiles,
    owned: impl Iterator<Item = &'i Stored>,
    overwrite: &[String],
    redactor: &mut Redactor,
    pulled: &mut Pulled,
) {
    for item in owned.filter(|item| was_edited(item)) {
        // Without a word on what was stored, nothing speaks against the table.
        let stored = item.fingerprint.as_ref().filter(|_| overwrite.iter().all(|id| id != item.id.as_str()));
        match write_back(repository, item, stored, redactor) {
            Ok(Some(written)) => pulled.written.push(written),
            Ok(None) => {}
            Err(skipped) => pulled.skipped.push(skipped),
        }
    }
}

/// Whether the item says something else than the last sync wrote into it.
fn was_edited(item: &Stored) -> bool {
    item.fingerprint.as_ref() != Some(&item.spec.fingerprint())
}

/// `None` if the file says it already.
fn write_back(
    repository: &mut MonitorFiles,
    item: &Stored,
    stored: Option<&Fingerprint>,
    redactor: &mut Redactor,
) -> Result<Option<PulledMonitor>, Skipped> {
    let skipped =
        |place, why: &str, help| Skipped { key: item.id.to_string(), place, why: why.to_owned(), help };
    let Some(one) = repository.monitor(&item.id) else {
        let why = "was edited in the table, but is in no file";
        return Err(skipped(None, why, Some("restore its file, or let sync remove it")));
    };
    let (place, file): (_, Spec) = (one.place.clone(), one.spec.clone());
    let (live, redacted) = redactor.redact(&item.id, &config::respelled(&item.spec), Some(&file));
    let (spec, remark) = match meant(&file, &live, stored) {
        Merged::Live(spec) => (spec, PullRemark::None),
        Merged::Both(spec) => (spec, PullRemark::EditedInTheFileToo),
        Merged::Conflict => {
            let why = "was edited both in the table and in its file since the last sync";
            let help = "`monitorctl diff` shows both; write the right value into the file and sync, or pass `--overwrite ID`";
            return Err(skipped(Some(place), why, Some(help)));
        }
    };
    if spec == file && redacted.is_empty() {
        return Ok(None);
    }
    if spec != file {
        let Amended { text } =
            amend(&repository.files, Definitions::of(&repository.settings), &item.id, &place, &spec)
                .map_err(|refused| skipped(Some(refused.place), &refused.reason, None))?;
        if let Some(file) = repository.files.iter_mut().find(|file| file.path == place.file) {
            file.bytes = text.into_bytes();
        }
    }
    Ok(Some(PulledMonitor {
        id: item.id.clone(),
        place,
        way: PulledFrom::Changed { fields: differences(&file, &spec), remark },
        redacted,
    }))
}
