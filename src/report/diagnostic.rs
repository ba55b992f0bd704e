//! Diagnostics for people: under the lines of the file, or a line each.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::{Excerpt, TextLines};
use super::most::{FOR_PEOPLE, most};
use super::workflow::inert;
use crate::config::{
    Code, Diagnostic, DiagnosticSeverity, Related, SourceFile, TextSpan, hidden_parts, is_settings,
    variable_values,
};
use crate::monitor::is_hidden;

/// Whether text is drawn with colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Coloured,
}

/// The diagnostics under the lines of their files; of very many, how many more there are. Of all that were
/// `found`, the credentials are masked in these lines.
pub fn diagnostics_text(
    diagnostics: &[Diagnostic],
    found: &[Diagnostic],
    files: &[SourceFile],
    style: Style,
) -> String {
    let theme = match style {
        Style::Plain => GraphicalTheme::unicode_nocolor(),
        Style::Coloured => GraphicalTheme::unicode(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
    let most = most(diagnostics, FOR_PEOPLE);
    let texts = ShownTexts::new(&most.shown, found, files);
    let mut out = String::new();
    for diagnostic in &most.shown {
        // Writing into a String fails only if the drawing does; then the plain line still says it.
        if handler.render_report(&mut out, &Drawn::new(diagnostic, &texts)).is_err() {
            out.push_str(&short(diagnostic));
        }
        out.push('\n');
    }
    out.extend(most.rest().map(|rest| rest + "\n"));
    inert(out)
}

/// `path:line:col: error[code]: message, and what to do`, a line each; of very many, how many more there are.
pub fn diagnostics_short(diagnostics: &[Diagnostic]) -> String {
    let most = most(diagnostics, FOR_PEOPLE);
    let lines = most.shown.iter().map(|diagnostic| short(diagnostic));
    inert(lines.chain(most.rest().map(|rest| rest + "\n")).collect())
}

/// The errors, a line each, for those who read no files; of very many, how many more there are.
pub fn diagnostic_lines(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).cloned().collect();
    diagnostics_short(&errors).lines().map(str::to_owned).collect()
}

fn short(diagnostic: &Diagnostic) -> String {
    let Diagnostic { file, span, severity, code, .. } = diagnostic;
    let (file, message) = (printable(file), printable(&in_one_line(diagnostic)));
    format!("{file}:{}:{}: {severity}[{code}]: {message}\n", span.line, span.column)
}

/// What is wrong, and what to do about it.
pub fn in_one_line(Diagnostic { message, help, .. }: &Diagnostic) -> String {
    match help {
        Some(help) if help.starts_with("did you mean") => format!("{message}, {help}"),
        Some(help) => format!("{message}; {help}"),
        None => message.clone(),
    }
}

/// Text from a file as it may be shown: nothing in it moves the cursor, hides a line or has no width.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// The texts of all files with faults, safe to show, and byte for byte as long as the files.
struct ShownTexts<'a>(BTreeMap<&'a str, Arc<TextLines>>);

impl<'a> ShownTexts<'a> {
    /// For those that are drawn, of all that were found.
    fn new(diagnostics: &[&Diagnostic], found: &[Diagnostic], files: &'a [SourceFile]) -> Self {
        let related = diagnostics.iter().flat_map(|diagnostic| &diagnostic.related);
        let named: HashSet<&str> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.file.as_str())
            .chain(related.map(|related| related.file.as_str()))
            .collect();
        let concerned = |file: &&SourceFile| named.contains(file.path.as_str());
        let secrets = |file: &SourceFile| -> Vec<Range<usize>> {
            let own = found.iter().filter(|diagnostic| diagnostic.file == file.path);
            let (credentials, others): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
                own.partition(|diagnostic| diagnostic.code == Code::LiteralCredential);
            let mut hidden: Vec<_> = credentials.iter().map(|diagnostic| bytes(diagnostic.span)).collect();
            if is_settings(&file.path) {
                // What a diagnostic is about is drawn.
                let is_meant = |value: &Range<usize>| {
                    let spans = others.iter().map(|diagnostic| bytes(diagnostic.span));
                    { spans }.any(|span| {
                        value.start <= span.start && span.end <= value.end && span.start < value.end
                    })
                };
                hidden.extend(variable_values(file).into_iter().filter(|value| !is_meant(value)));
            }
            hidden
        };
        let text = |file: &'a SourceFile| {
            (file.path.as_str(), Arc::new(TextLines::new(shown(&file.bytes, secrets(file)))))
        };
        Self(files.iter().filter(concerned).map(text).collect())
    }

    fn get(&self, file: &str) -> Excerpt {
        Excerpt::new(printable(file), self.0.get(file).cloned().unwrap_or_default())
    }
}

