//! `completions` and `man`: what is generated from the command line itself.

use super::failure::Failure;
use super::terminal::Terminal;
use crate::cli::{Cli, Completions, Man};
use crate::exit::Exit;

pub fn completions(terminal: Terminal, args: &Completions) -> Result<Exit, Failure> {
    print(terminal, &Cli::completions(args.shell))
}

pub fn man(terminal: Terminal, args: &Man) -> Result<Exit, Failure> {
    let page = Cli::man(args.command.as_deref()).map_err(|error| Failure::output(&error))?;
    let Some(page) = page else {
        let name = args.command.as_deref().unwrap_or_default();
        return Err(Failure::new(Exit::Usage, format!("there is no command {name:?}"))
            .help("`monitorctl --help` lists the commands"));
    };
    print(terminal, &page)
}

fn print(terminal: Terminal, text: &[u8]) -> Result<Exit, Failure> {
    terminal.print(&String::from_utf8_lossy(text))?;
    Ok(Exit::Done)
}
