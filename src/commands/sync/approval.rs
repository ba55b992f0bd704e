//! `--approve`: exactly the named plan is applied, with exactly what it needs.

use super::stamp::actor;
use crate::cli::Sync;
use crate::commands::catalog::Reviewed;
use crate::commands::failure::Failure;
use crate::commands::plan_request::PlanRequest;
use crate::exit::Exit;
use crate::plan::{Plan, Promise};

/// Characters of a name: it goes into every page of the record of a run.
const LONGEST_NAME: usize = 100;

/// The approval of one plan.
#[derive(Debug)]
pub struct Approval {
    plan: Promise,
    /// Who gave it.
    by: String,
}

impl Approval {
    /// As typed; `None` if nothing is approved.
    pub fn of(args: &Sync, expected: Option<&Promise>) -> Result<Option<Self>, Failure> {
        let Some(name) = &args.approve else { return Ok(None) };
        let (Some(plan), Some(_)) = (expected, &args.expect_plan) else {
            return Err(Failure::new(Exit::Usage, "--approve needs the digest of the plan that it approves")
                .help("pass `--expect-plan sha256:… --approve`; a refused `sync` prints the whole command"));
        };
        let by = if name.is_empty() { actor() } else { name.clone() };
        if by.chars().count() > LONGEST_NAME || by.chars().any(char::is_control) {
            let message =
                format!("the name of --approve is not one line of at most {LONGEST_NAME} characters");
            return Err(Failure::new(Exit::Usage, message).help("write a name such as `--approve=jane`"));
        }
        Ok(Some(Self { plan: plan.clone(), by }))
    }

    /// Makes the plan that `planned` gives for a request. If it is the approved one, everything is allowed that it
    /// needs and that can be allowed at all; if it is another, nothing is.
    pub fn review(
        &self,
        request: &PlanRequest,
        planned: impl Fn(&PlanRequest) -> Result<Reviewed, Failure>,
    ) -> Result<Reviewed, Failure> {
        let refused = planned(request)?;
        let is_meant = |plan: &Plan| self.plan.is_kept_by(&plan.digest());
        if is_meant(&refused.plan) {
            let taking = request.approving(&refused.refusals);
            let whole = planned(&taking)?;
            // What is taken over may exceed other limits; the digest covers its values, and so does the approval.
            return planned(&taking.approving(&whole.refusals)).map(|reviewed| self.granted(reviewed));
        }
        if refused.plan.claims.is_empty() {
            return Ok(refused);
        }
        // With what it takes over it is another plan, which has a digest of its own.
        let taking = request.taking(&refused.plan.claims);
        let whole = planned(&taking)?;
        if is_meant(&whole.plan) {
            return planned(&taking.approving(&whole.refusals)).map(|reviewed| self.granted(reviewed));
        }
        Ok(refused)
    }

    fn granted(&self, reviewed: Reviewed) -> Reviewed {
        Reviewed { approved_by: Some(self.by.clone()), ..reviewed }
    }
}
