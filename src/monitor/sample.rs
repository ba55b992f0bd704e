//! A monitor for the tests of other modules.

use std::time::Duration;

use super::{Expectations, Monitor, MonitorId, Retry, Template};
use crate::kinds::Ask;
use crate::kinds::http::{Payload, Request, implied_status, status_in};

impl Default for Expectations {
    /// A status of 2xx, as HTTP implies it.
    fn default() -> Self {
        Self::of(vec![status_in(implied_status())])
    }
}

impl Monitor {
    /// A monitor with every default and no retry.
    pub fn sample(id: &str, url: &str) -> Self {
        Self {
            url: Template::parse(url).expect("a valid template"),
            ask: Ask::Http(Request::get()),
            interval: Duration::from_mins(2),
            timeout: Duration::from_secs(10),
            retry: Retry { attempts: 0, ..Retry::default() },
            expect: Expectations::default(),
            enabled: true,
            ..Self::remembered(MonitorId::parse(id).expect("a valid id"))
        }
    }

    /// The request of a monitor of HTTP.
    pub fn request(&mut self) -> &mut Request {
        let Ask::Http(request) = &mut self.ask else { unreachable!("{} is no monitor of HTTP", self.id) };
        request
    }

    /// The same monitor with another method.
    pub fn with_method(mut self, method: &str) -> Self {
        self.request().method = method.to_owned();
        self
    }

    /// The same monitor with this body, which may have references in it.
    pub fn with_body(mut self, text: &str) -> Self {
        self.request().body = Some(Payload::Text(Template::parse(text).expect(text)));
        self
    }

    /// The same monitor with these headers alone, whose values may have references in them.
    pub fn with_headers(mut self, headers: &[(&str, &str)]) -> Self {
        let parsed = |&(name, value): &(&str, &str)| (name.to_owned(), Template::parse(value).expect(value));
        self.request().headers = headers.iter().map(parsed).collect();
        self
    }
}
