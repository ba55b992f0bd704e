//! Messages as a terminal shows them: each text once, however many channels accepted it.

use crate::alert::Notification;
use crate::channels::plain_text;

/// What people read, each text once, with the channels that accepted it.
pub fn by_text(messages: &[Notification]) -> Vec<(String, Vec<String>)> {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for Notification { channel, message, alerts: _ } in messages {
        let (text, channel) = (plain_text(message), channel.to_string());
        match texts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, channels)) => channels.push(channel),
            None => texts.push((text, vec![channel])),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::testing::{arn, down, messages, up};
    use crate::monitor::ChannelId;

    #[test]
    fn what_many_channels_accepted_is_shown_once() {
        let to = |channel: &str, alert| {
            let channel = ChannelId::parse(channel).expect("a channel");
            Notification { channel, ..messages(vec![alert], &arn("x")).remove(0) }
        };
        let all = [to("chat", down("shop")), to("oncall", down("shop")), to("chat", up("cart"))];
        let shown = by_text(&all);
        let channels: Vec<_> = shown.iter().map(|(_, channels)| channels.join(", ")).collect();
        assert_eq!(channels, ["chat, oncall", "chat"]);
        assert!(shown[0].0.starts_with("CRITICAL DOWN shop") && shown[1].0.starts_with("UP cart"));
    }
}
