//! The host's end of the link.

use super::machine::Machine;
use super::played::Played;
use ecg2mri_shim::wire::{
    Body, Command, Decoder, Event, Frame, Header, MAX_ENCODED_LEN, Outcome, encode_frame,
};
use std::collections::VecDeque;
use std::io::{Read, Write};

/// The host's session, of no meaning here.
const SESSION: u16 = 77;

/// Reads what the machine sends, and asks it for things.
pub struct Host {
    machine: Machine,
    decoder: Decoder,
    received: VecDeque<Event>,
    /// Number of the next command.
    sequence: u32,
}

impl Host {
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            decoder: Decoder::new(),
            received: VecDeque::new(),
            sequence: 0,
        }
    }

    /// The next frame. Nothing between a machine and its emulator damages or loses any.
    pub fn frame(&mut self) -> Body {
        loop {
            match self.received.pop_front() {
                Some(Event::Frame(Frame { body, .. })) => return body,
                Some(Event::Session { first_sequence, .. }) => assert_eq!(first_sequence, 0),
                Some(other) => panic!("the link is whole, yet there came {other:?}"),
                None => self.receive(),
            }
        }
    }

    fn receive(&mut self) {
        let mut bytes = [0; 4096];
        let count = self
            .machine
            .link
            .read(&mut bytes)
            .expect("the machine goes on sending");
        assert_ne!(count, 0, "the machine ended");
        self.received.extend(self.decoder.push(&bytes[..count]));
    }

    /// Follows the frames, with all samples checked, until one holds what is sought.
    pub fn until<T>(&mut self, played: &mut Played, sought: impl Fn(&Body) -> Option<T>) -> T {
        loop {
            let body = self.frame();
            match &body {
                Body::Hello(hello) => _ = played.hears(hello),
                Body::Samples(samples) => played.check(samples),
                Body::State(state) => assert_eq!(state.counts.lost_in_all(), 0, "{state:?}"),
                _ => {}
            }
            if let Some(found) = sought(&body) {
                return found;
            }
        }
    }

    /// Sends a command, and says what became of it.
    pub fn ask(&mut self, command: Command, played: &mut Played) -> Outcome {
        let header = Header {
            session: SESSION,
            sequence: self.sequence,
            timestamp_microseconds: 0,
        };
        self.sequence += 1;
        let mut bytes = [0; MAX_ENCODED_LEN];
        let frame = Frame {
            header,
            body: command,
        };
        let length = encode_frame(&frame, &mut bytes).expect("a command fits");
        self.machine
            .link
            .write_all(&bytes[..length])
            .expect("the machine listens");
        self.until(played, |body| match body {
            Body::Acknowledgement(answer) if answer.sequence == header.sequence => {
                assert_eq!((answer.session, answer.command), (SESSION, command.code()));
                Some(answer.outcome)
            }
            _ => None,
        })
    }
}
