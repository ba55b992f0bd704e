//! What was put into the table by hand becomes a file that can be adopted.

use std::path::Path;

use serde_json::{Map, Value};

use super::folder::{free_path, is_folder, modeline};
use super::repository::MonitorFiles;
use crate::commands::failure::Failure;
use crate::config::edit::{Redactor, document, inherited, prove_new};
use crate::config::{self, SourceFile};
use crate::exit::Exit;
use crate::monitor::{Place, Spec};
use crate::plan::Stored;
use crate::report::pull::{KnownMonitor, Pulled, PulledFrom, PulledMonitor, Skipped};
use crate::source;

pub fn pull<'i>(
    repository: &mut MonitorFiles,
    by_hand: impl Iterator<Item = &'i Stored>,
    out: Option<&Path>,
    redactor: &mut Redactor,
    pulled: &mut Pulled,
) -> Result<(), Failure> {
    let folder = out.map(|out| inside(&repository.root, out)).transpose()?;
    for item in by_hand {
        if let Some(known) = repository.monitor(&item.id) {
            pulled.known.push(KnownMonitor { id: item.id.clone(), place: known.place.clone() });
            continue;
        }
        match candidate(repository, item, folder.as_deref(), redactor) {
            Ok(written) => pulled.written.push(written),
            Err(why) => {
                pulled.skipped.push(Skipped { key: item.id.to_string(), place: None, why, help: None });
            }
        }
    }
    Ok(())
}

/// The folder below the catalog that `out` is.
fn inside(root: &str, out: &Path) -> Result<String, Failure> {
    let shown = source::shown(out);
    let folder = shown.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    folder.map(|folder| folder.trim_matches('/').to_owned()).filter(|folder| is_folder(folder)).ok_or_else(
        || {
            Failure::new(Exit::Usage, format!("{shown} is not a folder inside {root}"))
                .help("sync reads only the folder of the monitors; name a folder inside it")
        },
    )
}

/// The file of an item, added to those of the repository.
fn candidate(
    repository: &mut MonitorFiles,
    item: &Stored,
    folder: Option<&str>,
    redactor: &mut Redactor,
) -> Result<PulledMonitor, String> {
    let (live, redacted) = redactor.redact(&item.id, &config::respelled(&item.spec), None);
    let group = live.fields().get("group").and_then(Value::as_str).unwrap_or_default();
    let folder = folder.unwrap_or(group).to_owned();
    if !is_folder(&folder) {
        return Err("its group is not a folder path; name a folder with `--out`".to_owned());
    }
    let spec = in_folder(live.fields().clone(), &folder);
    let whole =
        if folder.is_empty() { repository.root.clone() } else { format!("{}/{folder}", repository.root) };
    let path =
        free_path(&whole, &item.id, &repository.files, |path| Path::new(path).symlink_metadata().is_ok());
    let head = modeline(&path).unwrap_or_default();
    let first = head.lines().count() + 1;
    let text = format!("{head}{}", document(&item.id, &spec, inherited(&repository.files, &folder).as_ref()));
    let new = SourceFile { path: path.clone(), folder, bytes: text.into_bytes() };
    prove_new(&repository.files, Some(&repository.topics), &new, &item.id, &spec)?;
    repository.files.push(new);
    Ok(PulledMonitor {
        id: item.id.clone(),
        place: Place { file: path, line: first },
        way: PulledFrom::New,
        redacted,
    })
}

/// A group is the folder of the file, whatever the item says; the id is the key of the item.
fn in_folder(mut fields: Map<String, Value>, folder: &str) -> Spec {
    fields.shift_remove("id");
    fields.shift_remove("group");
    if !folder.is_empty() {
        fields.insert("group".to_owned(), folder.into());
    }
    Spec::new(fields)
}
