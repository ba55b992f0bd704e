//! Values with a form of their own, beside those that kinds of check share.

use crate::config::settings::folders::{FOLDER_PATTERN, FOLDER_WORDS};
use crate::monitor::{
    CANARY_PATTERN, CHANNEL_NAME_PATTERN, ID_PATTERN, LOCAL_TIME_PATTERN, RECURRENCE_PATTERN, RULE_CHARS,
};
use crate::written::text_form;

text_form!(
    /// Certificates or a key, in a file of the machine or behind references.
    PemText,
    {
        "type": "string",
        "pattern": r"^(/[^\x00-\x1f\x7f]+|(\$\{[^}]+\}\s*)+)$",
        "patternErrorMessage": "name certificates by an absolute path on the machine, or by a reference like ${ssm:/path}",
        "examples": ["/etc/monitorctl/ca.pem", "${ssm:/pki/ca}"]
    }
);
text_form!(
    /// The name of a server in TLS.
    ServerNameText,
    {
        "type": "string",
        "pattern": r"^[A-Za-z0-9._:-]+$",
        "patternErrorMessage": "a server name is a name such as shop.example.com, or an address, without a port"
    }
);
text_form!(
    /// A tag or a team.
    Label,
    {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "pattern": r"^[^\s,]*$",
        "patternErrorMessage": "a word without spaces and commas"
    }
);
text_form!(
    /// The id of another monitor.
    IdText,
    {
        "type": "string",
        "pattern": ID_PATTERN,
        "patternErrorMessage": "an id has 1 to 128 characters of a-z, 0-9, '.', '_', '/' and '-', the first a letter or a digit"
    }
);
text_form!(
    /// A time on the clock of some zone.
    LocalTime,
    {
        "type": "string",
        "pattern": LOCAL_TIME_PATTERN,
        "patternErrorMessage": "write a local time like 2026-12-01T02:00, without a zone",
        "examples": ["2026-12-01T02:00"]
    }
);
text_form!(
    /// When something comes again.
    RecurrenceText,
    {
        "type": "string",
        "maxLength": RULE_CHARS,
        "pattern": RECURRENCE_PATTERN,
        "patternErrorMessage": "write a rule like FREQ=WEEKLY;BYDAY=SU; FREQ is DAILY, WEEKLY or MONTHLY, with INTERVAL, COUNT, UNTIL, BYDAY or BYMONTHDAY",
        "examples": ["FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=1SU"]
    }
);
text_form!(
    /// A link for people.
    Link,
    {
        "type": "string",
        "pattern": r"^https?://[^\s/?#]\S*$",
        "patternErrorMessage": "a link begins with http:// or https:// and has no spaces"
    }
);
text_form!(
    /// A channel by its name.
    ChannelNameText,
    {
        "type": "string",
        "pattern": CHANNEL_NAME_PATTERN,
        "patternErrorMessage": "the name of a channel has 1 to 64 characters of a-z, 0-9, '_' and '-'",
        "examples": ["oncall"]
    }
);
text_form!(
    /// What a variable holds.
    VariableValue,
    {
        "type": ["string", "number", "boolean"],
        "maxLength": 8192,
        "examples": ["example.com", 5, true]
    }
);
text_form!(
    /// `https://www.example.com/`
    CanaryText,
    {
        "type": "string",
        "pattern": CANARY_PATTERN,
        "patternErrorMessage": "a canary is an http or https URL like https://www.example.com/",
        "examples": ["https://www.example.com/"]
    }
);
text_form!(
    /// `services/*/monitors`
    FolderText,
    {
        "type": "string",
        "pattern": FOLDER_PATTERN,
        "patternErrorMessage": FOLDER_WORDS,
        "examples": ["services/*/monitors", "ops/monitors"]
    }
);
