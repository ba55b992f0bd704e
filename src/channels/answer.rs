//! What an endpoint answered, and what that means.

use std::time::Duration;

use crate::monitor::excerpt;

/// Characters of an answer in a reason.
const REASON: usize = 200;

/// The answer to one request. No answer at all is no value of this type: a later run tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAnswer {
    Http(HttpAnswer),
    /// The last reply of a mail server: its code, such as 250, and its text.
    Smtp {
        code: u16,
        text: String,
    },
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    pub status: u16,
    /// `Retry-After`, from the time of the answer.
    pub retry_after: Option<Duration>,
    /// The beginning of it.
    pub body: String,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    Accepted,
    /// Not now; perhaps after this time.
    Later(Option<Duration>),
    /// Not as it is, and why. The same request would be refused again.
    Refused(String),
}

impl ChannelAnswer {
    /// By the rules of HTTP and SMTP: what is temporary passes by itself.
    pub fn receipt(&self) -> Receipt {
        match self {
            Self::Http(answer) => answer.receipt(),
            // RFC 5321, section 4.2.1: 2 completed, 4 transient, 5 permanent.
            Self::Smtp { code: 200..=299, .. } => Receipt::Accepted,
            Self::Smtp { code: 400..=499, .. } => Receipt::Later(None),
            Self::Smtp { code, text } => Receipt::Refused(reason(&format!("SMTP {code}"), text)),
        }
    }

    /// What it says: `HTTP 503: busy`.
    pub fn words(&self) -> String {
        match self {
            Self::Http(answer) => reason(&format!("HTTP {}", answer.status), &answer.body),
            Self::Smtp { code, text } => reason(&format!("SMTP {code}"), text),
        }
    }

    /// Whether a shorter message may pass where this one did not.
    pub fn is_about_the_message(&self) -> bool {
        match self {
            Self::Http(answer) => matches!(answer.status, 400 | 413),
            // RFC 5321: 552 and 554 are how servers refuse a message for its size or its content.
            Self::Smtp { code, .. } => matches!(code, 552 | 554),
        }
    }
}

impl HttpAnswer {
    /// RFC 9110, section 15; RFC 6585 for 429. A redirect is refused: it is not followed.
    pub fn receipt(&self) -> Receipt {
        match self.status {
            200..=299 => Receipt::Accepted,
            408 | 425 | 429 | 500..=599 => Receipt::Later(self.retry_after),
            status => Receipt::Refused(reason(&format!("HTTP {status}"), &self.body)),
        }
    }
}

/// `HTTP 404: no_service`
pub fn reason(code: &str, text: &str) -> String {
    match excerpt(text, REASON) {
        text if text.is_empty() => code.to_owned(),
        text => format!("{code}: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_tried_later_and_the_rest_is_refused_with_its_reason() {
        let soon = Some(Duration::from_secs(3));
        let check = |status, expected: Receipt| {
            let answer = HttpAnswer { status, retry_after: soon, body: "no\n service".to_owned() };
            assert_eq!(ChannelAnswer::Http(answer).receipt(), expected, "{status}");
        };
        check(200, Receipt::Accepted);
        check(204, Receipt::Accepted);
        check(429, Receipt::Later(soon));
        check(503, Receipt::Later(soon));
        check(302, Receipt::Refused("HTTP 302: no  service".to_owned()));
        check(404, Receipt::Refused("HTTP 404: no  service".to_owned()));
        let smtp = |code| ChannelAnswer::Smtp { code, text: String::new() }.receipt();
        assert_eq!(smtp(250), Receipt::Accepted);
        assert_eq!(smtp(451), Receipt::Later(None));
        assert_eq!(smtp(550), Receipt::Refused("SMTP 550".to_owned()));
    }
}
