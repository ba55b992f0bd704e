//! The events of a YAML parser to trees, a document at a time, within the bounds of `sizes`.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use crate::config::diagnostic::Code;
use crate::config::sizes::{self, QUOTED, grouped};
use crate::config::violation::PlacedViolation;
use crate::config::yaml::scalar::{self, NoValue};
use crate::config::yaml::tree::{Entries, Entry, Node, TextPlace, YamlTree, collection, extent};
use crate::config::yaml::words;
use crate::monitor::clip;

/// Which value of a key that stands in its map several times is taken: the first, the second …
pub type Layer = usize;

/// Why a document is not read on.
pub enum Halt {
    /// It is no YAML; where that was noticed, in bytes of the file.
    Broken(usize),
    /// It is too large.
    Skip,
    /// The file is too large.
    Stop,
}

pub struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    file: u32,
    text: &'t str,
    /// Bytes of the file before the text.
    base: usize,
    layer: Layer,
    anchors: HashMap<usize, Anchored>,
    /// Values that this document, and all of the file, may have yet.
    values: usize,
    pub file_values: usize,
    /// Values that are kept for aliases; what anchors hold inside each other is kept several times.
    anchored: usize,
    depth: usize,
    /// In bytes of the text.
    pub document_start: usize,
    pub top_key: Option<(String, usize)>,
    pub repeats: usize,
    pub faults: Vec<PlacedViolation>,
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    /// Values in it.
    size: usize,
    levels: usize,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str, file: u32, base: usize, layer: Layer) -> Self {
        let mut options = granit_parser::options! {
            flow_nesting_limit: sizes::NESTING,
            block_nesting_limit: sizes::NESTING
        };
        options.set_emit_comments(false);
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            file,
            text,
            base,
            layer,
            anchors: HashMap::new(),
            values: sizes::VALUES,
            file_values: sizes::FILE_VALUES,
            anchored: sizes::VALUES,
            depth: 0,
            document_start: 0,
            top_key: None,
            repeats: 1,
            faults: Vec::new(),
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, Halt> {
        self.parser.next_event().transpose().map_err(|error| self.report(&error))
    }

    /// The root of the next document, or `None` at the end of the text.
    pub fn document(&mut self) -> Result<Option<Node>, Halt> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::DocumentStart(..) => {
                    self.document_start = self.offset(&span.start);
                    self.begin();
                }
                Event::DocumentEnd => self.document_start = self.offset(&span.end),
                Event::StreamStart => {}
                Event::StreamEnd => return Ok(None),
                event => return self.node(event, span).map(Some),
            }
        }
        Ok(None)
    }

    fn begin(&mut self) {
        self.anchors.clear();
        self.values = sizes::VALUES;
        self.anchored = sizes::VALUES;
        self.depth = 0;
        self.top_key = None;
    }

    /// Takes values from what is left of the document and of the file.
    fn take(&mut self, number: usize, place: TextPlace) -> Result<(), Halt> {
        let (whose, most, halt, help) = if number > self.values {
            let help = "a monitor has a few dozen values; move shared values to defaults.yaml";
            ("document", sizes::VALUES, Halt::Skip, help)
        } else if number > self.file_values {
            ("file", sizes::FILE_VALUES, Halt::Stop, "divide the file")
        } else {
            self.values -= number;
            self.file_values -= number;
            return Ok(());
        };
        let message = format!("this {whose} holds more than {} values", grouped(most));
        self.faults
            .push(PlacedViolation::new(Code::TooLarge, place, message).label("one too many").help(help));
        Err(halt)
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Halt> {
        let place = self.place(span);
        self.take(1, place)?;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), place);
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let mut items = Vec::new();
                let mut end = place;
                self.depth += 1;
                while let Some((event, span)) = self.next()? {
                    if event == Event::SequenceEnd {
                        end = self.place(span);
                        break;
                    }
                    items.push(self.node(event, span)?);
                }
                self.depth -= 1;
                let first = items.first().map(|item| item.place);
                let mut node = Node::new(YamlTree::List(items), collection(place, end, first));
                self.check_tag(&mut node, tag.as_deref(), "seq");
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.depth += 1;
                let (entries, end) = self.mapping(place)?;
                self.depth -= 1;
                let first = entries.first().map(|entry| entry.key_place);
                let mut node = Node::new(YamlTree::Map(entries), collection(place, end, first));
                self.check_tag(&mut node, tag.as_deref(), "map");
                self.remember(anchor, &node);
                Ok(node)
            }
            Event::Alias(anchor) => self.alias(anchor, place),
            _ => Ok(Node::new(YamlTree::Null, place)),
        }
    }

    fn mapping(&mut self, start: TextPlace) -> Result<(Entries, TextPlace), Halt> {
        let mut entries = Entries::default();
        let mut merged = Entries::default();
        let mut first_merge: Option<TextPlace> = None;
        // How often each key came that came again.
        let mut again: HashMap<String, usize> = HashMap::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::MappingEnd {
                let end = self.place(span);
                for entry in merged {
                    match entries.find_mut(&entry.key) {
                        Some(own) => own.overrides_alias = true,
                        None => entries.push(entry),
                    }
                }
                return Ok((entries, end));
            }
            let key_place = self.place(span);
            let key = match event {
                Event::Scalar(text, style, anchor, _) => {
                    let node = Node::new(YamlTree::Text(text.to_string()), key_place);
                    self.remember(anchor, &node);
                    if self.depth == 1 {
                        self.top_key = Some((text.to_string(), key_place.start));
                    }
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
                    self.faults.extend(first_merge.map(|first| words::merged_twice(key_place, first)));
                    first_merge.get_or_insert(key_place);
                    self.merge_key(value, key_place, &mut merged);
                }
                Some((key, _)) => {
                    self.push(&mut entries, &mut again, Entry::new(key.into_owned(), key_place, value));
                }
                None => self.faults.push(
                    PlacedViolation::new(Code::YamlUnsupported, key_place, "a key must be a string")
                        .label("not a string")
                        .help("a list, a map or an alias cannot be a key"),
                ),
            }
        }
        Ok((entries, start))
    }

    fn push(&mut self, entries: &mut Entries, again: &mut HashMap<String, usize>, entry: Entry) {
        if entry.key.chars().nth(sizes::KEY_CHARS).is_some() {
            let message = format!("a key of more than {} characters", grouped(sizes::KEY_CHARS));
            self.faults
                .push(PlacedViolation::new(Code::TooLarge, entry.key_place, message).label("too long"));
            return;
        }
        let Some(first) = entries.find_mut(&entry.key) else {
            entries.push(entry);
            return;
        };
        self.faults.push(
            PlacedViolation::new(
                Code::DuplicateKey,
                entry.key_place,
                format!("duplicate key `{}`", entry.key),
            )
            .label("written again here")
            .related(first.key_place, "first written here")
            .help("keep one of them"),
        );
        let times = again.entry(entry.key.clone()).or_insert(1);
        *times += 1;
        self.repeats = self.repeats.max(*times);
        if *times <= self.layer + 1 {
            first.value = entry.value;
        }
    }

    /// `<<: *base` or `<<: [*one, *two]`: entries that the map does not have itself.
    fn merge_key(&mut self, value: Node, key_place: TextPlace, merged: &mut Entries) {
        let sources = match value.tree {
            YamlTree::Map(_) => vec![value],
            YamlTree::List(items) => items,
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => Vec::new(),
        };
        if sources.is_empty() || sources.iter().any(|source| !matches!(source.tree, YamlTree::Map(_))) {
            let fault = PlacedViolation::new(Code::YamlUnsupported, key_place, "`<<` merges maps only");
            self.faults.push(fault.help("use an alias of a map: `<<: *base`"));
            return;
        }
        for source in sources {
            if let YamlTree::Map(entries) = source.tree {
                for entry in entries {
                    if merged.position(&entry.key).is_none() {
                        merged.push(entry);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: TextPlace) -> Node {
        let core = tag.and_then(Tag::core_suffix);
        if tag.is_some_and(|tag| core.is_none() && tag.original() != "!") {
            return self.unsupported(place, "this tag is not supported", "remove the `!…`");
        }
        if matches!(core, Some("str")) || (core.is_none() && (tag.is_some() || style != ScalarStyle::Plain)) {
            return Node::new(YamlTree::Text(text.to_owned()), place);
        }
        let tree = match scalar::resolve(text) {
            Ok(tree) => tree,
            Err(why) => return self.no_value(place, text, why),
        };
        let kept = match (core, &tree) {
            (None, _)
            | (Some("null"), YamlTree::Null)
            | (Some("bool"), YamlTree::Bool(_))
            | (Some("int" | "float"), YamlTree::Number(_)) => true,
            (Some(_), _) => false,
        };
        if kept {
            return Node::new(tree, place);
        }
        self.unsupported(place, "the tag does not fit the value", "remove the `!!…`")
    }

    fn no_value(&mut self, place: TextPlace, text: &str, why: NoValue) -> Node {
        let text = clip(text, QUOTED);
        match why {
            NoValue::NotFinite => {
                self.unsupported(place, format!("`{text}` is not a finite number"), "write a finite number")
            }
            NoValue::OutOfRange => self.unsupported(
                place,
                format!(
                    "a table cannot store the number `{text}`: the limits are 38 digits and 1e-130 to 9.99e125"
                ),
                "write a number within the limits, or quote it to make it a string",
            ),
        }
    }

    fn check_tag(&mut self, node: &mut Node, tag: Option<&Tag>, expected: &str) {
        if tag.is_some_and(|tag| tag.core_suffix() != Some(expected) && tag.original() != "!") {
            // What is in it is looked at all the same.
            let fault = PlacedViolation::new(Code::YamlUnsupported, node.place, "this tag is not supported");
            self.faults.push(fault.help("remove the `!…`"));
            (node.faulty, node.usable) = (true, true);
        }
    }

    fn unsupported(&mut self, place: TextPlace, message: impl Into<String>, help: &str) -> Node {
        self.faults.push(PlacedViolation::new(Code::YamlUnsupported, place, message).help(help));
        Node { faulty: true, ..Node::new(YamlTree::Null, place) }
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor == 0 {
            return;
        }
        let (size, levels) = extent(node);
        if size > self.anchored {
            let message =
                format!("the anchors of this document hold more than {} values", grouped(sizes::VALUES));
            let fault = PlacedViolation::new(Code::TooLarge, node.place, message).label("one too many");
            self.faults.push(fault.help("use fewer anchors; move shared values to defaults.yaml"));
            return;
        }
        self.anchored -= size;
        self.anchors.insert(anchor, Anchored { node: node.clone(), size, levels });
    }

    fn alias(&mut self, anchor: usize, place: TextPlace) -> Result<Node, Halt> {
        let Some(Anchored { size, levels, .. }) = self.anchors.get(&anchor) else {
            return Ok(self.unsupported(place, "this alias is inside its own anchor", "write the value out"));
        };
        if *levels > sizes::NESTING {
            let message =
                format!("this alias expands to more than {} levels of lists and maps", sizes::NESTING);
            let fault = PlacedViolation::new(Code::TooLarge, place, message).label("too deep");
            self.faults.push(fault.help("write the value out with fewer levels"));
            return Ok(Node { faulty: true, ..Node::new(YamlTree::Null, place) });
        }
        // The alias itself has been counted.
        self.take(size - 1, place)?;
        let node = self.anchors.get(&anchor).map(|anchored| anchored.node.clone());
        Ok(node.unwrap_or_else(|| Node::new(YamlTree::Null, place)))
    }

    /// Tells what is no YAML, and where that was noticed.
    fn report(&mut self, error: &ScanError) -> Halt {
        let mentions_tab = error.info().contains("tab");
        let seen_at = self.offset(error.marker());
        let line = self.line_start(seen_at);
        // A scanner that trips over a tab says where the text before it began, which may be lines above.
        let tab = self.indenting_tab(line).filter(|tab| mentions_tab || self.line_start(*tab) == line);
        let start = tab.filter(|_| mentions_tab).unwrap_or(seen_at);
        let rest = self.text.get(start..).unwrap_or_default();
        let end = start + rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        let place = TextPlace { file: self.file, start: self.base + start, end: self.base + end };
        let line = self.text.get(self.line_start(start)..).and_then(|rest| rest.lines().next());
        let (message, help) = words::said(&error.info(), line.unwrap_or_default(), tab.is_some());
        self.faults.push(PlacedViolation::new(Code::YamlSyntax, place, message).label("here").help(help));
        Halt::Broken(self.base + seen_at)
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
        marker.byte_offset().unwrap_or_default().min(self.text.len())
    }

    fn place(&self, span: Span) -> TextPlace {
        let start = self.base + self.offset(&span.start);
        TextPlace { file: self.file, start, end: (self.base + self.offset(&span.end)).max(start) }
    }
}
