//! Writes a status page of a made-up quarter: `cargo run --example page -- FOLDER [SCENARIO]`
//!
//! A scenario is a number of components and what is wrong with them, such as `50-one`, or `team` for the private page.
//! Without one, all are written, each into a folder of its name. The same scenario gives the same bytes each time.

mod scenario;
mod team;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::eprintln;
use monitorctl::status_page::{PageFile, page_files, private_page_files};
use scenario::Scenario;

/// The scenario of the private page.
const TEAM: &str = "team";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (folder, chosen) = (args.next(), args.next());
    match write(folder.as_deref(), chosen.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no page: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: Option<&str>, chosen: Option<&str>) -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(folder.ok_or("name a folder: cargo run --example page -- FOLDER")?);
    let Some(chosen) = chosen else {
        write_files(&folder.join(TEAM), private_page_files(&team::view())?)?;
        let each = |one: &Scenario| write_files(&folder.join(one.name()), page_files(&one.view())?);
        return Scenario::all().iter().try_for_each(each);
    };
    if chosen == TEAM {
        return write_files(&folder, private_page_files(&team::view())?);
    }
    let all = Scenario::all();
    let names = || all.iter().map(Scenario::name).collect::<Vec<_>>().join(", ");
    let one = all.iter().find(|one| one.name() == chosen);
    let one = one.ok_or_else(|| format!("no scenario {chosen}; there are {}, {TEAM}", names()))?;
    write_files(&folder, page_files(&one.view())?)
}

fn write_files(folder: &Path, files: Vec<PageFile>) -> Result<(), Box<dyn Error>> {
    for file in files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, file.content)?;
    }
    Ok(())
}
