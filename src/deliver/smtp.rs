//! Mails over SMTP: TLS always, and only to addresses that the policy permits.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor};
use tokio::time::timeout;
use url::{Host, Url};

use crate::channels::{ChannelAnswer, Mail};
use crate::net::{AddressPolicy, Net, unmarked, without_connection};

/// Time for one mail, from the name of the server to its last reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ports of RFC 8314: TLS from the beginning, and STARTTLS.
const TLS_PORT: u16 = 465;
const STARTTLS_PORT: u16 = 587;

/// Sends mails.
pub struct SmtpSender {
    net: Arc<Net>,
}

impl SmtpSender {
    pub fn new(policy: AddressPolicy) -> Self {
        Self { net: Arc::new(Net { policy, ..Net::default() }) }
    }

    /// Sends once. The server must be trusted by `authorities`, in PEM form, or by this machine. An error says in a few
    /// words why there is no reply.
    pub async fn send(&self, mail: &Mail, authorities: Option<&str>) -> Result<ChannelAnswer, String> {
        match timeout(PATIENCE, self.deliver(mail, authorities)).await {
            Ok(ended) => ended,
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    async fn deliver(&self, mail: &Mail, authorities: Option<&str>) -> Result<ChannelAnswer, String> {
        let letter = letter(mail)?;
        match self.transport(mail, authorities).await?.send(letter).await {
            Ok(reply) => {
                let text = reply.message().collect::<Vec<_>>().join(" ");
                Ok(ChannelAnswer::Smtp { code: reply.code().into(), text })
            }
            Err(error) => match error.status() {
                Some(code) => {
                    let text = std::error::Error::source(&error).map(ToString::to_string);
                    Ok(ChannelAnswer::Smtp { code: code.into(), text: text.unwrap_or_default() })
                }
                None => Err(without_connection(&error)),
            },
        }
    }

    /// A connection to an address that was checked, whose certificate must be that of the server's name.
    async fn transport(
        &self,
        mail: &Mail,
        authorities: Option<&str>,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
        let url = Url::parse(&mail.server).map_err(|error| format!("the server is invalid: {error}"))?;
        let address = self.address(&url).await?;
        let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = parameters(name, authorities)?;
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(tls), TLS_PORT),
            _ => (Tls::Required(tls), STARTTLS_PORT),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&mail.user, &mail.password) {
            builder =
                builder.credentials(Credentials::new(user.reveal().to_owned(), password.reveal().to_owned()));
        }
        Ok(builder.build())
    }

    /// The first address of the server that the policy permits.
    async fn address(&self, url: &Url) -> Result<IpAddr, String> {
        let found = match url.host() {
            Some(Host::Ipv4(address)) => self.net.policy.permit(vec![address.into()]),
            Some(Host::Ipv6(address)) => self.net.policy.permit(vec![address.into()]),
            // The host of a scheme that is not the web's may be an address too.
            Some(Host::Domain(name)) => match name.parse::<IpAddr>() {
                Ok(address) => self.net.policy.permit(vec![address]),
                Err(_) => self.net.lookup(name).await,
            },
            None => return Err("the server has no host".to_owned()),
        };
        let found = found.map_err(|fault| unmarked(&fault.to_string()))?;
        found.into_iter().next().ok_or_else(|| "the server has no address".to_owned())
    }
}

/// How a session with the server `name` is made.
fn parameters(name: String, authorities: Option<&str>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(name);
    if let Some(pem) = authorities {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(|error| error.to_string())?);
    }
    builder.build().map_err(|error| error.to_string())
}

/// The mail as it goes over the line.
fn letter(mail: &Mail) -> Result<Letter, String> {
    let Mail { server: _, user: _, password: _, from, to, subject, text, html, message_id, references } =
        mail;
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| format!("{text}: {error}"));
    let mut builder = Letter::builder()
        .from(mailbox(from)?)
        .subject(subject)
        .message_id(Some(message_id.clone()))
        .in_reply_to(references.clone())
        .references(references.clone())
        .header(AutoSubmitted);
    for address in to {
        builder = builder.to(mailbox(address)?);
    }
    let body = MultiPart::alternative_plain_html(text.clone(), html.clone());
    builder.multipart(body).map_err(|error| error.to_string())
}

/// RFC 3834: no one is on holiday for a program.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
