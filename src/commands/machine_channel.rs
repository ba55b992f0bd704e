//! The channel that this machine has without any settings.

use super::environment::variable;
use super::failure::{Failure, NO_CHANNEL};
use super::target::StoreChoice;
use crate::channels::ChannelDefinition;
use crate::exit::Exit;
use crate::inventory::MachineChannel;
use crate::monitor::TopicArn;

/// Where alerts go that no owner gives a channel: the topic that the environment names; else, beside a store that is a
/// file, a file.
pub fn machine_channel(choice: &StoreChoice) -> Result<MachineChannel, Failure> {
    match variable("SNS_TOPIC_ARN") {
        Some(_) => topic(),
        None => Ok(without_topic(choice)),
    }
}

/// The same where it is only shown: what cannot be used counts as not set.
pub fn known(choice: &StoreChoice) -> MachineChannel {
    machine_channel(choice).unwrap_or_else(|_| without_topic(choice))
}

fn without_topic(choice: &StoreChoice) -> MachineChannel {
    match choice {
        StoreChoice::Embedded { .. } => file(),
        StoreChoice::DynamoDb => MachineChannel::Unset,
    }
}

/// The topic that the environment names.
pub fn topic() -> Result<MachineChannel, Failure> {
    let text = variable("SNS_TOPIC_ARN").ok_or_else(|| {
        Failure::new(Exit::Invalid, "SNS_TOPIC_ARN is not set, so alerts have no channel").help(NO_CHANNEL)
    })?;
    let invalid = |error| Failure::new(Exit::Invalid, format!("SNS_TOPIC_ARN: {error}")).help(NO_CHANNEL);
    Ok(MachineChannel::Topic(ChannelDefinition::topic(&TopicArn::parse(&text).map_err(invalid)?)))
}

/// A file beside the store.
pub fn file() -> MachineChannel {
    MachineChannel::File(ChannelDefinition::file())
}
