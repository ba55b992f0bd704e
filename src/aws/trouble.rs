//! Why AWS did not do what was asked, sorted by what a person does about it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::cause::cause;

/// The kinds of trouble that all services have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There are no credentials, or they are invalid or expired.
    Credentials,
    /// The credentials are good, and not allowed to do this.
    Denied,
    /// What was named does not exist.
    Missing,
    Throttled,
    /// No answer in time, or the service says that it cannot now.
    Unavailable,
    /// The service understood, and refused.
    Refused,
}

impl Trouble {
    /// What the SDK gave up with.
    pub fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(code) = error.code() {
            return Self::of_code(code);
        }
        match error {
            _ if comes_from_credentials(error) => Self::Credentials,
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
                Self::Unavailable
            }
            // An answer without a code comes from something between: a proxy, a load balancer.
            _ => {
                error.raw_response().map_or(Self::Refused, |answer| Self::of_status(answer.status().as_u16()))
            }
        }
    }

    /// What a status says where nothing else does.
    fn of_status(status: u16) -> Self {
        match status {
            429 => Self::Throttled,
            500.. => Self::Unavailable,
            _ => Self::Refused,
        }
    }

    /// The error codes of the services. DynamoDB says `…Exception`, SNS leaves that out.
    pub fn of_code(code: &str) -> Self {
        match code.strip_suffix("Exception").unwrap_or(code) {
            "UnrecognizedClient"
            | "ExpiredToken"
            | "InvalidSignature"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "RequestExpired"
            | "RequestInTheFuture"
            | "RequestTimeTooSkewed" => Self::Credentials,
            "AccessDenied" | "AuthorizationError" | "KMSAccessDenied" => Self::Denied,
            "ResourceNotFound" | "NotFound" | "ParameterNotFound" => Self::Missing,
            "ProvisionedThroughputExceeded"
            | "RequestLimitExceeded"
            | "Throttling"
            | "Throttled"
            | "LimitExceeded"
            | "TooManyRequests"
            | "KMSThrottling" => Self::Throttled,
            "InternalServerError"
            | "InternalError"
            | "InternalFailure"
            | "InternalServiceError"
            | "ServiceUnavailable"
            | "RequestTimeout"
            | "TransactionInProgress" => Self::Unavailable,
            _ => Self::Refused,
        }
    }

    /// Whether another request would fail in the same way, whatever it asks for.
    pub fn concerns_all(self) -> bool {
        match self {
            Self::Credentials | Self::Throttled | Self::Unavailable => true,
            Self::Denied | Self::Missing | Self::Refused => false,
        }
    }

    /// Whether the same request may succeed a moment later.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Throttled | Self::Unavailable => true,
            Self::Credentials | Self::Denied | Self::Missing | Self::Refused => false,
        }
    }
}

/// What the service said, once: the SDK wraps it into layers that repeat it.
pub fn said<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match (error.code(), error.message()) {
        (_, Some(message)) if !message.is_empty() => message.to_owned(),
        (Some(code), _) => code.to_owned(),
        (None, _) => cause(error),
    }
}

fn comes_from_credentials(error: &(dyn Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(comes_from_credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_all_services_are_distinguished() {
        for (code, trouble) in [
            ("ExpiredTokenException", Trouble::Credentials),
            ("InvalidClientTokenId", Trouble::Credentials),
            ("AccessDeniedException", Trouble::Denied),
            ("AuthorizationError", Trouble::Denied),
            ("KMSAccessDenied", Trouble::Denied),
            ("NotFound", Trouble::Missing),
            ("ResourceNotFoundException", Trouble::Missing),
            ("Throttled", Trouble::Throttled),
            ("ThrottlingException", Trouble::Throttled),
            ("InternalError", Trouble::Unavailable),
            ("InvalidParameter", Trouble::Refused),
            ("ValidationException", Trouble::Refused),
        ] {
            assert_eq!(Trouble::of_code(code), trouble, "{code}");
        }
    }
}
