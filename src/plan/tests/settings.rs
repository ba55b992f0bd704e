//! Settings of catalogs.

use serde_json::json;

use crate::monitor::Canary;
use crate::plan::{CatalogSettings, PageTexts};

/// With topics by the names of channels.
pub fn channels(channels: &[(&str, &str)]) -> CatalogSettings {
    let fields = |name| {
        let topic = format!("arn:aws:sns:eu-west-1:123456789012:{name}");
        json!({"kind": "sns", "topic": topic}).as_object().cloned().unwrap_or_default()
    };
    let channels = channels.iter().map(|(name, topic)| ((*name).to_owned(), fields(*topic))).collect();
    CatalogSettings { channels, ..CatalogSettings::default() }
}

/// With these canaries.
pub fn canaries(urls: &[&str]) -> CatalogSettings {
    let canaries = urls.iter().map(|url| Canary::parse(url).expect("a canary")).collect();
    CatalogSettings { canaries, ..CatalogSettings::default() }
}

/// With a page and a notice of these texts.
pub fn pages(page: &str, notice: &str) -> CatalogSettings {
    let texts = |file: &str, text: &str| [(file.to_owned(), text.to_owned())].into();
    let pages = PageTexts { pages: texts("status.yaml", page), notices: texts("fonts.md", notice) };
    CatalogSettings { pages, ..CatalogSettings::default() }
}
