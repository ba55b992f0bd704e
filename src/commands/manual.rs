//! `completions` and `man`: what is generated from the command line itself.

use super::failure::Failure;
use super::man_sections::sections;
use super::terminal::Terminal;
use crate::cli::{Cli, Completions, Man};
use crate::exit::Exit;

pub fn completions(terminal: Terminal, args: &Completions) -> Result<Exit, Failure> {
    print(terminal, &Cli::completions(args.shell))
}

pub fn man(terminal: Terminal, args: &Man) -> Result<Exit, Failure> {
    let command = args.command.as_deref();
    let page = Cli::man(command).map_err(|error| Failure::output(&error))?;
    let Some(page) = page else {
        let name = command.unwrap_or_default();
        return Err(Failure::new(Exit::Usage, format!("unknown command {name:?}"))
            .help("`monitorctl --help` lists the commands"));
    };
    print(terminal, &[page.head, sections(command).into_bytes(), page.tail].concat())
}

fn print(terminal: Terminal, text: &[u8]) -> Result<Exit, Failure> {
    terminal.print(&String::from_utf8_lossy(text))?;
    Ok(Exit::Done)
}
