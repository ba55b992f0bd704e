//! Man pages, generated from the command line itself.

use std::io;

use clap::CommandFactory;

use super::Cli;

/// A man page in two parts, between which a caller puts sections of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManPage {
    /// Title, synopsis, description, options, and the commands of the program.
    pub head: Vec<u8>,
    /// The version.
    pub tail: Vec<u8>,
}

impl Cli {
    /// The man page of the program or of a command; `None` if there is no such command.
    pub fn man(command: Option<&str>) -> io::Result<Option<ManPage>> {
        let mut program = Self::command();
        // Gives each command its full name, `monitorctl-check`.
        program.build();
        let described = match command {
            None => Some(program),
            Some(name) => program.find_subcommand(name).cloned(),
        };
        let Some(described) = described else { return Ok(None) };
        let has_commands = described.has_subcommands();
        let man = clap_mangen::Man::new(described);
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        man.render_title(&mut head)?;
        man.render_name_section(&mut head)?;
        man.render_synopsis_section(&mut head)?;
        man.render_description_section(&mut head)?;
        man.render_options_section(&mut head)?;
        if has_commands {
            man.render_subcommands_section(&mut head)?;
        }
        man.render_version_section(&mut tail)?;
        Ok(Some(ManPage { head, tail }))
    }

    /// The variables of the environment that set an option of a command, or of one below it.
    pub fn variables(command: &str) -> Vec<String> {
        let mut program = Self::command();
        program.build();
        program.find_subcommand(command).map(variables).unwrap_or_default()
    }

    /// Whether a command line is valid.
    #[cfg(test)]
    pub fn reads(words: &[String]) -> bool {
        Self::command().try_get_matches_from(words).is_ok()
    }
}

fn variables(command: &clap::Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(clap::Arg::get_env);
    let own = own.map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}
