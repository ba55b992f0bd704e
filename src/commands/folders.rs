//! Which folders a plan is made of: those of the whole catalog, whatever was typed.

use std::path::Path;

use super::context::Context;
use super::failure::Failure;
use super::settings::SETTINGS_FILE;
use crate::exit::Exit;
use crate::source::{self, CatalogFolder, MonitorFolders, TypedPlace};

/// The folders of the catalog; or what was typed, if it is a catalog. A part of one in the place of the whole would
/// remove the rest.
pub fn folders(context: &Context, typed: Option<&Path>) -> Result<MonitorFolders, Failure> {
    let listed = context.settings.folders.as_ref();
    let all = listed.cloned().unwrap_or_default();
    let Some(typed) = typed else { return Ok(MonitorFolders::Listed(all)) };
    let path = source::relative(typed);
    let is_listed = |folder: &CatalogFolder| all.folder_of(&source::shown(&folder.path)).is_some();
    let (catalog, group) = match source::place(listed, typed)? {
        TypedPlace::Inside(folder) if is_listed(&folder) => {
            let group = if path.is_dir() { folder.group_of(&path) } else { String::new() };
            (if folder.path == path { vec![folder] } else { Vec::new() }, group)
        }
        TypedPlace::Above(folders) => (folders, source::shown(&path)),
        TypedPlace::Inside(_) | TypedPlace::Apart if listed.is_some() => {
            let message =
                format!("{} is no folder of the catalog; {SETTINGS_FILE} lists {all}", source::shown(&path));
            return Err(Failure::new(Exit::Usage, message).help("leave it out, or add it to `folders:`"));
        }
        TypedPlace::Inside(folder) => {
            let group = if path.is_dir() { folder.group_of(&path) } else { String::new() };
            let around = source::shown(&folder.path);
            return Err(part(
                &path,
                &around,
                &format!("name the whole folder, and select the part: `{around} --only {}`", only(&group)),
            ));
        }
        TypedPlace::Apart => return Ok(MonitorFolders::Typed(typed.to_owned())),
    };
    if catalog == source::listed(&all)?.folders {
        return Ok(MonitorFolders::Listed(all));
    }
    Err(part(
        &path,
        &all.to_string(),
        &format!("leave it out, and select the part: `--only {}`", only(&group)),
    ))
}

fn part(path: &Path, catalog: &str, help: &str) -> Failure {
    let message = format!("{} is only a part of the catalog {catalog}", source::shown(path));
    Failure::new(Exit::Usage, message).help(help)
}

/// The selector of a group; of a file, and of what has no group, ids have to be named.
fn only(group: &str) -> String {
    if group.is_empty() { "ID".to_owned() } else { format!("group:{group}") }
}
