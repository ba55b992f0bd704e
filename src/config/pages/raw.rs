//! A status page as it is written, without rules. The JSON Schema is derived from these types, so their comments are what
//! an editor shows.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;

use crate::page::COMPONENT_ID_PATTERN;
use crate::written::{DurationText, text_form};

/// Components of a page.
pub const MOST_COMPONENTS: usize = 500;

/// Selectors of a component: as many terms as one selector may have.
pub const MOST_SELECTORS: usize = 100;

const ID_WORDS: &str = "an id has 1 to 64 characters of a-z, 0-9, '_' and '-', the first a letter or a digit";

text_form!(
    /// What a title or a name may be.
    HeadingText,
    {
        "type": "string",
        "minLength": 1,
        "maxLength": 80,
        "pattern": r"^[^\x00-\x1f\x7f]*$",
        "patternErrorMessage": "a title or name is one line of text"
    }
);
text_form!(
    /// Some monitors.
    SelectorText,
    {
        "type": "string",
        "minLength": 1,
        "maxLength": 1000,
        "examples": ["payments-api", "tag:checkout"]
    }
);

/// # Status page
///
/// A status page: what its components are made of, and where it is published. `monitorctl.yaml` is beside it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "StatusPage", deny_unknown_fields)]
pub struct RawStatusPage {
    /// Id of the page. A repository may have several pages.
    #[schemars(
        required,
        with = "String",
        regex(pattern = COMPONENT_ID_PATTERN),
        extend("patternErrorMessage" = ID_WORDS),
        example = &"public"
    )]
    pub id: Option<String>,

    /// Title of the page, such as the name of your company.
    #[schemars(required, with = "HeadingText", example = &"Acme")]
    pub title: Option<HeadingText>,

    /// Address at which the page is published. The feed and the API refer to it.
    #[schemars(
        required,
        with = "String",
        length(max = 500),
        regex(pattern = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"),
        extend("patternErrorMessage" = "the address of a page begins with http:// or https://, without user, `?` and `#`"),
        example = &"https://status.example.com"
    )]
    pub url: Option<String>,

    /// Components in the order of the page: the parts of your product, as users know them.
    #[schemars(required, with = "Vec<RawComponent>", length(min = 1, max = MOST_COMPONENTS))]
    pub components: Option<Vec<RawComponent>>,

    /// Days with a bar: 1 to 365.
    #[schemars(range(min = 1, max = 365), extend("default" = 90))]
    pub days: Option<u16>,

    /// Promised availability in percent, 50 to 100, with three decimals at most. The page then shows the error budget
    /// that is left.
    #[schemars(with = "Option<f64>", range(min = 50, max = 100), example = 99.9)]
    pub slo: Option<Number>,

    /// Age of the last run from which the page warns that it is not up to date: 1m to 1d.
    #[schemars(extend("default" = "10m", "examples" = ["5m", "30m"]))]
    pub stale_after: Option<DurationText>,

    /// Whether time in maintenance windows counts in the figures.
    #[schemars(extend("default" = "exclude"))]
    pub maintenance: Option<RawMaintenanceTime>,

    /// Whether search engines may list the page.
    #[schemars(extend("default" = false))]
    pub index: Option<bool>,
}

/// One component of a page.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Component", deny_unknown_fields)]
pub struct RawComponent {
    /// Name of the component, as users know it.
    #[schemars(required, with = "HeadingText", example = &"Payments")]
    pub name: Option<HeadingText>,

    /// Id in addresses, such as that of the badge; default: made of the name. It stays if the name changes.
    #[schemars(
        regex(pattern = COMPONENT_ID_PATTERN),
        extend("patternErrorMessage" = ID_WORDS),
        example = &"payments"
    )]
    pub id: Option<String>,

    /// Heading under which the page shows the component, with all others that name it.
    #[schemars(example = &"Europe")]
    pub group: Option<HeadingText>,

    /// Monitors of the component: ids and other selectors, such as `tag:checkout`.
    #[schemars(
        required,
        with = "Vec<SelectorText>",
        length(min = 1, max = MOST_SELECTORS),
        example = serde_json::json!(["payments-api", "tag:checkout"])
    )]
    pub monitors: Option<Vec<SelectorText>>,

    /// How several monitors combine: `worst` shows the worst state; with `all`, the component is down only if all are.
    #[schemars(extend("default" = "worst"))]
    pub combine: Option<RawCombine>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawCombine {
    Worst,
    All,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawMaintenanceTime {
    Exclude,
    Include,
}

text_form!(
    /// The id of a component.
    ComponentIdText,
    {
        "type": "string",
        "pattern": COMPONENT_ID_PATTERN,
        "patternErrorMessage": ID_WORDS,
        "examples": ["payments"]
    }
);
text_form!(
    /// A moment with its offset from UTC.
    MomentText,
    {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        "patternErrorMessage": "write a time with its offset from UTC like 2026-11-28T09:15:00Z or 2026-11-28T10:15+01:00"
    }
);

/// # Notice
///
/// The front matter of a notice: what users should know about an incident. The text below it is Markdown.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Notice", deny_unknown_fields)]
pub struct RawNotice {
    /// Ids of the affected components of a status page.
    #[schemars(
        required,
        with = "Vec<ComponentIdText>",
        length(min = 1, max = MOST_COMPONENTS),
        extend("uniqueItems" = true),
        example = serde_json::json!(["payments"])
    )]
    pub components: Option<Vec<ComponentIdText>>,

    /// How far you are with the incident.
    #[schemars(required, with = "RawNoticeStatus", example = &"investigating")]
    pub status: Option<RawNoticeStatus>,

    /// When you wrote it. A notice from the future is shown from that time on.
    #[schemars(required, with = "MomentText", example = &"2026-11-28T09:15:00Z")]
    pub at: Option<String>,

    /// Heading of the notice.
    #[schemars(example = &"Payments fail with an error")]
    pub title: Option<HeadingText>,

    /// Id of the incident, as in the address of its page. Without it, a notice belongs to the incidents of its components
    /// that were open at that time, from 1h before to 24h after. Notices with an id of your own are shown as one.
    #[schemars(
        length(max = 128),
        regex(pattern = r"^[a-z0-9][a-z0-9._-]*$"),
        extend("patternErrorMessage" = "the id of an incident has a-z, 0-9, '.', '_' and '-', the first a letter or a digit"),
        example = &"2026-11-28-payments"
    )]
    pub incident: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawNoticeStatus {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}
