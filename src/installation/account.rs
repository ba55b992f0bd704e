//! Whose credentials are in use, and in which region.

/// Whose credentials are in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsIdentity {
    pub arn: String,
}

impl AwsIdentity {
    /// The role as IAM knows it, if a role is in use: `arn:aws:sts::1:assumed-role/NAME/session` has another form.
    pub fn role_arn(&self) -> Option<String> {
        let (front, rest) = self.arn.split_once(":assumed-role/")?;
        let (role, _) = rest.split_once('/')?;
        Some(format!("{}:role/{role}", front.replacen(":sts:", ":iam:", 1)))
    }

    /// The number of the account.
    pub fn account(&self) -> Option<&str> {
        self.arn.split(':').nth(4).filter(|account| !account.is_empty())
    }

    /// The name of the role or the user.
    pub fn name(&self) -> &str {
        let path = self.arn.split_once('/').map_or("", |(_, path)| path);
        if self.arn.contains(":assumed-role/") {
            path.split('/').next().unwrap_or_default()
        } else {
            path.rsplit('/').next().unwrap_or_default()
        }
    }
}

/// Whether it can be a part of the name of a server.
pub fn is_region(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_known_by_the_name_that_iam_gives_it() {
        for (arn, name, role) in [
            (
                "arn:aws:sts::123456789012:assumed-role/monitorctl-check/i-0abc",
                "monitorctl-check",
                Some("arn:aws:iam::123456789012:role/monitorctl-check"),
            ),
            ("arn:aws:iam::123456789012:user/ops/ann", "ann", None),
            ("arn:aws:iam::123456789012:root", "", None),
        ] {
            let identity = AwsIdentity { arn: arn.to_owned() };
            assert_eq!((identity.name(), identity.role_arn().as_deref()), (name, role));
        }
    }
}
