//! Slack's Block Kit, as far as a message of text needs it. A block of another kind is refused.
//!
//! Limits: <https://docs.slack.dev/reference/block-kit/blocks>, a page a block, and
//! <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>.

use serde_json::Value;

use super::units;

/// "You can include up to 50 blocks in each message."
const BLOCKS: usize = 50;

/// Each text object: "The minimum length is 1 and maximum length is 3000 characters."
const TEXT: usize = 3_000;

/// Each of the fields of a section.
const FIELD: usize = 2_000;

const HEADER: usize = 150;

/// `block_id`
const ID: usize = 255;

/// No page says it, but all blocks together may have about 13,200 characters:
/// <https://github.com/slackapi/bolt-js/issues/2509>.
const ALL: usize = 13_200;

/// Why blocks are refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// No list.
    NotBlocks,
    Invalid,
    TooLong,
}

#[derive(Default)]
pub struct Blocks {
    /// As they were sent, with their escapes.
    pub texts: Vec<String>,
    pub mentions: Vec<String>,
}

/// A message without blocks has none.
pub fn read(blocks: &Value) -> Result<Blocks, Fault> {
    let mut read = Blocks::default();
    if blocks.is_null() {
        return Ok(read);
    }
    let blocks = blocks.as_array().ok_or(Fault::NotBlocks)?;
    if blocks.len() > BLOCKS {
        return Err(Fault::Invalid);
    }
    let mut ids = Vec::new();
    for block in blocks {
        read.block(block).ok_or(Fault::Invalid)?;
        if let Some(id) = block.get("block_id") {
            // "should be unique for each message"
            let id = id.as_str().filter(|id| units(id) <= ID && !ids.contains(id)).ok_or(Fault::Invalid)?;
            ids.push(id);
        }
    }
    let all: usize = read.texts.iter().map(|text| units(text)).sum();
    if all > ALL { Err(Fault::TooLong) } else { Ok(read) }
}

impl Blocks {
    /// `None`: it breaks a rule.
    fn block(&mut self, block: &Value) -> Option<()> {
        match block["type"].as_str()? {
            "header" => self.text(block.get("text")?, HEADER, &["plain_text"]),
            "section" => self.section(block),
            "context" => self.context(block),
            "divider" => Some(()),
            _ => None,
        }
    }

    fn section(&mut self, block: &Value) -> Option<()> {
        let (text, fields) = (block.get("text"), block.get("fields"));
        if let Some(text) = text {
            self.text(text, TEXT, &["plain_text", "mrkdwn"])?;
        }
        match fields {
            // "Required if no text is provided"
            None => text.map(|_| ()),
            Some(fields) => {
                // "Maximum number of items is 10."
                let fields = fields.as_array().filter(|fields| (1..=10).contains(&fields.len()))?;
                fields.iter().try_for_each(|field| self.text(field, FIELD, &["plain_text", "mrkdwn"]))
            }
        }
    }

    fn context(&mut self, block: &Value) -> Option<()> {
        // "Maximum number of items is 10."
        let elements = block["elements"].as_array().filter(|elements| (1..=10).contains(&elements.len()))?;
        elements.iter().try_for_each(|element| self.text(element, TEXT, &["plain_text", "mrkdwn"]))
    }

    fn text(&mut self, object: &Value, most: usize, kinds: &[&str]) -> Option<()> {
        let kind = object["type"].as_str().filter(|kind| kinds.contains(kind))?;
        let text = object["text"].as_str().filter(|text| !text.is_empty() && units(text) <= most)?;
        // Each of these is for one kind only.
        let fits = match kind {
            "plain_text" => {
                object.get("verbatim").is_none() && object.get("emoji").is_none_or(Value::is_boolean)
            }
            _ => object.get("emoji").is_none() && object.get("verbatim").is_none_or(Value::is_boolean),
        };
        if !fits {
            return None;
        }
        if kind == "mrkdwn" {
            self.mentions.extend(mentions(text, object["verbatim"] == Value::Bool(true)));
        }
        self.texts.push(text.to_owned());
        Some(())
    }
}

/// Whom a text wakes: `<!channel>`, `<@U024BE7LH>`. Unless it is verbatim, also `@here` in plain words.
/// <https://docs.slack.dev/messaging/formatting-message-text>, "Advanced formatting" and "Special mentions"
pub fn mentions(text: &str, verbatim: bool) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["<!", "<@"] {
        for (at, _) in text.match_indices(start) {
            let end = text[at..].find('>').map_or(text.len(), |end| at + end + 1);
            found.push(text[at..end].to_owned());
        }
    }
    if !verbatim {
        let plain = ["@here", "@channel", "@everyone"];
        found.extend(plain.iter().filter(|word| text.contains(**word)).map(|word| (*word).to_owned()));
    }
    found
}
