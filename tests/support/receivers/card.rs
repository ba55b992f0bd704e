//! A message with Adaptive Cards: its shape, and what people read of it.
//!
//! The shape of the message: <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>,
//! "Send Adaptive Cards". The elements: <https://adaptivecards.io/explorer/>, up to version 1.5, which Teams shows:
//! <https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference>.

use serde_json::Value;

const KIND: &str = "application/vnd.microsoft.card.adaptive";

/// The versions that Teams shows.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"];

/// The texts of all cards, or why there is none.
pub fn text(message: &Value) -> Result<String, String> {
    if message["type"] != "message" {
        return Err("`type` is not `message`".to_owned());
    }
    // The words of the flow's own error.
    let attachments = message["attachments"].as_array().filter(|list| !list.is_empty());
    let attachments = attachments.ok_or("the result of 'foreach' on `attachments` must be a valid array")?;
    let mut texts = Vec::new();
    for attachment in attachments {
        if attachment["contentType"] != KIND {
            return Err(format!("`contentType` is not `{KIND}`"));
        }
        card(&attachment["content"], &mut texts)?;
    }
    Ok(texts.join("\n"))
}

fn card(card: &Value, texts: &mut Vec<String>) -> Result<(), String> {
    if card["type"] != "AdaptiveCard" {
        return Err("Property 'type' must be 'AdaptiveCard'".to_owned());
    }
    if !card["version"].as_str().is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(format!("Teams shows no version {} of a card", card["version"]));
    }
    elements(&card["body"], texts)?;
    actions(&card["actions"], texts)
}

fn elements(list: &Value, texts: &mut Vec<String>) -> Result<(), String> {
    let list = list.as_array().ok_or("no list of elements")?;
    list.iter().try_for_each(|element| self::element(element, texts))
}

fn element(element: &Value, texts: &mut Vec<String>) -> Result<(), String> {
    match element["type"].as_str().unwrap_or_default() {
        "TextBlock" => string(element, "text", texts),
        "FactSet" => {
            let facts = element["facts"].as_array().ok_or("a FactSet without facts")?;
            facts.iter().try_for_each(|fact| {
                string(fact, "title", texts)?;
                string(fact, "value", texts)
            })
        }
        "Container" | "Column" => elements(&element["items"], texts),
        "ColumnSet" => {
            let columns = element["columns"].as_array().ok_or("a ColumnSet without columns")?;
            columns.iter().try_for_each(|column| elements(&column["items"], texts))
        }
        "RichTextBlock" => {
            let inlines = element["inlines"].as_array().ok_or("a RichTextBlock without inlines")?;
            inlines.iter().try_for_each(|run| match run {
                Value::String(text) => {
                    texts.push(text.clone());
                    Ok(())
                }
                run => string(run, "text", texts),
            })
        }
        "Image" => url(element, "url"),
        "ActionSet" => actions(&element["actions"], texts),
        // A client that does not know an element leaves it out.
        other => Err(format!("no element `{other}`")),
    }
}

fn actions(list: &Value, texts: &mut Vec<String>) -> Result<(), String> {
    for action in list.as_array().into_iter().flatten() {
        // Another action has no one who would act on it.
        if action["type"] != "Action.OpenUrl" {
            return Err(format!("no action {}", action["type"]));
        }
        url(action, "url")?;
        string(action, "title", texts)?;
    }
    Ok(())
}

fn string(of: &Value, name: &str, texts: &mut Vec<String>) -> Result<(), String> {
    let text = of[name].as_str().ok_or_else(|| format!("no string `{name}` in {of}"))?;
    texts.push(text.to_owned());
    Ok(())
}

fn url(of: &Value, name: &str) -> Result<(), String> {
    let url = of[name].as_str().and_then(|url| url::Url::parse(url).ok());
    url.map(|_| ()).ok_or_else(|| format!("no URL `{name}` in {of}"))
}
