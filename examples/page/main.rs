//! Writes a status page of a made-up quarter: `cargo run --example page -- FOLDER [SCENARIO]`
//!
//! A scenario is a number of components and what is wrong with them, such as `50-one`. Without one, all are written,
//! each into a folder of its name. The same scenario gives the same bytes each time.

mod scenario;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::eprintln;
use monitorctl::status_page::page_files;
use scenario::Scenario;

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
        return Scenario::all().iter().try_for_each(|one| write_page(&folder.join(one.name()), one));
    };
    let all = Scenario::all();
    let names = || all.iter().map(Scenario::name).collect::<Vec<_>>().join(", ");
    let one = all.iter().find(|one| one.name() == chosen);
    write_page(&folder, one.ok_or_else(|| format!("no scenario {chosen}; there are {}", names()))?)
}

fn write_page(folder: &Path, scenario: &Scenario) -> Result<(), Box<dyn Error>> {
    for file in page_files(&scenario.view())? {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(&path, file.content)?;
    }
    Ok(())
}
