//! A workflow as a value: maps, lists and texts.

use granit_parser::{Event, Parser, StrInput};
use serde_json::{Map, Value};

/// The only document of a text without anchors.
pub fn read(text: &str) -> Value {
    let mut parser = Parser::new_from_str(text);
    loop {
        match next(&mut parser) {
            Event::StreamStart | Event::DocumentStart(..) => {}
            event => return node(&mut parser, event),
        }
    }
}

fn next<'t>(parser: &mut Parser<'t, StrInput<'t>>) -> Event<'t> {
    loop {
        let (event, _) = parser.next_event().expect("an event").expect("valid YAML");
        if !matches!(event, Event::Comment(..)) {
            return event;
        }
    }
}

fn node<'t>(parser: &mut Parser<'t, StrInput<'t>>, event: Event<'t>) -> Value {
    match event {
        Event::Scalar(text, style, ..) => match (text.as_ref(), style) {
            ("true", granit_parser::ScalarStyle::Plain) => Value::Bool(true),
            ("false", granit_parser::ScalarStyle::Plain) => Value::Bool(false),
            (text, _) => Value::String(text.to_owned()),
        },
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match next(parser) {
                    Event::SequenceEnd => return Value::Array(items),
                    event => items.push(node(parser, event)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut fields = Map::new();
            loop {
                match next(parser) {
                    Event::MappingEnd => return Value::Object(fields),
                    key => {
                        let Value::String(key) = node(parser, key) else { panic!("a key is a text") };
                        let value = next(parser);
                        fields.insert(key, node(parser, value));
                    }
                }
            }
        }
        other => panic!("no workflow has {other:?}"),
    }
}
