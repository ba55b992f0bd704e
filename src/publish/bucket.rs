//! A page in S3: each file is an object, with its media type and for how long others may keep it.

use std::time::Duration;

use tokio::time::sleep;

use super::destination::Destination;
use super::error::PublishError;
use super::hash::FileHash;
use super::place::BucketPlace;
use crate::aws::{Aws, S3Signer, Trouble};
use crate::clock::Clock;
use crate::net::{ServiceAnswer, ServiceClient, ServiceRequest};
use crate::page::PageFile;

/// For how long a browser, or a cache on the way, may keep a file.
const CACHE_CONTROL: &str = "max-age=60";

/// Tries of one request. To put or to remove an object twice does no harm.
const TRIES: u32 = 3;

/// The wait before the second try; twice that before the third.
const WAIT: Duration = Duration::from_millis(300);

/// A place in S3, with the credentials of one moment.
pub struct Bucket {
    place: BucketPlace,
    signer: S3Signer,
    client: ServiceClient,
    clock: Clock,
}

impl Bucket {
    /// Looks up region and credentials, and sends nothing yet.
    pub async fn open(place: BucketPlace, aws: &Aws, clock: Clock) -> Result<Self, PublishError> {
        let unsigned = |why| PublishError::Unsigned { place: place.to_string(), why };
        let signer = aws.s3().await.map_err(unsigned)?;
        Self::signed_by(place, signer, clock)
    }

    /// With these credentials.
    pub fn signed_by(place: BucketPlace, signer: S3Signer, clock: Clock) -> Result<Self, PublishError> {
        let unsigned = |why| PublishError::Unsigned { place: place.to_string(), why };
        let client = ServiceClient::new().map_err(unsigned)?;
        Ok(Self { place, signer, client, clock })
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&'static str, &'static str)],
        body: &[u8],
    ) -> Result<ServiceAnswer, PublishError> {
        let url = self.signer.url(&self.place.bucket, &self.place.key(path));
        let no_answer = |why| PublishError::NoAnswer { place: self.name(path), why };
        let mut tried = 0;
        loop {
            tried += 1;
            let headers = self.signer.headers(method, &url, headers, body, self.clock.wall());
            let headers = headers.map_err(no_answer)?;
            let request = ServiceRequest { method, url: &url, headers: &headers, body: body.to_vec() };
            match self.client.send(request).await {
                Ok(answer) if tried == TRIES || !may_pass(&answer) => return Ok(answer),
                Err(why) if tried == TRIES => return Err(no_answer(why)),
                Ok(_) | Err(_) => sleep(WAIT * tried).await,
            }
        }
    }

    fn name(&self, path: &str) -> String {
        format!("s3://{}/{}", self.place.bucket, self.place.key(path))
    }

    fn refused(&self, what: &'static str, path: &str, answer: &ServiceAnswer) -> PublishError {
        let code = code(answer);
        let why = code.clone().unwrap_or_else(|| format!("status {}", answer.status));
        let trouble = trouble(code.as_deref(), answer.status);
        PublishError::Refused { what, place: self.name(path), why, trouble }
    }
}

impl Destination for Bucket {
    fn place(&self) -> String {
        self.place.to_string()
    }

    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        let answer = self.send("GET", path, &[], &[]).await?;
        match (answer.status, code(&answer).as_deref()) {
            (200, _) => Ok(Some(answer.body)),
            (404, None | Some("NoSuchKey")) => Ok(None),
            _ => Err(self.refused("read", path, &answer)),
        }
    }

    /// Only the manifest is read: to read each object would cost as much as to write it.
    async fn has(&self, file: &PageFile, recorded: Option<&Option<FileHash>>) -> Result<bool, PublishError> {
        Ok(recorded == Some(&Some(FileHash::of(&file.content))))
    }

    async fn write(&self, file: &PageFile) -> Result<(), PublishError> {
        let headers = [("cache-control", CACHE_CONTROL), ("content-type", file.media_type)];
        let answer = self.send("PUT", &file.path, &headers, file.content.as_bytes()).await?;
        match answer.status {
            200 => Ok(()),
            _ => Err(self.refused("write", &file.path, &answer)),
        }
    }

    async fn remove(&self, path: &str) -> Result<(), PublishError> {
        let answer = self.send("DELETE", path, &[], &[]).await?;
        match answer.status {
            200 | 204 | 404 => Ok(()),
            _ => Err(self.refused("remove", path, &answer)),
        }
    }
}

/// The code in the XML of an error.
fn code(answer: &ServiceAnswer) -> Option<String> {
    if answer.status < 300 {
        return None;
    }
    let text = String::from_utf8_lossy(&answer.body);
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word =
        !code.is_empty() && code.len() <= 60 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

fn trouble(code: Option<&str>, status: u16) -> Trouble {
    match (code, status) {
        (Some("NoSuchBucket"), _) => Trouble::Missing,
        (Some("InvalidAccessKeyId"), _) => Trouble::Credentials,
        (Some("SlowDown"), _) | (None, 429) => Trouble::Throttled,
        (Some(code), _) => Trouble::of_code(code),
        (None, 403) => Trouble::Denied,
        (None, 500..) => Trouble::Unavailable,
        (None, _) => Trouble::Refused,
    }
}

fn may_pass(answer: &ServiceAnswer) -> bool {
    answer.status >= 300 && trouble(code(answer).as_deref(), answer.status).may_pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_s3_is_known_by_its_code() {
        for (status, body, expected, again) in [
            (403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>", Trouble::Denied, false),
            (404, "<Error><Code>NoSuchBucket</Code></Error>", Trouble::Missing, false),
            (403, "<Error><Code>InvalidAccessKeyId</Code></Error>", Trouble::Credentials, false),
            (503, "<Error><Code>SlowDown</Code></Error>", Trouble::Throttled, true),
            (500, "<Error><Code>InternalError</Code></Error>", Trouble::Unavailable, true),
            (301, "<Error><Code>PermanentRedirect</Code></Error>", Trouble::Refused, false),
            (502, "<html>", Trouble::Unavailable, true),
            (403, "", Trouble::Denied, false),
        ] {
            let answer = ServiceAnswer { status, body: body.as_bytes().to_vec() };
            assert_eq!(trouble(code(&answer).as_deref(), status), expected, "{body}");
            assert_eq!(may_pass(&answer), again, "{body}");
        }
    }
}
