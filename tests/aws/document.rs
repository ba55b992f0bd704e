//! The commands of a document, in their order.

use std::collections::VecDeque;

/// A document whose blocks of commands are taken one after the other.
pub struct Document {
    name: String,
    blocks: VecDeque<Vec<Command>>,
    /// The beginnings of the commands that need an account.
    elsewhere: Vec<String>,
}

/// A command as it is written, which may go over several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Command {
    line: usize,
    text: String,
}

impl Document {
    /// `elsewhere` are the commands that need an account: each is in the text, and none of them is ever taken.
    pub fn new(name: &str, text: &str, elsewhere: &[&str]) -> Self {
        let mut blocks = blocks(text);
        for wanted in elsewhere {
            let there = blocks.iter().flatten().any(|command| command.text == *wanted);
            assert!(there, "{name} no longer has `{wanted}`");
        }
        for block in &mut blocks {
            block.retain(|command| !elsewhere.contains(&command.text.as_str()));
        }
        blocks.retain(|block| !block.is_empty());
        let elsewhere = elsewhere.iter().map(|&command| command.to_owned()).collect();
        Self { name: name.to_owned(), blocks: blocks.into(), elsewhere }
    }

    /// The next block as a script. Panics unless its commands begin like these, and there are as many.
    pub fn next(&mut self, begin: &[&str]) -> String {
        let block = self.blocks.pop_front().unwrap_or_default();
        let mut expected = begin.iter();
        for command in &block {
            let like = expected.next().is_some_and(|begin| command.text.starts_with(begin));
            assert!(like, "{}", self.unknown(command));
        }
        assert_eq!(expected.next(), None, "{} no longer has this command here", self.name);
        block.into_iter().map(|command| command.text + "\n").collect()
    }

    /// Panics if a command is left over.
    pub fn end(&self) {
        if let Some(command) = self.blocks.iter().flatten().next() {
            panic!("{}", self.unknown(command));
        }
    }

    fn unknown(&self, Command { line, text }: &Command) -> String {
        let Self { name, elsewhere, .. } = self;
        format!("{name}:{line}: `{text}` was never run: it is no step of the test, nor one of {elsewhere:?}")
    }
}

/// The blocks that are marked as commands.
fn blocks(text: &str) -> Vec<Vec<Command>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, _)) = lines.next() {
        if ["```console", "```sh", "```shell", "```bash"].contains(&line) {
            let inside = lines.by_ref().take_while(|(line, _)| *line != "```");
            blocks.push(commands(inside));
        }
    }
    blocks
}

/// Joins the lines of a command: those that end in a backslash, and those inside of quotes.
fn commands<'a>(lines: impl Iterator<Item = (&'a str, usize)>) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut goes_on = false;
    for (text, line) in lines.filter(|(text, _)| !text.starts_with('#')) {
        match commands.last_mut().filter(|_| goes_on) {
            Some(command) => {
                command.text.push('\n');
                command.text.push_str(text);
            }
            None => commands.push(Command { line, text: text.to_owned() }),
        }
        goes_on = commands.last().is_some_and(|command| is_open(&command.text));
    }
    commands
}

fn is_open(command: &str) -> bool {
    let quote = command.chars().fold(None, |quote, letter| match (quote, letter) {
        (None, '\'' | '"') => Some(letter),
        (Some(open), _) if open == letter => None,
        (quote, _) => quote,
    });
    quote.is_some() || command.ends_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
        ```console\nterraform apply\nfirst 'a\n\"b' \\\n  c\nsecond\n```\n\n\
        ```text\nnot this\n```\n```sh\nthird\n```\n";

    #[test]
    fn commands_come_in_their_order_whole_and_without_those_that_need_an_account() {
        let mut document = Document::new("a.md", TEXT, &["terraform apply"]);
        assert_eq!(document.next(&["first", "second"]), "first 'a\n\"b' \\\n  c\nsecond\n");
        assert_eq!(document.next(&["third"]), "third\n");
        document.end();
    }

    #[test]
    #[should_panic(expected = "a.md:6: `second` was never run")]
    fn a_command_that_no_step_is_about_is_found() {
        Document::new("a.md", TEXT, &["terraform apply"]).next(&["first"]);
    }

    #[test]
    #[should_panic(expected = "a.md:13: `third` was never run")]
    fn a_command_after_the_last_step_is_found() {
        let mut document = Document::new("a.md", TEXT, &["terraform apply"]);
        document.next(&["first", "second"]);
        document.end();
    }

    #[test]
    #[should_panic(expected = "a.md no longer has `terraform destroy`")]
    fn a_command_that_is_gone_from_the_document_is_found() {
        Document::new("a.md", TEXT, &["terraform destroy"]);
    }
}
