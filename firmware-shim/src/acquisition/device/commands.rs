//! What the host asks, and what it is answered.

use super::Core;
use super::changes::{Origin, Wanted};
use crate::acquisition::front_end::Input;
use crate::wire::{Acknowledgement, ChannelChoice, Command, Event, Frame, Header, Outcome};

/// The command that an acknowledgement answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    session: u16,
    sequence: u32,
    pub(super) command: u8,
}

impl Asked {
    fn new(header: &Header, command: u8) -> Self {
        Self {
            session: header.session,
            sequence: header.sequence,
            command,
        }
    }
}

impl<const LINK: usize> Core<LINK> {
    /// Takes in what the host's bytes came to.
    pub(super) fn obey(&mut self, event: Event<Command>) {
        match event {
            Event::Frame(Frame { header, body }) => self.command(&header, body),
            Event::UnknownKind { header, kind, .. } => {
                self.acknowledge(Asked::new(&header, kind), Outcome::Unknown);
            }
            Event::Gap { missing_frames } => self.count_damaged(missing_frames),
            Event::Corrupt { .. } | Event::UnsupportedVersion { .. } | Event::Stale { .. } => {
                self.count_damaged(1);
            }
            // An echo, or a host that begins; commands carry no samples to miss.
            Event::OtherDirection { .. } | Event::Session { .. } | Event::SampleGap { .. } => {}
        }
    }

    fn count_damaged(&mut self, commands: u32) {
        self.counts.commands_damaged = self.counts.commands_damaged.wrapping_add(commands);
    }

    fn command(&mut self, header: &Header, command: Command) {
        let asked = Asked::new(header, command.code());
        if command == Command::Identify {
            self.hello_is_due = true;
            return self.acknowledge(asked, Outcome::Done);
        }
        if self.wanted.is_some() || self.square_wave.is_some() {
            return self.acknowledge(asked, Outcome::Busy);
        }
        let mut settings = self.settings.clone();
        let self_test = command == Command::SelfTest;
        match command {
            Command::Start | Command::Stop => {
                let running = command == Command::Start;
                if self.front_end_is_set && settings.running == running {
                    return self.acknowledge(asked, Outcome::Done);
                }
                settings.running = running;
            }
            Command::SelfTest => {
                self.running_before = settings.running;
                settings.running = true;
                settings.input = Input::TestSignal;
            }
            Command::SetRate { millihertz: 0 } => {
                return self.acknowledge(asked, Outcome::Impossible);
            }
            Command::SetRate { millihertz } => settings.rate_millihertz = millihertz,
            Command::SetGain { channels, gain } => {
                let chosen = match channels {
                    ChannelChoice::All => Some(&mut settings.gains[..]),
                    ChannelChoice::One(channel) => settings
                        .gains
                        .get_mut(usize::from(channel))
                        .map(core::slice::from_mut),
                };
                let Some(chosen) = chosen else {
                    return self.acknowledge(asked, Outcome::Impossible);
                };
                chosen.fill(gain);
            }
            Command::SetLeadOff(lead_off) => settings.lead_off = lead_off,
            Command::Identify => {}
        }
        let origin = Origin::Command { asked, self_test };
        self.wanted = Some(Wanted::new(settings, origin));
    }

    /// Answers a command. Where too many answers wait for room, the host asks again.
    pub(super) fn acknowledge(&mut self, asked: Asked, outcome: Outcome) {
        let answer = Acknowledgement {
            session: asked.session,
            sequence: asked.sequence,
            command: asked.command,
            outcome,
            configuration: self.configuration,
        };
        if self.acknowledgements.push_back(answer).is_err() {
            self.counts.events_dropped = self.counts.events_dropped.wrapping_add(1);
        }
    }
}