fn bytes(span: TextSpan) -> Range<usize> {
    span.offset..span.offset + span.length
}

/// Masks secrets and whatever a terminal would obey, keeping every offset. Beyond what was found in documents, a
/// secret may stand in a comment, or where the text cannot be read as YAML.
fn shown(bytes: &[u8], mut secrets: Vec<Range<usize>>) -> String {
    let text = String::from_utf8_lossy(bytes);
    secrets.extend(hidden_parts(&text));
    secrets.sort_by_key(|secret| secret.start);
    let mut secrets = secrets.into_iter().peekable();
    let (mut out, mut hidden_to) = (String::with_capacity(text.len()), 0);
    for (offset, c) in text.char_indices() {
        while let Some(secret) = secrets.next_if(|secret| secret.start <= offset) {
            hidden_to = hidden_to.max(secret.end);
        }
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            _ if offset < hidden_to => out.extend(std::iter::repeat_n('*', c.len_utf8())),
            _ if is_hidden(c) => out.extend(std::iter::repeat_n('?', c.len_utf8())),
            _ => out.push(c),
        }
    }
    out
}

/// A diagnostic in the shape that miette draws.
struct Drawn {
    source: Excerpt,
    code: String,
    severity: DiagnosticSeverity,
    message: String,
    labels: Vec<(String, TextSpan)>,
    help: Option<String>,
    elsewhere: Vec<Self>,
}

impl Drawn {
    fn new(diagnostic: &Diagnostic, texts: &ShownTexts<'_>) -> Self {
        let (here, elsewhere): (Vec<&Related>, Vec<&Related>) =
            diagnostic.related.iter().partition(|related| related.file == diagnostic.file);
        let mut labels = vec![(printable(&diagnostic.label), diagnostic.span)];
        let source = texts.get(&diagnostic.file);
        // Of a very long line only the part around the fault is drawn, so nothing else in it can be pointed at.
        if !source.lines().is_long(diagnostic.span.offset) {
            let is_drawn = |related: &&&Related| !source.lines().is_long(related.span.offset);
            labels.extend(
                here.iter().filter(is_drawn).map(|related| (printable(&related.label), related.span)),
            );
        }
        Self {
            source,
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity,
            message: printable(&diagnostic.message),
            labels,
            help: diagnostic.help.as_deref().map(printable),
            elsewhere: elsewhere
                .into_iter()
                .map(|related| Self::second(related, diagnostic, texts))
                .collect(),
        }
    }

    fn second(related: &Related, diagnostic: &Diagnostic, texts: &ShownTexts<'_>) -> Self {
        Self {
            source: texts.get(&related.file),
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity,
            message: printable(&related.label),
            labels: vec![(String::new(), related.span)],
            help: None,
            elsewhere: Vec::new(),
        }
    }
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            DiagnosticSeverity::Error => miette::Severity::Error,
            DiagnosticSeverity::Warning => miette::Severity::Warning,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().enumerate().map(|(i, (label, span))| {
            let label = (!label.is_empty()).then(|| label.clone());
            let range = self.source.lines().underlined(span.offset, span.length);
            if i == 0 {
                LabeledSpan::new_primary_with_span(label, range)
            } else {
                LabeledSpan::new_with_span(label, range)
            }
        })))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|drawn| drawn as &dyn miette::Diagnostic)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trap 17: a file may hold whatever a terminal obeys.
    #[test]
    fn control_characters_and_secrets_are_masked_in_place() {
        let text = "a: \u{1b}[31m\u{202e}\nb: hunter2 é\n";
        let secret = text.find("hunter2").expect("there");
        let masked = shown(text.as_bytes(), std::iter::once(secret..secret + 10).collect());
        assert_eq!(masked, "a: ?[31m???\nb: **********\n");
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn secrets_in_comments_and_unreadable_lines_are_masked_too() {
        let text = "# https://me:geheim@a\nid: [\n\theaders: {authorization: Bearer abc}\n";
        let masked = shown(text.as_bytes(), Vec::new());
        assert_eq!(masked, "# https://me:******@a\nid: [\n\theaders: {authorization: **********}\n");
    }
}
