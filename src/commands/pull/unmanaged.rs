//! What was put into the table by hand becomes a file that can be adopted.

use std::path::Path;

use serde_json::{Map, Value};

use super::folder::{free_path, home_of, is_folder, modeline};
use super::repository::MonitorFiles;
use crate::commands::failure::Failure;
use crate::config::edit::{Redactor, document, inherited, prove_new};
use crate::config::{self, Definitions, SourceFile};
use crate::exit::Exit;
use crate::monitor::{Place, Spec};
use crate::plan::Stored;
use crate::report::pull::{KnownMonitor, Pulled, PulledFrom, PulledMonitor, Skipped};
use crate::source::{self, CatalogFolder};

pub fn pull<'i>(
    repository: &mut MonitorFiles,
    by_hand: impl Iterator<Item = &'i Stored>,
    out: Option<&Path>,
    redactor: &mut Redactor,
    pulled: &mut Pulled,
) -> Result<(), Failure> {
    let home = out.map(|out| inside(&repository.folders, out)).transpose()?;
    for item in by_hand {
        if let Some(known) = repository.monitor(&item.id) {
            pulled.known.push(KnownMonitor { id: item.id.clone(), place: known.place.clone() });
            continue;
        }
        match candidate(repository, item, home.as_ref(), redactor) {
            Ok(written) => pulled.written.push(written),
            Err(why) => {
                pulled.skipped.push(Skipped { key: item.id.to_string(), place: None, why, help: None });
            }
        }
    }
    Ok(())
}

/// The folder inside the catalog that `out` is.
fn inside(folders: &[CatalogFolder], out: &Path) -> Result<CatalogFolder, Failure> {
    let path = source::relative(out);
    let around = folders.iter().find(|folder| path.starts_with(&folder.path));
    let home = around.map(|around| CatalogFolder { group: around.group_of(&path), path: path.clone() });
    home.filter(|home| is_folder(&home.group)).ok_or_else(|| {
        let all: Vec<_> = folders.iter().map(|folder| source::shown(&folder.path)).collect();
        let message = format!("{} is not a folder inside {}", source::shown(out), all.join(" or "));
        Failure::new(Exit::Usage, message)
            .help("sync reads only the folders of the monitors; name a folder inside one")
    })
}

/// The file of an item, added to those of the repository.
fn candidate(
    repository: &mut MonitorFiles,
    item: &Stored,
    home: Option<&CatalogFolder>,
    redactor: &mut Redactor,
) -> Result<PulledMonitor, String> {
    let (live, redacted) = redactor.redact(&item.id, &config::respelled(&item.spec), None);
    let group = live.fields().get("group").and_then(Value::as_str).unwrap_or_default();
    let CatalogFolder { path: folder, group } =
        home.map_or_else(|| home_of(&repository.folders, group), |home| Ok(home.clone()))?;
    let spec = in_folder(live.fields().clone(), &group);
    let exists = |path: &str| Path::new(path).symlink_metadata().is_ok();
    let path = free_path(&source::shown(&folder), &item.id, &repository.files, exists);
    let head = modeline(&path).unwrap_or_default();
    let first = head.lines().count() + 1;
    let text = format!(
        "{head}{}",
        document(&item.id, &spec, inherited(&repository.files, &path, &repository.settings.vars).as_ref())
    );
    let new = SourceFile { path: path.clone(), group, bytes: text.into_bytes() };
    prove_new(&repository.files, Definitions::of(&repository.settings), &new, &item.id, &spec)?;
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
