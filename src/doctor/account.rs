//! Who this process is to AWS, where, and at what time.

use jiff::SignedDuration;

use super::finding::{Area, Finding};
use crate::installation::{AwsIdentity, Look, is_region};

/// The limit of the protocol. AWS itself refuses a signature that is five minutes off.
const SKEW_LIMIT: SignedDuration = SignedDuration::from_secs(60);

pub fn region(region: Option<&str>) -> Finding {
    match region {
        Some(region) if !is_region(region) => Finding::denied(
            Area::Region,
            format!("the AWS region {region:?} has an invalid character"),
            "export AWS_REGION=eu-central-1",
        ),
        Some(region) => Finding::ok(Area::Region, region),
        None => Finding::denied(
            Area::Region,
            "no AWS region: set AWS_REGION, or a region in the AWS profile",
            "export AWS_REGION=eu-central-1",
        ),
    }
}

pub fn identity(identity: &Look<AwsIdentity>) -> Finding {
    const WHO: &str = "aws sts get-caller-identity";
    match identity {
        Look::Seen(identity) => Finding::ok(Area::Identity, &identity.arn),
        Look::Stranger(why) => Finding::denied(
            Area::Identity,
            format!("the AWS credentials are missing, invalid or expired: {why}"),
            "aws configure",
        ),
        // Everybody may ask this, so a network is in between, and the tables may still be there.
        Look::Missing | Look::Hidden => {
            Finding::warning(Area::Identity, "STS does not name the identity of these credentials", WHO)
        }
        Look::Failed(why) => Finding::warning(Area::Identity, format!("STS does not answer: {why}"), WHO),
    }
}

/// `ahead`: how far the servers are ahead of this machine.
pub fn clock(ahead: Option<SignedDuration>) -> Finding {
    let Some(ahead) = ahead else {
        return Finding::skipped(Area::Clock, "no server reported the time");
    };
    let seconds = ahead.abs().as_secs();
    if ahead.abs() <= SKEW_LIMIT {
        return Finding::ok(Area::Clock, format!("within {} s of AWS", seconds.max(1)));
    }
    let direction = if ahead.is_negative() { "ahead of" } else { "behind" };
    Finding::warning(
        Area::Clock,
        format!("this machine's clock is {seconds} s {direction} that of AWS"),
        "sudo timedatectl set-ntp true",
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    #[test]
    fn a_clock_that_is_off_by_more_than_a_minute_is_reported_with_its_direction() {
        for (ahead, outcome, text) in [
            (None, FindingOutcome::Skipped, "no server"),
            (Some(-60), FindingOutcome::Ok, "within 60 s"),
            (Some(61), FindingOutcome::Warning, "61 s behind"),
            (Some(-3_600), FindingOutcome::Warning, "3600 s ahead of"),
        ] {
            let finding = clock(ahead.map(SignedDuration::from_secs));
            assert_eq!(finding.outcome, outcome);
            assert!(finding.what.contains(text), "{}", finding.what);
        }
    }

    #[test]
    fn bad_credentials_are_fatal_and_a_silent_sts_is_not() {
        let outcome = |look| identity(&look).outcome;
        assert_eq!(outcome(Look::Stranger("expired".into())), FindingOutcome::Denied);
        assert_eq!(outcome(Look::Failed("timeout".into())), FindingOutcome::Warning);
        assert_eq!(
            outcome(Look::Seen(AwsIdentity { arn: "arn:aws:iam::1:root".into() })),
            FindingOutcome::Ok
        );
        assert_eq!(region(None).outcome, FindingOutcome::Denied);
    }
}
