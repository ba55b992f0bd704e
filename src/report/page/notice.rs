//! The Markdown of notices as HTML. Pure.

use comrak::{Options, markdown_to_html};

/// HTML within the Markdown is shown as text, and links that run scripts are dropped.
pub fn notice_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.render.escape = true;
    markdown_to_html(markdown, &options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_runs_nothing() {
        let html = notice_html("**Fixed.** <script>alert(1)</script> [x](javascript:alert(1))");
        assert!(html.contains("<strong>Fixed.</strong>"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(!html.contains("<script>") && !html.contains("javascript:"), "{html}");
    }
}
