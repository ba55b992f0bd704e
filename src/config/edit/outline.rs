//! The documents of a file as they are laid out: every key and value with its bytes, nothing followed or merged.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, StructureStyle};
use serde_json::Value;

use super::super::sources::BYTE_ORDER_MARK;
use crate::config::yaml::scalar;
use crate::config::yaml::tree::{Node, TextPlace};

/// A file as it is laid out.
pub struct Outline {
    pub documents: Vec<Piece>,
    /// The bytes of every comment, from `#` to the end of its line.
    pub comments: Vec<Range<usize>>,
}

/// A value as it is laid out.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Without an anchor or a tag before it. An indented collection begins at its first key or dash.
    pub start: usize,
    /// Behind the last byte; for an indented collection behind that of its last value.
    pub end: usize,
    pub properties: Properties,
    /// What aliases of it say, 0 without an anchor.
    pub anchor: usize,
    pub shape: OutlineShape,
}

/// What stands before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Properties {
    None,
    Anchor,
    /// With or without an anchor.
    Tag,
}

#[derive(Debug, Clone)]
pub enum OutlineShape {
    Scalar {
        text: String,
        style: ScalarStyle,
    },
    /// Of the piece with this anchor.
    Alias(usize),
    List {
        layout: Layout,
        items: Vec<Piece>,
    },
    Map {
        layout: Layout,
        pairs: Vec<Pair>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A line a key or dash.
    Block,
    /// In braces or brackets.
    Flow,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Pair {
    pub key: String,
    pub start: usize,
    /// Behind the colon, where there is one.
    pub colon: usize,
    pub value: Piece,
}

impl Pair {
    /// Behind the last byte of the pair.
    pub fn end(&self) -> usize {
        self.value.end.max(self.colon)
    }
}

impl Piece {
    /// Its value, unless it stands for one that is written elsewhere.
    pub fn value(&self) -> Option<Value> {
        match &self.shape {
            OutlineShape::Alias(_) => None,
            OutlineShape::Scalar { text, style: ScalarStyle::Plain }
                if self.properties != Properties::Tag =>
            {
                let place = TextPlace { file: 0, start: 0, end: 0 };
                scalar::resolve(text).ok().map(|tree| Node::new(tree, place).to_json())
            }
            OutlineShape::Scalar { text, .. } => Some(Value::String(text.clone())),
            OutlineShape::List { items, .. } => items.iter().map(Self::value).collect(),
            OutlineShape::Map { pairs, .. } => {
                let field = |pair: &Pair| Some((pair.key.clone(), pair.value.value()?));
                pairs.iter().map(field).collect::<Option<_>>().map(Value::Object)
            }
        }
    }

    /// It and every value in it.
    pub fn all(&self) -> Vec<&Self> {
        let inner: Vec<&Self> = match &self.shape {
            OutlineShape::Scalar { .. } | OutlineShape::Alias(_) => Vec::new(),
            OutlineShape::List { items, .. } => items.iter().collect(),
            OutlineShape::Map { pairs, .. } => pairs.iter().map(|pair| &pair.value).collect(),
        };
        std::iter::once(self).chain(inner.into_iter().flat_map(Self::all)).collect()
    }

    /// The pair of this key.
    pub fn pair(&self, key: &str) -> Option<&Pair> {
        match &self.shape {
            OutlineShape::Map { pairs, .. } => pairs.iter().find(|pair| pair.key == key),
            OutlineShape::Scalar { .. } | OutlineShape::Alias(_) | OutlineShape::List { .. } => None,
        }
    }
}

/// Reads the layout of `text`; `None` if it cannot be read.
pub fn outline(text: &str) -> Option<Outline> {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut options = granit_parser::options! {};
    options.set_emit_comments(true);
    let mut reader = OutlineReader {
        parser: Parser::new_from_str_with_options(body, options),
        text,
        skipped: text.len() - body.len(),
        comments: Vec::new(),
    };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next().ok()? {
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            event => documents.push(reader.piece(event, &span).ok()?),
        }
    }
    Some(Outline { documents, comments: reader.comments })
}

struct OutlineReader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Bytes before the text that the parser sees.
    skipped: usize,
    comments: Vec<Range<usize>>,
}

