//! Why a page was not published.

use std::io;

use super::manifest::ManifestError;
use crate::aws::Trouble;
use crate::page::Visibility;

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
    #[error("cannot remove {path}")]
    Remove { path: String, source: io::Error },
    #[error("{path} was not written by monitorctl")]
    Foreign { path: String },
    #[error("{place} holds the status page `{other}`, not `{own}`")]
    OtherPage { place: String, other: String, own: String },
    #[error("{place} holds a {other} page, and this is a {own} one")]
    OtherVisibility { place: String, other: Visibility, own: Visibility },
    #[error("{place} holds a page without its manifest.json, so nothing says who may see it")]
    Unclaimed { place: String },
    #[error("{path} is damaged: {source}")]
    Manifest { path: String, source: ManifestError },
    #[error("no credentials or region for {place}: {why}")]
    Unsigned { place: String, why: String },
    #[error("S3 does not {what} {place}: {why}")]
    Refused { what: &'static str, place: String, why: String, trouble: Trouble },
    #[error("no answer of S3 for {place}: {why}")]
    NoAnswer { place: String, why: String },
}

impl PublishError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::Remove { .. } => {
                "check the owner and the permissions of the folder"
            }
            Self::Foreign { .. } => "choose an empty folder, or move the file away",
            Self::OtherPage { .. } => "give each page a folder or a prefix of its own",
            Self::OtherVisibility { .. } => {
                "publish private pages only where no one but the team can read, and public ones elsewhere"
            }
            Self::Unclaimed { .. } => {
                "choose an empty folder or prefix, or remove all files of the page first"
            }
            Self::Manifest { .. } => "remove it together with the files of the page, and publish again",
            Self::Unsigned { .. } => "set AWS_REGION, and give the machine a role or AWS_PROFILE",
            Self::Refused { trouble, .. } => match trouble {
                Trouble::Denied => {
                    "allow s3:PutObject, s3:GetObject and s3:DeleteObject below the prefix, and s3:ListBucket for it"
                }
                Trouble::Credentials => "renew the credentials of this machine",
                Trouble::Missing => "check the name of the bucket",
                Trouble::Refused => "check that the bucket is in the region of AWS_REGION",
                Trouble::Throttled | Trouble::Unavailable => "publish again in a minute",
            },
            Self::NoAnswer { .. } => "check the network of this machine, and publish again",
        }
    }
}
