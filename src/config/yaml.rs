//! YAML text to trees: several documents a file, aliases, merge keys, every fault with its place.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::complaint::Fault;
use super::diagnostic::Code;
use super::scalar::{self, NoValue};
use super::sources::BYTE_ORDER_MARK;
use super::tree::{Entry, Node, Place, Tree};
use super::violation::shortened;

/// Nodes that aliases may add to one file; more is an alias bomb, not a monitor.
const ALIAS_BUDGET: usize = 100_000;

/// Lists and maps inside each other that an alias may bring; the parser lets no more be written out. Each level of a
/// document takes room of the stack wherever it is walked through.
const ALIAS_LEVELS: usize = 255;

/// The documents that could be read, and what is wrong with the text.
#[derive(Default)]
pub struct Parsed {
    pub documents: Vec<Node>,
    pub faults: Vec<Fault>,
}

/// Reads every document of `text`; a broken one does not hide those after it.
pub fn parse(text: &str, file: u32) -> Parsed {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut options = granit_parser::options! {};
    options.set_emit_comments(false);
    let mut reader = Reader {
        parser: Parser::new_from_str_with_options(body, options),
        file,
        text,
        skipped: text.len() - body.len(),
        anchors: HashMap::new(),
        alias_budget: ALIAS_BUDGET,
        faults: Vec::new(),
    };
    let mut documents = Vec::new();
    loop {
        match reader.document() {
            Ok(Some(document)) => documents.push(document),
            Ok(None) => break,
            Err(error) => {
                reader.report(&error);
                if !matches!(reader.parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    documents.retain(|document| document.tree != Tree::Null || document.faulty);
    Parsed { documents, faults: reader.faults }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    file: u32,
    text: &'t str,
    /// Bytes before the text that the parser sees.
    skipped: usize,
    anchors: HashMap<usize, Anchored>,
    alias_budget: usize,
    faults: Vec<Fault>,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    /// Values in it.
    size: usize,
    levels: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, ScanError> {
        self.parser.next_event().transpose()
    }

    /// The root of the next document, or `None` at the end of the text.
    fn document(&mut self) -> Result<Option<Node>, ScanError> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::DocumentStart(..) => self.anchors.clear(),
                Event::StreamStart | Event::DocumentEnd => {}
                Event::StreamEnd => return Ok(None),
                event => return self.node(event, span).map(Some),
            }
        }
        Ok(None)
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, ScanError> {
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), place);
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let mut items = Vec::new();
                let mut end = place;
                while let Some((event, span)) = self.next()? {
                    if event == Event::SequenceEnd {
                        end = self.place(span);
                        break;
                    }
                    items.push(self.node(event, span)?);
                }
                let first = items.first().map(|item| item.place);
                let mut node = Node::new(Tree::List(items), collection(place, end, first));
                self.check_tag(&mut node, tag.as_deref(), "seq");
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::MappingStart(_, anchor, tag) => {
                let (entries, end) = self.mapping(place)?;
                let first = entries.first().map(|entry| entry.key_place);
                let mut node = Node::new(Tree::Map(entries), collection(place, end, first));
                self.check_tag(&mut node, tag.as_deref(), "map");
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::Alias(anchor) => Ok(self.alias(anchor, place)),
            _ => Ok(Node::new(Tree::Null, place)),
        }
    }

    fn mapping(&mut self, start: Place) -> Result<(Vec<Entry>, Place), ScanError> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::MappingEnd {
                let end = self.place(span);
                for entry in merged {
                    if entries.iter().all(|own| own.key != entry.key) {
                        entries.push(entry);
                    }
                }
                return Ok((entries, end));
            }
            let key_place = self.place(span);
            let key = match event {
                Event::Scalar(text, style, anchor, _) => {
                    let node = Node::new(Tree::Text(text.to_string()), key_place);
                    self.remember(anchor, &node);
                    Some((text, style))
                }
                event => {
                    self.node(event, span)?;
                    None
                }
            };
            let Some((event, span)) = self.next()? else { break };
            let value = self.node(event, span)?;
            match key {
                Some((key, ScalarStyle::Plain)) if key == "<<" => {
                    self.merge_key(value, key_place, &mut merged);
                }
                Some((key, _)) => self.push(&mut entries, Entry { key: key.into_owned(), key_place, value }),
                None => self.faults.push(
                    Fault::new(Code::YamlUnsupported, key_place, "a key is a plain text")
                        .label("not a text")
                        .help("a list, a map or an alias cannot be a key here"),
                ),
            }
        }
        Ok((entries, start))
    }

    fn push(&mut self, entries: &mut Vec<Entry>, entry: Entry) {
        if let Some(first) = entries.iter().find(|first| first.key == entry.key) {
            self.faults.push(
                Fault::new(Code::DuplicateKey, entry.key_place, format!("duplicate key `{}`", entry.key))
                    .label("written again here")
                    .related(first.key_place, "first written here")
                    .help("keep one of the two"),
            );
            return;
        }
        entries.push(entry);
    }

    /// `<<: *base` or `<<: [*one, *two]`: entries that the map does not have itself.
    fn merge_key(&mut self, value: Node, key_place: Place, merged: &mut Vec<Entry>) {
        let sources = match value.tree {
            Tree::Map(_) => vec![value],
            Tree::List(items) => items,
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => Vec::new(),
        };
        if sources.is_empty() || sources.iter().any(|source| !matches!(source.tree, Tree::Map(_))) {
            let fault = Fault::new(Code::YamlUnsupported, key_place, "`<<` merges maps only");
            self.faults.push(fault.help("give it an alias of a map: `<<: *base`"));
            return;
        }
        for source in sources {
            if let Tree::Map(entries) = source.tree {
                for entry in entries {
                    if merged.iter().all(|known| known.key != entry.key) {
                        merged.push(entry);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: Place) -> Node {
        let core = tag.and_then(Tag::core_suffix);
        if tag.is_some_and(|tag| core.is_none() && tag.original() != "!") {
            return self.unsupported(place, "this tag has no meaning here", "leave the `!…` away");
        }
        if matches!(core, Some("str")) || (core.is_none() && (tag.is_some() || style != ScalarStyle::Plain)) {
            return Node::new(Tree::Text(text.to_owned()), place);
        }
        let tree = match scalar::resolve(text) {
            Ok(tree) => tree,
            Err(why) => return self.no_value(place, text, why),
        };
        let kept = match (core, &tree) {
            (None, _)
            | (Some("null"), Tree::Null)
            | (Some("bool"), Tree::Bool(_))
            | (Some("int" | "float"), Tree::Number(_)) => true,
            (Some(_), _) => false,
        };
        if kept {
            return Node::new(tree, place);
        }
        self.unsupported(place, "the tag does not fit the value", "leave the `!!…` away")
    }

    fn no_value(&mut self, place: Place, text: &str, why: NoValue) -> Node {
        let text = shortened(text);
        match why {
            NoValue::NotFinite => {
                self.unsupported(place, format!("`{text}` is not a finite number"), "write a finite number")
            }
            NoValue::OutOfRange => self.unsupported(
                place,
                format!(
                    "no table keeps the number `{text}`: it has at most 38 digits, from 1e-130 to 9.99e125"
                ),
                "write a number in this range, or put it in quotes if it is meant as a text",
            ),
        }
    }

    fn check_tag(&mut self, node: &mut Node, tag: Option<&Tag>, expected: &str) {
        if tag.is_some_and(|tag| tag.core_suffix() != Some(expected) && tag.original() != "!") {
            let place = node.place;
            *node = self.unsupported(place, "this tag has no meaning here", "leave the `!…` away");
        }
    }

    fn unsupported(&mut self, place: Place, message: impl Into<String>, help: &str) -> Node {
        self.faults.push(Fault::new(Code::YamlUnsupported, place, message).help(help));
        Node { tree: Tree::Null, place, faulty: true }
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            let (size, levels) = extent(node);
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, levels });
        }
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Node {
        match self.anchors.get(&anchor) {
            Some(Anchored { levels, .. }) if *levels > ALIAS_LEVELS => self.unsupported(
                place,
                format!("this alias stands for more than {ALIAS_LEVELS} levels of lists and maps"),
                "write the value out with fewer levels",
            ),
            Some(Anchored { node, size, .. }) if *size <= self.alias_budget => {
                self.alias_budget -= size;
                node.clone()
            }
            Some(_) => self.unsupported(
                place,
                format!("aliases add more than {ALIAS_BUDGET} values to this file"),
                "write the monitors out, or put what they share into defaults.yaml",
            ),
            None => self.unsupported(place, "this alias stands inside its own anchor", "write the value out"),
        }
    }

    fn report(&mut self, error: &ScanError) {
        let mentions_tab = error.info().contains("tab");
        let seen_at = self.offset(error.marker());
        let line = self.line_start(seen_at);
        // A scanner that trips over a tab tells where the text before it began, which may be lines above.
        let tab = self.indenting_tab(line).filter(|tab| mentions_tab || self.line_start(*tab) == line);
        let start = tab.filter(|_| mentions_tab).unwrap_or(seen_at);
        let rest = self.text.get(start..).unwrap_or_default();
        let end = start + rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let place = Place { file: self.file, start, end };
        let mut fault =
            Fault::new(Code::YamlSyntax, place, format!("broken YAML: {}", error.info())).label("here");
        fault = fault.help(match tab {
            Some(_) => "YAML is indented with spaces, never with tabs",
            None => "the rest of this document is not checked until it can be read",
        });
        self.faults.push(fault);
    }

    /// The first tab after `from`, if a line is indented with it.
    fn indenting_tab(&self, from: usize) -> Option<usize> {
        let tab = from + self.text.get(from..)?.find('\t')?;
        let indent = self.text.get(self.line_start(tab)..tab)?;
        indent.bytes().all(|byte| byte == b' ').then_some(tab)
    }

    fn line_start(&self, offset: usize) -> usize {
        self.text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
    }

    fn offset(&self, marker: &Marker) -> usize {
        (marker.byte_offset().unwrap_or_default() + self.skipped).min(self.text.len())
    }

    fn place(&self, span: Span) -> Place {
        let start = self.offset(&span.start);
        Place { file: self.file, start, end: self.offset(&span.end).max(start) }
    }
}

/// `{…}` and `[…]` are pointed at as a whole, an indented collection at its first key or item.
fn collection(start: Place, end: Place, first: Option<Place>) -> Place {
    match first {
        Some(first) if start.start == start.end || start.start == first.start => first,
        _ => Place { end: end.end.max(start.end), ..start },
    }
}

/// Values in a node, and its levels.
fn extent(node: &Node) -> (usize, usize) {
    let sum = |all: &mut dyn Iterator<Item = &Node>| {
        let add =
            |(size, levels): (usize, usize), (more, deep): (usize, usize)| (size + more, levels.max(deep));
        let (size, levels) = all.map(extent).fold((0, 0), add);
        (size + 1, levels + 1)
    };
    match &node.tree {
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => (1, 0),
        Tree::List(items) => sum(&mut items.iter()),
        Tree::Map(entries) => sum(&mut entries.iter().map(|entry| &entry.value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each anchor alone is within what the parser takes, and the last one would be thousands of levels deep.
    #[test]
    fn aliases_do_not_pile_up_levels_without_end() {
        let mut text = "a0: &a0 1\n".to_owned();
        for n in 1..30 {
            let (open, close) = ("[".repeat(200), "]".repeat(200));
            text.extend([format!("a{n}: &a{n} {open}*a{}{close}\n", n - 1)]);
        }
        let parsed = parse(&text, 0);
        assert!(parsed.faults.iter().any(|fault| fault.message.contains("more than 255 levels")));
        let deepest = parsed.documents.iter().map(|document| extent(document).1).max();
        assert!(deepest.is_some_and(|levels| levels < 600), "{deepest:?}");
    }

    // RFC 8259 and YAML know half of a pair, and no text of ours can hold it.
    #[test]
    fn half_of_a_surrogate_pair_is_an_error_and_a_whole_one_a_character() {
        for text in [r#"a: "\ud83d""#, r#"a: "\ude00""#, r#"a: "\ud83dx""#] {
            assert_eq!(parse(text, 0).faults.len(), 1, "{text}");
        }
        let parsed = parse(r#"a: "\ud83d\ude00 \0""#, 0);
        let value = parsed.documents.first().and_then(|document| document.entry("a"));
        assert_eq!(value.and_then(|entry| entry.value.text()), Some("\u{1f600} \0"));
    }
}
