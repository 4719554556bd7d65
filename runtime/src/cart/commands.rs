//! Commands to the device, each followed until it is answered.

use std::process;
use std::time::{Duration, SystemTime};

use ecg2mri_shim::wire::{
    Acknowledgement, Command, Frame, Header, MAX_ENCODED_LEN, Outcome, encode_frame,
};

/// How long a device may take to answer (wire format, section 7).
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a command is sent before it is given up.
const ATTEMPTS: u32 = 3;

/// Sends commands under numbers of their own, and again where no answer comes.
///
/// Time is told by the caller, as the time since some moment that is the same for all calls.
#[derive(Clone, Debug)]
pub struct Commands {
    session: u16,
    next_sequence: u32,
    pending: Vec<Pending>,
}

/// A command without an answer.
#[derive(Clone, Copy, Debug)]
struct Pending {
    command: Command,
    sequence: u32,
    attempts: u32,
    due: Duration,
}

/// What is to be done about a command that was not answered in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// These bytes are to be sent: the command again.
    Again(Vec<u8>),
    /// Nothing: it was sent three times, and no answer came.
    GivenUp(Command),
}

impl Default for Commands {
    fn default() -> Self {
        Self::new()
    }
}

impl Commands {
    /// Nothing sent yet, under a session number that this start of the program has for itself.
    pub fn new() -> Self {
        let time = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        // Starts in a row differ in the time by milliseconds at least, so the two before differ.
        let session = (time.as_millis() as u16) ^ (process::id() as u16).rotate_left(11);
        Self {
            session,
            next_sequence: 0,
            pending: Vec::new(),
        }
    }

    /// The bytes that ask the device for `command`.
    pub fn send(&mut self, command: Command, now: Duration) -> Vec<u8> {
        self.attempt(command, 1, now)
    }

    /// The bytes that ask the device for a hello at once. Its answer is the hello, so none other is waited for.
    pub fn ask_who_is_there(&mut self, now: Duration) -> Vec<u8> {
        let bytes = self.send(Command::Identify, now);
        self.pending.pop();
        bytes
    }

    /// What became of which command; `None` if the answer is to none that is waiting for one.
    pub fn answered(&mut self, answer: &Acknowledgement) -> Option<(Command, Outcome)> {
        let is_meant = |pending: &Pending| {
            (self.session, pending.sequence, pending.command.code())
                == (answer.session, answer.sequence, answer.command)
        };
        let place = self.pending.iter().position(is_meant)?;
        let pending = self.pending.swap_remove(place);
        Some((pending.command, answer.outcome))
    }

    /// What is to be done about commands that have waited for too long.
    pub fn overdue(&mut self, now: Duration) -> Vec<Overdue> {
        let mut late = Vec::new();
        self.pending.retain(|pending| {
            let is_late = pending.due <= now;
            if is_late {
                late.push(*pending);
            }
            !is_late
        });
        let again = |pending: Pending| match pending.attempts {
            ATTEMPTS.. => Overdue::GivenUp(pending.command),
            attempts => Overdue::Again(self.attempt(pending.command, attempts + 1, now)),
        };
        late.into_iter().map(again).collect()
    }

    fn attempt(&mut self, command: Command, attempts: u32, now: Duration) -> Vec<u8> {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.wrapping_add(1);
        self.pending.push(Pending {
            command,
            sequence,
            attempts,
            due: now + PATIENCE,
        });
        let header = Header {
            session: self.session,
            sequence,
            timestamp_microseconds: u64::try_from(now.as_micros()).unwrap_or(u64::MAX),
        };
        let frame = Frame {
            header,
            body: command,
        };
        let mut bytes = vec![0; MAX_ENCODED_LEN];
        let length = encode_frame(&frame, &mut bytes);
        bytes.truncate(length.expect("a buffer of this size takes any frame"));
        // A delimiter first, so that what noise left on the line does not reach into the command.
        bytes.insert(0, 0);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ecg2mri_shim::wire::{Decoder, Event};

    fn commands_in(bytes: &[u8]) -> Vec<(Header, Command)> {
        let mut decoder = Decoder::of_commands();
        let frames = decoder.push(bytes).filter_map(|event| match event {
            Event::Frame(frame) => Some((frame.header, frame.body)),
            _ => None,
        });
        frames.collect()
    }

    fn answer(header: &Header, command: Command, outcome: Outcome) -> Acknowledgement {
        Acknowledgement {
            session: header.session,
            sequence: header.sequence,
            command: command.code(),
            outcome,
            configuration: 0,
        }
    }

    #[test]
    fn each_command_gets_its_own_answer_once() {
        let mut commands = Commands::new();
        let rate = Command::SetRate {
            millihertz: 1_000_000,
        };
        let first = commands_in(&commands.send(rate, Duration::ZERO));
        let second = commands_in(&commands.send(Command::SelfTest, Duration::ZERO));
        let [(first, _), (second, sent)] = [first[0], second[0]];
        assert_eq!(
            (sent, second.sequence),
            (Command::SelfTest, first.sequence + 1)
        );
        let busy = answer(&second, Command::SelfTest, Outcome::Busy);
        let found = commands.answered(&busy);
        assert_eq!(found, Some((Command::SelfTest, Outcome::Busy)));
        assert_eq!(commands.answered(&busy), None);
        // Another program's, and one under this number for another command.
        let stranger = Header {
            session: first.session.wrapping_add(1),
            ..first
        };
        for wrong in [
            answer(&stranger, rate, Outcome::Done),
            answer(&first, Command::Stop, Outcome::Done),
        ] {
            assert_eq!(commands.answered(&wrong), None);
        }
        let asked = commands_in(&commands.ask_who_is_there(Duration::ZERO));
        assert_eq!((asked[0].0.sequence, asked[0].1), (2, Command::Identify));
        let done = answer(&first, rate, Outcome::Done);
        assert_eq!(commands.answered(&done), Some((rate, Outcome::Done)));
        assert!(commands.overdue(Duration::from_secs(60)).is_empty());
    }

    #[test]
    fn what_is_not_answered_is_sent_again_and_then_given_up() {
        let mut commands = Commands::new();
        let sent = commands_in(&commands.send(Command::Start, Duration::ZERO));
        assert!(commands.overdue(Duration::from_millis(999)).is_empty());
        let mut numbers = vec![sent[0].0.sequence];
        for second in 1..=2 {
            let overdue = commands.overdue(Duration::from_secs(second));
            let [Overdue::Again(bytes)] = overdue.as_slice() else {
                panic!("{overdue:?}");
            };
            numbers.push(commands_in(bytes)[0].0.sequence);
        }
        assert_eq!(numbers, [0, 1, 2]);
        let overdue = commands.overdue(Duration::from_secs(3));
        assert_eq!(overdue, [Overdue::GivenUp(Command::Start)]);
        assert!(commands.overdue(Duration::from_secs(99)).is_empty());
    }
}
