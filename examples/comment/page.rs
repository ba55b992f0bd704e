//! Markdown as GitHub shows it, and the output of a terminal, as pages for a browser.

use std::fmt::Write as _;

use super::browser::HEIGHT;

/// The colours of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The values of GitHub's themes.
    fn colours(self) -> &'static str {
        match self {
            Self::Light => {
                "--fg:#1f2328;--bg:#fff;--line:#d1d9e0;--soft:#f6f8fa;--code:#818b981f;--red:#cf222e;--amber:#9a6700;\
                 --gone:#82071e;--gone-bg:#ffebe9;--new:#116329;--new-bg:#dafbe1;--mark:#953800;--mark-bg:#ffd8b5"
            }
            Self::Dark => {
                "--fg:#f0f6fc;--bg:#0d1117;--line:#3d444d;--soft:#151b23;--code:#656c7633;--red:#f85149;--amber:#d29922;\
                 --gone:#ffdcd7;--gone-bg:#67060c;--new:#aff5b4;--new-bg:#033a16;--mark:#ffdfb6;--mark-bg:#5a1e02"
            }
        }
    }
}

const STYLE: &str = "
body{margin:0;width:$WIDTHpx;background:var(--bg);color:var(--fg);font:14px/1.5 'Noto Sans','Liberation Sans',sans-serif}
main{margin:16px;padding:16px;border:1px solid var(--line);border-radius:6px;overflow-wrap:break-word}
h3,h4{margin:0 0 16px;font-size:1.25em;line-height:1.25} p,ul,pre,details{margin:0 0 16px} ul{padding-left:2em}
code{font:12px 'DejaVu Sans Mono',monospace;background:var(--code);padding:.2em .4em;border-radius:6px;white-space:break-spaces}
pre{padding:16px;overflow:auto;background:var(--soft);border-radius:6px;line-height:1.45} pre code{background:none;padding:0;white-space:pre}
details>pre:last-child,details>p:last-child{margin-bottom:0} details details{margin-left:16px} summary{margin-bottom:4px}
.markdown-alert{padding:8px 16px;margin-bottom:16px;border-left:.25em solid var(--tone)} .markdown-alert>:last-child{margin:0}
.markdown-alert-title{color:var(--tone);font-weight:500;margin-bottom:8px} .markdown-alert-caution{--tone:var(--red)} .markdown-alert-warning{--tone:var(--amber)}
.gone{color:var(--gone);background:var(--gone-bg)} .new{color:var(--new);background:var(--new-bg)} .mark{color:var(--mark);background:var(--mark-bg)}";

/// A comment, with the lines of its diffs coloured.
pub fn html(markdown: &str, scheme: Scheme) -> String {
    let mut options = comrak::Options::default();
    options.extension.alerts = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    let body = coloured(&comrak::markdown_to_html(markdown, &options));
    let colours = scheme.colours();
    format!(
        "<!doctype html><meta charset=utf-8><title></title><style>:root{{{colours}}}{STYLE}</style>\
         <body><main>{body}</main>{HEIGHT}"
    )
}

fn coloured(html: &str) -> String {
    const START: &str = "<code class=\"language-diff\">";
    let mut parts = html.split(START);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once("</code>").unwrap_or((part, ""));
        out.push_str(START);
        for line in code.lines() {
            let class = match line.chars().next() {
                Some('-') => "gone",
                Some('+') => "new",
                Some('!') => "mark",
                Some(_) | None => "",
            };
            let _ = writeln!(out, "<span class=\"{class}\">{line}</span>");
        }
        out.push_str("</code>");
        out.push_str(rest);
    }
    out
}

/// What a terminal of so many columns shows.
pub fn terminal(text: &str, columns: usize) -> String {
    let html = anstyle_svg::Term::new().render_html(text);
    let style = format!(
        "<style>body{{margin:0}} .container{{width:{columns}ch;padding:8px;font:13px 'DejaVu Sans Mono',monospace}}\
         .container span{{font-family:inherit!important;font-size:inherit!important;line-height:1.4!important;white-space:pre-wrap!important;word-break:break-all}}</style>"
    );
    html.replace("<head>", "<head><title></title>")
        .replace("</head>", &format!("{style}</head>"))
        .replace("</body>", &format!("{HEIGHT}</body>"))
}