impl<'t> OutlineReader<'t> {
    /// The next event that is no comment.
    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, ScanError> {
        while let Some((event, span)) = self.parser.next_event().transpose()? {
            if matches!(event, Event::Comment(..)) {
                self.comments.push(self.bytes(&span));
            } else {
                return Ok(Some((event, span)));
            }
        }
        Ok(None)
    }

    fn piece(&mut self, event: Event<'t>, span: &Span) -> Result<Piece, ScanError> {
        let Range { start, end } = self.bytes(span);
        Ok(match event {
            Event::Scalar(text, style, anchor, tag) => {
                // What is not written has a text of its own in the events.
                let text = if start == end && style == ScalarStyle::Plain {
                    String::new()
                } else {
                    text.into_owned()
                };
                let properties = properties(anchor, tag.is_some());
                Piece { start, end, properties, anchor, shape: OutlineShape::Scalar { text, style } }
            }
            Event::SequenceStart(style, anchor, tag) => {
                let layout = layout(style);
                let (mut items, mut end) = (Vec::new(), end);
                while let Some((event, span)) = self.next()? {
                    if event == Event::SequenceEnd {
                        end = self.collection_end(
                            layout,
                            &span,
                            items.last().map_or(end, |item: &Piece| item.end),
                        );
                        break;
                    }
                    items.push(self.piece(event, &span)?);
                }
                let properties = properties(anchor, tag.is_some());
                Piece { start, end, properties, anchor, shape: OutlineShape::List { layout, items } }
            }
            Event::MappingStart(style, anchor, tag) => {
                let layout = layout(style);
                let (mut pairs, mut end) = (Vec::new(), end);
                while let Some((event, span)) = self.next()? {
                    if event == Event::MappingEnd {
                        end = self.collection_end(layout, &span, pairs.last().map_or(end, Pair::end));
                        break;
                    }
                    pairs.push(self.pair(event, &span)?);
                }
                let properties = properties(anchor, tag.is_some());
                Piece { start, end, properties, anchor, shape: OutlineShape::Map { layout, pairs } }
            }
            Event::Alias(of) => {
                Piece { start, end, properties: Properties::None, anchor: 0, shape: OutlineShape::Alias(of) }
            }
            _ => Piece { start, end, properties: Properties::None, anchor: 0, shape: OutlineShape::Alias(0) },
        })
    }

    fn pair(&mut self, event: Event<'t>, span: &Span) -> Result<Pair, ScanError> {
        let key = self.piece(event, span)?;
        let value = match self.next()? {
            Some((event, span)) => self.piece(event, &span)?,
            None => key.clone(),
        };
        let behind = self.text.get(key.end..).unwrap_or_default();
        let gap = behind.len() - behind.trim_start().len();
        let colon = if behind[gap..].starts_with(':') { key.end + gap + 1 } else { key.end };
        let start = key.start;
        let key = match key.shape {
            OutlineShape::Scalar { text, .. } => text,
            OutlineShape::Alias(_) | OutlineShape::List { .. } | OutlineShape::Map { .. } => String::new(),
        };
        Ok(Pair { key, start, colon, value })
    }

    /// A closing bracket is a place; the end of an indented collection is only where the parser noticed it.
    fn collection_end(&self, layout: Layout, span: &Span, last: usize) -> usize {
        match layout {
            Layout::Flow => self.bytes(span).end,
            Layout::Block => last,
        }
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let offset = |at: Option<usize>| (at.unwrap_or_default() + self.skipped).min(self.text.len());
        let start = offset(span.start.byte_offset());
        start..offset(span.end.byte_offset()).max(start)
    }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}

fn properties(anchor: usize, tagged: bool) -> Properties {
    match (anchor, tagged) {
        (_, true) => Properties::Tag,
        (0, false) => Properties::None,
        (_, false) => Properties::Anchor,
    }
}
