//! What the stand-in says to the hall, true or not.

use super::control::{Lie, Said, Say, Unknown};
use super::{PATIENCE, Shared};
use crate::answer::Acknowledgement;
use crate::client::{self, Failure};
use crate::envelope::Envelope;
use crate::messages::DepartmentMessage;

const DAY: i64 = 24 * 3600 * 1000;

/// A number with the right form that no hall gives.
const NO_CASE: &str = "999999999202601010000000";

/// Says it, and returns what the hall answered, in the order in which it was sent.
pub(super) async fn say(shared: &Shared, say: Say) -> Result<Vec<Said>, Unknown> {
    if say.lie.is_none() && !shared.desk.knows(&say.case_no) {
        return Err(Unknown(say.case_no));
    }
    let mut envelopes: Vec<Envelope> =
        say.messages.iter().map(|message| envelope(shared, &say.case_no, message)).collect();
    if let Some(lie) = &say.lie {
        let mut before: Option<String> = None;
        for envelope in &mut envelopes {
            let honest = envelope.message_id.clone();
            tell(lie, envelope, before.as_deref());
            before = Some(honest);
        }
    }
    if say.backwards {
        envelopes.reverse();
    }
    let mut said = Vec::new();
    for envelope in envelopes {
        for _ in 0..say.times {
            said.push(send(shared, &envelope, say.lie == Some(Lie::Signature)).await);
        }
    }
    Ok(said)
}

/// A true message with the next number.
pub(super) fn envelope(shared: &Shared, case_no: &str, message: &DepartmentMessage) -> Envelope {
    let (kind, body) = message.parts();
    Envelope {
        message_id: shared.next_id(),
        from: shared.who.name.clone(),
        to: shared.who.hall.clone(),
        sent_at: shared.now(),
        kind,
        case_no: case_no.to_owned(),
        sequence: shared.desk.next_sequence(case_no),
        body,
    }
}

fn tell(lie: &Lie, envelope: &mut Envelope, before: Option<&str>) {
    match lie {
        Lie::Signature => {}
        Lie::UnknownCase => NO_CASE.clone_into(&mut envelope.case_no),
        Lie::AnotherCase { case_no } => envelope.case_no.clone_from(case_no),
        Lie::Status => "issued".clone_into(&mut envelope.kind),
        Lie::Id => {
            if let Some(before) = before {
                before.clone_into(&mut envelope.message_id);
            }
        }
        Lie::Past => envelope.sent_at -= DAY,
        Lie::Future => envelope.sent_at += DAY,
        Lie::Sender { name } => envelope.from.clone_from(name),
    }
}

/// Sends one message once.
pub(super) async fn send(shared: &Shared, envelope: &Envelope, badly_signed: bool) -> Said {
    let who = &shared.who;
    let (status, answer) = match post(shared, envelope, badly_signed).await {
        Ok((200, signature, bytes)) => {
            let id = &envelope.message_id;
            match Acknowledgement::read(&bytes, signature.as_deref(), &who.keys, id, &who.hall) {
                Some(acknowledgement) => (200, outcome(&acknowledgement)),
                None => (200, "not a signed acknowledgement".to_owned()),
            }
        }
        Ok((status, _, bytes)) => {
            let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            (status, problem["code"].as_str().unwrap_or("no problem").to_owned())
        }
        Err(failure) => (0, failure.to_string()),
    };
    tracing::info!(message_id = envelope.message_id, kind = envelope.kind, status, answer, "said");
    Said {
        message_id: envelope.message_id.clone(),
        kind: envelope.kind.clone(),
        sequence: envelope.sequence,
        status,
        answer,
    }
}

async fn post(
    shared: &Shared,
    envelope: &Envelope,
    badly_signed: bool,
) -> Result<(u16, Option<String>, Vec<u8>), Failure> {
    let text = envelope.canonical()?;
    let signed = if badly_signed { shared.who.keys.header(&format!("{text} ")) } else { shared.who.keys.header(&text) };
    let request = shared.client.post(shared.hall_address()).timeout(PATIENCE);
    let (status, signature, bytes) = client::post(request, text, signed).await?;
    Ok((status.as_u16(), signature, bytes))
}

fn outcome(acknowledgement: &Acknowledgement) -> String {
    let name = serde_json::to_value(acknowledgement.outcome).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}
