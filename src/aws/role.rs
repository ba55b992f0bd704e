//! The credentials of a role, for requests to services behind IAM. Those of the machine only assume the role.

use aws_credential_types::Credentials;
use jiff::Timestamp;

use super::Aws;
use super::signed::sign_request;
use super::trouble::said;

/// The name of the session in the log of AWS.
const SESSION: &str = "monitorctl";

/// Seconds that the credentials hold, the fewest that STS gives: a run takes minutes.
const DURATION: i32 = 900;

/// What signs as a role.
#[derive(Clone)]
pub struct RoleCredentials(Credentials);

impl Aws {
    /// An error says in a few words why there are none.
    pub async fn assume(&self, role: &str) -> Result<RoleCredentials, String> {
        let client = aws_sdk_sts::Client::new(self.config().await);
        let asked = client.assume_role().role_arn(role).role_session_name(SESSION).duration_seconds(DURATION);
        let answer = asked.send().await.map_err(|error| said(&error))?;
        let own = answer.credentials.ok_or("STS gave no credentials")?;
        let token = Some(own.session_token);
        Ok(RoleCredentials(Credentials::new(own.access_key_id, own.secret_access_key, token, None, "role")))
    }
}

impl RoleCredentials {
    /// As a test has them.
    #[cfg(test)]
    pub fn of_keys(access_key: &str, secret_key: &str, token: Option<&str>) -> Self {
        Self(Credentials::new(access_key, secret_key, token.map(str::to_owned), None, "keys"))
    }

    /// What must not be shown: the key that signs, and the token of the session, which is sent with each request.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        [self.0.secret_access_key()].into_iter().chain(self.0.session_token())
    }

    /// The headers that sign a request of a method, a URL, headers and a body.
    pub fn sign(
        &self,
        service: &str,
        region: &str,
        request: (&str, &str, &[(&str, &str)], &[u8]),
        now: Timestamp,
    ) -> Result<Vec<(&'static str, String)>, String> {
        sign_request(&self.0, service, region, request, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test suite of AWS for Signature Version 4, as its SDK for Rust has it: `aws-signing-test-suite/v4`.
    #[test]
    fn requests_are_signed_as_the_test_suite_of_aws_has_it() {
        const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        const TOKEN: &str = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
        let now = "2015-08-30T12:36:00Z".parse().expect("a time");
        for (name, method, path, token, signature) in [
            (
                "get-vanilla",
                "GET",
                "/",
                None,
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "post-vanilla",
                "POST",
                "/",
                None,
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "get-vanilla-query-order-key-case",
                "GET",
                "/?Param2=value2&Param1=value1",
                None,
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "get-vanilla-with-session-token",
                "GET",
                "/",
                Some(TOKEN),
                "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
            ),
        ] {
            let credentials = RoleCredentials::of_keys("AKIDEXAMPLE", KEY, token);
            let url = format!("https://example.amazonaws.com{path}");
            let request = (method, url.as_str(), &[("host", "example.amazonaws.com")][..], &b""[..]);
            let headers = credentials.sign("service", "us-east-1", request, now).expect("it is signed");
            let authorization = headers.iter().find(|(name, _)| *name == "authorization").expect("signed");
            let ends = format!("Signature={signature}");
            assert!(authorization.1.ends_with(&ends), "{name}: {}", authorization.1);
        }
    }
}
