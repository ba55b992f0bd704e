//! The channel that this machine has without any settings.

use super::environment::variable;
use super::failure::Failure;
use crate::channels::ChannelDefinition;
use crate::exit::Exit;
use crate::inventory::MachineChannel;
use crate::monitor::TopicArn;

const HELP: &str =
    "set SNS_TOPIC_ARN=arn:aws:sns:REGION:ACCOUNT:NAME, or write alerts to a file with --notify local";

/// Where alerts go that no owner gives a channel: the topic that the environment names, or a file.
pub fn machine_channel() -> Result<MachineChannel, Failure> {
    match variable("SNS_TOPIC_ARN") {
        Some(_) => topic(),
        None => Ok(file()),
    }
}

/// The same where it is only shown: what cannot be used counts as not set.
pub fn known() -> MachineChannel {
    machine_channel().unwrap_or_else(|_| file())
}

/// The topic that the environment names.
pub fn topic() -> Result<MachineChannel, Failure> {
    let text = variable("SNS_TOPIC_ARN").ok_or_else(|| {
        Failure::new(Exit::Invalid, "SNS_TOPIC_ARN is not set, so alerts have no channel").help(HELP)
    })?;
    let invalid = |error| Failure::new(Exit::Invalid, format!("SNS_TOPIC_ARN: {error}")).help(HELP);
    Ok(MachineChannel::Topic(ChannelDefinition::topic(&TopicArn::parse(&text).map_err(invalid)?)))
}

/// A file beside the store.
pub fn file() -> MachineChannel {
    MachineChannel::File(ChannelDefinition::file())
}
