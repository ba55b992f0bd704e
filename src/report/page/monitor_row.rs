//! What a private page shows of monitors in the templates that both pages have. A public page fills none of it in.

/// A monitor in a list.
pub struct MonitorRow {
    /// Where its page is.
    pub href: String,
    pub title: String,
    /// The id, where the title is another text.
    pub id: Option<String>,
    pub class: &'static str,
    pub state: &'static str,
    /// How long it has been so.
    pub since: Option<String>,
    /// What is asked, in a line.
    pub asked: String,
    /// Why it is not good.
    pub reason: Option<String>,
    pub description: Option<String>,
    pub facts: Vec<String>,
    pub runbook: Option<MonitorLink>,
    pub availability: String,
}

/// A text that leads somewhere, if a browser can go there.
pub struct MonitorLink {
    pub text: String,
    pub href: Option<String>,
}

/// An incident of a monitor behind one of the page.
pub struct CauseLine {
    pub href: String,
    pub monitor: String,
    pub cause: String,
    pub span: String,
}
