//! Microsoft Teams: the Workflows template "Post to a channel when a webhook request is received".
//!
//! <https://support.microsoft.com/office/8ae491c7-0394-4861-ba59-055e33f75498> and
//! <https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook>. The trigger answers before the flow runs, so
//! what the flow cannot post is accepted, and lost: <https://github.com/MicrosoftDocs/msteams-docs/issues/11302>.

use serde_json::json;

use super::{Accepted, Answer, Request, Service, Verdict, card};

/// "message size limit is approximately 28 KB": <https://learn.microsoft.com/connectors/teams/#known-issues-and-limitations-with-actions>.
/// Some see 413 for it: <https://github.com/elementary-data/elementary/pull/2160>.
const LARGEST: usize = 28 * 1024;

const PATH: &str = "/workflows/0a1b2c3d/triggers/manual/paths/invoke";
const SIGNATURE: &str = "S1gn4tur3";

#[derive(Default)]
pub struct Teams {
    pub flow: TeamsFlow,
}

/// What has become of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TeamsFlow {
    #[default]
    On,
    TurnedOff,
    Deleted,
}

impl Service for Teams {
    /// The URL carries a shared access signature:
    /// <https://learn.microsoft.com/azure/logic-apps/logic-apps-securing-a-logic-app#generate-a-shared-access-signature-sas>
    fn path(&self) -> String {
        format!("{PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}")
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if request.path != PATH || self.flow == TeamsFlow::Deleted {
            return refused(404, "WorkflowNotFound", "The workflow could not be found.");
        }
        if request.query("sig") != Some(SIGNATURE) {
            let message = "The authentication credentials are not valid.";
            return refused(401, "DirectApiInvalidAuthorizationScheme", message);
        }
        if self.flow == TeamsFlow::TurnedOff {
            let message = "Could not execute workflow trigger 'manual': the workflow is not enabled.";
            return refused(400, "WorkflowTriggerIsNotEnabled", message);
        }
        if request.body.len() > LARGEST {
            return refused(413, "RequestEntityTooLarge", "Request Entity Too Large");
        }
        // Another content type is refused: <https://github.com/secureCodeBox/secureCodeBox/issues/2664>.
        let Some(body) = request.json() else {
            return refused(400, "InvalidRequestContent", "The request content is not valid JSON.");
        };
        let answer = Answer::text(202, "");
        match card::text(&body) {
            Ok(text) => Verdict::Accepted(answer, vec![Accepted::new(None, text, &body)]),
            Err(reason) => Verdict::Lost(answer, reason),
        }
    }

    /// <https://learn.microsoft.com/azure/logic-apps/handle-throttling-problems-429-errors>
    fn busy(&self, after: u32) -> Answer {
        let error = json!({"code": "WorkflowRunActionThrottled", "message": "Rate limit is exceeded."});
        Answer::json(429, &json!({"error": error})).with("retry-after", &after)
    }
}

fn refused(status: u16, code: &str, message: &str) -> Verdict {
    Verdict::Refused(Answer::json(status, &json!({"error": {"code": code, "message": message}})))
}
