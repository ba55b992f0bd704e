//! Requests to S3, signed as AWS wants them. A client of the SDK for three requests would double the time of a build.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use jiff::Timestamp;

use super::Aws;
use super::cause::cause;

/// The endpoint of S3 alone; it takes precedence over that of all services.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// Signs requests to S3 in one region with the credentials of one moment.
pub struct S3Signer {
    credentials: Credentials,
    region: String,
    endpoint: Option<String>,
}

impl Aws {
    /// An error says in a few words what is missing.
    pub async fn s3(&self) -> Result<S3Signer, String> {
        let config = self.config().await;
        let region = config.region().ok_or("no region is set")?.to_string();
        let provider = config.credentials_provider().ok_or("no credentials are set")?;
        let credentials = provider.provide_credentials().await.map_err(|error| cause(&error))?;
        let endpoint = std::env::var(ENDPOINT).ok().filter(|endpoint| !endpoint.is_empty());
        let endpoint = endpoint.or_else(|| config.endpoint_url().map(str::to_owned));
        Ok(S3Signer { credentials, region, endpoint })
    }
}

impl S3Signer {
    /// With a pair of keys for an S3 elsewhere, such as that of a test.
    pub fn of_keys(access_key: &str, secret_key: &str, region: &str, endpoint: &str) -> Self {
        let credentials = Credentials::new(access_key, secret_key, None, None, "keys");
        Self { credentials, region: region.to_owned(), endpoint: Some(endpoint.to_owned()) }
    }

    /// The URL of an object. A name with a dot fits no certificate of AWS, so the bucket then stands in the path.
    pub fn url(&self, bucket: &str, key: &str) -> String {
        let region = &self.region;
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None if bucket.contains('.') => format!("https://s3.{region}.{suffix}/{bucket}/{key}"),
            None => format!("https://{bucket}.s3.{region}.{suffix}/{key}"),
        }
    }

    /// The headers of a request, with those that sign it.
    pub fn headers(
        &self,
        method: &str,
        url: &str,
        own: &[(&'static str, &'static str)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<(&'static str, String)>, String> {
        let signed = sign_request(&self.credentials, "s3", &self.region, (method, url, own, body), now)?;
        let own = own.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Ok(own.chain(signed).collect())
    }
}

/// The headers that sign a request of a method, a URL, headers and a body.
pub(super) fn sign_request(
    credentials: &Credentials,
    service: &str,
    region: &str,
    (method, url, own, body): (&str, &str, &[(&str, &str)], &[u8]),
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, String> {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let request = SignableRequest::new(method, url, own.iter().copied(), SignableBody::Bytes(body));
    let request = request.map_err(|error| error.to_string())?;
    let (instructions, _) = sign(request, &parameters).map_err(|error| error.to_string())?.into_parts();
    let (signed, _) = instructions.into_parts();
    Ok(signed.iter().map(|header| (header.name(), header.value().to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(region: &str, endpoint: Option<&str>) -> S3Signer {
        let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
        S3Signer { credentials, region: region.to_owned(), endpoint: endpoint.map(str::to_owned) }
    }

    #[test]
    fn an_object_has_the_address_of_its_region_or_of_the_endpoint() {
        let here = signer("eu-west-1", None);
        assert_eq!(here.url("acme", "a/b.html"), "https://acme.s3.eu-west-1.amazonaws.com/a/b.html");
        assert_eq!(here.url("a.com", "b"), "https://s3.eu-west-1.amazonaws.com/a.com/b");
        assert_eq!(
            signer("cn-north-1", None).url("acme", "b"),
            "https://acme.s3.cn-north-1.amazonaws.com.cn/b"
        );
        assert_eq!(
            signer("eu-west-1", Some("http://127.0.0.1:5000/")).url("acme", "b"),
            "http://127.0.0.1:5000/acme/b"
        );
    }

    #[test]
    fn a_request_is_signed_with_its_body_and_headers() {
        let now = "2026-11-29T05:12:00Z".parse().expect("a time");
        let signer = signer("eu-west-1", None);
        let url = signer.url("acme", "index.html");
        let of = |body: &[u8]| {
            let headers = signer.headers("PUT", &url, &[("content-type", "text/html")], body, now);
            let headers = headers.expect("it is signed");
            let value = |name: &str| {
                headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone()).expect(name)
            };
            (value("authorization"), value("x-amz-content-sha256"), value("x-amz-date"))
        };
        let (authorization, hash, date) = of(b"a");
        let expected = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261129/eu-west-1/s3/aws4_request, \
                        SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=";
        assert!(authorization.starts_with(expected), "{authorization}");
        assert_eq!(hash, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
        assert_eq!(date, "20261129T051200Z");
        assert_ne!(of(b"b").0, authorization);
    }
}
